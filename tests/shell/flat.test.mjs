// The border as the shell speaks it: JSON in pieces, and back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RECORD, UNIT, flatten, join } from "../../src/shell/flat.js";
import { members } from "../../src/shell/members.js";

test("every leaf has its path and kind", () => {
  const config = { site: "shop", prompt: { delaySeconds: 5, backoffDays: [1, 2] }, on: true, off: false, none: null, empty: {}, list: [] };
  assert.deepEqual(flatten(config), [
    "site", "s", "shop", "prompt.delaySeconds", "n", 5, "prompt.backoffDays.0", "n", 1, "prompt.backoffDays.1", "n", 2,
    "on", "b", true, "off", "b", false, "none", "z", "", "empty", "o", "", "list", "o", "",
  ]);
});

test("undefined says nothing, and what JSON does not know is named", () => {
  assert.deepEqual(flatten({ a: undefined, f: Math.abs }), ["f", "x", Math.abs]);
});

test("the border's separators cannot be smuggled in", () => {
  assert.equal(join(["a", `b${UNIT}${RECORD}c`, true, false, undefined]), ["a", "bc", "1", "", ""].join(UNIT));
});

test("objects come back whole", () => {
  const fields = ["permission", "s", "granted", "reason", "z", "", "subscription.endpoint", "s", "https://p.example/1",
    "subscription.auth", "s", "a", "properties", "j", '{"n":[1,{"x":"é"}]}'];
  assert.deepEqual(members(fields), {
    permission: "granted", reason: null, subscription: { endpoint: "https://p.example/1", auth: "a" }, properties: { n: [1, { x: "é" }] },
  });
});

test("an object that only passes through comes back as it was", () => {
  assert.deepEqual(members(["", "j", '{"name":"order","value":7.5}']), { name: "order", value: 7.5 });
});
