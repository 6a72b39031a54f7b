// The loader against a page made of a few objects: what it reads, keeps, hands on and wakes for, in milliseconds.

import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { bundle } from "../../tools/bundle.mjs";
import { hash } from "../../src/shell/hash.js";

const BUILD = "b1";
/** What a page cannot have here: the loader's own `import()`. */
const LOADER = (await bundle("www/loader.js", "iife", { __BUILD__: BUILD })).replaceAll("import(", "importFile(");
const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;

/** Lets everything happen that can without a browser. */
const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/**
 * A page view. `said` is what the client was told, `fetched` what was asked for, `posted` what the worker was handed,
 * `touched` how often storage was looked at.
 * @param {{attributes?: Record<string, string>, storage?: Record<string, string> | null, queue?: any[], privacy?: boolean,
 *   module?: boolean, prerendering?: boolean, permission?: string, address?: string}} [options]
 */
const view = async ({ attributes = {}, storage = {}, queue, privacy, module, prerendering, permission = "granted", address = "https://shop.example/" } = {}) => {
  const dataset = { site: "shop", server: "https://push.example", ...attributes };
  const script = { src: "https://shop.example/softbell/loader.js", dataset };
  const seen = { said: /** @type {any[]} */ ([]), fetched: /** @type {string[]} */ ([]), posted: /** @type {any[]} */ ([]), errors: /** @type {unknown[]} */ ([]), touched: 0 };
  /** @type {Record<string, (event?: any) => void>} */
  const listeners = {};
  const softbell = new Proxy({}, {
    get: (_, name) => (name === "then" ? undefined : (/** @type {any[]} */ ...args) => void seen.said.push([name, ...args])),
  });
  const document = {
    currentScript: module ? null : script, prerendering, documentElement: { lang: "en" },
    querySelector: (/** @type {string} */ selector) => (selector === "[data-site]" ? script : null),
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => void (listeners[name] = listener),
  };
  const worker = { postMessage: (/** @type {any} */ { softbell: command }) => seen.posted.push(structuredClone(command)) };
  const page = {
    document, URL, JSON, Date: { now: () => NOW }, location: new URL(address),
    console: { error: (/** @type {unknown} */ error) => seen.errors.push(error) },
    navigator: {
      globalPrivacyControl: privacy,
      serviceWorker: { addEventListener: () => {}, startMessages: () => {}, getRegistration: async () => ({ active: worker }) },
    },
    Notification: permission ? { permission } : undefined,
    requestIdleCallback: (/** @type {() => void} */ work) => void (page.idle = work),
    idle: () => {},
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => void (listeners[name] = listener),
    fetch: async (/** @type {unknown} */ url) => void seen.fetched.push(String(url)),
    importFile: async (/** @type {unknown} */ url) => (seen.fetched.push(String(url)), {
      init: (/** @type {any} */ config) => (seen.said.push(["init", config.consent]), softbell),
    }),
    softbell: /** @type {any} */ (queue),
    get localStorage() {
      seen.touched++;
      if (!storage) throw new Error("denied");
      return storage;
    },
  };
  Object.assign(page, { window: page });
  vm.runInNewContext(LOADER, page);
  await settle();
  return {
    ...seen, get touched() { return seen.touched; }, document, listeners, storage,
    /** @param {...any} commands */
    push: async (...commands) => (page.softbell.push(...commands), settle()),
    idle: async () => (page.idle(), settle()),
  };
};

/** A ticket that holds on a page with these attributes. @param {Partial<Record<"until" | "views" | "permission" | "live" | "user" | "events" | "flushed", string>>} [fields] @param {object} [attributes] */
const ticket = ({ until = String(NOW + HOUR), views = "", permission = "granted", live = "1", user = "", events = "", flushed = "0000000" } = {}, attributes = {}) => ({
  "softbell.shop": ["1", NOW - HOUR, until, views, permission, live, hash(BUILD + JSON.stringify({ site: "shop", server: "https://push.example", ...attributes })), user, events, flushed].join("|"),
  "softbell.shop.history": "1|3",
});

const USER = hash("shop|u42");

test("J1: an element of the page that is called softbell stands in nobody's way", async () => {
  const element = /** @type {any} */ ({ id: "softbell" }); // `window.softbell`, by its id (HTML, named access on the Window object)
  const { said, errors, idle } = await view({ queue: element, permission: "default" });
  await idle();
  assert.deepEqual([said, errors], [[["init", "granted"]], []]);
});

