// Push switched off and on, and users who come and go, in several tabs at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, watch } from "./lib/browser.mjs";

/** @typedef {import("./lib/browser.mjs").Browser} Browser */

/** Where push is off: here, and as the server knows. @param {Browser} browser */
const isOff = ({ subscription, server: { device } }) => !subscription && !device.state.subscription && device.state.status === "opted_out";
/** @param {Browser} browser */
const isOn = ({ subscription, server: { device } }) => !!subscription && device.state.subscription?.endpoint === subscription.endpoint && device.state.status === "allowed";

test("A17: an opt-out in one tab holds in the other, which goes on, and on the next page view", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  const other = await browser.visit();
  assert.ok(isOn(browser));
  await tab.softbell.optOut();
  await browser.settle();
  assert.equal((await other.softbell.getStatus()).status, "opted_out");
  other.softbell.page("/next");
  await browser.settle();
  const { softbell } = await browser.visit();
  assert.equal((await softbell.getStatus()).status, "opted_out");
  assert.ok(isOff(browser));
});

test("A17: optIn() after an opt-out in another tab subscribes anew", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  const other = await browser.visit();
  await tab.softbell.optOut();
  await browser.settle();
  const opted = watch(other.softbell.optIn());
  await browser.settle();
  assert.equal(opted.outcome, "done");
  assert.equal((await other.softbell.getStatus()).reachable, true);
  assert.ok(isOn(browser));
});

test("A17: an optOut() that overtakes optIn() has the last word with server and browser, and both calls end", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  await softbell.optOut();
  const made = browser.hold("subscribe");
  const opted = watch(softbell.optIn());
  await browser.settle();
  const out = watch(softbell.optOut());
  await browser.settle();
  made();
  await browser.settle();
  assert.deepEqual([opted.outcome, out.outcome], ["done", "done"]);
  assert.equal((await softbell.getStatus()).status, "opted_out");
  assert.ok(isOff(browser));
});

test("A15 A16: who left in one tab, while another one went on, is known to the server again when he comes back", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  await tab.softbell.identify("u1", "token");
  const other = await browser.visit();
  await other.softbell.identify("u1", "token");
  await tab.softbell.logout();
  await browser.settle();
  assert.equal(browser.server.device.user, null);
  other.softbell.page("/next");
  await browser.settle();
  const { softbell } = await browser.visit();
  assert.equal((await softbell.identify("u1", "token")).userId, "u1");
  await browser.settle();
  assert.equal(browser.server.device.user, "u1");
});

test("A17: an optOut() in one tab holds in another one that still waits for its configuration", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  const answer = browser.hold("config");
  const other = await browser.visit();
  await softbell.optOut();
  await browser.settle();
  answer();
  await browser.settle();
  assert.ok(isOff(browser));
  assert.equal((await other.softbell.getStatus()).status, "opted_out");
  assert.equal((await (await browser.visit()).softbell.getStatus()).status, "opted_out");
});

test("A17 B4: where nothing can be stored, a page that comes back is as it was left", async () => {
  const browser = openBrowser();
  browser.values.set = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const tab = await browser.visit();
  await tab.softbell.optOut();
  await browser.settle();
  tab.freeze();
  tab.thaw();
  await browser.settle();
  assert.equal((await tab.softbell.getStatus()).status, "opted_out");
  assert.ok(isOff(browser));
});
