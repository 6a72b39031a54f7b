// A page that a press on a notification led to: its address, the report of the click, the message that the site hears of,
// and the address that an iPhone lost.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

const ID = "AAAAAAAAAAAAAAAAAAAA-_";
const OTHER = "BBBBBBBBBBBBBBBBBBBBBB";

/** The page's address, and what became of it. @type {{href: string, hidden: boolean, states: unknown[]}} */
const page = { href: "", hidden: false, states: [] };

Object.assign(globalThis, {
  location: {
    get href() { return page.href; },
    set href(url) { page.href = url; },
    toString: () => page.href,
  },
  history: {
    state: { router: 7 },
    replaceState: (/** @type {unknown} */ state, /** @type {string} */ _, /** @type {string} */ url) => {
      page.states.push(state);
      page.href = url;
    },
  },
  document: { get hidden() { return page.hidden; } },
});

const { cleanAddress, takeLanding } = await import("../../src/shell/address.js");
const { follow, land, lost, tellLanding } = await import("../../src/shell/landing.js");

beforeEach(() => {
  takeLanding();
  Object.assign(page, { href: "", hidden: false, states: [] });
});

/** Lets everything that is under way come to its end. */
const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

for (const [search, clean] of [
  [`?softbell=${ID}`, ""],
  [`?softbell=${ID}&a=1`, "?a=1"],
  [`?a=1&softbell=${ID}`, "?a=1"],
  [`?a=%20+&softbell=${ID}&b`, "?a=%20+&b"],
  [`?a=1&softbell=${ID}#part`, "?a=1#part"],
  [`?softbell=${ID}#part?x`, "#part?x"],
]) {
  test(`C16: the address ${search} becomes "${clean}", and the router's state stays`, () => {
    page.href = `https://shop.example//orders/${search}`;
    cleanAddress();
    assert.equal(page.href, `https://shop.example//orders/${clean}`);
    assert.deepEqual(page.states, [{ router: 7 }]);
    assert.equal(takeLanding(), ID);
    assert.equal(takeLanding(), undefined, "once");
  });
}

for (const search of ["", "?softbell", "?softbell=1", `?softbell=${ID}x`, `?softbell=${ID.slice(1)}`, `?notsoftbell=${ID}`, `/softbell=${ID}`, `?softbell=${ID.slice(1)}%41`]) {
  test(`C16: "${search}" is no landing, and the address stays`, () => {
    page.href = `https://shop.example/${search}`;
    cleanAddress();
    assert.deepEqual([page.href, page.states, takeLanding()], [`https://shop.example/${search}`, [], undefined]);
  });
}

test("C16: where the browser keeps the address nothing is thrown, and the click still counts", (t) => {
  const replace = t.mock.method(history, "replaceState", () => { throw new DOMException("", "SecurityError"); });
  page.href = `https://shop.example/?softbell=${ID}`;
  cleanAddress();
  assert.deepEqual([replace.mock.callCount(), takeLanding()], [1, ID]);
});

/** The server's answers, in their order. @type {{status: number, body?: object}[]} */
let answers = [];
/** @type {{url: string, init: any}[]} */
let asked = [];
globalThis.fetch = /** @type {any} */ (mock.fn(async (/** @type {string} */ url, /** @type {any} */ init) => {
  asked.push({ url, init });
  const { status, body } = answers.shift() ?? { status: 404, body: { code: "click_not_found" } };
  if (!status) throw new TypeError("no network");
  return { ok: status === 200, status, json: async () => body };
}));

const MESSAGE = { id: "m1", title: "Your prescription is ready", body: "Ask for Ada.", url: "https://shop.example/", data: { shelf: 4 } };

/** A client whose page listens, or not yet. @param {boolean} [listens] */
const clientWith = (listens = true) => {
  asked = [];
  answers = [{ status: 200, body: MESSAGE }];
  /** @type {any} */
  const client = {
    heard: [], reports: [], flushed: 0, ended: undefined, ending: new AbortController(), waits: [],
    listeners: listens ? { "notification.clicked": new Set([[() => {}]]) } : {},
    emit: (/** @type {string} */ name, /** @type {any} */ { preventDefault, ...detail }) => {
      preventDefault(); // does nothing here, but is there
      client.heard.push([name, detail]);
    },
    after: (/** @type {string} */ _, /** @type {number} */ ms, /** @type {() => void} */ run) => void client.waits.push([ms, run]),
    later: async () => ({
      reports: {
        report: async (/** @type {any[]} */ ...report) => void client.reports.push(report),
        flush: async () => void client.flushed++,
        device: async () => ({ id: "d1", secret: "s3cret", server: "https://push.example", site: "shop" }),
        takePending: async () => client.pending,
      },
    }),
  };
  return client;
};

/** Each test lands with an id of its own: a page never tells of one twice. */
let count = 0;
const fresh = () => String(count++).padStart(22, "a");

test("C16: the click is reported by its landing id, and the site hears what was clicked", async () => {
  const client = clientWith();
  const id = fresh();
  await land(client, [id]);
  await settle();
  assert.deepEqual(client.reports, [["notification.clicked", undefined, { softbelltoken: `2.${id}` }]]);
  assert.equal(client.flushed, 1);
  const [{ url, init } = assert.fail("nothing was asked for")] = asked;
  assert.deepEqual([url, init.headers, init.credentials], [`https://push.example/v1/sites/shop/devices/d1/clicks/${id}`, { authorization: "Bearer s3cret" }, "omit"]);
  assert.deepEqual(client.heard, [["notification.clicked", MESSAGE]]);
});

