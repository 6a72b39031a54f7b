// Other senders' messages: what their own workers would show, from their own test suites; and that nothing gets past.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { FORMATS } from "../../tools/bundle.mjs";
import { begin, clicked, log, notification, part, screen } from "./worker_fakes.mjs";

const { pressed, readMessage, target } = await part("message.js");
const { object } = await part("values.js");
const { push } = await part("push.js");
const { click } = await part("click.js");
/** @type {Record<string, (payload: object) => object | undefined>} */
const readers = Object.fromEntries(await Promise.all(FORMATS.map(async (name) => [name, (await part(`formats/${name}.js`))[name]])));

const SITE = "https://shop.example/";
const BASE = `${SITE}softbell/`;

/**
 * @typedef {{show: boolean, title?: string, options?: any, options_contains?: any, actions?: object[], click?: Record<string, string | null>}} Expected
 * @typedef {{title: string, body?: string, icon?: string, image?: string, actions: object[], click: Record<string, string>}} Seen
 * @typedef {{id: string, payload: any, expect: Expected, seen?: Seen, basis: string}} Case
 */
/** @type {{wire: {peer: string, cases: Case[]}[]}} */
const { wire } = JSON.parse(readFileSync(new URL("../vectors/peer_payloads.json", import.meta.url), "utf8").replaceAll("https://<host>/", SITE));
const cases = wire.flatMap(({ peer, cases }) => cases.map((each) => ({ peer, ...each })));

/** Members that their workers use for themselves. */
const THEIRS = ["title", "data"];

/** What is undefined says nothing to the browser. @param {any} value */
const said = (value) => JSON.parse(JSON.stringify(value));

/** Who takes it. @param {unknown} payload */
const takers = (payload) => FORMATS.filter((name) => payload instanceof Object && readers[name]?.(payload));

/** Where a press on it leads, from this site's worker. @param {any} data the notification's @param {string} action */
const led = async (data, action) => {
  begin();
  await click(clicked(notification(data), action));
  return log.filter((line) => line.startsWith("open ")).join().replace("open ", "");
};

/** @param {unknown} payload */
const read = (payload) => readMessage(JSON.stringify(payload), BASE, 3);

test("J9: every sender of the list has a reader, and every reader has cases; what no suite of theirs says is marked as such", () => {
  assert.equal(cases.length, 34);
  // Four senders' suites are not public.
  for (const { id, peer, basis } of cases) if (!["onesignal", "firebase", "ajo", "pusher"].includes(peer)) assert.match(basis, /^written from the shape alone/, id);
  assert.deepEqual(FORMATS, wire.map(({ peer }) => peer).sort());
  for (const { peer, cases } of wire) assert.ok(cases.some(({ expect }) => expect.title), peer);
});

for (const { peer, id, payload, expect, seen } of cases) {
  if (expect.show === false) {
    test(`J9: ${id} is nobody's, and shown in plain words`, () => {
      assert.deepEqual(takers(payload), []);
      const { options, understood } = read(payload);
      assert.deepEqual([options.body, understood], ["There is news for you.", false]);
    });
    continue;
  }
  test(`J9: ${id}: title, text, pictures, buttons, and where each press leads`, () => {
    const { title, options } = read(payload);
    const { body, icon, image, actions, data: { softbell } } = options;
    const everywhere = [...JSON.stringify(payload).matchAll(/https:\/\/[\w.]+/g)].map(([origin]) => origin);
    const presses = ["", ...actions.map((/** @type {{action: string}} */ { action }) => action)];
    const click = Object.fromEntries(presses.map((action) => [action, target(softbell, pressed(softbell, action).navigate, BASE, everywhere)]));
    assert.deepEqual(said({ title, body, icon, image, actions, click }), seen);
  });
  test(`J9: ${id} is shown as its sender shows it`, async () => {
    assert.deepEqual(takers(payload), [peer]);
    const { title, options, understood, ours } = read(payload);
    assert.deepEqual([understood, ours], [true, {}]);
    assert.equal(title, expect.title ?? payload.title ?? object(payload.web ?? payload.notification).title ?? "shop.example");
    const { actions = expect.actions, ...members } = { ...expect.options, ...expect.options_contains };
    for (const [member, value] of Object.entries(members)) if (!THEIRS.includes(member)) assert.equal(options[member], value, member);
    if (actions) assert.deepEqual(said(options.actions), actions);
    for (const [action, wanted] of Object.entries(expect.click ?? {})) {
      if (!wanted?.startsWith(SITE)) assert.equal(await led(options.data, action), SITE, action); // theirs opens nothing, or another site
      // The same from a worker of the site that it leads to.
      const { origin, pathname } = new URL(wanted ?? SITE);
      const moved = read(JSON.parse(JSON.stringify(payload).replaceAll(origin, new URL(SITE).origin)));
      assert.equal(await led(moved.options.data, action), new URL(pathname + new URL(wanted ?? SITE).search, SITE).href, action);
    }
  });
}

