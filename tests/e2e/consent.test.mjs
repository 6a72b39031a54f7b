// Consent in both browsers: nothing before it is given, a line for each answer, nothing left when it is taken back.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { BROWSERS } from "./lib/browser.mjs";
import { ledger } from "./lib/ledger.mjs";
import { scene } from "./lib/scene.mjs";
import { query, reports } from "./lib/server.mjs";
import { KIT, call, popupIsOpen, press, told } from "./lib/shop.mjs";
import { test } from "./lib/test.mjs";
import { NONE, left, traces } from "./lib/traces.mjs";
import { until } from "./lib/until.mjs";

const SITE = fileURLToPath(new URL("./fixtures/consent", import.meta.url));

/** @param {import("node:test").TestContext} t @param {import("./lib/browser.mjs").BrowserName} name @param {string} search */
const visit = async (t, name, search) => {
  const set = await scene(name, { demo: { kit: KIT, shop: SITE } });
  t.after(set.close);
  const { server } = set;
  if (!server) throw new Error("the scene has no server");
  const page = await set.browser.newPage();
  await page.goto(`${server.shop}/${search}`);
  return { ...set, server, page };
};

/** @param {import("./lib/pages.mjs").WatchedPage} page @param {string} method @param {...unknown} args */
const outcome = async (page, method, ...args) => (await call(page, method, ...args)).outcome();

/** @param {any} line */
const brief = ({ val, source, withdrawal = false }) => `${val} ${source}${withdrawal ? ", withdrawal" : ""}`;

for (const name of BROWSERS) {
  test(`${name}: F7: pending, granted, denied, and granted again`, async (t) => {
    const { browser, lab, server, page } = await visit(t, name, "?consent=pending");
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => void (/^http/.test(request.url()) && asked.push(new URL(request.url()).pathname)));
    for (let view = 0; view < 2; view++) {
      await page.reload({ waitUntil: "networkidle0" });
      await page.evaluate(() => /** @type {any} */ (window).softbell.push((/** @type {any} */ client) => (client.track("early"), client.page(), client.getStatus())));
      await page.click("button");
      assert.deepEqual(await traces(page), NONE);
    }
    assert.deepEqual([...new Set(asked)].filter((path) => !/^\/(softbell\/client(-\w+)?\.js)?$/.test(path)), [], "the page and its own module");

    await outcome(page, "setConsent", "granted");
    await press(page, "yes");
    await browser.answerPrompt("allow");
    await lab.notification((n) => n.summary.startsWith("Welcome"));
    const { status } = await until("the device to be reachable", async () => {
      const found = await told(page);
      return found.status.reachable && found;
    });
    assert.deepEqual((await ledger(server, (lines) => lines.length > 0)).map(brief), ["y native_prompt"]);

    await server.kill();
    await outcome(page, "setConsent", "denied");
    await left(page, ["softbell.shop.history", "softbell.shop.withdrawal"]); // only what the server must hear
    assert.equal(await page.evaluate(() => localStorage["softbell.shop.history"]), "0", "which wakes the loader");
    assert.deepEqual(await outcome(page, "getStatus"), { error: "consent_denied" });
    await server.restart();
    await page.goto(`${server.shop}/?consent=denied`);
    const lines = await ledger(server, (found) => found.length > 1);
    assert.deepEqual(lines.map(brief), ["y native_prompt", "n api, withdrawal"]);
    await left(page);
    assert.deepEqual(await query(server.database, "select id, endpoint, status from devices"), [{ id: status.deviceId, endpoint: null, status: "opted_out" }]);
    assert.equal(await popupIsOpen(page), false);

    await outcome(page, "setConsent", "granted");
    const again = await until("a new device to be reachable", async () => {
      const found = await told(page);
      return found.status.reachable && found;
    });
    assert.notEqual(again.status.deviceId, status.deviceId);
    await outcome(page, "setConsent", "denied");
    await outcome(page, "setConsent", "denied");
    await left(page);
    assert.equal((await ledger(server, (found) => found.length > 2)).length, 3, "one withdrawal for each device");
  });

  test(`${name}: F1 F6 F8: each answer in the ledger with what was shown; no profile under GPC; export; erase`, async (t) => {
    const { browser, lab, server, page } = await visit(t, name, "");
    await press(page, "no");
    const asking = await call(page, "ask", { force: true });
    await press(page, "yes");
    await browser.answerPrompt("allow");
    await asking.outcome();
    await lab.notification((n) => n.summary.startsWith("Welcome"));
    await page.evaluate(() => void Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    assert.equal(await outcome(page, "track", "cart_opened"), undefined);
    assert.equal(await outcome(page, "conversion", "order"), undefined);
    assert.deepEqual(await outcome(page, "optOut", { reason: "x".repeat(256) }), { error: "reason_too_long" });
    await outcome(page, "optOut", { reason: "too many 🛎" });
    await outcome(page, "optIn");
    const lines = await ledger(server, (found) => found.length > 3);
    assert.deepEqual(lines.map(brief), ["n soft_popup", "y native_prompt", "n api, withdrawal", "y api"]);
    const [no, yes, out] = lines;
    const words = {
      title: "Shall we let you know?", text: "We write only when there is news for you. You can stop it at any time.",
      yes: "Yes, please", no: "Not now",
    };
    for (const line of [no, yes]) assert.deepEqual(line.shown, words);
    assert.equal(no.text_version, yes.text_version);
    assert.deepEqual([no.channel, no.locale, no.form, no.variant, no.permission, no.gpc], ["push", "en", "card", "default", "default", false]);
    assert.deepEqual([yes.permission, out.reason, out.form, out.gpc], ["granted", "too many 🛎", "none", true]);
    const rows = await reports(server.database, (all) => all.some(({ type }) => type === "subscription.removed"));
    assert.deepEqual(rows.find(({ type }) => type === "subscription.removed")?.data, { reason: "too many 🛎" });
    assert.deepEqual(rows.filter(({ type }) => type === "event.tracked" || type === "conversion"), [], "Global Privacy Control");

    const { deviceId } = (await told(page)).status;
    const data = await outcome(page, "exportData");
    assert.equal(data.browser.device.id, deviceId);
    assert.equal(data.server.device.id ?? data.server.id, deviceId);
    assert.equal(data.server.consents.length, 4);
    assert.ok(data.browser.storage["softbell.shop.history"]);
    assert.doesNotMatch(JSON.stringify(data), /"(secret|p256dh|auth|token|report_token)"/);

    await server.kill();
    assert.deepEqual(await outcome(page, "eraseData"), { error: "server_unavailable" });
    assert.equal((await told(page)).status.deviceId, deviceId, "nothing was erased");
    await server.restart();
    await outcome(page, "eraseData");
    assert.deepEqual(await query(server.database, "select id from devices"), []);
    const { status } = await told(page);
    assert.deepEqual([status.status, status.subscription, status.deviceId], ["opted_out", "none", undefined]);
    assert.deepEqual((await traces(page)).workers, []);
    await page.reload();
    assert.equal((await told(page)).status.status, "opted_out", "and stays so");
    assert.deepEqual((await outcome(page, "exportData")).server, null);
  });
}
