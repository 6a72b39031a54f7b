// One browser with several tabs of one site: what the tabs share is localStorage, the database, worker and subscription,
// the server and the clock. The worker does not run: everything here is the pages' own.

import { mock } from "node:test";
import { openServer } from "./push_server.mjs";
import { openTab } from "./tab.mjs";
import { openTasks } from "./tasks.mjs";

/**
 * @typedef {ReturnType<typeof openBrowser>} Browser
 * @typedef {import("./tab.mjs").Tab} Tab
 * @typedef {import("../../../pkg/index.js").Config} Config
 */

const NOW = Date.UTC(2026, 10, 21, 12);
/** The clock goes in steps: a timer may begin another one. */
const STEPS = 20;

/** @param {{permission?: NotificationPermission}} [facts] what the visitor has answered before */
export const openBrowser = ({ permission = "granted" } = {}) => {
  mock.timers.reset(); // nobody waits any more for the browser before
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  const tasks = openTasks();
  const browser = {
    permission, tasks, server: openServer(),
    /** localStorage. @type {Map<string, string>} */
    values: new Map(),
    /** What the database holds. @type {import("../../sw/memory_database.mjs").Stores} */
    stored: { state: new Map(), reports: new Map() },
    hasDatabase: false,
    hasWorker: false,
    /** @type {{endpoint: string} | undefined} */
    subscription: undefined,
    /** Of all times. */
    subscriptions: 0,
    online: true,
    /** @type {Tab[]} */
    tabs: [],

    /** Opens a page of the site. @param {Partial<Config>} [config] @param {boolean} [prerendering] ahead of time: nobody looks at it yet */
    open: (config, prerendering) => {
      const tab = openTab(browser, config, prerendering);
      browser.tabs.push(tab);
      return tab;
    },
    /** The same, until nothing is on its way any more. @param {Partial<Config>} [config] */
    visit: async (config) => {
      const tab = browser.open(config);
      await tasks.settle();
      return tab;
    },
    settle: tasks.settle,
    hold: tasks.hold,
    /** Time goes by. @param {number} ms */
    elapse: async (ms) => {
      await tasks.settle();
      for (let step = 0; step < STEPS; step++) {
        mock.timers.tick(ms / STEPS);
        await tasks.settle();
      }
    },

    /** What localStorage holds of ours. */
    get kept() {
      return [...browser.values.keys()].sort();
    },
    /** The device record. @returns {any} */
    get record() {
      return browser.stored.state.get("device");
    },
    /** Tells the other tabs. @param {Tab} from @param {string} key @param {string | null} newValue */
    wrote: (from, key, newValue) => {
      for (const tab of browser.tabs) if (tab !== from && tab.isAwake) tab.task(() => tab.fire("storage", { key, newValue }));
    },
    /** Connections that are open end with what they have begun (Indexed DB, 4.6). */
    deleteDatabase: async () => {
      await tasks.turn();
      for (const tab of browser.tabs) if (tab.isAwake) tab.connections.splice(0).forEach((connection) => connection.onversionchange?.());
      await tasks.turn();
      for (const store of Object.values(browser.stored)) store.clear();
      browser.hasDatabase = false;
    },
  };
  return browser;
};

/** What becomes of a call: `waits`, `done`, or the code of its error. @param {Promise<unknown>} call */
export const watch = (call) => {
  const watched = { outcome: "waits" };
  call.then(() => (watched.outcome = "done"), ({ code }) => (watched.outcome = code));
  return watched;
};
