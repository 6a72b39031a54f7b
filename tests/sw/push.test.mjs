// A push from the event to the screen: always something, shown before anything is reported.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, log, screen, part } from "./worker_fakes.mjs";

const { push } = await part("push.js");

/** @param {unknown} payload */
const json = (payload) => ({ data: { text: () => JSON.stringify(payload) } });

const softbell = { m: "m", t: "t" };

test("c6 it is shown first, then reported", async () => {
  begin();
  await push(json({ notification: { title: "It ships", data: { softbell } } }));
  assert.equal(log[0], "show It ships");
  assert.deepEqual(new Set(log.slice(1)), new Set(["report"]));
});

test("c6 a push that cannot even be read is shown", async () => {
  for (const event of [{}, { data: null }, { data: { text: () => { throw new Error("broken"); } } }]) {
    begin();
    await push(event);
    assert.deepEqual([screen[0].title, screen[0].body], ["shop.example", "There is news for you."]);
  }
});

test("c6 where an engine refuses an option the words are still shown, and where a click leads", async () => {
  let calls = 0;
  begin({ show: () => { if (calls++ === 0) throw new TypeError("no"); } });
  await push(json({ notification: { title: "It ships", body: "Today", tag: "order", image: "/i.png", navigate: "/order" } }));
  assert.deepEqual(screen, [{ title: "It ships", body: "Today", tag: "order", navigate: undefined, data: { softbell: { url: "/order", links: {} } } }]);
});

test("c6 where nothing can be shown the push still ends, and is reported", async () => {
  begin({ show: () => { throw new TypeError("permission denied"); } });
  await push(json({ notification: { title: "It ships", data: { softbell } } }));
  assert.deepEqual(log.slice(0, 2), ["show It ships", "show It ships"]);
  assert.ok(log.includes("report"));
});

test("c5 a push that came twice makes no second sound; another message under its tag does", async () => {
  begin();
  const first = { title: "It ships", tag: "order", renotify: true, data: { softbell } };
  for (const notification of [first, first, { ...first, data: { softbell: { m: "n", t: "u" } } }]) await push(json({ notification }));
  assert.deepEqual(screen.map(({ renotify }) => renotify), [true, false, true]);
});

test("a declarative push comes as a notification", async () => {
  begin();
  await push({ data: null, notification: { title: "It ships", navigate: "https://shop.example/order", data: null } });
  assert.deepEqual([screen[0].title, screen[0].navigate], ["It ships", "https://shop.example/order"]);
});

test("nothing is reported of what others sent", async () => {
  begin();
  await push(json({ notification: { title: "Another sender" } }));
  assert.deepEqual(log, ["show Another sender"]);
});
