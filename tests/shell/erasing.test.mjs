// Consent taken back while the visitor is on the way to another page: many consent banners reload the page at once.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { openReports } from "../../src/shell/reports.js";
import { memoryDatabase, stored } from "../sw/memory_database.mjs";

mock.timers.enable({ apis: ["setTimeout"] }); // a page that is left has no time limits any more

/** Lets what nobody waits for come to its end. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** @type {Record<string, any>} What is listed is what was stored: the methods are not. */
const localStorage = Object.create({
  getItem: (/** @type {string} */ name) => localStorage[name] ?? null,
  setItem: (/** @type {string} */ name, /** @type {string} */ text) => void (localStorage[name] = text),
  removeItem: (/** @type {string} */ name) => void delete localStorage[name],
});

const browser = {
  /** Gives the subscription up. @type {() => Promise<unknown>} */
  unsubscribe: async () => true,
  workers: 1,
  /** The PUTs that the server was sent. */
  puts: /** @type {any[]} */ ([]),
};

const registration = {
  scope: "https://shop.example/softbell/",
  pushManager: { getSubscription: async () => ({ unsubscribe: () => browser.unsubscribe() }) },
  unregister: async () => void (browser.workers = 0),
};

Object.assign(globalThis, {
  addEventListener: () => {},
  window: { localStorage },
  location: { href: "https://shop.example/" },
  document: { documentElement: { lang: "en" } },
  Notification: Object.assign(() => {}, { permission: "granted" }),
  indexedDB: {
    ...memoryDatabase(() => {}),
    deleteDatabase: () => {
      stored.state.clear();
      const request = /** @type {any} */ ({});
      queueMicrotask(() => request.onsuccess());
      return request;
    },
  },
  fetch: async (/** @type {string} */ _, /** @type {any} */ { body }) => (body && browser.puts.push(JSON.parse(body)), Response.json({})),
});
Object.defineProperty(globalThis, "navigator", {
  value: { language: "en", serviceWorker: { getRegistration: async () => (browser.workers ? registration : undefined) } },
});

/** Consent denied on a page view of its own: each has its own copy of the kit's modules. @param {string} view */
const deny = async (view) => {
  const { withdraw } = await import(`../../src/shell/erasing.js?${view}`);
  const key = "softbell.shop";
  const keep = (/** @type {string} */ suffix, /** @type {string} */ text) => (text ? localStorage.setItem(key + suffix, text) : localStorage.removeItem(key + suffix));
  return withdraw({ key, keep, scope: "/softbell/", reason: "of an optOut() before", config: { site: "shop", server: "https://push.example" } });
};

/** A view on which consent is denied and that ends while the push service is asked. @param {string} view */
const denyAndLeave = (view) =>
  new Promise((left) => {
    browser.unsubscribe = () => {
      left(undefined);
      browser.unsubscribe = async () => true;
      return new Promise(() => {});
    };
    void deny(view);
  });

/** A browser with a live device in it. @param {object} [more] */
const subscribed = (more) => {
  Object.assign(localStorage, { "softbell.shop": "1|2|3", "softbell.shop.history": "1|4|5", "softbell.shop.outbox": "1" });
  Object.assign(browser, { workers: 1, puts: [] });
  const state = { status: "allowed", consent_entries: [] };
  stored.state.set("device", { site: "shop", server: "https://push.example", id: "d1", secret: "s", revision: 3, state, ...more });
};

test("F7: a page that is left while everything is being taken away leaves the rest, and the withdrawal, to the next one", async () => {
  subscribed({ token: "r" });
  await denyAndLeave("left");
  assert.deepEqual(Object.keys(localStorage).sort(), ["softbell.shop.history", "softbell.shop.withdrawal"]);
  assert.deepEqual([browser.workers, browser.puts], [1, []]);

  await deny("next");
  await settle();
  assert.deepEqual([Object.keys(localStorage), stored.state.size, browser.workers], [[], 0, 0]);
  const [{ subscription, status, consent_entries: [line] }] = browser.puts;
  assert.deepEqual([browser.puts.length, subscription, status, line.val, line.withdrawal], [1, null, "opted_out", "n", true]);
  assert.equal(line.reason, undefined, "this denial had none");
});

test("F7: where the server has never heard of this device, the next page takes the rest away and tells nobody", async () => {
  subscribed();
  await denyAndLeave("left-unheard");
  assert.deepEqual(Object.keys(localStorage), ["softbell.shop.history"]);
  await deny("next-unheard");
  await settle();
  assert.deepEqual([Object.keys(localStorage), stored.state.size, browser.workers, browser.puts], [[], 0, 0, []]);
});

test("F7: a banner that says it twice: where everything is gone already, nothing is written or made, not even for a moment", async (t) => {
  subscribed();
  await deny("once");
  await settle();
  assert.deepEqual(Object.keys(localStorage), []);
  const opened = t.mock.method(indexedDB, "open");
  const written = t.mock.method(Object.getPrototypeOf(localStorage), "setItem");
  await deny("twice");
  assert.deepEqual([opened.mock.callCount(), written.mock.callCount()], [0, 0]);
});

