// Stands in for what a service worker finds around it; what is done to it goes into `log`, in order.

import { memoryDatabase, stored } from "./memory_database.mjs";

export { stored };

/** @type {string[]} */
export const log = [];

/** Notifications on the screen. @type {any[]} */
export const screen = [];

/** What pages were told, in order: `[url, data]`. @type {[string, any][]} */
export const heard = [];

/** Reports that the server got. @type {any[]} */
export const reported = [];

/** Devices as the server got them. @type {any[]} */
export const devices = [];

/**
 * What a test may change. `deny`: storage is denied; `offline`: no server; `chromium`: only there may a page show a
 * message in place of a notification.
 */
const AS_USUAL = {
  pages: /** @type {any[]} */ ([]), deny: false, offline: false, chromium: false, privacy: false, maxActions: /** @type {number | undefined} */ (2),
  show: /** @type {(title: string, options: any) => unknown} */ (() => {}),
  window: () => {},
  subscribe: /** @type {(options: any) => unknown} */ (() => { throw new DOMException("", "NotAllowedError"); }),
};

export const world = { ...AS_USUAL };

const realNow = Date.now.bind(Date);
let ahead = 0;
Date.now = () => realNow() + ahead;

/** Everything as at the start: one subscribed device, nothing on the screen, no page. @param {Partial<typeof world>} [changes] */
export const begin = (changes) => {
  log.length = screen.length = heard.length = reported.length = devices.length = 0;
  stored.state.clear();
  stored.reports.clear();
  Object.assign(world, AS_USUAL, changes);
  ahead += 10_000; // whatever burst there was is over
  subscribed();
};

/** A subscribed device, as a page has left it. @param {object} [more] members of the record @param {object} [state] */
export const subscribed = (more, state) =>
  stored.state.set("device", {
    site: "shop", server: "https://push.example", id: "device", secret: "secret", revision: 1, acked: 1, sentAt: Date.now(), token: "1.device",
    ...more,
    state: { subscription: { endpoint: "https://push.example/old", p256dh: "p", auth: "a", vapid: "key" }, topics: [], consent_entries: [], ...state },
  });

/** The device record. */
export const device = () => stored.state.get("device");

const note = (/** @type {string} */ line) => void log.push(line);

/** @param {any} shown */
const onScreen = (shown) => Object.defineProperty(shown, "close", { value: () => screen.splice(screen.indexOf(shown), screen.includes(shown) ? 1 : 0) });

Object.assign(globalThis, {
  origin: "https://shop.example",
  registration: {
    scope: "https://shop.example/softbell/",
    getNotifications: async (/** @type {{tag?: string}} */ { tag } = {}) => screen.filter((shown) => tag === undefined || shown.tag === tag),
    showNotification: async (/** @type {string} */ title, /** @type {any} */ options) => {
      note(`show ${title}`);
      world.show(title, options);
      // What a browser does: one notification a tag, and no more buttons than it has room for.
      const old = options.tag ? screen.findIndex((shown) => shown.tag === options.tag) : -1;
      if (old >= 0) screen.splice(old, 1);
      screen.push(onScreen({ title, ...structuredClone(options) }));
    },
    pushManager: { subscribe: async (/** @type {any} */ options) => world.subscribe(options) },
  },
  clients: {
    matchAll: async () => world.pages,
    openWindow: async (/** @type {string} */ url) => {
      note(`open ${url}`);
      world.window();
    },
  },
  Notification: { get maxActions() { return world.maxActions; } },
  indexedDB: memoryDatabase(() => {
    if (world.deny) throw new DOMException("", "SecurityError");
  }),
  fetch: async (/** @type {string} */ url, /** @type {{method: string, body: string}} */ { method, body }) => {
    if (world.offline) throw new TypeError("Failed to fetch");
    const sent = JSON.parse(body);
    if (method === "PUT") devices.push(sent);
    else reported.push(...sent);
    if (method === "POST") note("report");
    return Response.json(method === "PUT" ? { revision: sent.revision, report_token: "1.device" } : { stored: sent.length, duplicates: 0, drop: [], url });
  },
});
// Newer Node.js has one of its own, which cannot be assigned to.
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    get userAgentData() { return world.chromium ? {} : undefined; },
    get globalPrivacyControl() { return world.privacy; },
    setAppBadge: async (/** @type {number} */ count) => {
      if (!Number.isSafeInteger(count)) throw new TypeError("not a count");
      note(`badge ${count}`);
    },
  },
});

/** A file of the worker; its types are those of another global, so they end here. @param {string} file @returns {Promise<any>} */
export const part = (file) => import(new URL(`../../sw/${file}`, import.meta.url).href);

let pages = 0;

/**
 * A page of the site; `answers` is what it says when it is asked, `null` nothing.
 * @param {string} url @param {object} [facts] @param {{answers?: boolean | null, focus?: () => unknown}} [ways]
 */
export const page = (url, facts = {}, { answers = true, focus = () => {} } = {}) => ({
  id: `page${pages++}`, url, focused: false, visibilityState: "hidden", frameType: "top-level", ...facts,
  postMessage: (/** @type {any} */ data, /** @type {MessagePort[]} */ [port] = /** @type {any} */ ([])) => {
    heard.push([url, data]);
    if (!port) return;
    note(`ask ${url}${data.url ? ` for ${data.url}` : ""}`);
    port.onmessage = (event) => {
      note(`tell ${event.data}`);
      port.close();
    };
    if (answers !== null) port.postMessage(answers);
    // A port that nobody will use again would keep the test running.
    if (data.softbell === "received") setTimeout(() => port.close(), 500);
  },
  focus: async () => {
    note(`focus ${url}`);
    focus();
  },
});

/** A notification as its events carry it. @param {any} data @param {object} [more] */
export const notification = (data, more) => ({ title: "Title", data, tag: "", close: () => note("close"), ...more });

/** Nobody who listens after us hears of it. */
const stopImmediatePropagation = () => note("ours alone");

/** A press, as the worker hears of it. @param {any} pressed @param {string} action */
export const clicked = (pressed, action) => ({ notification: pressed, action, stopImmediatePropagation });

/** A push with this text. @param {unknown} payload */
export const pushed = (payload) => ({ stopImmediatePropagation, data: { text: () => (typeof payload === "string" ? payload : JSON.stringify(payload)) } });

/** A message of ours. @param {object} notification @param {object} [mark] */
export const message = (notification, mark) => pushed({ notification: { ...notification, data: { softbell: { m: "m", t: "t", ...mark } } } });

/** What was reported, without what every report has. */
export const reports = () =>
  reported.map(({ type, data, softbelltoken }) => [type.replace("notification.", ""), ...(data ? [data] : []), ...(softbelltoken === "t" ? [] : [softbelltoken])]);
