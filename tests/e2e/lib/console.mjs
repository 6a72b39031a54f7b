// The console as a product team meets it: signed in with the server's own admin token.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The admin token of a server. @param {string} database path of its SQLite file; the secrets lie beside it */
export async function adminToken(database) {
  const text = await readFile(join(dirname(database), "secrets.toml"), "utf8");
  return String(text.match(/^admin_secret = "(.*)"$/m)?.[1]);
}

/**
 * Opens a view in a page of its own, signed in.
 * @param {{ browser: import("./browser.mjs").TestBrowser, server: import("./server.mjs").DemoServer }} scene
 * @param {string} view @param {string} ready a selector that stands once the view does
 */
export async function openConsole({ browser, server }, view, ready) {
  const page = await browser.newPage();
  await page.goto(`${server.server}/console/#/shop/${view}`);
  await signIn(page, await adminToken(server.database));
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

/** Writes into a field of the message form, as a person who opens what it lies in. @param {import("./pages.mjs").WatchedPage} page @param {string} name @param {string} value */
export async function write(page, name, value) {
  await page.$eval(`[name="${name}"]`, (input) => input.closest("details")?.setAttribute("open", ""));
  await page.$eval(`[name="${name}"]`, (input) => (/** @type {HTMLInputElement} */ (input).value = ""));
  await page.type(`[name="${name}"]`, value);
}

/** What a person reads there. @param {import("./pages.mjs").WatchedPage} page @param {string} selector @returns {Promise<string>} */
export const read = (page, selector) => page.$eval(selector, (element) => /** @type {HTMLElement} */ (element).innerText.replace(/\s+/g, " ").trim());

/** What axe finds wrong, all WCAG A and AA rules, target size included. @param {import("./pages.mjs").WatchedPage} page @returns {Promise<string[]>} */
export async function violations(page) {
  await page.evaluate(await readFile(AXE, "utf8"));
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    // Off by default in axe-core.
    const rules = { "target-size": { enabled: true } };
    const { violations } = await /** @type {any} */ (window).axe.run(document, { runOnly: { type: "tag", values: tags }, rules });
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { target }) => target)}`);
  });
}
