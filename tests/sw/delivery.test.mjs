// What becomes of a push besides its words: who may read it, who shows it, and what is reported of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, clicked, heard, log, message, notification, page, part, pushed, reports, screen, stored, subscribed, world } from "./worker_fakes.mjs";

const { push } = await part("push.js");
const { click, dismissed } = await part("click.js");

const HOME = "https://shop.example/";
const NEUTRAL = ["shop.example", "There is news for you."];
/** Whatever makes a number or a text of it throws. */
const ODD = { toString: 0, valueOf: 0 };
/** What a click finds that leads to the front page and is reported as nothing. */
const NO_LINK = { softbell: { url: "/", actions: [] } };
const RECEIVED = ["received"];
const DISPLAYED = ["displayed"];
const seconds = (/** @type {number} */ ahead) => Math.floor(Date.now() / 1000) + ahead;
const words = () => screen.map(({ title, body }) => [title, body]);

test("C5: a message that comes after its expiry shows neutral words without a sound, and is reported as suppressed", async () => {
  begin();
  await push(message({ title: "Ends at noon", body: "Hurry", tag: "sale", navigate: "/sale" }, { x: seconds(-1) }));
  assert.deepEqual(words(), [NEUTRAL]);
  assert.deepEqual([screen[0].silent, screen[0].data], [true, NO_LINK]);
  assert.deepEqual(reports(), [RECEIVED, ["suppressed", { reason: "expired" }]]);
});

test("C5: before its expiry, without one, and under a clock that is years ahead it shows as it is", async () => {
  for (const x of [seconds(60), undefined, "soon", null, ODD, seconds(-10 * 365 * 86_400)]) {
    begin();
    await push(message({ title: "Ends at noon" }, { x }));
    assert.deepEqual([screen[0].title, reports()], ["Ends at noon", [RECEIVED, DISPLAYED]], JSON.stringify(x));
  }
});

test("A14: a message for another user of this browser shows neutral words, and is reported as suppressed", async () => {
  for (const user of ["somebody else", undefined]) {
    begin();
    subscribed({ user });
    await push(message({ title: "Your loan", body: "is approved", image: "/loan.png", navigate: "/loan", actions: [{ action: "a", title: "Accept" }] }, { u: "me", p: true }));
    assert.deepEqual(words(), [NEUTRAL]);
    assert.deepEqual([screen[0].image, screen[0].actions, screen[0].data], [undefined, [], NO_LINK]);
    assert.deepEqual(reports(), [RECEIVED, ["suppressed", { reason: "other_user" }]]);
  }
});

test("A14 C5 C12: the badge of the app counts what the visitor may read, and nothing that is hidden", async () => {
  /** @type {[object, string[]][]} */
  const cases = [[{ u: "somebody else" }, []], [{ x: seconds(-1) }, []], [{ u: "me", x: seconds(3600) }, ["badge 3"]]];
  for (const [mark, wanted] of cases) {
    for (const [top, inside] of [[{ app_badge: 3 }, {}], [{}, { app_badge: 3 }]]) {
      begin();
      subscribed({ user: "me" });
      await push(pushed({ ...top, notification: { ...inside, title: "Your loan", data: { softbell: { m: "m", t: "t", ...mark } } } }));
      assert.deepEqual([screen.length, log.filter((line) => line.startsWith("badge"))], [1, wanted], JSON.stringify(mark));
    }
  }
});

test("A14: the user it is for reads it; where the storage is denied nobody does", async () => {
  begin();
  subscribed({ user: "me" });
  await push(message({ title: "Your loan" }, { u: "me" }));
  assert.deepEqual([screen[0].title, reports()], ["Your loan", [RECEIVED, DISPLAYED]]);
  begin({ deny: true });
  await push(message({ title: "Your loan" }, { u: "me" }));
  assert.deepEqual(words(), [NEUTRAL]);
});

test("A14: a message for everybody shows without a look into the storage", async () => {
  begin({ deny: true });
  await push(message({ title: "Sale" }, { p: true }));
  assert.deepEqual(screen[0].title, "Sale");
  begin();
  subscribed({ user: "me" });
  await push(message({ title: "Sale" }));
  assert.deepEqual(screen[0].title, "Sale");
});

test("W3: a private message shows the neutral words it came with, and fetches nothing", async () => {
  begin({ offline: true });
  await push(message({ title: "You have a new message", navigate: "/messages/7" }, { p: true }));
  assert.deepEqual([screen[0].title, screen[0].data.softbell.url, log], ["You have a new message", "/messages/7", ["ours alone", "show You have a new message"]]);
});

