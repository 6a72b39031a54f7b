// Reports of a push to many come spread over some seconds: written down at once, sent later. Chance is a half here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, clicked, log, message, notification, part, reports, screen, stored } from "./worker_fakes.mjs";

const { push } = await part("push.js");
const { click } = await part("click.js");

const BOTH = [["received"], ["displayed"]];
/** The worker's own limits, ms: of a read, a page's answer, a call of the database, a request to the server. */
const LIMITS = [100, 400, 1500, 5000];

/**
 * Catches the timer that holds reports back.
 * @param {import("node:test").TestContext} t @returns {Promise<{ms: number, pass: () => void}>} how long it would be, and its end
 */
const held = (t) => {
  const real = setTimeout;
  t.mock.method(Math, "random", () => 0.5);
  return new Promise((resolve) => {
    t.mock.method(globalThis, "setTimeout", (/** @type {() => void} */ pass, /** @type {number} */ ms) =>
      LIMITS.includes(ms) ? real(pass, ms) : resolve({ ms, pass }));
  });
};

test("I3: what is to be reported is written down before the wait, and sent in one request after it", async (t) => {
  begin();
  const wait = held(t);
  const done = push(message({ title: "Sale" }, { j: 20 }));
  const { ms, pass } = await wait;
  assert.deepEqual([ms, screen.length, reports(), stored.reports.size], [10_000, 1, [], 2]);
  assert.equal(await Promise.race([done, "not over"]), "not over", "the browser keeps the worker for it");
  pass();
  await done;
  assert.deepEqual([reports(), stored.reports.size, log.filter((line) => line === "report").length], [BOTH, 0, 1]);
});

test("I3: never more than 25 s", async (t) => {
  for (const j of [25, 26, 86_400, 1e300, Infinity]) {
    begin();
    const wait = held(t);
    const done = push(message({ title: "Sale" }, { j: j === Infinity ? "Infinity" : j }));
    const { ms, pass } = await wait;
    assert.equal(ms, 12_500, String(j));
    pass();
    await done;
    t.mock.restoreAll();
  }
});

test("I3: single sends, and what is no number of seconds, are reported at once", async (t) => {
  for (const j of [0, undefined, null, "x", -5, {}, []]) {
    begin();
    held(t).then(() => assert.fail(`waits for ${JSON.stringify(j)}`));
    await push(message({ title: "Your order" }, { j }));
    assert.deepEqual(reports(), BOTH, JSON.stringify(j));
    t.mock.restoreAll();
  }
});

test("I3: -1, as for Apple's endpoints: displayed, at once, and no word of received", async () => {
  begin();
  await push(message({ title: "Sale" }, { j: -1 }));
  assert.deepEqual(reports(), [["displayed"]]);
});

test("I3: a click meanwhile sends everything at once, and nothing goes twice", async (t) => {
  begin();
  const wait = held(t);
  const done = push(message({ title: "Sale" }, { j: 20 }));
  const { pass } = await wait;
  await click(clicked(notification(screen[0].data), ""));
  assert.deepEqual(reports(), [...BOTH, ["clicked"]]);
  pass();
  await done;
  assert.deepEqual(reports(), [...BOTH, ["clicked"]]);
});

test("I3: a worker that is stopped while it waits loses nothing: the next push takes the reports along", async (t) => {
  begin();
  const wait = held(t);
  void push(message({ title: "Sale" }, { j: 20 }));
  await wait;
  await push(message({ title: "More" }, { m: "n" }));
  assert.deepEqual(reports(), [...BOTH, ...BOTH]);
});
