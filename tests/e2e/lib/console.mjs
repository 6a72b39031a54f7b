// The console as a product team meets it: signed in with the server's own admin token.

import { secret } from "./secrets.mjs";
import { until } from "./until.mjs";

/** The button of the message form. */
export const SEND = ".reach ~ .button";

/** The admin token of a server. @param {string} database path of its SQLite file */
export const adminToken = (database) => secret(database, "admin_secret");

/**
 * Opens a view in a page of its own, signed in.
 * @param {{ browser: import("./browser.mjs").TestBrowser, server: import("./server.mjs").DemoServer }} scene
 * @param {string} view @param {string} ready a selector that stands once the view does
 */
export async function openConsole({ browser, server }, view, ready) {
  const page = await browser.newPage();
  await page.goto(`${server.server}/console/#/shop/${view}`);
  await signIn(page, adminToken(server.database));
  await page.waitForSelector(ready);
  return page;
}

/** @param {import("./pages.mjs").WatchedPage} page @param {string} token */
export async function signIn(page, token) {
  await page.waitForSelector("#token");
  await page.$eval("#token", (input) => (/** @type {HTMLInputElement} */ (input).value = ""));
  await page.type("#token", token);
  await page.click("button[type=submit]");
}

/** Opens what a field of the message form lies in. @param {import("./pages.mjs").WatchedPage} page @param {string} name */
const reveal = (page, name) => page.$eval(`[name="${name}"]`, (input) => input.closest("details")?.setAttribute("open", ""));

/** Chooses in a list of the message form, as a person does. @param {import("./pages.mjs").WatchedPage} page @param {string} name @param {string} choice */
export async function choose(page, name, choice) {
  await reveal(page, name);
  await page.select(`[name="${name}"]`, choice);
}

/** Writes into a field of the message form, as a person does. @param {import("./pages.mjs").WatchedPage} page @param {string} name @param {string} value */
export async function write(page, name, value) {
  await reveal(page, name);
  await page.$eval(`[name="${name}"]`, (input) => (/** @type {HTMLInputElement} */ (input).value = ""));
  await page.type(`[name="${name}"]`, value);
}

/** What a person reads there. @param {import("./pages.mjs").WatchedPage} page @param {string} selector @returns {Promise<string>} */
export const read = (page, selector) => page.$eval(selector, (element) => /** @type {HTMLElement} */ (element).innerText.replace(/\s+/g, " ").trim());

/** Sends what is written, once the form says that it reaches one device, and says yes to its question. @param {import("./pages.mjs").WatchedPage} page */
export async function sendToOne(page) {
  await until("the reach", async () => (await read(page, `${SEND}:enabled`)) === "Send to 1 device");
  await page.click(SEND);
  await (await page.waitForSelector("dialog .button"))?.click();
}

/**
 * What the page's console said, but for the lines about the reach of half a message: who types slowly, as a busy
 * machine does, has it asked, refused and broken off in between.
 * @param {import("./pages.mjs").WatchedPage} page
 */
export const linesWhileWriting = (page) => page.consoleLines.filter((line) => !/status (of )?422|\/messages (net::ERR|NS_BINDING)_ABORTED/.test(line));