test("I1: what is reported offline waits, once, and goes with the next push", async () => {
  begin({ offline: true });
  await push(message({ title: "Sale" }));
  await push(message({ title: "Sale" }));
  assert.deepEqual([reports(), stored.reports.size], [[], 2]);
  world.offline = false;
  stored.state.set("device", { ...stored.state.get("device"), pause: undefined });
  await push(message({ title: "More" }, { m: "n" }));
  assert.deepEqual(reports().sort(), [DISPLAYED, DISPLAYED, RECEIVED, RECEIVED]);
  assert.equal(stored.reports.size, 0);
});

test("E8: of a burst of twenty five show, and one summary lists the others; every one is reported", async (t) => {
  begin();
  const now = Date.now();
  t.mock.method(Date, "now", () => now);
  const titles = Array.from({ length: 20 }, (_, at) => `Message ${at + 1}`);
  for (const [at, title] of titles.entries()) await push(message({ title, navigate: `/${at}` }, { m: `m${at}` }));
  assert.deepEqual(words(), [...titles.slice(0, 5).map((title) => [title, undefined]), ["shop.example", titles.slice(5).join("\n")]]);
  assert.equal(screen[5].data.softbell.url, "/19");
  assert.equal(reports().filter(([type]) => type === "displayed").length, 20);
});

test("E8: in a burst, too, what replaces another message takes its place, and what came twice counts once", async (t) => {
  begin();
  const now = Date.now();
  t.mock.method(Date, "now", () => now);
  const goal = (/** @type {number} */ at) => push(message({ title: `${at}:0`, tag: "score" }, { m: `g${at}` }));
  for (let at = 1; at < 8; at++) await goal(at);
  assert.deepEqual(words(), [["7:0", undefined]]);
  for (let at = 0; at < 7; at++) await push(message({ title: `Message ${at}` }, { m: `m${at}` }));
  await push(message({ title: "Message 6" }, { m: "m6" }));
  await goal(8);
  assert.deepEqual(words().filter(([title]) => !title.startsWith("Message")), [["shop.example", "Message 4\nMessage 5\nMessage 6"], ["8:0", undefined]]);
});

test("E8: neutral words in a burst leave its summary where it is, and a silent burst stays silent", async (t) => {
  begin();
  const now = Date.now();
  t.mock.method(Date, "now", () => now);
  for (let at = 0; at < 6; at++) await push(message({ title: `Message ${at}`, silent: true }, { m: `m${at}` }));
  await push(message({ title: "Late" }, { x: now / 1000 - 1 }));
  assert.deepEqual(words().slice(5), [["shop.example", "Message 5"], NEUTRAL]);
  assert.equal(screen[5].silent, true);
});

test("E8: messages that come one after the other, however many, all show", async (t) => {
  begin();
  let now = Date.now();
  t.mock.method(Date, "now", () => now);
  for (let at = 0; at < 20; at++, now += 100) await push(message({ title: `Message ${at}` }, { m: `m${at}` }));
  assert.equal(screen.length, 20);
});

test("E8: a burst that a busy machine takes for two loses no message: each part has a summary of its own", async (t) => {
  begin();
  let now = Date.now();
  t.mock.method(Date, "now", () => now);
  const titles = Array.from({ length: 20 }, (_, at) => `Message ${at}`);
  for (const [at, title] of titles.entries()) {
    if (at === 10) now += 100;
    await push(message({ title }, { m: `m${at}` }));
  }
  const readable = words().flatMap(([title, body]) => (title === "shop.example" ? String(body).split("\n") : [title]));
  assert.deepEqual(readable, titles);
});

test("E8: the time that showing takes is no pause", async (t) => {
  begin({ show: () => void (now += 150) });
  let now = Date.now();
  t.mock.method(Date, "now", () => now);
  for (let at = 0; at < 7; at++) await push(message({ title: `Message ${at}` }, { m: `m${at}` }));
  assert.deepEqual(words().at(-1), ["shop.example", "Message 5\nMessage 6"]);
});

test("E8: what a page showed is no line of the summary", async (t) => {
  begin({ pages: [inFront(true)], chromium: true });
  const now = Date.now();
  t.mock.method(Date, "now", () => now);
  for (let at = 0; at < 6; at++) await push(message({ title: `Seen ${at}` }, { m: `s${at}`, s: true }));
  for (let at = 0; at < 6; at++) await push(message({ title: `Message ${at}` }, { m: `m${at}` }));
  assert.deepEqual(words().at(-1), ["shop.example", "Message 5"]);
});

/** A page in front of the visitor. @param {boolean | null} answers */
const inFront = (answers) => page(HOME, { visibilityState: "visible" }, { answers });

