// eraseData() while other things go on: in this tab, in another one, on the next page view.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, watch } from "./lib/browser.mjs";

test("F6: who presses Erase twice is erased once, and no device comes back", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  const answers = [browser.hold("DELETE"), browser.hold("DELETE")];
  const calls = [watch(softbell.eraseData())];
  await browser.settle();
  calls.push(watch(softbell.eraseData()));
  await browser.settle();
  for (const answer of answers) {
    answer();
    await browser.settle();
  }
  assert.deepEqual(calls.map(({ outcome }) => outcome), ["done", "done"]);
  assert.deepEqual([browser.server.devices.size, browser.subscription], [0, undefined]);
  assert.equal((await softbell.getStatus()).status, "opted_out");
});

test("F6 F7: consent that is denied while everything is being erased leaves nothing, and nothing begins anew", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  const answer = browser.hold("DELETE");
  const erased = watch(softbell.eraseData());
  await browser.settle();
  const denied = watch(softbell.setConsent("denied"));
  await browser.settle();
  answer();
  await browser.settle();
  assert.deepEqual([denied.outcome, erased.outcome === "waits"], ["done", false]);
  assert.deepEqual([browser.kept, browser.hasDatabase, browser.subscription, browser.server.devices.size], [[], false, undefined, 0]);
  await assert.rejects(softbell.getStatus(), { code: "consent_denied" });
});

test("F6 J2: a client that is destroyed while everything is being erased stays so, and no device comes back", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  const answer = browser.hold("DELETE");
  const erased = watch(softbell.eraseData());
  await browser.settle();
  await softbell.destroy();
  answer();
  await browser.settle();
  assert.notEqual(erased.outcome, "waits");
  assert.equal(browser.server.devices.size, 0);
  await assert.rejects(softbell.getStatus(), { code: "destroyed" });
});

test("F6: an answer that another tab gets meanwhile does not let it send what is being erased", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  const other = await browser.visit();
  const heard = browser.hold("answer to PUT");
  void other.softbell.setTopics(["sales"]);
  await browser.settle();
  void other.softbell.setTags({ name: "Ann" });
  await browser.settle();
  const answer = browser.hold("answer to DELETE");
  const erased = watch(softbell.eraseData());
  await browser.settle();
  heard();
  await browser.settle();
  answer();
  await browser.settle();
  assert.deepEqual([erased.outcome, browser.server.devices.size, browser.record], ["done", 0, undefined]);
});

/** What a device on the server knows of a person. @param {import("./lib/push_server.mjs").Device} device */
const known = ({ user, lines, state: { topics, tags, snoozed_until } }) => ({ user, lines, topics, tags, snoozed: !!snoozed_until });

test("F6: where the page was left before it heard that the server has erased, the next one takes nothing of it along", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  await tab.softbell.setTopics(["sales"]);
  await tab.softbell.setTags({ name: "Ann" });
  await browser.settle();
  browser.hold("answer to DELETE");
  watch(tab.softbell.eraseData());
  await browser.settle();
  tab.leave();
  assert.equal(browser.server.devices.size, 0);

  await browser.elapse(31_000); // other pages keep still for as long
  const { softbell } = await browser.visit();
  softbell.track("viewed");
  await softbell.setTags({ size: "m" });
  await browser.settle();
  for (const device of browser.server.devices.values()) {
    const { topics, tags, lines } = known(device);
    assert.deepEqual([topics, tags.name, lines], [[], undefined, []]);
  }
});

test("F6: a device that the admin erased comes back with its subscription, and without anything else that it had", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  await softbell.identify("u1", "token");
  await softbell.setTopics(["sales"]);
  await softbell.setTags({ name: "Ann" });
  await softbell.snooze(new Date(Date.now() + 86_400_000));
  await browser.settle();
  const before = browser.server.device;
  for (const id of browser.server.devices.keys()) browser.server.erase(id);

  await softbell.setTags({ size: "m" });
  await browser.settle();
  const { device } = browser.server;
  assert.equal(device.state.subscription.endpoint, browser.subscription?.endpoint);
  const { topics, tags, user, snoozed, lines } = known(device);
  assert.deepEqual([topics, tags.name, user, snoozed], [[], undefined, null, false]);
  assert.ok(!lines.some((line) => before.lines.includes(line)));
});

