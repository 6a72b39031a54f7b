// A service worker's surroundings for the fuzzer, in time of its own (fuzz_clock.mjs): everything in them may fail, and
// everything that the worker does to them is written down for fuzz_rules.mjs to judge.

import { memoryDatabase, settled } from "./memory_database.mjs";
import { openClock } from "./fuzz_clock.mjs";
import { accepted, copy } from "./fuzz_screen.mjs";

export const SITE = "https://shop.example";

/** How long a page may take to answer, ms (rule 2 of the design). */
const PATIENCE = 400;

/**
 * What a case decides.
 * @typedef {object} Weather
 * @property {string} storage @property {number} after so many transactions it is well @property {string[]} net one for each request, the last for all others
 * @property {string} show @property {string} window @property {string} badge @property {string} sync
 * @property {{url: string, focused: boolean, visible: boolean, nested: boolean, answer: unknown, delay: number, focus: boolean}[]} pages
 * @property {number | undefined} most buttons that the browser shows @property {boolean} chromium @property {boolean} privacy @property {boolean} guest
 * @property {Record<string, unknown> | undefined} device members of its record @property {unknown[]} waiting reports in the outbox
 * @property {any} subscribe
 */

/** What was done to the world. */
const nothingYet = () => ({
  /** @type {{title: string, options: any, at: number, ok: boolean}[]} */ shows: [],
  /** @type {{url: string, at: number, ok: boolean}[]} */ windows: [],
  /** @type {{at: number, ok: boolean}[]} */ focused: [],
  /** @type {{page: any, data: any, yes: boolean}[]} */ asked: [],
  /** @type {unknown[]} */ badges: [],
  /** @type {any[]} */ told: [],
  /** @type {{url: string, method: string, body: string}[]} */ requests: [],
  /** @type {unknown[]} */ faults: [],
});

/** @typedef {ReturnType<typeof openWorld>} World */

/** @param {any} target the global that the worker finds */
export const openWorld = (target) => {
  const clock = openClock(Date.UTC(2026, 10, 21));
  const world = {
    clock, seen: nothingYet(), weather: /** @type {Weather} */ (/** @type {unknown} */ ({})),
    stored: { state: new Map(), reports: new Map() },
    /** @type {any[]} */ screen: [],
    /** @type {Map<string, (event: any) => void>} */ listeners: new Map(),
    transactions: 0, requests: 0,
    /** Whether a script of the site has put our mark into a notification of its own. */ forged: false,
    /** @type {any[]} */ connections: [],
    /** Forgets the last case. @param {Weather} weather */
    begin: (weather) => {
      Object.assign(world, { seen: nothingYet(), weather, transactions: 0, requests: 0, forged: false });
      // A worker of the same run keeps its connection, and its memory of a burst.
      for (const connection of world.connections.splice(0)) connection.onclose?.();
      clock.advance(10_000);
      world.screen.length = 0;
      // New ones: what a `Map` held before lives on for a while, where the garbage is collected by age.
      Object.assign(world.stored, { state: new Map(), reports: new Map() });
      if (weather.device) world.stored.state.set("device", copy(weather.device));
      weather.waiting.forEach((entry, at) => world.stored.reports.set(-1 - at, entry));
      target.softbellGuest = weather.guest;
    },
  };
  // What other scripts on this global need, node's own among them, they have taken before.
  Object.assign(target, {
    __BUILD__: "build", origin: SITE, setTimeout: clock.setTimeout, clearTimeout: clock.clearTimeout, Date: clock.dateOf(target.Date ?? Date),
    AbortSignal: { timeout: (/** @type {number} */ ms) => ({ ms }) },
    MessageChannel: channelOf(clock), indexedDB: databaseOf(world), fetch: fetchOf(world),
    Notification: { get maxActions() { return world.weather.most; } },
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => void world.listeners.set(name, listener),
    skipWaiting: async () => {}, registration: registrationOf(world), clients: clientsOf(world),
  });
  Object.defineProperty(target, "crypto", { configurable: true, value: { getRandomValues: random, randomUUID: () => btoa(String.fromCharCode(...random(new Uint8Array(12)))) } });
  Object.defineProperty(target, "navigator", { configurable: true, value: navigatorOf(world) });
  return world;
};

let drawn = 1;

/** Numbers that are as good here, and ten times as quick (xorshift). @param {Uint8Array} bytes */
const random = (bytes) => {
  for (let at = 0; at < bytes.length; at++) {
    drawn ^= drawn << 13;
    drawn ^= drawn >>> 17;
    drawn ^= drawn << 5;
    bytes[at] = drawn;
  }
  return bytes;
};

/** Ports that pass on by timers of ours. @param {World["clock"]} clock */
const channelOf = ({ setTimeout }) =>
  class {
    constructor() {
      /** @returns {any} */
      const port = () => ({ onmessage: null, other: null, postMessage(/** @type {any} */ data) { setTimeout(() => this.other.onmessage?.({ data }), 0); }, close() {} });
      this.port1 = port();
      this.port2 = port();
      this.port1.other = this.port2;
      this.port2.other = this.port1;
    }
  };

/** How late a slow storage is, ms: within the worker's patience for a click, beyond it, beyond every limit. @type {Record<string, number>} */
const LATE = { slow: 40, slower: 150, slowest: 1600 };