test("C10: under the policy page, a page in front that shows the message keeps the notification away, in Chromium", async () => {
  begin({ pages: [inFront(true)], chromium: true });
  subscribed({ foreground: "page" });
  await push(message({ title: "Sale", body: "Now", navigate: "/sale", data: {} }));
  assert.deepEqual(screen, []);
  assert.deepEqual(heard.map(([, data]) => data), [
    { softbell: "received", message: { id: "m", title: "Sale", body: "Now", url: `${HOME}sale`, action: undefined, data: {} } },
  ]);
  assert.deepEqual(reports(), [RECEIVED, DISPLAYED]);
});

test("C10: a page that says no, says nothing for 0.4 s, or is not in front keeps nothing away", async () => {
  for (const one of [inFront(false), inFront(null), page(HOME)]) {
    begin({ pages: [one], chromium: true });
    subscribed({ foreground: "page" });
    await push(message({ title: "Sale" }));
    assert.deepEqual(screen.map(({ title }) => title), ["Sale"]);
    assert.equal(heard.length, 1, "it is told once");
  }
});

test("C10: elsewhere than in Chromium, and under another policy, the notification always shows, and pages hear of it", async () => {
  for (const [chromium, foreground] of /** @type {const} */ ([[false, "page"], [true, "system"], [true, "both"], [true, undefined]])) {
    begin({ pages: [inFront(true), page(`${HOME}other`)], chromium });
    subscribed({ foreground });
    await push(message({ title: "Sale" }));
    assert.deepEqual([screen.length, heard.map(([url]) => url)], [1, [HOME, `${HOME}other`]]);
  }
});

test("C10: a message for somebody else is told to no page", async () => {
  begin({ pages: [inFront(true)], chromium: true });
  subscribed({ foreground: "page" });
  await push(message({ title: "Your loan" }, { u: "somebody else" }));
  assert.deepEqual([screen.length, heard], [1, []]);
});

test("C13: data for a page stays unseen only while a page in front says that it took it, in Chromium", async () => {
  const data = () => message({ title: "Your cart has changed" }, { s: true });
  begin({ pages: [inFront(true)], chromium: true });
  await push(data());
  assert.deepEqual(screen, []);
  for (const changes of [{ chromium: true }, { pages: [inFront(false)], chromium: true }, { pages: [inFront(true)] }]) {
    begin(changes);
    await push(data());
    assert.deepEqual(screen.map(({ title }) => title), ["Your cart has changed"]);
  }
});

test("C12: the badge of the app follows app_badge, at the top level or inside; what is no count changes nothing", async () => {
  const badge = (/** @type {object} */ top, /** @type {object} */ inside = {}) => push(pushed({ ...top, notification: { title: "T", ...inside } }));
  begin();
  await badge({ app_badge: 3 });
  await badge({ app_badge: "12" });
  await badge({}, { app_badge: 1 });
  await badge({ app_badge: 0 });
  for (const odd of [-1, 1.5, "x", {}, [], [3], ODD, null, true, "99999999999999999999"]) await badge({ app_badge: odd });
  assert.deepEqual(log.filter((line) => line.startsWith("badge")), ["badge 3", "badge 12", "badge 1", "badge 0"]);
  assert.equal(log.filter((line) => line.startsWith("show")).length, 14);
});

test("C6: where storage is denied, full or hanging nothing is thrown", async () => {
  begin({ deny: true, pages: [inFront(true)], chromium: true });
  await push(message({ title: "Sale" }));
  assert.equal(screen.length, 1);
});

test("I2: each thing that really happened is reported, once, and nothing else", async () => {
  const shown = [RECEIVED, DISPLAYED];
  /** @param {string} t */
  const ours = (t) => notification({ softbell: { m: "m", t } });
  /** @type {[() => Promise<unknown>, unknown[], Partial<typeof world>?][]} */
  const cases = [
    [() => push(message({ title: "T" })), shown],
    [() => click(clicked(ours("t"), "")), [["clicked"]]],
    [() => click(clicked(ours("t"), "a")), [["action", { action: "a" }]]],
    [() => dismissed({ notification: ours("closed") }), [["dismissed", "closed"]]],
    [() => push(message({ title: "T" }, { x: seconds(-1) })), [RECEIVED, ["suppressed", { reason: "expired" }]]],
    [() => push(message({})), [...shown, ["failed", { reason: "payload_unreadable" }]]],
    [() => push(pushed("garbage")), [["failed", { reason: "payload_unreadable" }, "1.device"]]],
    [() => push(message({ title: "T" })), [RECEIVED, ["failed", { reason: "not_shown" }]], { show: () => { throw new TypeError("no"); } }],
    [() => push(message({ title: "T", image: "/i.png" })), [...shown, ["failed", { reason: "options_refused" }]], { show: (_, { image }) => { if (image) throw new TypeError("no"); } }],
  ];
  for (const [happens, wanted, changes] of cases) {
    begin(changes);
    await happens();
    assert.deepEqual(reports(), wanted);
  }
});
