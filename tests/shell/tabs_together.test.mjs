// Two tabs of one browser are one device.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "./lib/browser.mjs";

test("J5: what is chosen in one tab is found in the other, and on the next page view; the server knows one device", async () => {
  const browser = openBrowser();
  const tab = await browser.visit();
  const other = await browser.visit();
  await Promise.all([tab.softbell.setTags({ name: "Ann" }), other.softbell.setTags({ size: "m" }), tab.softbell.setTopics(["sales"])]);
  await browser.settle();
  const { softbell } = await browser.visit();
  for (const page of [tab.softbell, other.softbell, softbell]) assert.deepEqual((await page.getStatus()).topics, ["sales"]);
  assert.deepEqual(browser.server.device.state.tags, { name: "Ann", size: "m" });
});

test("A12: two tabs that open at once get one subscription, and each tells its own listeners once that it was made", async () => {
  const browser = openBrowser();
  const tabs = [browser.open(), browser.open()];
  /** @type {string[][]} */
  const heard = [[], []];
  tabs.forEach(({ softbell }, at) => softbell.on("subscription.created", ({ status }) => heard[at]?.push(status)));
  await browser.settle();
  assert.deepEqual([browser.subscriptions, browser.server.devices.size, heard], [1, 1, [["allowed"], ["allowed"]]]);
});