test("F6: where the server cannot erase now, what it asked for before still holds: an hour of silence", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  browser.server.refuse(3600);
  await softbell.setTopics(["sales"]);
  await browser.settle();
  await assert.rejects(softbell.eraseData(), { code: "server_unavailable" });
  browser.server.refuse();
  const before = browser.server.asked.length;
  await softbell.setTopics(["news"]);
  await browser.settle();
  assert.equal(browser.server.asked.length, before);

  await browser.elapse(3_600_000);
  await softbell.setTopics(["news", "sales"]);
  await browser.settle();
  assert.deepEqual(browser.server.device.state.topics, ["news", "sales"]);
});

test("F6: a page that is opened while the server erases finishes it too, and push stays off, whoever comes first", async () => {
  for (const which of ["DELETE", "answer to DELETE"]) for (let turns = 0; turns < 30; turns++) {
    const browser = openBrowser();
    const { softbell } = await browser.visit();
    const answer = browser.hold(which);
    const erased = watch(softbell.eraseData());
    await browser.settle();
    browser.open();
    for (let turn = 0; turn < turns; turn++) await browser.tasks.turn();
    answer();
    await browser.settle();
    const next = await browser.visit();
    assert.notEqual(erased.outcome, "waits");
    assert.deepEqual([(await next.softbell.getStatus()).status, browser.subscription], ["opted_out", undefined], `${which}, ${turns}`);
  }
});

test("F6 F7: consent that is denied and granted anew while the server erases begins anew, and that stays", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  const answer = browser.hold("answer to DELETE");
  watch(softbell.eraseData());
  await browser.settle();
  await softbell.setConsent("denied");
  await softbell.setConsent("granted");
  await browser.settle();
  answer();
  await browser.settle();
  const { deviceId = "", reachable } = await softbell.getStatus();
  const endpoint = browser.server.devices.get(deviceId)?.state.subscription?.endpoint;
  assert.deepEqual([reachable, endpoint], [true, browser.subscription?.endpoint]);
});

test("F6: where the page was left and the next one finds no server, a later one goes on erasing", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  browser.hold("DELETE");
  watch(tab.softbell.eraseData());
  await browser.settle();
  tab.leave();
  browser.online = false;
  (await browser.visit()).leave();
  assert.equal(browser.server.devices.size, 1);
  browser.online = true;
  await browser.elapse(31_000);
  const { softbell } = await browser.visit();
  assert.deepEqual([browser.server.devices.size, (await softbell.getStatus()).status], [0, "opted_out"]);
});

test("F6: an answer that comes while the server erases gives no ticket to sleep on, should the page be left then", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  const heard = browser.hold("answer to PUT");
  void tab.softbell.setTopics(["sales"]);
  await browser.settle();
  browser.hold("answer to DELETE");
  watch(tab.softbell.eraseData());
  await browser.settle();
  heard();
  await browser.settle();
  assert.equal(browser.server.devices.size, 0);
  assert.equal(browser.values.get("softbell.shop"), undefined);
});

test("F6 A17: who opts out while the server says that it erased the device stays so, with his line in the ledger", async () => {
  const browser = openBrowser();
  const { softbell } = await browser.visit();
  for (const id of browser.server.devices.keys()) browser.server.erase(id);
  const heard = browser.hold("answer to PUT");
  void softbell.setTags({ size: "m" });
  await browser.settle();
  await softbell.optOut();
  heard();
  await browser.settle();
  const { state: { status, subscription }, lines } = browser.server.device;
  assert.deepEqual([status, subscription, lines.length], ["opted_out", null, 1]);
});
