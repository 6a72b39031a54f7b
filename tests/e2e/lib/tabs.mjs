// The open pages of the site, as a visitor sees them: which is in front, how many there are, and which of them sleeps.

import { until } from "./until.mjs";

/** All that the page needs is there: a visitor who goes on before that breaks off what is still loading. @param {import("./pages.mjs").WatchedPage} page */
const loaded = (page) => until("the page to have loaded", () => page.evaluate(() => document.readyState === "complete"));

/**
 * The one page in front, once it is at `url` and has loaded.
 * @param {import("./browser.mjs").TestBrowser} browser @param {string} url
 */
export const inFront = async (browser, url) => {
  const look = () => browser.visiblePages();
  // For a blink two tabs of one window can both say that they are visible.
  const found = await until(`${url} alone to be in front`, async () => {
    const [page, ...others] = await look();
    return page?.url === url && others.length === 0 && page.page;
  }, { hint: async () => (await look()).map((page) => page.url) });
  await loaded(found);
  return found;
};

/** What the tabs show that show the shop; a page that is stopped is not asked. @param {import("./browser.mjs").TestBrowser} browser @param {string} shop */
export const shopUrls = async ({ browser }, shop) => (await browser.pages()).map((page) => page.url()).filter((url) => url.startsWith(shop)).sort();

/** How many tabs show the shop. @param {import("./browser.mjs").TestBrowser} browser @param {string} shop */
export const shopTabs = async (browser, shop) => (await shopUrls(browser, shop)).length;

/** The data that the worker keeps of the notification that shows now. @param {import("./pages.mjs").WatchedPage} page @param {string} title @returns {Promise<any>} */
export const shownData = (page, title) => page.evaluate(async (title) => {
  const registration = await navigator.serviceWorker.getRegistration("/softbell/");
  return (await registration?.getNotifications())?.find((shown) => shown.title === title)?.data;
}, title);

/** The page sleeps: nothing but the loader came. @param {import("./pages.mjs").WatchedPage} page */
export const sleeps = (page) => page.evaluate(() =>
  performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith("/softbell/")).join() === "/softbell/loader.js");

/** Waits until the page has had every chance to wake, because idle callbacks run in order. @param {import("./pages.mjs").WatchedPage} page */
export const idle = (page) => page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve))));

/** @param {string} type of a report @param {object | null} [data] */
export const report = (type, data = null) => ({ type: `notification.${type}`, data, verified: /** @type {const} */ (1) });

/** What is reported of every message that shows. */
export const SHOWN = [report("received"), report("displayed")];