test("W3: what nobody listens for is not asked for; a listener that comes later hears it, once", async () => {
  const client = clientWith(false);
  await land(client, [fresh()]);
  await settle();
  assert.deepEqual([client.reports.length, asked.length], [1, 0]);
  client.listeners["notification.clicked"] = new Set([[() => {}]]);
  await tellLanding(client);
  await tellLanding(client);
  assert.deepEqual([client.heard.length, asked.length], [1, 1]);
});

test("C16: a router that writes the address as it was makes no second click", async () => {
  const client = clientWith();
  const id = fresh();
  await land(client, [id]);
  await land(client, [id]);
  await settle();
  assert.deepEqual([client.reports.length, client.heard.length], [1, 1]);
});

test("W3: in a single-page app each of two presses is told, also to a listener that comes after both", async () => {
  const client = clientWith(false);
  answers.push({ status: 200, body: { ...MESSAGE, id: "m2" } });
  await land(client, [fresh()]);
  await land(client, [fresh()]);
  client.listeners["notification.clicked"] = new Set([[() => {}]]);
  await tellLanding(client);
  assert.deepEqual(client.heard.map((/** @type {any} */ [, { id }]) => id), ["m1", "m2"]);
});

test("W3: two presses that wait for a server that is back in a while wait side by side", async () => {
  const client = clientWith();
  /** As the client's own: one timer a name. */
  const timers = new Map();
  client.after = (/** @type {string} */ name, /** @type {number} */ _, /** @type {() => void} */ run) => timers.set(name, run);
  answers = [{ status: 503 }, { status: 503 }, { status: 200, body: MESSAGE }, { status: 200, body: { ...MESSAGE, id: "m2" } }];
  await land(client, [fresh()]);
  await land(client, [fresh()]);
  await settle();
  for (const run of timers.values()) run();
  await settle();
  assert.deepEqual(client.heard.map((/** @type {any} */ [, { id }]) => id), ["m1", "m2"]);
});

test("W3: a click of another site or another user is told to nobody, and is no error", async () => {
  const client = clientWith();
  answers = [];
  await land(client, [fresh()]);
  await settle();
  assert.deepEqual([client.heard, asked.length, client.waits], [[], 1, []]);
});

test("W3: a server that cannot be reached is asked again, twice, and not for ever", async () => {
  const client = clientWith();
  answers = [{ status: 0 }, { status: 503 }, { status: 200, body: MESSAGE }];
  await land(client, [fresh()]);
  for (const wait of [1000, 5000]) {
    await settle();
    const [ms, run] = client.waits.shift();
    assert.equal(ms, wait);
    run();
  }
  await settle();
  assert.equal(client.heard.length, 1);

  const hopeless = clientWith();
  answers = [{ status: 0 }, { status: 0 }, { status: 0 }, { status: 200, body: MESSAGE }];
  await land(hopeless, [fresh()]);
  for (let wait; await settle(), (wait = hopeless.waits.shift()); ) wait[1]();
  assert.deepEqual([hopeless.heard, asked.length], [[], 3]);
});

test("W3: after destroy() nobody hears anything", async () => {
  const client = clientWith();
  await land(client, [fresh()]);
  client.ended = new Error("destroyed");
  await settle();
  assert.deepEqual(client.heard, []);
});

const NOW = Date.parse("2026-11-21T12:00:00Z");
const HERE = "https://shop.example/";
const ORDER = "https://shop.example/orders/7";

for (const [what, pending, here, goes] of /** @type {[string, any, string, string | undefined][]} */ ([
  ["an app that came up at its front page", { url: ORDER, at: NOW - 2000 }, HERE, ORDER],
  ["the last moment", { url: ORDER, at: NOW - 9999 }, HERE, ORDER],
  ["a press of ten seconds ago", { url: ORDER, at: NOW - 10_000 }, HERE, undefined],
  ["a clock that went back a minute", { url: ORDER, at: NOW + 60_000 }, HERE, undefined],
  ["a clock that went ahead a day", { url: ORDER, at: NOW - 86_400_000 }, HERE, undefined],
  ["the page that is there already", { url: ORDER, at: NOW - 2000 }, ORDER, undefined],
  ["the page that is there, and has cleaned its address", { url: `${ORDER}?softbell=${ID}#pay`, at: NOW }, `${ORDER}#pay`, undefined],
  ["another part of the page", { url: `${ORDER}#pay`, at: NOW }, ORDER, `${ORDER}#pay`],
  ["a lost landing", { url: `${ORDER}?softbell=${OTHER}`, at: NOW }, HERE, `${ORDER}?softbell=${OTHER}`],
  ["a foreign origin", { url: "https://evil.example/", at: NOW }, HERE, undefined],
  ["an origin that begins alike", { url: "https://shop.example.evil.example/", at: NOW }, HERE, undefined],
  ["a script", { url: "javascript:alert(1)", at: NOW }, HERE, undefined],
  ["nothing", undefined, HERE, undefined],
  ["what a later build may write", { url: { href: ORDER }, at: "now" }, HERE, undefined],
]))
  test(`C7: iOS lost the address of a press: ${what}`, () => assert.equal(lost(pending, NOW, here), goes));

test("C7: an app in front goes where the press leads; one that nobody sees leaves it alone", async () => {
  const client = clientWith();
  client.pending = { url: ORDER, at: Date.now() };
  Object.assign(page, { href: HERE, hidden: true });
  await follow(client);
  assert.equal(page.href, HERE);
  page.hidden = false;
  await follow(client);
  assert.equal(page.href, ORDER);
});
