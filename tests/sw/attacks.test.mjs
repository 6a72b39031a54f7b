// Attacks that reach other kits' workers through a push, each against ours: no address of a payload is trusted, none is
// fetched, and nothing of it is said aloud.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { begin, clicked, device, log, message, notification, page, part, pushed, reported, reports, screen, subscribed } from "./worker_fakes.mjs";

const { push } = await part("push.js");
const { click, dismissed } = await part("click.js");

const HOME = "https://shop.example/";
const LISTED = "https://blog.example";

/** Addresses that comparing strings lets through: OneSignal compares three, CleverTap follows `redirectPath`. */
const ELSEWHERE = [
  "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example/", "https:evil.example", "https:///evil.example/", "ht\ntps://evil.example/",
  "https://shop.example.evil.example/", "https://shop.example@evil.example/", "https://shop.example:8443/", "http://shop.example/", "https://evil.example/https://shop.example/",
  "https://evil.example?https://shop.example/", "https://evil.example#https://shop.example/",
  `${LISTED}.evil.example/`, `${LISTED}@evil.example/`, `${LISTED}:8443/`, "http://blog.example/", `https://evil.example/${LISTED}/`,
  "javascript:alert(1)", "JavaScript:alert(1)", "\u0001javascript:alert(1)", "java\nscript:alert(1)", "javascript://shop.example/%0aalert(1)", "data:text/html,x", "blob:https://shop.example/1",
  "file:///etc/passwd", "intent://shop.example/#Intent;end", "about:blank", "view-source:https://shop.example/", "chrome://settings",
];

const went = () => log.filter((line) => /^(open|ask) /.test(line)).map((line) => line.replace(/^open |^ask .* for /, ""));
const hasOrigin = (/** @type {string} */ url) => [new URL(HOME).origin, LISTED].includes(new URL(url).origin);

/** Shows it and presses everything on it, with and without a page. @param {unknown} payload */
const pressAll = async (payload) => {
  for (const pages of [[], [page(HOME)]]) {
    begin({ pages, maxActions: 9 });
    subscribed({ allowed_origins: [LISTED] });
    await push(pushed(payload));
    const [{ data, actions }] = screen;
    for (const action of ["", ...actions.map((/** @type {{action: string}} */ each) => each.action)]) await click(clicked(notification(data), action));
    // What a button showed when its work was done leads somewhere, too.
    for (const shown of screen.splice(0)) await click(clicked(notification(shown.data), ""));
  }
};

test("C8: an open redirect opens nothing: every press leads to the site or to an origin that it has listed", async () => {
  const types = [undefined, "deeplink", "weburl", "background"];
  for (const navigate of ELSEWHERE) {
    const actions = types.map((type, at) => ({ action: `a${at}`, title: "A", navigate, type, done: "Done", failed: "Failed" }));
    await pressAll({ notification: { title: "T", navigate, actions, data: { softbell: { m: "m", t: "t" } } } });
    assert.deepEqual(went().filter((url) => !hasOrigin(url)), [], navigate);
    assert.ok(went().length >= 9, `${navigate}: four presses, and those on what each has shown in the end`);
  }
});

test("C8: what the site has listed opens, and its pages alone", async () => {
  begin();
  subscribed({ allowed_origins: [LISTED] });
  await push(message({ title: "T", navigate: `${LISTED}/post` }));
  await click(clicked(notification(screen[0].data), ""));
  assert.deepEqual(went(), [`${LISTED}/post`]);
});

test("C8: no picture comes from anywhere but the web", async () => {
  for (const url of ELSEWHERE.filter((each) => /^[a-z-]+:(?!\/\/)|^(file|intent|chrome):/i.test(each) && !/^https?:/.test(each))) {
    begin();
    await push(pushed({ notification: { title: "T", icon: url, image: url, badge: url, actions: [{ action: "a", title: "A", icon: url }] } }));
    const [{ icon, image, badge, actions }] = screen;
    assert.deepEqual([icon, image, badge, actions[0].icon], [undefined, undefined, undefined, undefined], url);
  }
});

