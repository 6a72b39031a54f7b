// Declarative Web Push as it is received: judged by what the W3C's Editor's Draft makes of each message
// (tests/vectors/declarative_push_cases.json, column w3c_ed).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readMessage, target } from "../../sw/message.js";
import { begin, log, part, pushed, reports, screen } from "./worker_fakes.mjs";

const { push } = await part("push.js");

/**
 * @typedef {{title: string, navigate: string, dir: string, lang: string, body: string, tag: string, icon: string | null, silent: boolean | null, mutable?: boolean}} Parsed
 * @typedef {{id: string, raw: string, w3c_ed: {result: string, parsed: Parsed | null}}} Case
 * @typedef {{id: string, handler: string, shown_title?: string, app_badge?: number, default_action_url?: string, throws?: string}} Mutable
 */
/** @type {{scope: string, cases: Case[], mutable_event: {cases: Mutable[]}}} */
const { scope: SCOPE, cases, mutable_event: mutable } = JSON.parse(readFileSync(new URL("../vectors/declarative_push_cases.json", import.meta.url), "utf8"));
const [valid, invalid] = [true, false].map((is) => cases.filter(({ w3c_ed: { result } }) => (result === "declarative") === is));

/** Where we show something else than the draft says, and why. @type {Record<string, Partial<Parsed>>} */
const DIFFERENT = {
  "webkit-json7": { title: "example.com", body: "There is news for you." }, // an empty title says nothing to the visitor, and WebKit refuses it
};

/** What the draft refuses and we do not: our own shape, as it goes to every engine but Apple's. */
const OURS = ["ed-web_push-missing"];

const UNREADABLE = [["failed", { reason: "payload_unreadable" }, "1.device"]];

/** As an engine hands over what it has parsed: with all that a `Notification` has. @param {Parsed} parsed @param {object} [more] */
const handed = (parsed, more) => ({
  badge: "", image: "", timestamp: 0, vibrate: [], renotify: false, requireInteraction: false, actions: [], data: null, ...parsed, icon: parsed.icon ?? "", ...more,
});

/**
 * What a browser makes of what we give it (Notifications API, create a notification), and where a press leads.
 * @param {import("../../sw/message.js").Message} message @param {string} navigate another origin, that the site has listed
 */
const made = ({ title, options }, navigate) => {
  const { dir = "auto", lang = "", body = "", tag = "", icon = /** @type {string | null} */ (null), silent = null, data } = options;
  return { title, navigate: target(data.softbell, undefined, SCOPE, [new URL(navigate).origin]), dir, lang, body, tag, icon, silent };
};

test("C16: the table has 67 cases, and those that are listed as different are in it", () => {
  assert.equal(cases.length, 67);
  assert.deepEqual([...Object.keys(DIFFERENT), ...OURS].filter((id) => !cases.some((each) => each.id === id)), []);
});

for (const { id, raw, w3c_ed: { parsed } } of /** @type {Case[]} */ (valid)) {
  const draft = { .../** @type {Parsed} */ (parsed) };
  delete draft.mutable;
  const wanted = { ...draft, ...DIFFERENT[id] };

  test(`C16: ${id}: the text of the push is shown as the draft parses it`, async () => {
    assert.deepEqual(made(readMessage(raw, SCOPE), wanted.navigate), wanted);
    begin();
    await push(pushed(raw));
    assert.equal(screen.length, 1);
    assert.deepEqual(reports(), wanted.title === draft.title ? [] : UNREADABLE);
  });

  test(`C16: ${id}: what an engine parsed is shown again as it is, with its link`, async () => {
    assert.deepEqual(made(readMessage(handed(draft), SCOPE), wanted.navigate), wanted);
    begin();
    await push({ data: null, notification: handed(draft) });
    assert.deepEqual([screen.length, screen[0].navigate], [1, draft.navigate]);
  });
}

for (const { id, raw } of /** @type {Case[]} */ (invalid))
  test(`C16: ${id}: what is no declarative push is shown all the same, and told as unreadable, unless it is of our own shape`, async () => {
    begin();
    await push(pushed(raw));
    assert.equal(screen.length, 1);
    assert.ok(screen[0].title.trim());
    assert.deepEqual(reports(), OURS.includes(id) ? [] : UNREADABLE);
  });

/** The badge that the engine sets by itself, unless the handler sets one. @param {string} raw */
const engineBadge = (raw) => Number(/"app_badge": "(\d+)"/.exec(raw)?.[1]);

for (const { id, app_badge: badge, shown_title: title, throws } of mutable.cases)
  test(`C16: mutable event ${id}: the worker shows what it was handed, with navigate, and leaves the badge to the engine`, async () => {
    const { raw, w3c_ed: { parsed } } = /** @type {Case} */ (cases.find((each) => each.id === id));
    const given = /** @type {Parsed} */ (parsed);
    const { notification: { data = null } } = JSON.parse(raw);
    // As WebKit's `showNotification` while it handles a declarative push: its own sentence where there is no link.
    const show = (/** @type {string} */ _, /** @type {any} */ options) => { if (!options.navigate) throw new TypeError(throws); };
    begin({ show });
    await push({ data: null, notification: handed(given, { data }) });
    assert.deepEqual(screen.map((shown) => [shown.title, shown.navigate]), [[given.title, given.navigate]]);
    assert.deepEqual(log.filter((line) => line.startsWith("badge")), [], `the engine sets ${engineBadge(raw)}`);
    // The rows of the table whose handler changes nothing end as the table says.
    if (id === "webkit-json39") assert.deepEqual([screen[0].title, engineBadge(raw)], [title, badge]);
    if (data && typeof data === "object") assert.deepEqual({ ...screen[0].data, softbell: 0 }, { ...data, softbell: 0 });
  });

test("A14, C5: what nobody should read is not shown by the engine either, which would show its words where ours are refused", async () => {
  for (const mark of [{ u: "somebody else" }, { x: Math.floor(Date.now() / 1000) - 60 }]) {
    // As above: without a link the engine shows the words that came.
    begin({ show: (_, { navigate }) => { if (!navigate) throw new TypeError("no link"); } });
    const given = /** @type {Parsed} */ (valid?.[0]?.w3c_ed.parsed);
    await push({ stopImmediatePropagation: () => {}, data: null, notification: handed({ ...given, title: "Your loan", body: "is approved" }, { data: { softbell: { m: "m", t: "t", ...mark } } }) });
    assert.deepEqual(screen.map(({ title, body, data }) => [title, body, target(data.softbell, "", SCOPE)]), [["shop.example", "There is news for you.", new URL("/", SCOPE).href]]);
  }
});

test("C16: a refused option of a declarative push costs the option, not the link: WebKit would throw again", async () => {
  begin({ show: (_, { icon, navigate }) => { if (icon || !navigate) throw new TypeError("refused"); } });
  await push({ data: null, notification: handed({ ...(/** @type {Parsed} */ (valid?.[0]?.w3c_ed.parsed)), title: "T", icon: "https://example.com/i.png" }) });
  assert.deepEqual(screen.map(({ title, navigate }) => [title, navigate]), [["T", "https://example.com/"]]);
});