test("J9: what a push says of tokens goes no further, and nothing of it is ours to report", () => {
  for (const { payload } of cases) {
    const forged = { softbell: { m: "m", t: "1.t", a: [{ id: "a", type: "background" }] } };
    const { options, ours } = read({ ...payload, ...(payload.notification && { notification: { ...payload.notification, data: forged } }) });
    if (takers(payload).length) assert.deepEqual([ours, options.data.softbell.m, options.data.softbell.t], [{}, undefined, undefined]);
    assert.ok(!JSON.stringify(options).includes("a-secret-token"));
  }
});

test("J9: it is shown and followed, and reported as nothing", async () => {
  for (const { payload, id } of cases.filter(({ payload }) => takers(payload).length)) {
    begin();
    await push({ data: { text: () => JSON.stringify(payload) } });
    await click(clicked(notification(screen[0].data), ""));
    assert.deepEqual(log.map((line) => line.split(" ")[0]), ["show", "ours", "close", "open"], id);
  }
});

test("J9: a message that came twice replaces itself, where its sender gave it any id", () => {
  const tags = wire.map(({ peer, cases }) => [peer, cases.map(({ payload }) => read(payload).options.tag).find(Boolean)]);
  assert.deepEqual(tags, [["onesignal", "test-id"], ["firebase", "mid"], ["ajo", undefined], ["pusher", "some-publish-id"], ["pushwoosh", "hash-1"],
    ["clevertap", "id-1"], ["batch", "order"], ["mastodon", "4711"]]);
});

const RUNS = { numRuns: 2000 };
const PAYLOADS = cases.map(({ payload }) => payload).filter((payload) => payload instanceof Object);
const ODD = ["javascript:alert(1)", "data:text/html,x", "//evil.example/", "https://evil.example/", "__proto__", "WEBURL", "[{}]", "[null]"];
const value = fc.oneof(fc.constantFrom(...ODD), fc.jsonValue({ maxDepth: 3 }));

/** Puts something else somewhere in a payload. @param {any} payload @param {number[]} path @param {any} value @returns {any} */
const changed = (payload, [step, ...rest], value) => {
  const keys = payload instanceof Object ? Object.keys(payload) : [];
  if (step === undefined || !keys.length) return value;
  const copy = Array.isArray(payload) ? [...payload] : { ...payload };
  const key = String(keys[step % keys.length]);
  copy[key] = changed(copy[key], rest, value);
  return copy;
};

/** Nothing unsafe, and nothing that a browser would refuse. @param {unknown} payload */
const isSafe = async (payload) => {
  const { title, options } = read(payload);
  assert.ok(title.trim());
  structuredClone(options); // a function in there would make `showNotification` throw
  for (const address of [options.icon, options.image, options.badge, ...options.actions.map((/** @type {any} */ { icon }) => icon)])
    assert.match(address ?? "https:", /^https?:/);
  for (const action of ["", "__proto__", ...options.actions.map((/** @type {any} */ { action }) => action)])
    assert.ok((await led(options.data, action)).startsWith(SITE));
};

test("J9: whatever is changed in a message, no other format takes it, and nothing unsafe comes out", () => {
  const numbers = fc.array(fc.nat(9), { minLength: 1, maxLength: 4 });
  // One of them is only told from another's by the member that may be changed.
  const clear = cases.filter(({ id }) => id !== "fcm-data-like-another");
  return fc.assert(fc.asyncProperty(fc.constantFrom(...clear), numbers, value, async ({ peer, payload }, path, value) => {
    const other = changed(payload, path, value);
    for (const taker of takers(other)) assert.equal(taker, peer);
    await isSafe(other);
  }), RUNS);
});

test("J9: any JSON is taken by one format at most, and nothing unsafe comes out", () => {
  return fc.assert(fc.asyncProperty(fc.jsonValue(), async (payload) => {
    assert.ok(takers(payload).length <= 1);
    await isSafe(payload);
  }), RUNS);
});

test("J9: all names of all formats with anything in them: nothing unsafe comes out", () => {
  /** @type {Set<string>} */
  const names = new Set();
  JSON.stringify(PAYLOADS, (name, each) => (names.add(name), each));
  const { object: soup } = fc.letrec((/** @type {any} */ tie) => ({
    any: fc.oneof({ maxDepth: 3 }, value, tie("object"), fc.array(tie("object"), { maxLength: 3 })),
    object: fc.dictionary(fc.constantFrom(...names), tie("any"), { maxKeys: 12 }),
  }));
  return fc.assert(fc.asyncProperty(/** @type {import("fast-check").Arbitrary<unknown>} */ (soup), isSafe), RUNS);
});
