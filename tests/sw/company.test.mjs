// What the workers of other kits were seen to get wrong, one test a column of the table in which they were compared (each
// worker behind a recorder, pushes delivered by the browser, no network). Seen on 2026-11-20: OneSignal lost the push to
// a tab that did not answer, Firebase brought a tab to the front and went nowhere, most showed nothing of what was not
// theirs, or failed on it, and closed or followed notifications of the site itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, clicked, log, message, notification, page, part, pushed, reports, screen } from "./worker_fakes.mjs";

const { push } = await part("push.js");
const { click, dismissed } = await part("click.js");

const HOME = "https://shop.example/";
const OWN = () => message({ title: "Order 7", body: "It ships", navigate: "/orders/7" });
const SHOWN = [["received"], ["displayed"]];

/** Cut off from the network, as they were. @param {object} [changes] */
const offline = (changes) => begin({ offline: true, ...changes });

const words = () => screen.map(({ title, body }) => [title, body]);
const windows = () => log.filter((line) => /^(open|focus)/.test(line));

/** Shows our own message, and presses it. @param {object} changes */
const follow = async (changes) => {
  offline(changes);
  await push(OWN());
  await click(clicked(notification(screen[0].data), ""));
};

/** Whatever came, the visitor sees one notification, in plain words where it brought none. @param {unknown} payload @param {string[]} [wanted] */
const shows = async (payload, wanted = ["shop.example", "There is news for you."]) => {
  offline();
  await push(payload === undefined ? { data: null } : pushed(payload));
  assert.deepEqual(words(), [wanted]);
};

test("C6: own push: shown, before anything is reported, and the event ends when that is over", async () => {
  begin();
  await push(OWN());
  assert.deepEqual([words(), reports()], [[["Order 7", "It ships"]], SHOWN]);
  assert.deepEqual(log, ["ours alone", "show Order 7", "report"]);
});

test("C10: own push, a visible same-origin tab without the SDK: shown, at once where no page may take it, else after 0.4 s", async (t) => {
  const silent = () => page(HOME, { visibilityState: "visible", focused: true }, { answers: null });
  offline({ pages: [silent()] });
  await push(OWN());
  assert.deepEqual(words(), [["Order 7", "It ships"]]);
  offline({ pages: [silent()], chromium: true });
  const waits = t.mock.method(globalThis, "setTimeout").mock;
  await push(message({ title: "Cart" }, { s: 1 }));
  assert.deepEqual(words(), [["Cart", undefined]]);
  assert.ok(waits.calls.some(({ arguments: [, ms] }) => ms === 400));
});

test("C7: click, no tab: one window opens at the target", async () => {
  await follow({});
  assert.deepEqual(windows(), [`open ${HOME}orders/7`]);
});

test("C7: click, tab on other path: that tab is asked to go, brought to the front, and no window opens", async () => {
  await follow({ pages: [page(`${HOME}elsewhere`)] });
  assert.deepEqual(windows(), [`focus ${HOME}elsewhere`]);
  assert.ok(log.includes(`ask ${HOME}elsewhere for ${HOME}orders/7`));
});

test("J9: foreign JSON push: shown in plain words, or in its own where its shape is known", async () => {
  await shows({ hello: "world" });
  await shows({ title: "T", text: "B" });
  await shows({ custom: { i: "1" }, title: "Sale", alert: "Now" }, ["Sale", "Now"]);
});

test("C6: text push: shown in plain words", () => shows("Hello"));

test("C6: empty push: shown in plain words", async () => {
  await shows(undefined);
  await shows("");
});

test("C16: declarative payload: shown as it says, and followed", async () => {
  await shows({ web_push: 8030, notification: { title: "Declared", body: "B", navigate: `${HOME}declared` } }, ["Declared", "B"]);
  await click(clicked(notification(screen[0].data), ""));
  assert.deepEqual(windows(), [`open ${HOME}declared`]);
});

test("A21: click on a notification of the site itself: neither closed nor followed, nothing is thrown, nothing reported", async () => {
  await follow({}); // whatever was followed before is not followed again
  offline();
  for (const data of [null, undefined, "text", 7, [], { url: `${HOME}own` }]) {
    await click(clicked(notification(data), ""));
    await click(clicked(notification(data), "a"));
    await dismissed({ notification: notification(data) });
  }
  assert.deepEqual(log, []);
});