test("C8: no address of a payload is ever asked: reports go to the server that the page wrote down, and nowhere else", async (t) => {
  /** @type {{wire: {cases: {payload: any}[]}[]}} */
  const { wire } = JSON.parse(readFileSync(new URL("../vectors/peer_payloads.json", import.meta.url), "utf8"));
  const asked = t.mock.method(globalThis, "fetch").mock;
  const evil = "https://evil.example/";
  const own = { title: "T", navigate: evil, report_url: evil, data: { softbell: { m: "m", t: "t", server: evil, site: "other", url: evil, endpoint: evil } } };
  for (const payload of [{ notification: own, server: evil }, ...wire.flatMap(({ cases }) => cases.map((each) => each.payload))]) await pressAll(payload);
  assert.ok(asked.calls.length > 3);
  for (const { arguments: [url] } of asked.calls) assert.match(String(url), /^https:\/\/push\.example\/v1\/sites\/shop\//);
});

test("C8: a payload cannot reach into prototypes, nor pass for ours by them", async () => {
  const proto = '"__proto__": {"m": "m", "t": "t", "softbell": {"m": "m", "t": "t"}, "title": "T", "polluted": 1}';
  for (const text of [`{${proto}}`, `{"notification": {${proto}}}`, `{"notification": {"title": "T", "data": {${proto}}}}`, `{"notification": {"title": "T", "data": {"softbell": {${proto}}}, "actions": [{${proto}, "action": "constructor", "title": "A"}]}}`]) {
    begin();
    await push(pushed(text));
    for (const action of ["", "constructor", "__proto__", "toString"]) await click(clicked(notification(screen[0].data), action));
    assert.equal(/** @type {any} */ ({}).polluted, undefined);
    assert.deepEqual(reported.filter(({ softbelltoken }) => softbelltoken === "t"), [], text);
  }
});

test("C8: a press cannot change more of the device than its button says", async () => {
  begin();
  subscribed({}, { topics: ["news", "sport"], user: "u1" });
  const before = device();
  for (const more of [{ type: "mute", topic: "news", user: "evil", subscription: null }, { type: "snooze", minutes: 5, topics: [], id: "evil" }]) {
    await push(message({ title: "T", actions: [{ action: "a", title: "A", ...more }] }));
    await click(clicked(notification(screen.splice(0)[0].data), "a"));
  }
  const { state, ...record } = device();
  assert.deepEqual([record.id, record.secret, record.server, state.user, state.topics, state.subscription], [before.id, before.secret, before.server, "u1", ["sport"], before.state.subscription]);
});

test("no secret, token or endpoint is ever logged: the worker logs nothing, whatever goes wrong", async (t) => {
  const calls = ["log", "info", "warn", "error", "debug"].map((name) => t.mock.method(console, /** @type {"log"} */ (name), () => {}).mock);
  for (const changes of [{}, { offline: true }, { deny: true }, { show: () => { throw new TypeError("no"); } }]) {
    begin(changes);
    await push(message({ title: "T", navigate: "/a" }));
    const shown = notification({ softbell: { m: "m", t: "s", url: "/a" } });
    await click(clicked(shown, ""));
    await dismissed({ notification: shown });
  }
  assert.deepEqual(calls.map((mock) => mock.calls.length), [0, 0, 0, 0, 0]);
});

test("I2: whatever a press does, and however it ends, it is one report", async () => {
  const types = [undefined, "deeplink", "weburl", "background", "dismiss", "snooze", "mute", "unknown"];
  for (const [at, type] of types.entries())
    for (const pages of [[], [page(HOME)], [page(HOME, {}, { focus: () => { throw new Error("gone"); } })]]) {
      begin({ pages });
      const shown = notification({ softbell: { m: "m", t: "t", url: "/a", actions: [{ action: "b", title: "B", type, topic: "x", done: "Done" }] } });
      await click(clicked(shown, "b"));
      // Some desktops close a notification by themselves when it is pressed.
      await dismissed({ notification: shown });
      assert.deepEqual(reports(), [["action", { action: "b" }]], `${at}: ${type}`);
    }
});
