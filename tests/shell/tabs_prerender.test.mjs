// A page that the browser opens ahead of time, before anybody has looked at it: there every permission reads `default`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, watch } from "./lib/browser.mjs";

/** @typedef {import("./lib/browser.mjs").Browser} Browser */

/** What is stored here and what the server was asked and knows. @param {Browser} browser */
const known = ({ values, stored, server: { asked, devices } }) => structuredClone({ values, stored, asked, devices });

/** A subscribed browser in which a page prerenders, and what was known before. @param {Partial<import("../../pkg/index.js").Config>} [config] */
const prerender = async (config) => {
  const browser = openBrowser();
  const { leave } = await browser.visit();
  leave();
  const before = known(browser);
  const tab = browser.open(config, true);
  await browser.settle();
  return { browser, tab, before };
};

test("J2: while a subscriber's page prerenders nothing is asked, written or counted; then the view begins as any other", async () => {
  const { browser, tab, before } = await prerender();
  assert.equal(before.devices.size, 1);
  const status = watch(tab.softbell.getStatus());
  tab.softbell.page("/next");
  await browser.elapse(60_000);
  assert.deepEqual(known(browser), before);
  assert.deepEqual([status.outcome, tab.modules, tab.errors], ["waits", 0, []]);

  tab.activate();
  await browser.settle();
  assert.equal(status.outcome, "done");
  const { permission, reachable } = await tab.softbell.getStatus();
  assert.deepEqual([permission, reachable, browser.subscriptions], ["granted", true, 1]);
  const { state, lines, reports } = browser.server.device;
  assert.deepEqual([state.permission, state.status], ["granted", "allowed"]);
  assert.equal(lines.length, [...before.devices.values()][0]?.lines.length, "nothing was withdrawn");
  assert.deepEqual(reports.filter(({ type }) => /^permission/.test(type)), []);
});

test("J2: a prerendered page that nobody looks at counts no page view, and one that somebody looks at counts one", async () => {
  const browser = openBrowser({ permission: "default" });
  const config = { prompt: { pageViews: 3 } };
  const first = await browser.visit(config);
  first.leave();
  for (let page = 0; page < 5; page++) {
    const tab = browser.open(config, true);
    await browser.settle();
    tab.leave();
  }
  const second = await browser.visit(config);
  assert.equal((await second.softbell.explain()).code, "waiting_page_views");
  second.leave();
  const third = browser.open(config, true);
  await browser.settle();
  assert.equal(third.drawn.size, 0);
  third.activate();
  await browser.settle();
  assert.equal(third.drawn.size, 1);
});

test("J2: destroy() while a page prerenders ends what waits, and the view never begins; init() starts anew", async () => {
  const { browser, tab, before } = await prerender();
  const { softbell } = tab;
  const calls = [softbell.ready, softbell.getStatus(), softbell.ask(), softbell.requestPermission(), softbell.optIn(), softbell.setTopics([]), softbell.track("viewed")];
  const waiting = calls.map((call) => watch(Promise.resolve(call)));
  await softbell.destroy();
  await browser.settle();
  const late = watch(softbell.getStatus());
  tab.activate();
  await browser.elapse(60_000);
  assert.deepEqual([...waiting, late].map(({ outcome }) => outcome), Array(calls.length + 1).fill("destroyed"));
  assert.deepEqual([known(browser), tab.modules, tab.errors], [before, 0, []]);
  tab.init();
  await browser.settle();
  assert.equal((await tab.softbell.getStatus()).status, "allowed");
});

test("J2 F7: consent denied while a page prerenders ends what waits; granted again, it still waits for somebody to look", async () => {
  const browser = openBrowser();
  const tab = browser.open({}, true);
  await browser.settle();
  const { softbell } = tab;
  const waiting = watch(softbell.getStatus());
  await softbell.setConsent("denied");
  await browser.settle();
  const off = watch(softbell.getStatus());
  await browser.settle();
  assert.deepEqual([waiting.outcome, off.outcome], ["consent_denied", "consent_denied"]);
  await softbell.setConsent("granted");
  const again = watch(softbell.getStatus());
  await browser.settle();
  assert.deepEqual([again.outcome, browser.kept, browser.server.asked], ["waits", [], []]);
  tab.activate();
  await browser.settle();
  assert.deepEqual([again.outcome, browser.server.devices.size], ["done", 1]);
});
