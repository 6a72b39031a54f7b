// What the fuzzer tries: the world a worker may find, and what may happen in it.
//
// Most values come from pools of what has broken workers before: an entry costs one random number, where a value made
// from nothing costs hundreds. Some are made from nothing all the same.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { SITE } from "./fuzz_world.mjs";

const { constantFrom, constant, oneof, record, array, boolean, nat, string } = fc;

/** @param {...[weight: number, arbitrary: fc.Arbitrary<any>]} ways @returns {fc.Arbitrary<any>} */
const mostly = (...ways) => oneof(...ways.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** What throws where a text or a number is made of it, and what a check may take for something else. @type {unknown[]} */
const ODD = [{ toString: 0 }, { toString: 0, valueOf: 0 }, null, 0, -1, 1e300, true, [], [[]], [null], {}, { length: 2 }, "", " ", "\u0000", "\ud800", "__proto__", "constructor", "toString"];
/** Letters that readers stumble over. */
const letters = constantFrom("a", "<", "&", "\"", "\\", "\u0000", "\n", "\u2028", "\u202e", "\ud83d", "\ude00", "😀", "é", "﷽", "\ufeff", "%", "{");
const text = string({ maxLength: 8, unit: letters });
const anything = mostly([60, constantFrom(...ODD)], [4, fc.jsonValue({ maxDepth: 2 })], [10, text], [1, constantFrom("x".repeat(5_000), "\ud800".repeat(5_000))]);

const ADDRESSES = [
  "/a", "x?y#z", `${SITE}/x`, `${SITE}/?softbell=AAAAAAAAAAAAAAAAAAAAAA`, "https://partner.example/x", "https://evil.example/", "http://shop.example/", "https://shop.example.evil.example/",
  "javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", `blob:${SITE}/1`, "file:///etc/passwd", "intent://x", "//evil.example", "\\\\evil.example", "https:evil.example", "/\\evil.example",
  "https://shop.example@evil.example/", "https://shop.example:444/", "https://SHOP.example/", "ht\ntps://evil.example", "https://[bad", "about:blank", "https://shop.example",
];
const address = mostly([6, constantFrom(...ADDRESSES)], [1, anything]);
const word = mostly([4, constantFrom("a", "b", "c")], [1, anything]);
const flag = mostly([4, boolean()], [1, anything]);

/** Members that are there or not. @param {Record<string, fc.Arbitrary<any>>} members @returns {fc.Arbitrary<any>} */
const some = (members) => record(members, { requiredKeys: [] });

const TYPES = ["deeplink", "weburl", "background", "dismiss", "snooze", "mute", "none"];
const button = mostly(
  [6, record({ action: constantFrom("a", "b", "c"), title: constant("Title"), type: constantFrom(...TYPES), navigate: address, done: word }, { requiredKeys: ["action", "title"] })],
  [2, some({ action: word, title: word, navigate: address, icon: address, topic: word, minutes: anything, done: word, failed: word, type: mostly([3, constantFrom(...TYPES)], [1, anything]) })],
  [1, anything],
);
const buttons = mostly([4, array(button, { maxLength: 4 })], [1, anything]);
const NOW = Date.UTC(2026, 10, 21) / 1000;
const mark = mostly(
  [5, record({ m: constantFrom("m", "n"), t: constantFrom("1.t", "1.u"), x: constantFrom(1, NOW - 60, NOW + 1e9, 1e300), u: constantFrom("a", "b"), s: constantFrom(1, 0, true), j: constantFrom(-1, 0, 3, 25) }, { requiredKeys: ["m", "t"] })],
  [2, some({ m: word, t: word, x: anything, u: word, s: flag, p: flag, j: anything, url: address, actions: buttons })],
  [1, anything],
);
const notification = some({
  title: word, body: word, navigate: address, icon: address, image: address, badge: address, tag: word, lang: word, dir: mostly([3, constantFrom("ltr", "rtl", "auto")], [1, anything]),
  timestamp: anything, vibrate: mostly([1, constant([100, 50])], [1, anything]), silent: flag, renotify: flag, requireInteraction: flag, actions: buttons,
  data: mostly([5, record({ softbell: mark })], [1, anything]), app_badge: anything,
});

/** Other senders' messages, and one of ours with everything in it: anything may be in place of any member. */
const { wire } = JSON.parse(readFileSync(new URL("../vectors/peer_payloads.json", import.meta.url), "utf8").replaceAll("https://<host>", SITE));
const EXAMPLES = wire.flatMap((/** @type {any} */ { cases }) => cases.map((/** @type {any} */ { payload }) => payload)).filter((/** @type {unknown} */ payload) => payload instanceof Object);
EXAMPLES.push({
  web_push: 8030, app_badge: "3",
  notification: {
    title: "Order 7", body: "It comes.", navigate: `${SITE}/orders/7`, tag: "order-7", icon: "/i.png", silent: false, renotify: true, vibrate: [100],
    actions: [{ action: "see", title: "See it", navigate: "/orders/7" }, { action: "fewer", title: "Fewer", type: "mute", topic: "a", done: "Done.", failed: "Later." }],
    data: { order: 7, softbell: { m: "m", t: "1.t", x: NOW + 1e9, u: "a", j: 25 } },
  },
});

/** @param {any} payload @param {number[]} path @param {unknown} value @returns {any} */
const changed = (payload, [step, ...rest], value) => {
  const keys = payload instanceof Object ? Object.keys(payload) : [];
  if (step === undefined || !keys.length) return value;
  const made = Array.isArray(payload) ? [...payload] : { ...payload };
  const key = String(keys[step % keys.length]);
  made[key] = changed(made[key], rest, value);
  return made;
};
const change = fc.tuple(array(nat(12), { minLength: 1, maxLength: 4 }), mostly([1, address], [1, anything], [1, buttons]));
const example = fc.tuple(constantFrom(...EXAMPLES), array(change, { maxLength: 3 })).map(([payload, changes]) => changes.reduce((made, [path, value]) => changed(made, path, value), payload));

const json = (/** @type {fc.Arbitrary<any>} */ arbitrary) => arbitrary.map((value) => ({ text: JSON.stringify(value) }));
/** How a push comes: as text, as the browser read it, without data, with data that are no text. */
const payload = mostly(
  [8, json(some({ notification, app_badge: anything, web_push: constantFrom(8030, "8030") }))],
  [5, json(example)],
  [1, json(mostly([3, anything], [1, fc.jsonValue({ maxDepth: 4 })]))],
  [1, text.map((text) => ({ text }))],
  [2, notification.map((declared) => ({ declared: { title: "", ...declared } }))],
  [1, constantFrom({}, { unreadable: true })],
);

/** What is done to a notification that shows: pressed on its face, on a button, on one that there is none of; closed. */
const press = mostly([2, constant("")], [4, nat(3)], [1, constantFrom("a", "__proto__", "none")]);

/** What a page may send, and what others on this origin do. */
const order = mostly(
  [3, constantFrom("version", "flush", "track", "conversion", "", "unknown", "__proto__")],
  [3, fc.tuple(constantFrom("track", "conversion", "version", "unknown"), word, mostly([2, constant({ value: 3, currency: "EUR", id: "7" })], [2, anything], [1, constantFrom(1n, new Map([[1, 1n]]), Symbol.iterator.description)]))],
  [1, anything],
);
const step = mostly(
  [10, record({ push: payload, presses: array(press, { maxLength: 2 }), close: boolean() })],
  [1, record({ push: payload, times: nat(9) })],
  [2, record({ press: mostly([2, record({ softbell: mostly([4, some({ m: word, t: word, url: address, actions: buttons })], [1, anything]) })], [1, anything]), action: word })],
  [1, record({ close: mostly([1, record({ softbell: anything })], [1, anything]) })],
  [2, record({ message: mostly([5, record({ softbell: order })], [1, anything]), port: boolean() })],
  [1, record({ change: mostly([2, constant(null)], [1, constant({ endpoint: "https://push.example/new", keys: { p256dh: "P", auth: "A" } })]) })],
  [1, record({ sync: constantFrom("softbell", "other") })],
);

const page = record({
  url: constantFrom(`${SITE}/`, `${SITE}/x`, `${SITE}/a`), focused: boolean(), visible: boolean(), nested: mostly([5, constant(false)], [1, constant(true)]),
  answer: mostly([4, constant(true)], [1, constantFrom(false, undefined, null, "yes", {})]), delay: mostly([3, constant(0)], [1, constantFrom(100, 399, 401, 3000)]), focus: mostly([5, constant(true)], [1, constant(false)]),
});
const RECORD = { site: "shop", server: "https://push.example", id: "device", secret: "secret", revision: 1, acked: 1, sentAt: NOW * 1000, token: "1.device" };
const state = record({
  subscription: mostly([4, constant({ endpoint: "https://push.example/old", p256dh: "p", auth: "a", vapid: "key" })], [1, constantFrom(null, undefined)]),
  topics: constantFrom([], ["a", "b"]), consent_entries: constantFrom([], [{ id: "1" }]),
});
const device = mostly(
  [5, state.map((state) => ({ ...RECORD, user: "a", state }))],
  [3, record({
    state, user: constantFrom(undefined, "a"), foreground: constantFrom("page", "system", "both", undefined), allowed_origins: constantFrom(undefined, [], ["https://partner.example"], "https://evil.example", [7, null]),
    token: constantFrom("1.device", undefined), acked: constantFrom(1, 0), sentAt: constantFrom(0, NOW * 1000, 9e15),
    pause: constantFrom(undefined, { from: NOW * 1000, until: NOW * 1000 + 3.6e6, why: 503 }, { from: 0, until: 9e15, why: 0 }),
  }).map((more) => ({ ...RECORD, ...more }))],
  [1, constant(undefined)],
);
const WAITING = [null, { later: "form" }, { event: { id: "w", type: "prompt.shown", time: "2026-11-20T00:00:00Z" }, lease: 0, bytes: 60 }, { event: { id: "v", type: "subscription.created", time: "2026-11-20T00:00:00Z" }, lease: 9e15, bytes: 60 }];

/** @type {fc.Arbitrary<import("./fuzz_world.mjs").Weather>} */
const weather = record({
  storage: mostly([6, constant("well")], [3, constantFrom("none", "denied", "hangs", "full", "broken", "slow", "slower", "slowest")]), after: mostly([1, constant(0)], [1, nat(12)]),
  net: mostly([4, constant(["well"])], [2, array(constantFrom("offline", "silent", "late", "well", "ahead", "odd", "login", "empty", "refused", "strange", "list", "unknown", "forbidden", "gone", "busy", "busier", "broken"), { minLength: 1, maxLength: 3 })]),
  show: mostly([8, constant("well")], [2, constantFrom("fewer", "never")]), window: mostly([6, constant("well")], [1, constant("refused")]), badge: constantFrom("well", "none", "refused"),
  sync: constantFrom("none", "well", "refused"), pages: mostly([1, constant([])], [1, array(page, { maxLength: 3 })]), most: constantFrom(2, 0, 3, undefined),
  chromium: boolean(), privacy: mostly([5, constant(false)], [1, constant(true)]), guest: mostly([8, constant(false)], [1, constant(true)]),
  device, waiting: mostly([5, constant([])], [1, array(constantFrom(...WAITING), { maxLength: 3 })]), subscribe: constantFrom(null, { endpoint: "https://push.example/new", keys: { p256dh: "P", auth: "A" } }),
});

/** One case: a world, and one to three things that happen in it, after each other or at once. */
export const cases = record({ weather, steps: mostly([4, array(step, { minLength: 1, maxLength: 1 })], [1, array(step, { minLength: 2, maxLength: 3 })]), gap: constantFrom(0, 50, 101, 60_000), together: mostly([5, constant(false)], [1, constant(true)]) });
