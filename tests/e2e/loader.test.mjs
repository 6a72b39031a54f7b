// The loader in both browsers: what a sleeping page does by itself, and what wakes it.

import assert from "node:assert/strict";
import { BROWSERS } from "./lib/browser.mjs";
import { fetched, popupIsOpen, press, told, visit } from "./lib/shop.mjs";
import { idle } from "./lib/tabs.mjs";
import { test } from "./lib/test.mjs";
import { NONE, left, traces } from "./lib/traces.mjs";
import { until } from "./lib/until.mjs";

const ONLY_THE_LOADER = ["/softbell/loader.js"];
const POPUP = "[data-softbell-popup]";

/** @param {import("./lib/pages.mjs").WatchedPage} page @param {...unknown} commands */
const push = (page, ...commands) => page.evaluate((list) => /** @type {any} */ (window).softbell.push(...list), commands);

/** A page view that must sleep: it has had every chance to wake. @param {import("./lib/pages.mjs").WatchedPage} page */
const sleepingView = async (page) => {
  await page.reload({ waitUntil: "networkidle0" });
  assert.deepEqual(await fetched(page), ONLY_THE_LOADER);
};

for (const name of BROWSERS) {
  test(`${name}: b3 the third page view asks, and the second sleeps`, async (t) => {
    const { page } = await visit(t, name, { config: { prompt: { pageViews: 3 } } });
    assert.equal((await told(page)).why.code, "waiting_page_views");
    await sleepingView(page);
    await page.reload();
    await page.waitForSelector(POPUP);
    assert.deepEqual(page.consoleLines, []);
  });

  test(`${name}: a view of a single-page app counts`, async (t) => {
    const { page } = await visit(t, name, { config: { prompt: { pageViews: 3 } } });
    await told(page);
    await sleepingView(page);
    await push(page, ["page"]);
    await page.waitForSelector(POPUP);
  });

  test(`${name}: b3 only the event that a rule waits for wakes`, async (t) => {
    const { page } = await visit(t, name, { config: { prompt: { events: ["cart_opened", "wish"] } } });
    assert.equal((await told(page)).why.code, "waiting_event");
    await sleepingView(page);
    await push(page, ["track", "scrolled"], ["on", "prompt.shown", null], ["page"], ["conversion", "order"]);
    assert.deepEqual(await fetched(page), ONLY_THE_LOADER);
    await push(page, ["track", "wish"]);
    await page.waitForSelector(POPUP);
  });

  test(`${name}: b11 the site's own button opens the popup of a sleeping page, never the native prompt`, async (t) => {
    const { browser, page } = await visit(t, name);
    await press(page, "no");
    await told(page);
    await sleepingView(page);
    await page.click("[data-softbell=ask]");
    await page.waitForSelector(`${POPUP}[data-ready]`);
    assert.equal(await browser.promptStaysClosed(), true);
  });

  test(`${name}: what voids a ticket`, async (t) => {
    const { server, page } = await visit(t, name, { config: { prompt: false } });
    assert.equal((await told(page)).why.code, "automatic_off");
    const ticket = await page.evaluate(() => String(localStorage["softbell.shop"]));
    const [version, written, until24, views, permission, live, print, ...rest] = ticket.split("|");
    /** @type {[what: string, ticket: (string | undefined)[]][]} */
    const void_ = [
      ["its time is over", [version, written, written, views, permission, live, print, ...rest]],
      ["a clock that went back", [version, until24, String(Number(until24) + 1), views, permission, live, print, ...rest]],
      ["another permission", [version, written, until24, views, "granted", live, print, ...rest]],
      ["another configuration", [version, written, until24, views, permission, live, "7", ...rest]],
      ["half of it", [version, written]],
    ];
    await sleepingView(page);
    for (const [what, fields] of void_) {
      await page.evaluate((text) => { localStorage["softbell.shop"] = text; }, fields.join("|"));
      await page.reload();
      await until(`${what} to wake the page`, async () => (await fetched(page)).some((path) => path.endsWith(".wasm")));
      await told(page); // writes a good one
    }
    await page.goto(`${server.shop}/#softbell`);
    await page.reload();
    await until("the address to wake the page", async () => (await fetched(page)).some((path) => path.endsWith(".wasm")));
    assert.equal(await popupIsOpen(page), false);
  });

  test(`${name}: F7: pending stores and asks for nothing on every page view, granted begins the page view now, denied leaves nothing`, async (t) => {
    const { page } = await visit(t, name, { consent: "pending", config: { prompt: { pageViews: 3 } } });
    for (let view = 0; view < 2; view++) {
      await sleepingView(page);
      await push(page, ["track", "wish"], ["conversion", "order"], ["identify", "u42", "jwt"]);
      await page.click("[data-softbell=ask]");
      await idle(page);
      assert.deepEqual([await traces(page), await fetched(page)], [NONE, ONLY_THE_LOADER]);
    }
    // Nobody has agreed, so nothing was counted: this is the first page view of three, whose press is still waiting.
    await page.reload();
    await push(page, ["setConsent", "granted"]);
    assert.equal((await told(page)).why.code, "waiting_page_views");
    // On every page view the visitor's banner says so again; the ticket holds then as ever.
    await sleepingView(page);
    await push(page, ["setConsent", "granted"]);
    await idle(page);
    assert.deepEqual(await fetched(page), ONLY_THE_LOADER);

    await push(page, ["setConsent", "denied"]);
    await left(page);
    await sleepingView(page);
    assert.deepEqual([await traces(page), page.consoleLines], [NONE, []]);
  });

  test(`${name}: J2: a second loader on the page, for another site too, does nothing and says so`, async (t) => {
    const { page } = await visit(t, name);
    await page.waitForSelector(POPUP);
    await page.evaluate(() => new Promise((resolve) => {
      const copy = document.createElement("script");
      const first = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-site]"));
      Object.assign(copy, { src: first.src, onload: resolve });
      Object.assign(copy.dataset, first.dataset, { site: "another", config: '{"worker":{"scope":"/softbell/another/"}}' });
      document.head.append(copy);
    }));
    assert.equal(await page.evaluate(() => document.querySelectorAll("[data-softbell-popup]").length), 1);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("another"))), []);
    /** @type {string[]} */
    const lines = page.consoleLines;
    assert.equal(lines.length, 1);
    assert.match(String(lines[0]), /softbell is loaded/);
  });
}
