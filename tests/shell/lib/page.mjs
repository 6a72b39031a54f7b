// The globals of a page, as far as the client uses them.

import { createHash } from "node:crypto";
import { memoryDatabase } from "../../sw/memory_database.mjs";

/**
 * @typedef {import("./browser.mjs").Browser} Browser
 * @typedef {import("./tab.mjs").Tab} Tab
 */

const ORIGIN = "https://shop.example";
const NOTHING = () => {};

/** Node's own EventTarget would warn of so many listeners that one signal takes away. */
export const listenersOf = () => {
  /** @type {{name: string, listener: (event: any) => void, options: AddEventListenerOptions}[]} */
  let all = [];
  return {
    /** @param {string} name @param {(event: any) => void} listener @param {AddEventListenerOptions} [options] */
    add: (name, listener, options = {}) => void all.push({ name, listener, options }),
    /** @param {string} name @param {object} [members] */
    fire: (name, members) => {
      const heard = all.filter((entry) => entry.name === name && !entry.options.signal?.aborted);
      all = all.filter((entry) => !entry.options.once || !heard.includes(entry));
      for (const { listener } of heard) listener({ type: name, ...members });
    },
  };
};

/** The other tabs hear of what this one changes. @param {Browser} browser @param {Tab} tab */
const storageOf = ({ values, wrote }, tab) => {
  const methods = {
    getItem: (/** @type {string} */ name) => values.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ text) => {
      if (values.get(name) !== text) wrote(tab, name, text);
      values.set(name, text);
    },
    removeItem: (/** @type {string} */ name) => {
      if (values.delete(name)) wrote(tab, name, null);
    },
  };
  return new Proxy(Object.create(methods), {
    ownKeys: () => [...values.keys()],
    getOwnPropertyDescriptor: (_, name) => ({ enumerable: true, configurable: true, value: values.get(String(name)) }),
  });
};

/** @param {Browser} browser @param {Tab} tab */
const databaseOf = (browser, tab) => ({
  ...memoryDatabase(NOTHING, {
    stored: browser.stored,
    when: tab.task,
    opening: tab.task,
    opens: (connection) => {
      tab.connections.push(connection);
      return browser.hasDatabase;
    },
    made: () => void (browser.hasDatabase = true),
  }),
  deleteDatabase: () => {
    const request = /** @type {any} */ ({});
    void tab.ask(browser.deleteDatabase).then(() => request.onsuccess());
    return request;
  },
});

/** @param {Browser} browser @param {Tab} tab */
const workersOf = (browser, tab) => {
  const { pass } = browser.tasks;
  const unsubscribe = () => tab.ask(async () => {
    await pass("unsubscribe");
    browser.subscription = undefined;
    return true;
  });
  const found = () => browser.subscription && { ...browser.subscription, getKey: () => new Uint8Array(16).buffer, unsubscribe };
  const pushManager = {
    subscribe: () => tab.ask(async () => {
      await pass("subscribe");
      if (!browser.hasWorker) throw new DOMException("no active Service Worker", "AbortError"); // it was taken away meanwhile
      browser.subscription ??= { endpoint: `https://push.example.net/${++browser.subscriptions}` };
      return found();
    }),
    getSubscription: () => tab.ask(async () => found()),
  };
  const unregister = () => tab.ask(async () => void Object.assign(browser, { hasWorker: false, subscription: undefined }));
  const registration = { scope: `${ORIGIN}/softbell/`, active: { postMessage: NOTHING }, pushManager, unregister, update: async () => {} };
  return {
    addEventListener: NOTHING, removeEventListener: NOTHING, startMessages: NOTHING,
    register: () => tab.ask(async () => {
      await pass("register");
      browser.hasWorker = true;
      return registration;
    }),
    getRegistration: () => tab.ask(async () => (browser.hasWorker ? registration : undefined)),
  };
};

