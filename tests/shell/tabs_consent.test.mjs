// Consent denied on one page, while others of the same site are open, asleep, or wait for an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, watch } from "./lib/browser.mjs";

/** @typedef {import("./lib/browser.mjs").Browser} Browser */

/** What is stored of us. @param {Browser} browser */
const left = ({ kept, hasDatabase, hasWorker, subscription }) => ({ kept, hasDatabase, hasWorker, subscription });
const NOTHING = { kept: [], hasDatabase: false, hasWorker: false, subscription: undefined };

/** What the server holds of one who has taken everything back. @param {Browser} browser */
const withdrawn = ({ server: { device: { state } } }) => [state.status, state.subscription, state.topics];
const WITHDRAWN = ["opted_out", null, []];

/** A page that is in the back-forward cache while consent is denied on the next one. @param {Browser} browser @param {Partial<import("../../pkg/index.js").Config>} [config] */
const cached = async (browser, config) => {
  const tab = await browser.visit(config);
  tab.freeze();
  const next = await browser.visit({ prompt: false });
  await next.softbell.setConsent("denied");
  await browser.settle();
  assert.deepEqual(left(browser), NOTHING);
  next.freeze();
  return tab;
};

test("F7: a page that comes back after consent was denied on another one stores and sends nothing", async () => {
  const browser = openBrowser();
  const tab = await cached(browser);
  assert.deepEqual(withdrawn(browser), WITHDRAWN);
  const before = browser.server.asked.length;
  tab.thaw();
  await browser.settle();
  const tracked = watch(Promise.resolve(tab.softbell.track("viewed")));
  tab.softbell.page("/next");
  await browser.settle();
  assert.deepEqual([left(browser), browser.server.asked.length, tracked.outcome], [NOTHING, before, "consent_denied"]);
});

test("F7: a popup that waits on such a page does not come, and the page remembers nothing", async () => {
  const browser = openBrowser({ permission: "default" });
  const tab = await cached(browser, { prompt: { delaySeconds: 30 } });
  tab.thaw();
  await browser.settle();
  tab.softbell.page("/next");
  await browser.elapse(40_000);
  assert.deepEqual([left(browser), tab.drawn.size, browser.server.asked], [NOTHING, 0, []]);
});

test("F7: a worker that another tab is just registering goes as well, but not where consent was granted anew meanwhile", async () => {
  for (const last of /** @type {const} */ (["denied", "granted"])) {
    const browser = openBrowser();
    const { softbell } = await browser.visit({ prompt: false });
    const made = browser.hold("register");
    browser.open({ prompt: false });
    await browser.settle();
    await softbell.setConsent("denied");
    if (last === "granted") await softbell.setConsent("granted");
    await browser.settle();
    made();
    await browser.settle();
    assert.equal(browser.hasWorker, last === "granted");
  }
});

test("F7: nor does one that waits in another tab, which has stored nothing but its history so far", async () => {
  const browser = openBrowser({ permission: "default" });
  const tab = browser.open({ prompt: { delaySeconds: 30 } });
  const { softbell } = await browser.visit({ prompt: false });
  await softbell.setConsent("denied");
  await browser.elapse(40_000);
  assert.deepEqual([left(browser), tab.drawn.size, browser.server.asked], [NOTHING, 0, []]);
});

test("F7: a request of another tab that arrives after consent was denied brings nothing back, here or on the server", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  const other = await browser.visit();
  const sent = browser.hold("PUT");
  void tab.softbell.setTopics(["sales"]);
  await browser.settle();
  await other.softbell.setConsent("denied");
  await browser.settle();
  assert.deepEqual(left(browser), NOTHING);
  sent();
  await browser.settle();
  assert.deepEqual([left(browser), withdrawn(browser)], [NOTHING, WITHDRAWN]);
});

test("F7: where two tabs hear that consent is denied, at once or shortly after one another, one of them tells the server", async () => {
  for (let turns = 0; turns < 40; turns++) {
    const browser = openBrowser();
    const [tab, other] = [await browser.visit(), await browser.visit()];
    const lines = browser.server.device.lines.length;
    const denied = [watch(tab.softbell.setConsent("denied"))];
    for (let turn = 0; turn < turns; turn++) await browser.tasks.turn();
    denied.push(watch(other.softbell.setConsent("denied")));
    await browser.settle();
    assert.deepEqual(denied.map(({ outcome }) => outcome), ["done", "done"]);
    assert.deepEqual([left(browser), withdrawn(browser), browser.server.device.lines.length - lines], [NOTHING, WITHDRAWN, 1], `after ${turns} turns`);
  }
});

test("F7: what the server has not heard is told once each time that the network is back, however often it comes and goes", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  const untold = (/** @type {string} */ id) => ({ url: `https://push.example/v1/sites/shop/devices/${id}`, secret: "s", body: { revision: 11, consent_entries: [] } });
  browser.values.set("softbell.shop.withdrawal", JSON.stringify([untold("AAA"), untold("BBB")]));
  browser.online = false;
  await tab.softbell.setConsent("denied");
  await browser.settle();
  browser.online = true;
  browser.server.refuse(3600);
  for (let time = 0; time < 3; time++) {
    const before = browser.server.asked.length;
    tab.fire("online");
    await browser.settle();
    assert.equal(browser.server.asked.length - before, 3, "two from before, and this tab's own");
  }
});