test("F7: what comes of a flush is told to nobody once everything is being erased, at whatever moment that begins", async () => {
  const told = { before: 0, after: 0 };
  for (let turns = 0; turns < 200; turns++) {
    subscribed({ token: "r", revision: 4 });
    /** @type {keyof typeof told} */
    let when = "before";
    const { flush, end } = openReports({ site: "shop", server: "https://push.example" }, "/softbell/", new AbortController().signal, () => told[when]++);
    const flushed = flush().catch(() => {});
    for (let turn = 0; turn < turns; turn++) await null;
    when = "after";
    end();
    await flushed;
  }
  assert.equal(told.after, 0);
  assert.ok(told.before, "of those that end late");
});

/** What the server is asked for, in order; an answer that is kept waiting comes with `answer`. */
const asked = () => {
  /** @type {string[]} */
  const methods = [];
  /** @type {Record<string, (status: number) => void>} */
  const answer = {};
  const before = globalThis.fetch;
  globalThis.fetch = /** @type {any} */ ((/** @type {string} */ _, /** @type {any} */ { method }) => {
    methods.push(method);
    const body = JSON.stringify({ report_token: "t" });
    return new Promise((resolve) => (answer[method] = (status) => resolve(new Response(status === 204 ? null : body, { status }))));
  });
  return { methods, answer, restore: () => void (globalThis.fetch = before) };
};

/** Pages of one browser, whose device the server must hear of, and what erasing needs of the first one's client. */
const pages = async () => {
  const { eraseData } = await import("../../src/shell/erasing.js");
  subscribed({ token: "r", acked: 2, sentAt: Date.now() });
  const page = () => openReports({ site: "shop", server: "https://push.example" }, "/softbell/", new AbortController().signal, () => {});
  const [reports, other] = [page(), page()];
  const client = { key: "softbell.shop", scope: "/softbell/", config: { site: "shop" }, later: async () => ({ reports }), keep() {}, dispatch() {}, end() {}, error: (/** @type {string} */ code) => ({ code }) };
  return { reports, other, erase: () => eraseData(/** @type {any} */ (client)) };
};

test("F6: while the server erases a device nothing more is sent of it, by this page or another, and it is not made anew", async (t) => {
  const { methods, answer, restore } = asked();
  t.after(restore);
  const { reports, other, erase } = await pages();
  const erased = erase();
  await settle();
  for (const page of [reports, other]) page.flush(true).catch(() => {});
  await settle();
  assert.deepEqual(methods, ["DELETE"]);
  answer.DELETE?.(204);
  await erased;
  await settle();
  assert.deepEqual([methods, stored.state.size], [["DELETE"], 0]);
});

test("F6: what is on its way arrives before a device is erased", async (t) => {
  const { methods, answer, restore } = asked();
  t.after(restore);
  const { reports, erase } = await pages();
  reports.flush().catch(() => {});
  await settle();
  const erased = erase();
  await settle();
  assert.deepEqual(methods, ["PUT"]);
  answer.PUT?.(200);
  await settle();
  assert.deepEqual(methods, ["PUT", "DELETE"]);
  answer.DELETE?.(204);
  await erased;
});

test("F6: where the server cannot erase a device, all goes on", async (t) => {
  const { methods, answer, restore } = asked();
  t.after(restore);
  const { reports, other, erase } = await pages();
  const refused = assert.rejects(erase(), { code: "server_unavailable" });
  await settle();
  reports.flush().catch(() => {});
  await settle();
  answer.DELETE?.(503);
  await refused;
  await settle();
  assert.deepEqual(methods, ["DELETE", "PUT"]);
  answer.PUT?.(200);
  await settle();
  assert.equal(stored.state.get("device").acked, 3);
  for (const page of [reports, other]) page.end();
});

test("F6: the reports that wait are exported without their tokens", async () => {
  const { exportData } = await import("../../src/shell/erasing.js");
  subscribed();
  const report = { id: "r1", type: "notification.displayed", time: "2026-11-21T10:00:00Z", data: { campaign: "gifts" } };
  stored.reports.set(1, { event: { ...report, softbelltoken: "1.secret" } });
  const { browser: exported } = await exportData(/** @type {any} */ ({ key: "softbell.shop", scope: "/softbell/", config: { site: "shop" } }));
  assert.deepEqual(exported.reports, [report]);
});

test("F6: where the last press led is exported, without its landing id; a page forgets it once nobody would follow it", async () => {
  const { exportData } = await import("../../src/shell/erasing.js");
  const exported = async () => (await exportData(/** @type {any} */ ({ key: "softbell.shop", scope: "/softbell/", config: { site: "shop" } }))).browser.pressed;
  const signal = new AbortController().signal;
  const { flush, end } = openReports({ site: "shop", server: "https://push.example" }, "/softbell/", signal, () => {});
  /** @param {number} ago ms */
  const pressed = async (ago) => {
    const press = { url: "https://shop.example/orders/7", at: Date.now() - ago };
    stored.state.set("pending", { ...press, url: `${press.url}?softbell=AAAAAAAAAAAAAAAAAAAAAA` });
    assert.deepEqual(await exported(), press);
    await flush();
    await settle();
    return exported();
  };
  subscribed({ token: "r" });
  assert.equal(await exported(), null);
  assert.ok(await pressed(2_000), "an app that comes up now may follow it");
  assert.equal(await pressed(10_000), null);
  end();
});
