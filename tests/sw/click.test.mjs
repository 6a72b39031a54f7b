// Where a press on a notification leads, and by how many window calls.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../e2e/lib/until.mjs";
import { begin, clicked, heard, log, notification, page, part, reported, screen } from "./worker_fakes.mjs";

const { click, dismissed } = await part("click.js");

const HOME = "https://shop.example/";
const ORDER = "https://shop.example/order";

let messages = 0;
/** A notification of ours, of a message of its own. @param {object} [more] */
const ours = (more) => notification({ softbell: { m: "m", t: `t${messages++}`, url: ORDER, ...more } });

/** @param {any} shown @param {string} [action] */
const press = (shown, action = "") => click(clicked(shown, action));

/** The page has heard the worker's word, which comes over a port. @param {string} word */
const told = (word) => until(`the page to hear ${word}`, () => log.includes(`tell ${word}`), { hint: () => log });

test("C7: no page: a window opens, and the report comes after", async () => {
  begin();
  await press(ours());
  assert.deepEqual(log, ["ours alone", "close", `open ${ORDER}`, "report"]);
});

test("C7: a page is asked, focused, and then told to go: no window opens", async () => {
  begin({ pages: [page(HOME)] });
  await press(ours());
  await told("true");
  assert.deepEqual(log.filter((line) => line !== "report"), ["ours alone", "close", `ask ${HOME} for ${ORDER}`, `focus ${HOME}`, "tell true"]);
});

test("C7: the page at the target is asked before the one in front, and that before others", async () => {
  const front = page(`${HOME}front`, { focused: true, visibilityState: "visible" });
  begin({ pages: [page(`${HOME}other`), front, page(ORDER)] });
  await press(ours());
  assert.equal(log[2], `ask ${ORDER} for ${ORDER}`);
  begin({ pages: [page(`${HOME}other`), page(`${HOME}seen`, { visibilityState: "visible" }), front] });
  await press(ours());
  assert.equal(log[2], `ask ${front.url} for ${ORDER}`);
});

test("C7: frames are never asked", async () => {
  begin({ pages: [page(ORDER, { frameType: "nested", focused: true })] });
  await press(ours());
  assert.deepEqual(log, ["ours alone", "close", `open ${ORDER}`, "report"]);
});

test("C7: a page that does not answer in 0.4 s is told to stay, and a window opens", async (t) => {
  begin({ pages: [page(HOME, {}, { answers: null })] });
  const waits = t.mock.method(globalThis, "setTimeout").mock;
  await press(ours());
  assert.ok(waits.calls.some(({ arguments: [, ms] }) => ms === 400));
  await told("false");
  assert.deepEqual(log.filter((line) => /open|focus/.test(line)), [`open ${ORDER}`]);
});

test("C7: where focusing fails a window opens, and the page stays", async () => {
  begin({ pages: [page(HOME, {}, { focus: () => { throw new Error("gone"); } })] });
  await press(ours());
  await told("false");
  assert.deepEqual(log.filter((line) => /open|focus/.test(line)), [`focus ${HOME}`, `open ${ORDER}`]);
});

test("C7: where nothing can be brought to the front the page goes all the same", async () => {
  const fails = () => { throw new Error("not allowed"); };
  begin({ pages: [page(HOME, {}, { focus: fails })], window: fails });
  await press(ours());
  await told("true");
});

test("C2: a button leads to its own page", async () => {
  begin();
  await press(ours({ actions: [{ action: "buy", title: "Buy", navigate: "/buy" }] }), "buy");
  assert.deepEqual(log, ["ours alone", "close", `open ${HOME}buy`, "report"]);
});

test("C8: an address elsewhere becomes the site's front page", async () => {
  for (const url of ["https://evil.example/", "javascript:alert(1)"]) {
    begin();
    await press(ours({ url }));
    assert.deepEqual(log, ["ours alone", "close", `open ${HOME}`, "report"]);
  }
});

test("C16 W3: a click on an address with a landing id is told to no page, but reported; other addresses are told", async () => {
  const id = "A-_3456789012345678901";
  /** @type {[string, boolean][]} */
  const cases = [
    [`/order?softbell=${id}`, false], [`/order?a=1&softbell=${id}&b=2#c`, false], [`/order?softbell=${id}#c`, false],
    ["/order?softbell=ask_push_permissions", true], [`/order?softbell=${id}0`, true], [`/order#?xsoftbell=${id}`, true], ["/order", true],
  ];
  for (const [url, told] of cases) {
    begin({ pages: [page(HOME)] });
    await press(ours({ url }));
    assert.equal(heard.some(([, data]) => data.softbell === "clicked"), told, url);
    assert.deepEqual(reported.map(({ type }) => type), ["notification.clicked"]);
  }
});

test("A21: what the site shows itself is left alone", async () => {
  for (const data of [null, undefined, "text", 7, {}, { url: "https://evil.example/" }]) {
    begin({ pages: [page(HOME)] });
    await press(notification(data));
    await dismissed({ notification: notification(data) });
    assert.deepEqual(log, []);
  }
});

test("A21: what we showed for another sender opens a page and reports nothing", async () => {
  begin();
  await press(notification({ softbell: { url: ORDER } }));
  await dismissed({ notification: notification({ softbell: { url: ORDER } }) });
  assert.deepEqual(log, ["ours alone", "close", `open ${ORDER}`]);
});

test("C14: dismissed is what the visitor closed, not what was followed", async () => {
  begin();
  const closed = ours();
  await dismissed({ notification: closed });
  assert.deepEqual(log, ["report"]);
  const followed = ours();
  await press(followed);
  begin();
  await dismissed({ notification: followed });
  assert.deepEqual(log, []);
});

test("C14: what another notification took the place of was not dismissed by anybody (Firefox says that it was closed)", async () => {
  begin();
  const { registration } = /** @type {any} */ (globalThis);
  await registration.showNotification("1:0", { tag: "score", data: { softbell: { m: "1", t: "one" } } });
  const [before] = screen;
  await registration.showNotification("2:0", { tag: "score", data: { softbell: { m: "2", t: "two" } } });
  log.length = 0;
  await dismissed({ notification: notification(before.data, { tag: "score" }) });
  assert.deepEqual(log, []);
  screen.length = 0;
  await dismissed({ notification: notification({ softbell: { m: "2", t: "two" } }, { tag: "score" }) });
  assert.deepEqual(log, ["report"]);
});
