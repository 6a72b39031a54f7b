// The badge of the app, held to what web-platform-tests accept and refuse (tests/vectors/badging_values.json).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { begin, log, part, pushed, screen } from "./worker_fakes.mjs";

const { push } = await part("push.js");

/** @type {{accept: {js: string, as: string}[], type_error: string[]}} */
const { accept, type_error: refused } = JSON.parse(readFileSync(new URL("../vectors/badging_values.json", import.meta.url), "utf8"));

/** What `setAppBadge` takes, but the member `app_badge` does not: WebKit wants a whole number or its digits, without more. */
const STRICTER = ["undefined", "null", "10.6", '" 300.000 "', '""', "false", "true", "(no argument)"];

/** What a push with this badge sets, in every place that a badge may be in. @param {string} js a value, written as JSON */
const set = async (js) => {
  const json = /^[\d."{[-]|^(true|false|null)$/.test(js) && !/Infinity/.test(js) ? js : JSON.stringify(js);
  const badges = [];
  for (const text of [`{"app_badge": ${json}, "notification": {"title": "T"}}`, `{"notification": {"title": "T", "app_badge": ${json}}}`]) {
    begin();
    await push(pushed(text));
    assert.deepEqual(screen.map(({ title }) => title), ["T"]);
    badges.push(log.filter((line) => line.startsWith("badge")).join());
  }
  assert.equal(badges[0], badges[1]);
  return badges[0];
};

test("C12: each count that browsers accept is set as they read it; what the declarative member does not allow changes nothing", async () => {
  for (const { js, as } of accept) {
    const count = as.startsWith("2^53") ? 2 ** 53 - 1 : parseInt(as, 10);
    assert.equal(await set(js), STRICTER.includes(js) ? "" : `badge ${count}`, js);
  }
});

test("C12: what browsers refuse changes nothing, and costs no notification", async () => {
  for (const js of refused) assert.equal(await set(js), "", js);
});

test("C12: unread 3, then all read: the badge is set, then cleared", async () => {
  begin();
  for (const count of [3, 0]) await push(pushed({ app_badge: count, notification: { title: "T" } }));
  assert.deepEqual(log.filter((line) => line.startsWith("badge")), ["badge 3", "badge 0"]);
});
