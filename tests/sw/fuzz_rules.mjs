// What holds whatever comes: judged by what was done to the world, with none of the worker's own code.

import assert from "node:assert/strict";
import { SITE } from "./fuzz_world.mjs";

/**
 * @typedef {object} Happened one event that the browser brought
 * @property {string} name @property {any} event @property {number} at when @property {any[]} promises what it waits for
 * @property {unknown} [thrown] @property {boolean} settled @property {unknown[]} rejected reasons
 * @typedef {import("./fuzz_world.mjs").World} World @typedef {World["seen"]} Seen
 */

/** Ways of a button that open nothing. */
const QUIET = ["background", "dismiss", "snooze", "mute"];

/** A worker's word has to be on the screen by then, ms after the push: two looks at the storage and one at a page. */
const SHOWN_WITHIN = 1000;

/** @param {unknown} value */
const isText = (value) => typeof value === "string" && value.trim() !== "";

/** An address whose page tells of the click itself (docs/worker.md). */
const LANDING = /[?&]softbell=[\w-]{22}(?=&|#|$)/;

/** Where this site's notifications may lead. @param {World} world */
const origins = ({ weather }) => {
  const allowed = weather.device?.allowed_origins;
  return [SITE, ...(Array.isArray(allowed) ? allowed : [])];
};

/** Firefox refuses window calls about a second after the press: until the first one nothing may take longer than this, ms, in all. */
const GONE_WITHIN = 500;

/** @param {string} url @param {unknown[]} allowed */
const assertSafe = (url, allowed) => {
  const { protocol, origin, username } = new URL(url);
  assert.ok(["https:", "http:"].includes(protocol) && !username, `an unsafe address: ${url}`);
  assert.ok(allowed.includes(origin), `an address of somebody else: ${url}`);
};

/** No exception and no rejection reaches the browser, and nothing waits for ever. @param {Happened} happened */
const settles = ({ name, thrown, settled, rejected }) => {
  if (thrown) assert.fail(`${name} threw: ${describe(thrown)}`);
  assert.ok(settled, `${name} waits for ever`);
  // `sync` asks the browser by it to try again.
  if (name !== "sync" && rejected.length) assert.fail(`${name} rejected: ${describe(rejected[0])}`);
};

/** @param {unknown} error */
const describe = (error) => (error instanceof Object && "stack" in error ? error.stack : `${typeof error} ${error}`);

/** What a push says in our mark, as far as it counts here. @param {any} event */
const ofUs = ({ declared, text }) => {
  try {
    const notification = declared ?? JSON.parse(text)?.notification;
    const { m, t } = notification.data.softbell;
    return isText(m) && isText(t);
  } catch {
    return false;
  }
};

/** Every push ends in one notification, in time. @param {World} world @param {Seen} seen @param {Happened[]} pushes */
const shows = ({ weather }, seen, pushes) => {
  const taken = (/** @type {any} */ { data, yes }) => yes && data.softbell === "received" && weather.chromium;
  const guests = weather.guest ? pushes.filter(({ event }) => !ofUs(event.said)).length : 0;
  // One push asks all pages in front at once, and one of them is enough.
  const byPages = Math.min(pushes.length, seen.asked.filter(taken).length);
  const wanted = pushes.length - guests - byPages;
  const done = seen.shows.filter(({ ok }) => ok).length;
  if (weather.show === "never") assert.ok(seen.shows.length >= wanted, "not even tried to show");
  else assert.ok(done >= wanted, `${pushes.length} pushes, and ${done} notifications`);
  if (pushes.length !== 1) return;
  assert.ok(done <= 1, `one push, and ${done} notifications`);
  if (byPages) assert.equal(done, 0, "a page showed it, and so did we");
  for (const { at } of seen.shows) assert.ok(at - Number(pushes[0]?.at) <= SHOWN_WITHIN, `shown after ${at - Number(pushes[0]?.at)} ms`);
};

/**
 * A push that nobody here should read, whatever the storage says of the visitor. @param {World} world @param {Happened} push
 */
const hides = ({ stored }, { event: { said }, at }) => {
  if (!ofUs(said)) return false;
  const { x, u } = (said.declared ?? JSON.parse(said.text).notification).data.softbell;
  const late = typeof x === "number" ? at / 1000 - x : 0;
  return (late > 0 && late < 30 * 86_400) || !!(u && stored.state.get("device")?.user !== u);
};

/** The app's badge counts nothing of somebody else, or of long ago. @param {World} world @param {Seen} seen @param {Happened[]} pushes */
const counts = (world, seen, pushes) => {
  if (pushes.every((push) => hides(world, push))) assert.deepEqual(seen.badges, [], "a badge of what is hidden");
};

/** What is on the screen has words, and asks the browser for nothing but web addresses. @param {World} world @param {Seen} seen */
const looksWell = ({ weather }, seen) => {
  for (const { title, options } of seen.shows) {
    assert.ok(isText(title), "no title");
    const { icon, image, badge, actions = [] } = options;
    assert.ok(actions.length <= (weather.most ?? 0), "more buttons than there is room for");
    for (const url of [icon, image, badge, ...actions.map((/** @type {any} */ each) => each.icon)]) assert.match(url ?? "https:", /^https?:/);
  }
};

/** A press leads to one place of ours by one window call. @param {World} world @param {Seen} seen @param {Happened[]} clicks @param {Happened} [click] where it was all that happened */
const goes = (world, seen, clicks, click) => {
  const allowed = origins(world);
  for (const { url } of seen.windows) assertSafe(url, allowed);
  for (const { data, page } of seen.asked.filter(({ data }) => data.softbell === "navigate")) {
    assertSafe(data.url, [SITE]);
    assert.ok(!page.nested, "a frame was asked to go");
  }
  for (const { softbell, message } of seen.told) {
    if (softbell === "clicked" || softbell === "received") assertSafe(message.url, allowed);
    if (softbell === "clicked") assert.ok(!LANDING.test(message.url), `the page at ${message.url} tells of the click itself`);
  }
  const pending = world.stored.state.get("pending");
  if (pending) assertSafe(pending.url, allowed);
  const well = (/** @type {{ok: boolean}[]} */ calls) => calls.filter(({ ok }) => ok).length;
  const calls = well(seen.windows) + well(seen.focused);
  assert.ok(seen.windows.length <= clicks.length && seen.focused.length <= clicks.length && calls <= clicks.length,
    `${clicks.length} clicks, ${seen.windows.length} windows, ${seen.focused.length} pages brought to the front`);
  if (!click) return;
  const { notification: { data }, action, shown, stopped } = click.event;
  // A notification that is not ours is left alone altogether.
  if (!data?.softbell) return void assert.deepEqual([calls, stopped, seen.requests.length], [0, false, 0], "somebody else's notification");
  // A page that cannot be focused may cost a second call; the first one is in time.
  const late = Math.min(...[...seen.windows, ...seen.focused].map(({ at }) => at)) - click.at;
  assert.ok(late <= GONE_WITHIN || late === Infinity, `no window call for ${late} ms`);
  if (!shown) return;
  const { type } = data.softbell.actions?.find((/** @type {any} */ each) => each?.action === action) ?? {};
  if (QUIET.includes(type)) assert.equal(calls, 0, `a button of type ${type} opened a window`);
  else if (world.weather.window === "well") assert.equal(calls, 1, "a press that led nowhere");
};

/** As JSON that every reader takes. @param {string} body */
const strict = (body) => {
  assert.ok(!/\\u0000|\\ud[89a-f]/i.test(body.replaceAll("\\\\", "")), "a NUL, or half of a pair");
  return JSON.parse(body);
};

/** The server gets what it understands, and nothing about a visitor who objected. @param {World} world @param {Seen} seen @param {string[]} types that there are */
const reportsWell = ({ weather, forged }, seen, types) => {
  for (const { url, method, body } of seen.requests) {
    assert.ok(url.startsWith("https://push.example/v1/sites/shop/"), url);
    const sent = strict(body);
    if (method === "PUT") assert.ok(Number.isSafeInteger(sent.revision) && Array.isArray(sent.consent_entries), body);
    if (method !== "POST") continue;
    assert.ok(Array.isArray(sent) && sent.length, body);
    for (const { id, type, time, specversion, source, softbelltoken } of sent) {
      assert.ok(types.includes(type), `there is no report of type ${type}`);
      assert.ok(isText(id) && !Number.isNaN(Date.parse(time)) && specversion === "1.0" && source === "softbell:shop", body);
      // What a script of the site itself wrote into a notification is its own affair.
      assert.ok(isText(softbelltoken) || forged, `no token: ${body}`);
      assert.ok(!weather.privacy || !["event.tracked", "conversion"].includes(type), "told of a visitor who objects to that");
    }
  }
};

/**
 * @param {World} world @param {Seen} seen what was done since the last look @param {Happened[]} happened what it was done for
 * @param {string[]} types of reports
 */
export const judge = (world, seen, happened, types) => {
  for (const each of happened) settles(each);
  if (seen.faults.length) assert.fail(`nobody waited for: ${describe(seen.faults[0])}`);
  const called = (/** @type {string} */ name) => happened.filter((each) => each.name === name);
  const pushes = called("push");
  const clicks = called("notificationclick");
  // A press may show what became of it, too.
  if (pushes.length && !clicks.length) shows(world, seen, pushes);
  if (!pushes.length) assert.ok(seen.shows.length <= clicks.length, "a notification that nobody sent");
  counts(world, seen, pushes);
  looksWell(world, seen);
  goes(world, seen, clicks, happened.length === 1 ? clicks[0] : undefined);
  reportsWell(world, seen, types);
};
