// What the kit has left in a browser, as its owner could look it up.

import { isDeepStrictEqual } from "node:util";
import { until } from "./until.mjs";

/** @typedef {{ storage: string[], databases: (string | undefined)[], workers: string[], cookies: string }} Traces */

/** @param {import("puppeteer-core").Page} page @returns {Promise<Traces>} */
export const traces = (page) =>
  page.evaluate(async () => ({
    storage: Object.keys(localStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    workers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname),
    cookies: document.cookie,
  }));

/**
 * Waits until that is all that is left. Not asserted at once: a worker that was just handling a push when everything was
 * erased may still look for its database, which makes none, but for that moment Firefox lists it.
 * @param {import("puppeteer-core").Page} page @param {string[]} [storage] the names in localStorage, sorted
 */
export const left = (page, storage = []) => {
  const expected = { ...NONE, storage };
  const found = async () => {
    const now = await traces(page);
    return { ...now, storage: now.storage.sort() };
  };
  return until("nothing else to be left", async () => isDeepStrictEqual(await found(), expected), { hint: found });
};

/** @type {Traces} */
export const NONE = { storage: [], databases: [], workers: [], cookies: "" };