/** What our popup is made of: nobody looks at it, but whether it is there. @param {Tab} tab */
const documentOf = (tab) => {
  const node = () => ({ append: NOTHING, addEventListener: NOTHING, querySelector: () => null });
  const createElement = () => {
    const made = { ...node(), dataset: {}, setAttribute: NOTHING, attachShadow: node, remove: () => void tab.drawn.delete(made) };
    return made;
  };
  const body = { append: (/** @type {object} */ host) => void tab.drawn.add(host) };
  return {
    documentElement: { lang: "en" }, body, createElement, createDocumentFragment: node, addEventListener: tab.seen.add,
    get prerendering() {
      return tab.isPrerendering;
    },
    get hidden() {
      return tab.isPrerendering;
    },
  };
};

/** @param {number} status @param {unknown} body @param {Record<string, string>} [headers] */
const response = (status, body, headers) => ({ ok: status < 300, status, headers: new Headers(headers), json: async () => body, arrayBuffer: async () => body });

/** @param {Browser} browser @param {Tab} tab */
const networkOf = (browser, tab) => {
  const { server, tasks } = browser;
  /** @param {string} url @param {any} init */
  const send = async (url, { method = "GET", headers, body }) => {
    const [, device = ""] = /\/devices\/([^/]+)$/.exec(url) ?? [];
    await tasks.pass(method);
    const answer = server.answer({ method, device, secret: headers.authorization ?? "", body: body && JSON.parse(body) });
    await tasks.pass(`answer to ${method}`);
    return response(answer.status, answer.body, answer.headers);
  };
  /** @param {URL | string} address @param {object} [init] */
  return (address, init = {}) => tab.ask(async () => {
    const url = String(address);
    if (url.endsWith(".wasm")) {
      tab.modules += 1;
      return response(200, new ArrayBuffer(0));
    }
    if (!browser.online) throw new TypeError("no network");
    if (!url.endsWith("/config")) return send(url, init);
    await tasks.pass("config");
    return response(200, { vapid: "KEY", topics: [], campaigns: [], texts: {} });
  });
};

/** @param {Browser} browser @param {Tab} tab @param {ReturnType<typeof listenersOf>["add"]} addEventListener */
export const pageOf = (browser, tab, addEventListener) => ({
  localStorage: storageOf(browser, tab),
  indexedDB: databaseOf(browser, tab),
  fetch: networkOf(browser, tab),
  addEventListener,
  setTimeout: (/** @type {() => void} */ work, /** @type {number} */ ms) => setTimeout(() => tab.task(work), ms),
  clearTimeout: (/** @type {NodeJS.Timeout} */ timer) => clearTimeout(timer),
  console: { error: (/** @type {unknown} */ message) => tab.errors.push(String(message)) },
  crypto: {
    getRandomValues: (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => crypto.getRandomValues(bytes),
    subtle: { digest: async (/** @type {string} */ _, /** @type {Uint8Array} */ data) => new Uint8Array(createHash("sha256").update(data).digest()).buffer },
  },
  Notification: Object.defineProperties(NOTHING.bind(undefined), {
    // nav-speculation, prerendering.html#patch-notifications
    permission: { get: () => (tab.isPrerendering ? "default" : browser.permission) },
    requestPermission: { value: () => tab.ask(async () => browser.permission) },
  }),
  navigator: { language: "en", userAgent: "", maxTouchPoints: 0, sendBeacon: () => true, serviceWorker: workersOf(browser, tab) },
  document: documentOf(tab),
  location: { href: `${ORIGIN}/`, origin: ORIGIN, pathname: "/" },
  history: { state: null, replaceState: NOTHING },
  PushManager: {},
  isSecureContext: true,
  matchMedia: () => ({ matches: false }),
  MessageChannel: class {
    port1 = {};
    port2 = {};
  },
  CSSStyleSheet: class {
    replaceSync() {}
  },
  HTMLElement: class {},
});