test("J3: the user that the ticket was written for does not wake, and is told should anything else wake the client", async () => {
  const token = () => "jwt";
  const { said, fetched, push } = await view({ storage: ticket({ user: USER }), queue: [["identify", "u42", token]] });
  assert.deepEqual([fetched, said], [[], []]);
  await push(["setTopics", ["sales"]]);
  assert.deepEqual(said, [["init", "granted"], ["identify", "u42", token], ["setTopics", ["sales"]]]);
});

test("A13: another user wakes, and so does the first one, and a logout", async () => {
  for (const [user, command] of [[USER, ["identify", "u43"]], ["", ["identify", "u42"]], [USER, ["logout"]]]) {
    const { said } = await view({ storage: ticket({ user: String(user) }), queue: [command] });
    assert.deepEqual(said, [["init", "granted"], command]);
  }
});

test("J1: commands reach the client in the order in which they were queued, whatever they are", async () => {
  const queue = [["logout"], ["identify", "u42"], ["on", "error"], ["track", "cart"], ["page"]];
  const { said } = await view({ storage: ticket({ user: USER }), queue });
  assert.deepEqual(said.slice(1), queue);
});

test("J1: one bad command does not stop the others", async () => {
  const { said, errors, push } = await view();
  await push(null, 7, ["getStatus"], (/** @type {any} */ softbell) => { softbell.explain(); throw new Error("the site's own"); }, ["page"]);
  assert.deepEqual(said.slice(1).map(([name]) => name), ["getStatus", "explain", "page"]);
  assert.equal(errors.length, 3);
});

test("a listener waits for the page view that wakes, and that view counts once", async () => {
  const listener = () => {};
  const { said, storage, push } = await view({ storage: ticket({ views: "2" }), queue: [["on", "prompt.shown", listener]] });
  assert.equal(storage?.["softbell.shop"]?.split("|")[3], "1");
  assert.deepEqual(said, []);
  await push(["page"]);
  assert.deepEqual(said, [["init", "granted"], ["on", "prompt.shown", listener]]);
});

test("a page view that should have woken, but could not, does not sleep for the rest of the day", async () => {
  const { fetched, idle } = await view({ storage: ticket({ views: "0" }) });
  await idle();
  assert.ok(fetched.length);
});

test("F7: pending reads no storage, fetches nothing, and holds every command back", async () => {
  const attributes = { consent: "pending" };
  const { said, fetched, push, idle, ...seen } = await view({ attributes, storage: ticket({}, attributes), queue: [["identify", "u42"], ["track", "cart"]] });
  await push(["conversion", "order"], ["logout"]);
  await idle();
  assert.equal(seen.touched, 0);
  assert.deepEqual([said, fetched, seen.posted], [[], [], []]);
});

test("F7: granted begins the page view now, with what was held back; it may sleep", async () => {
  const attributes = { consent: "pending" };
  const { fetched, posted, push, storage } = await view({ attributes, storage: ticket({ views: "5" }, attributes), queue: [["track", "cart"]] });
  await push(["setConsent", "granted"], ["setConsent", "granted"]);
  assert.deepEqual(posted, [["track", "cart"]]);
  assert.deepEqual(fetched, []);
  assert.equal(storage?.["softbell.shop"]?.split("|")[3], "4");
});

test("F7: denied drops what was held back, and wakes only where something of ours is kept", async () => {
  const attributes = { consent: "pending" };
  const fresh = await view({ attributes, queue: [["track", "cart"], ["setConsent", "denied"], ["track", "wish"]] });
  await fresh.idle();
  assert.deepEqual([fresh.said, fresh.fetched], [[], []]);
  await fresh.push(["setConsent", "granted"]);
  await fresh.idle();
  assert.deepEqual(fresh.said, [["init", "granted"]]);
  for (const change of [{ attributes: { consent: "denied" } }, { queue: [["track", "cart"], ["setConsent", "denied"]], attributes }]) {
    const kept = await view({ ...change, storage: ticket({}, change.attributes) });
    await kept.idle();
    assert.deepEqual(kept.said, [["init", "denied"], ["setConsent", "denied"]]);
    assert.deepEqual(kept.fetched, ["https://shop.example/softbell/client-b1.js"], "nothing of the server's");
  }
});

