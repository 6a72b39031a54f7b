// Every report counts once and none is lost, whatever two pages and a worker, the network and the clock do: rule 3 of the
// design. With the real outbox and the real sender, and a server that counts by id, as ours does.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import fc from "fast-check";
import { OUTBOX, OUTBOX_DROPPED } from "../../sw/contract.js";
import { openDatabase } from "../../sw/database.js";
import { openOutbox } from "../../sw/outbox.js";
import { makeStores, pageSide, tellDrops } from "../../sw/patch.js";
import { beacon, openSender, peek } from "../../sw/sender.js";
import { memoryDatabase } from "../sw/memory_database.mjs";

/** @typedef {import("../../sw/outbox.js").Report} Report */

/** Small, so that a short story meets the bounds. */
const LIMITS = { ...OUTBOX, maxReports: 3, batchReports: 2 };
const DAY = 86_400_000;
const NEVER = new Promise(() => {});

mock.timers.enable({ apis: ["Date", "setTimeout"], now: Date.UTC(2026, 10, 21) });
mock.method(AbortSignal, "timeout", () => new AbortController().signal);

/** How a request fares. */
const WEATHER = /** @type {const} */ (["cut", "lost", "hang", "drop", "422", "portal", 200, 401, 413, 429, 503]);
/** @typedef {typeof WEATHER[number]} Weather */

/** Counts by id; what it is sent twice must be the same. */
const openServer = () => {
  /** @type {Map<string, any>} */
  const counted = new Map();
  /** Those that it does not want, and has said so. @type {Set<string>} */
  const refused = new Set();
  const count = (/** @type {any} */ { softbelltoken: _, ...event }) => {
    assert.deepEqual(counted.get(event.id) ?? event, event, "one id, two reports");
    counted.set(event.id, event);
  };
  /** @param {any[]} batch @param {Weather} weather */
  const take = (batch, weather) => {
    const drop = weather === "drop" || weather === "422" ? [{ index: 0, code: "event_invalid" }] : [];
    for (const { index } of drop) refused.add(batch[index].id);
    if (weather !== "422") batch.slice(drop.length).forEach(count);
    return drop;
  };
  return { counted, refused, take };
};

const openStory = () => {
  const stored = { state: new Map(), reports: new Map() };
  const server = openServer();
  /** @type {Weather[]} */
  const weather = [];
  stored.state.set("device", { site: "shop", server: "https://push.example", id: "d", secret: "s", revision: 1, acked: 1, sentAt: Date.now(), token: "1.d", state: { consent_entries: [] } });

  /** @param {string} url @param {{method?: string, body: string}} init */
  const ask = async (url, { method, body }) => {
    const now = weather.shift() ?? 200;
    if (now === "cut") throw new TypeError("no network");
    if (now === "portal") return new Response("<!doctype html>"); // a hotel's login page is no receipt
    if (typeof now === "number" && now !== 200) return Response.json({}, { status: now });
    const drop = method === "PUT" ? [] : server.take(JSON.parse(body), now);
    if (now === "lost") throw new TypeError("no answer");
    if (now === "hang") await NEVER;
    return Response.json(method === "PUT" ? { report_token: "1.d" } : { drop }, { status: now === "422" ? 422 : 200 });
  };
  Object.assign(globalThis, { fetch: ask });

  /** A page, or the worker, which leaves to pages what is theirs. @param {boolean} isPage */
  const open = (isPage) => {
    const life = { goesOn: true };
    const when = (/** @type {() => void} */ run) => void Promise.resolve().then(() => life.goesOn && run());
    Object.assign(globalThis, { indexedDB: memoryDatabase(() => {}, { stored, when, opening: when }) });
    const outbox = openSender(openOutbox(openDatabase("", makeStores), LIMITS, isPage ? tellDrops : undefined), isPage ? pageSide : undefined);
    const opened = outbox.look(); // now, while this is its database
    return { life, isPage, outbox, opened };
  };
  const places = [open(true), open(true), open(false)];

  /** All that was ever added, and whether it may go. @type {Map<string, string>} */
  const added = new Map();
  const inOutbox = () => new Map([...stored.reports.values()].map(({ event }) => [event.id, event]));
  /** Reports that the bounds cost, as far as it was written down. @param {Map<string, any>} waiting */
  const told = (waiting) => [...new Map([...waiting, ...server.counted]).values()]
    .filter(({ type }) => type === OUTBOX_DROPPED).reduce((sum, { data }) => sum + data.count, stored.state.get("dropped") ?? 0);
  const judge = () => {
    const waiting = inOutbox();
    const lost = [...added].filter(([id]) => !waiting.has(id) && !server.counted.has(id) && !server.refused.has(id));
    assert.deepEqual(lost.filter(([, type]) => type === "conversion"), [], "what never goes is lost");
    // A drop that the server refused to count has been told, too.
    const unwanted = [...server.refused].some((id) => !added.has(id));
    assert.ok(unwanted || lost.length <= told(waiting), `lost ${lost.length}, told of ${told(waiting)}`);
    return { waiting, lost };
  };
  return { stored, server, weather, places, open, added, judge };
};

