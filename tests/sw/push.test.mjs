// A push from the event to the screen: always something, shown before anything is reported.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { begin, log, message, part, pushed, reports, screen } from "./worker_fakes.mjs";

const { push } = await part("push.js");

const softbell = { m: "m", t: "t" };

test("C6: it is shown first, then reported", async () => {
  begin();
  await push(pushed({ notification: { title: "It ships", data: { softbell } } }));
  assert.deepEqual(log, ["ours alone", "show It ships", "report"]);
});

test("C6: a push that cannot even be read is shown", async () => {
  for (const event of [{}, { data: null }, { data: { text: () => { throw new Error("broken"); } } }]) {
    begin();
    await push(event);
    assert.deepEqual([screen[0].title, screen[0].body], ["shop.example", "There is news for you."]);
    assert.deepEqual(reports(), [["failed", { reason: "payload_unreadable" }, "1.device"]]);
  }
});

test("C6: where an engine refuses an option the words are still shown, and where a click leads", async () => {
  let calls = 0;
  begin({ show: () => { if (calls++ === 0) throw new TypeError("no"); } });
  await push(pushed({ notification: { title: "It ships", body: "Today", tag: "order", image: "/i.png", navigate: "/order" } }));
  assert.deepEqual(screen, [{ title: "It ships", body: "Today", tag: "order", navigate: undefined, data: { softbell: { url: "/order", actions: [] } } }]);
});

test("C6: where nothing can be shown the push still ends, and is reported", async () => {
  begin({ show: () => { throw new TypeError("permission denied"); } });
  await push(pushed({ notification: { title: "It ships", data: { softbell } } }));
  assert.deepEqual(log.slice(1, 3), ["show It ships", "show It ships"]);
  assert.ok(log.includes("report"));
});

test("C4: three updates of a score are one notification; a push that came twice makes no second sound", async () => {
  /** @type {boolean[]} */
  const sounds = [];
  begin({ show: (_, { renotify }) => sounds.push(renotify) });
  const score = (/** @type {string} */ title, /** @type {object} */ mark) => push(message({ title, tag: "score", renotify: true }, mark));
  await score("1:0", {});
  await score("1:0", {});
  await score("2:0", { m: "n", t: "u" });
  assert.deepEqual(sounds, [true, false, true]);
  assert.deepEqual(screen.map(({ title }) => title), ["2:0"]);
});

test("C16: a declarative push comes as a notification", async () => {
  begin();
  await push({ data: null, notification: { title: "It ships", navigate: "https://shop.example/order", data: null } });
  assert.deepEqual([screen[0].title, screen[0].navigate], ["It ships", "https://shop.example/order"]);
});

test("A21: nothing is reported of what others sent", async () => {
  begin();
  await push(pushed({ notification: { title: "Another sender" } }));
  assert.deepEqual(log, ["show Another sender"]);
});

test("A21: what is ours is kept from a worker that imported ours, what is not is left to it", async () => {
  Object.assign(globalThis, { softbellGuest: true });
  try {
    begin();
    await push(pushed({ notification: { title: "The host's" } }));
    assert.deepEqual(log, []);
    await push(message({ title: "Ours" }));
    assert.deepEqual(log, ["ours alone", "show Ours", "report"]);
  } finally {
    Reflect.deleteProperty(globalThis, "softbellGuest");
  }
});

/** @type {{notification_round_trip: {title: string, options: object}, push: {body: string | null}[]}} */
const suite = JSON.parse(readFileSync(new URL("../vectors/wpt_notification_values.json", import.meta.url), "utf8").replaceAll("{origin}", "https://shop.example"));

test("C1 C11: the notification of the browsers' own suite is shown as it was given", async () => {
  const { title, options } = suite.notification_round_trip;
  begin();
  await push(pushed({ notification: { title, ...options } }));
  const [shown] = screen;
  for (const [member, value] of Object.entries({ title, ...options })) assert.deepEqual(shown[member], value, member);
});

test("C6: the pushes of the browsers' own suite, without data and with a text, show something", async () => {
  for (const { body } of suite.push) {
    begin();
    await push(body === null ? { data: null } : pushed(body));
    assert.deepEqual(screen.map(({ title, body }) => [title, body]), [["shop.example", "There is news for you."]], String(body));
  }
});
