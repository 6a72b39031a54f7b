// Stands in for what a service worker finds around it; what is done to it goes into `log`, in order.

/** @type {string[]} */
export const log = [];

/** Notifications on the screen. @type {any[]} */
export const screen = [];

/** @type {{pages: any[], show: (title: string, options: any) => unknown, window: () => unknown}} */
export const world = { pages: [], show: () => {}, window: () => {} };

/** Everything as at the start. @param {Partial<typeof world>} [changes] */
export const begin = (changes) => {
  log.length = screen.length = 0;
  Object.assign(world, { pages: [], show: () => {}, window: () => {} }, changes);
};

const note = (/** @type {string} */ line) => void log.push(line);

Object.assign(globalThis, {
  registration: {
    scope: "https://shop.example/softbell/",
    getNotifications: async (/** @type {{tag: string}} */ { tag }) => screen.filter((shown) => shown.tag === tag),
    showNotification: async (/** @type {string} */ title, /** @type {any} */ options) => {
      note(`show ${title}`);
      world.show(title, options);
      screen.push({ title, ...options });
    },
  },
  clients: {
    matchAll: async () => world.pages,
    openWindow: async (/** @type {string} */ url) => {
      note(`open ${url}`);
      world.window();
    },
  },
  Notification: { maxActions: 2 },
  // A denied storage costs the report, and is enough to see when it would have been written.
  indexedDB: {
    open: () => {
      note("report");
      throw new Error("denied");
    },
  },
});

/** A file of the worker; its types are those of another global, so they end here. @param {string} file @returns {Promise<any>} */
export const part = (file) => import(new URL(`../../sw/${file}`, import.meta.url).href);

/**
 * A page of the site; `answers` is what it does when it is asked.
 * @param {string} url @param {object} [facts] @param {{answers?: boolean, focus?: () => unknown}} [ways]
 */
export const page = (url, facts = {}, { answers = true, focus = () => {} } = {}) => ({
  url, focused: false, visibilityState: "hidden", frameType: "top-level", ...facts,
  postMessage: (/** @type {any} */ data, /** @type {MessagePort[]} */ [port]) => {
    note(`ask ${url} for ${data.url}`);
    if (!port) return;
    port.onmessage = (event) => {
      note(`tell ${event.data}`);
      port.close();
    };
    if (answers) port.postMessage(true);
  },
  focus: async () => {
    note(`focus ${url}`);
    focus();
  },
});

/** A notification as its events carry it. @param {any} data */
export const notification = (data) => ({ data, tag: "", close: () => note("close") });