const TYPES = ["notification.displayed", "event.tracked", "conversion"];
const step = fc.record({
  what: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...TYPES) },
    { weight: 5, arbitrary: fc.constantFrom("flush", "weather") },
    { weight: 1, arbitrary: fc.constantFrom("again", "beacon", "close", "online") },
    { weight: 2, arbitrary: fc.constantFrom(1_000, 35_000, 3_700_000, -3_600_000) },
  ),
  where: fc.nat(2),
  weather: fc.constantFrom(...WEATHER),
  turns: fc.oneof(fc.constant(400), fc.nat(60)),
});

/** @param {ReturnType<typeof openStory>} story @param {{what: string | number, where: number, weather: Weather}} step */
const perform = async ({ weather, places, open, added }, { what, where, weather: next }) => {
  const place = /** @type {ReturnType<typeof open>} */ (places[where]);
  const { outbox, life, isPage } = place;
  /** @param {string} id @param {string} type */
  const add = (id, type) => outbox.add({ id, type, time: "2026-11-21T12:00:00Z", data: { name: id } });
  if (typeof what === "number") mock.timers.setTime(Date.now() + what);
  else if (what === "weather") weather.push(next);
  else if (what === "flush" || what === "online") void outbox.flush(what === "online").catch(() => {});
  else if (what === "again") {
    // What the journal of a page that was left still held.
    const [id, type] = [...added].at(-1) ?? [];
    if (id && type === "conversion") await add(id, type);
  } else if (what === "beacon") beacon(await peek(outbox), { sendBeacon: (url, body) => (void body.text().then((text) => fetch(url, { method: "POST", body: text })).catch(() => {}), true) });
  else if (what === "close") {
    life.goesOn = false;
    places[where] = open(isPage);
    await places[where]?.opened;
  } else {
    await add(`r${added.size}`, what);
    added.set(`r${added.size}`, what);
  }
};

const pass = async (/** @type {number} */ turns) => {
  for (let turn = 0; turn < turns; turn++) await null;
};

/** The same cases in every run: what a new one shows must not stop somebody else's change. Take it out to look for more. */
const SEED = 20_261_121;

test("I1: each report is counted once, and none is lost but what the bounds cost, which is told", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const story = openStory();
    for (const { opened } of story.places) await opened;
    for (const one of steps) {
      await perform(story, one);
      await pass(one.turns);
      story.judge();
    }
    // In the end the network is there, and what was closed in the middle of something is long over.
    story.weather.length = 0;
    const last = story.open(true);
    await last.opened;
    for (let day = 0; day < 2; day++) {
      mock.timers.setTime(Date.now() + DAY);
      await last.outbox.flush();
    }
    const { waiting } = story.judge();
    assert.deepEqual([...waiting.keys()], [], "nothing waits for ever");
    const strange = [...story.server.counted.values()].filter(({ id, type }) => !story.added.has(id) && type !== OUTBOX_DROPPED);
    assert.deepEqual(strange, [], "counted, and nobody reported it");
    assert.equal(story.stored.state.get("dropped") ?? 0, 0);
  }), { numRuns: 500, seed: SEED, includeErrorInReport: true });
});