/** @param {any} world */
const databaseOf = (world) => {
  /** What is wrong now, if anything is. */
  const wrong = () => (world.transactions > world.weather.after ? world.weather.storage : "");
  return memoryDatabase(
    () => {
      world.transactions += 1;
      if (wrong() === "denied") throw new DOMException("", "SecurityError");
    },
    {
      stored: world.stored, copy,
      when: (run) => {
        const late = LATE[wrong()];
        if (wrong() === "hangs") return;
        if (late) world.clock.setTimeout(run, late);
        else void settled.then(run);
      },
      ends: (mode) => {
        if (wrong() === "full" && mode === "readwrite") return new DOMException("", "QuotaExceededError");
        return wrong() === "broken" ? new DOMException("", "UnknownError") : undefined;
      },
      opens: (made) => {
        world.connections.push(made);
        return wrong() !== "none";
      },
    },
  );
};

/** Answers of servers, of ours and of whoever is in between: status, body, headers. @type {Record<string, (sent: any) => [number, unknown, Record<string, string>?]>} */
const ANSWERS = {
  well: (sent) => [200, Array.isArray(sent) ? { stored: sent.length, duplicates: 0, drop: [] } : { revision: sent.revision, report_token: "1.device" }],
  ahead: () => [200, { revision: 1e6, report_token: "1.other", drop: [{ index: 0, code: "token_expired" }] }],
  odd: () => [200, { revision: {}, report_token: 7, drop: [null, 7, { index: "0" }] }],
  login: () => [200, undefined],
  empty: () => [204, null],
  refused: () => [422, { code: "state_invalid", drop: [{ index: 0 }, null] }],
  strange: () => [400, { code: { toString: 0 }, drop: "all" }],
  list: () => [400, [7]],
  unknown: () => [401, {}],
  forbidden: () => [403, { code: "origin_not_allowed" }],
  gone: () => [410, { code: "endpoint_gone" }],
  busy: () => [429, {}, { "retry-after": "7" }],
  busier: () => [503, {}, { "retry-after": "Sat, 21 Nov 2026 25:00:00 GMT" }],
  broken: () => [500, "<html>"],
};

/** @param {any} world */
const fetchOf = (world) => async (/** @type {string} */ url, /** @type {any} */ { method, body, signal }) => {
  world.seen.requests.push({ url, method, body });
  const { net } = world.weather;
  const way = net[Math.min(world.requests++, net.length - 1)];
  if (way === "offline") throw new TypeError("Failed to fetch");
  // Nothing answers: the request ends by its own signal, or never.
  if (way === "silent") return new Promise((_, reject) => signal && world.clock.setTimeout(() => reject(new DOMException("", "TimeoutError")), signal.ms));
  if (way === "late") await new Promise((done) => world.clock.setTimeout(done, 3_000));
  const [status, answer, headers = {}] = (ANSWERS[way] ?? ANSWERS.well)?.(JSON.parse(body)) ?? [500, {}];
  const json = async () => {
    if (answer === undefined) throw new SyntaxError("not JSON");
    return answer;
  };
  return { ok: status < 300, status, json, headers: { get: (/** @type {string} */ name) => headers[name] ?? null } };
};

/** @param {any} world */
const registrationOf = (world) => ({
  scope: `${SITE}/softbell/`,
  getNotifications: async ({ tag = "" } = {}) => world.screen.filter((/** @type {any} */ shown) => !tag || shown.tag === tag),
  showNotification: async (/** @type {string} */ title, /** @type {any} */ options) => {
    const line = { title, options, at: world.clock.now(), ok: false };
    world.seen.shows.push(line);
    const shown = accepted(title, options, world.weather.show);
    line.ok = true;
    const old = shown.tag ? world.screen.findIndex((/** @type {any} */ one) => one.tag === shown.tag) : -1;
    if (old >= 0) world.screen.splice(old, 1);
    world.screen.push(shown);
  },
  pushManager: {
    subscribe: async () => {
      if (!world.weather.subscribe) throw new DOMException("", "NotAllowedError");
      return { toJSON: () => world.weather.subscribe };
    },
  },
  get sync() { return SYNC[world.weather.sync]; },
});

/** Background Sync, which only Chromium has, and which a visitor can forbid. @type {Record<string, any>} */
const SYNC = {
  refused: { register: async () => { throw new DOMException("", "NotAllowedError"); } },
  well: { register: async () => {} },
};

/** @param {any} world */
const clientsOf = (world) => ({
  matchAll: async () => world.weather.pages.map((/** @type {any} */ facts) => pageOf(world, facts)),
  openWindow: async (/** @type {string} */ url) => {
    const line = { url: String(url), at: world.clock.now(), ok: false };
    world.seen.windows.push(line);
    if (world.weather.window === "refused") throw new DOMException("", "InvalidAccessError");
    line.ok = true;
    return null;
  },
});

/** @param {any} world @param {Weather["pages"][number]} facts */
const pageOf = (world, { url, focused, visible, nested, answer, delay, focus }) => ({
  url, focused, visibilityState: visible ? "visible" : "hidden", frameType: nested ? "nested" : "top-level",
  postMessage: (/** @type {any} */ sent, /** @type {any[]} */ [port] = []) => {
    const data = copy(sent);
    world.seen.told.push(data);
    if (!port) return;
    world.seen.asked.push({ page: { url, nested }, data, yes: !!answer && delay < PATIENCE });
    if (answer !== undefined) world.clock.setTimeout(() => port.postMessage(answer), delay);
  },
  focus: async () => {
    world.seen.focused.push({ at: world.clock.now(), ok: focus });
    if (!focus) throw new DOMException("", "InvalidAccessError");
  },
});

/** @param {any} world */
const navigatorOf = (world) => ({
  get userAgentData() { return world.weather.chromium ? {} : undefined; },
  get globalPrivacyControl() { return world.weather.privacy; },
  get setAppBadge() {
    if (world.weather.badge === "none") return undefined;
    return async (/** @type {number} */ count) => {
      world.seen.badges.push(count);
      if (world.weather.badge === "refused" || !Number.isSafeInteger(count)) throw new TypeError("no badge");
    };
  },
});
