// What both browsers share: pages with a recorded console, and the question which page is visible.

import { WITHIN } from "./until.mjs";

/**
 * @typedef {import("puppeteer-core").Page & { consoleLines: string[] }} WatchedPage
 * @typedef {{ page: WatchedPage, url: string }} VisiblePage
 */

/** Browsers ask for this by themselves: what comes of it is no fault of the page. */
const OWN_REQUEST = "/favicon.ico";

/**
 * Records console messages, uncaught errors, failed requests and error statuses of a page; may be called again.
 * @param {import("puppeteer-core").Page} page
 * @returns {WatchedPage}
 */
export function watch(page) {
  if ("consoleLines" in page) return /** @type {WatchedPage} */ (page);
  /** @type {string[]} */
  const lines = [];
  const record = (/** @type {string} */ line) => line.includes(OWN_REQUEST) || lines.push(line);
  page.on("console", (message) => {
    const { url, lineNumber } = message.location();
    record(`${message.type()}: ${message.text()} (${url}:${lineNumber ?? ""})`);
  });
  // Firefox reports violations of the content security policy here, Chromium in the console.
  page.on("pageerror", (error) => record(`uncaught: ${error instanceof Error ? error.message : error}`));
  page.on("requestfailed", (request) => {
    // Chromium calls a request failed when it was answered with 204 or its body was never read.
    if (!request.response()) record(`failed: ${request.url()} ${request.failure()?.errorText ?? "blocked"}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) record(`status ${response.status()}: ${response.url()}`);
  });
  page.setDefaultTimeout(WITHIN);
  return Object.assign(page, { consoleLines: lines });
}

/**
 * Watches every page, those a service worker opens included, from its first moment.
 * @param {import("puppeteer-core").Browser} browser
 */
export function watchAll(browser) {
  browser.on("targetcreated", async (target) => {
    if (target.type() !== "page") return;
    const page = await target.page().catch(() => null); // closed again already
    if (page) watch(page);
  });
}

/**
 * The pages whose document says that it is visible now.
 * @param {import("puppeteer-core").Browser} browser
 * @returns {Promise<VisiblePage[]>}
 */
export async function visiblePages(browser) {
  const pages = await browser.pages();
  const seen = await Promise.all(pages.map(async (page) => {
    // A page that is navigating or closing has no document to ask.
    const facts = await page.evaluate(() => ({ url: location.href, state: document.visibilityState })).catch(() => null);
    return facts?.state === "visible" ? [{ page: watch(page), url: facts.url }] : [];
  }));
  return seen.flat();
}
