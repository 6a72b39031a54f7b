// Bad input and bad browsers: every mistake gets an answer, and nothing is ever thrown into the page.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { quiet } from "./lib/quiet.mjs";
import { query } from "./lib/server.mjs";
import { call, configure, popupIsOpen, press, told, visit } from "./lib/shop.mjs";
import { test } from "./lib/test.mjs";
import { until } from "./lib/until.mjs";

/** Runs before the page's own scripts, on the next page view. @param {import("./lib/pages.mjs").WatchedPage} page @param {(config: string) => void} script @param {string} [config] */
const next = async (page, script, config = "") => {
  await page.evaluateOnNewDocument(script, config);
  await quiet(page);
  page.consoleLines.length = 0;
  await page.reload();
};

for (const name of BROWSERS) {
  test(`${name}: a mistake in the configuration names the field and what is allowed`, async (t) => {
    const { page } = await visit(t, name);
    /** @type {[config: string, field: string, allowed: RegExp][]} */
    const mistakes = [
      ['{"prompt":{"delaySeconds":"soon"}}', "prompt.delaySeconds", /seconds, a whole number, 0 to 86400/],
      ['{"theme":"pink"}', "theme", /auto, light or dark/],
      ['{"promt":{}}', "promt", /no such field/],
      ['{"colour":"red"}', "colour", /no such field/],
      ["{not json", "data-config", /a JSON object/],
      ['{"texts":{"headline":"x"}}', "texts.headline", /title, text, yes, no and close/],
      ['{"__proto__":{"polluted":1}}', "__proto__.polluted", /no such field/],
    ];
    for (const [config, field, allowed] of mistakes) {
      await next(page, configure, config);
      const error = await page.evaluate(() => new Promise((resolve) => {
        /** @type {any} */ (window).softbell.push((/** @type {any} */ softbell) =>
          softbell.ready.catch((/** @type {any} */ { name, code, field, message }) => resolve({ name, code, field, message })));
      }));
      assert.deepEqual([error.name, error.code, error.field], ["SoftbellError", "config_invalid", field]);
      assert.match(error.message, allowed);
      await until("the console to say so", () => page.consoleLines.some((line) => allowed.test(line)), { hint: () => page.consoleLines });
      assert.deepEqual(page.consoleLines.filter((line) => line.startsWith("uncaught")), []);
      assert.equal(await popupIsOpen(page), false);
      assert.deepEqual(await (await call(page, "ask", { force: true })).outcome(), { error: "config_invalid" });
    }
    assert.equal(await page.evaluate(() => "polluted" in {}), false);
  });

  test(`${name}: where storage is denied nobody is asked by itself`, async (t) => {
    const { page } = await visit(t, name);
    await next(page, () => {
      Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
      Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("denied", "SecurityError"); } });
    });
    const { status, why } = await told(page);
    assert.deepEqual([status.status, status.reason, why.code], ["ask", "storage_denied", "storage_denied"]);
    assert.equal(await popupIsOpen(page), false);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: a database that hangs holds up no answer`, async (t) => {
    const { browser, lab, page } = await visit(t, name);
    await page.waitForSelector("[data-softbell-popup][data-ready]");
    await next(page, () => {
      localStorage.clear();
      indexedDB.open = () => /** @type {any} */ ({}); // WebKit bug 315804: no event ever comes
    });
    await press(page, "yes");
    await browser.answerPrompt("allow");
    await until("the subscription", async () => (await told(page)).status.subscription === "live");
    const { status } = await told(page);
    assert.deepEqual([status.status, status.reachable, status.reason], ["allowed", false, "storage_denied"]);
    assert.equal((await lab.notifications()).length, 0, "the server does not know the device");
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: a clock that goes back a year repeats nothing and blocks nothing`, async (t) => {
    const { server, page } = await visit(t, name);
    await press(page, "no");
    await until("the answer to arrive", async () => (await query(server.database, "select 1 from reports where type = 'prompt.declined'")).length);
    await next(page, () => {
      const real = Date.now;
      Date.now = () => real() - 365 * 86_400_000;
    });
    const { why } = await told(page);
    assert.equal(why.code, "declined_recently");
    assert.ok(Date.parse(String(why.nextAskAt)) < Date.now(), "three days from what the clock says now");
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: a server that answers nonsense asks nobody and breaks nothing`, async (t) => {
    const { page, server } = await visit(t, name);
    await told(page);
    for (const [at, answer] of ["<html>", "[]", '{"vapid":7}', "null"].entries()) {
      await page.evaluateOnNewDocument((body) => {
        const real = window.fetch;
        window.fetch = async (url, init) => (String(url).includes("/config") ? new Response(body) : real(url, init));
      }, answer);
      await page.goto(`${server.shop}/?softbell=${at}`);
      assert.equal((await told(page)).why.code, "server_unavailable", answer);
      assert.equal(await popupIsOpen(page), false);
    }
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: destroy() takes everything off the page, and calls after it are answered`, async (t) => {
    const { page } = await visit(t, name);
    await page.waitForSelector("[data-softbell-popup][data-ready]");
    const { outcome } = await call(page, "ask");
    await page.evaluate(() => new Promise((resolve) => {
      /** @type {any} */ (window).softbell.push((/** @type {any} */ softbell) => softbell.destroy().then(resolve));
    }));
    assert.equal(await popupIsOpen(page), false);
    assert.deepEqual(await outcome(), { error: "destroyed" });
    assert.deepEqual(await (await call(page, "getStatus")).outcome(), { error: "destroyed" });
    assert.deepEqual(page.consoleLines, []);
  });
}
