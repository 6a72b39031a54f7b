// The worker's half of the golden messages (tests/contract).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as contract from "../../sw/contract.js";
import { readMessage } from "../../sw/message.js";

/** @param {string} name */
const golden = (name) => readFileSync(new URL(`../contract/${name}.json`, import.meta.url), "utf8");

test("the golden push is understood whole", () => {
  const { title, options, understood } = readMessage(golden("push"), "http://localhost:9000/softbell/sw.js");
  const { notification } = JSON.parse(golden("push"));
  assert.equal(understood, true);
  assert.deepEqual([title, options.body, options.tag], [notification.title, notification.body, notification.tag]);
  assert.deepEqual(/** @type {any} */ (options.data).softbell, { ...notification.data.softbell, url: notification.navigate, actions: [] });
});

test("every report of the golden batch has its word here", () => {
  const words = /** @type {unknown[]} */ (Object.values(contract));
  for (const { type } of JSON.parse(golden("events"))) assert.ok(words.includes(type), type);
});