test("C16 F7: an address with a landing in it wakes a page that sleeps, and where consent is denied or pending wakes nothing", async () => {
  const address = "https://shop.example/?softbell=AAAAAAAAAAAAAAAAAAAAAA";
  for (const [consent, wakes] of /** @type {const} */ ([["granted", true], ["pending", false], ["denied", false]])) {
    const attributes = { consent };
    // Denied earlier: of ours nothing is kept but what nobody else reads.
    const { "softbell.shop": mark = "" } = ticket({}, attributes);
    const { said, fetched, posted, storage, idle } = await view({ attributes, address, storage: { "softbell.shop": mark } });
    await idle();
    assert.deepEqual([said.length > 0, fetched.length > 0, posted, storage], [wakes, wakes, [], { "softbell.shop": mark }], consent);
  }
});

test("F7: what the visitor says later reaches a client that is awake", async () => {
  const { said, push } = await view({ queue: [["getStatus"]] });
  await push(["setConsent", "denied"], ["track", "cart"], ["setConsent", "granted"], ["track", "wish"]);
  assert.deepEqual(said.slice(2), [["setConsent", "denied"], ["setConsent", "granted"], ["track", "wish"]]);
});

test("F7: Global Privacy Control: a sleeping page neither hands on nor wakes for what would only make a profile", async () => {
  const queue = [["track", "wish"], ["track", "cart"], ["conversion", "order"]];
  const { fetched, posted } = await view({ privacy: true, storage: ticket({ events: "wish," }), queue });
  assert.deepEqual([fetched, posted], [[], []]);
  const without = await view({ storage: ticket({ events: "wish," }), queue: queue.slice(1) });
  assert.deepEqual(without.posted, queue.slice(1));
});

test("what waits is flushed at most once in a quarter of an hour, and only for a live device", async () => {
  const live = await view({ storage: ticket() });
  await live.idle();
  assert.deepEqual(live.posted, [["flush"]]);
  const again = await view({ storage: live.storage });
  await again.idle();
  assert.deepEqual([again.posted, again.fetched], [[], []]);
  const asked = await view({ storage: ticket({ live: "" }) });
  await asked.idle();
  assert.deepEqual(asked.posted, []);
});

test("J1: a ticket is kept up on storage that the site has filled: nothing is thrown, held back or flushed again and again", async () => {
  const full = (/** @type {Record<string, string>} */ kept) => new Proxy(kept, {
    set: (_, name, value) => {
      if (value.length > (kept[String(name)]?.length ?? 0)) throw new DOMException("full", "QuotaExceededError");
      return Reflect.set(kept, name, value);
    },
  });
  const storage = full(ticket());
  for (const flushes of [[["flush"]], []]) {
    const { fetched, posted, errors, idle } = await view({ storage });
    await idle();
    assert.deepEqual([fetched, posted, errors], [[], flushes, []]);
  }
  const waiting = full(ticket({ views: "2", live: "" }));
  const asleep = await view({ storage: waiting, queue: [["on", "error"]] });
  await asleep.idle();
  assert.deepEqual([asleep.said, asleep.errors], [[], []]);
  // The next view wakes, and so does every one after it, should the client not come to write a new one.
  for (let time = 0; time < 3; time++) {
    const { said, errors, idle } = await view({ storage: waiting, queue: [["on", "error"]] });
    await idle();
    assert.deepEqual([said, errors], [[["init", "granted"], ["on", "error"]], []]);
    assert.equal(waiting["softbell.shop"]?.split("|")[3], "0", "as many views as were slept through");
  }
});

test("a browser without notifications sleeps too", async () => {
  const { fetched, idle } = await view({ permission: "", storage: ticket({ permission: "" }) });
  await idle();
  assert.deepEqual(fetched, []);
});

test("storage that is denied wakes the client, which tells the site why; nothing is thrown", async () => {
  const { said, errors, idle } = await view({ storage: null, queue: [["setConsent", "denied"], ["setConsent", "granted"]] });
  await idle();
  assert.deepEqual([said, errors], [[["init", "granted"]], []]);
});

test("J1: as a module it has no currentScript, and finds its tag", async () => {
  const { said } = await view({ module: true, queue: [["getStatus"]] });
  assert.deepEqual(said, [["init", "granted"], ["getStatus"]]);
});

test("J2: a prerendered page is no page view before somebody looks at it", async () => {
  const page = await view({ prerendering: true, storage: ticket({ views: "2" }), queue: [["getStatus"]] });
  assert.deepEqual([page.said, page.touched], [[], 0]);
  page.document.prerendering = false;
  page.listeners.prerenderingchange?.();
  await settle();
  assert.deepEqual(page.said, [["init", "granted"], ["getStatus"]]);
});
