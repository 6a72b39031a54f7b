// What the kit has left in a browser, as its owner could look it up.

/** @typedef {{ storage: string[], databases: (string | undefined)[], workers: string[], cookies: string }} Traces */

/** @param {import("puppeteer-core").Page} page @returns {Promise<Traces>} */
export const traces = (page) =>
  page.evaluate(async () => ({
    storage: Object.keys(localStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    workers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname),
    cookies: document.cookie,
  }));

/** @type {Traces} */
export const NONE = { storage: [], databases: [], workers: [], cookies: "" };
