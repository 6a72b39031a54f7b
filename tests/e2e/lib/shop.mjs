// The demo shop as a visitor meets it: scene, page, popup, and what the console said.

import { fileURLToPath } from "node:url";
import { takeClock } from "./clock.mjs";
import { scene } from "./scene.mjs";

export const KIT = fileURLToPath(new URL("../../../pkg/dist/softbell", import.meta.url));
export const SHOP = fileURLToPath(new URL("../../../www/shop", import.meta.url));

/** The shop's own pages ask after three page views; a test of the kit, not of the shop, meets the kit as it comes. */
const AS_IT_COMES = {};

/** The popup once it takes presses; before that a press does nothing, by design. */
const POPUP = "[data-softbell-popup][data-ready]";

/**
 * A scene with the built kit, the real server and the shop's front page in a browser that knows nothing of it yet.
 * @param {import("node:test").TestContext} t
 * @param {import("./browser.mjs").BrowserName} name
 * @param {{ kit?: string, shop?: string, clock?: boolean, config?: object | null, consent?: string, profile?: string }} [options] another kit
 *   than the built one, another shop; the page's clock in our hands; the script tag's `data-config`, nothing unless given, `null` the shop's own;
 *   a profile that outlives the browser
 */
export async function visit(t, name, { kit = KIT, shop = SHOP, clock = false, config = AS_IT_COMES, consent, profile } = {}) {
  const set = await scene(name, { demo: { kit, shop }, profile });
  t.after(set.close);
  const { server } = set;
  if (!server) throw new Error("the scene has no server");
  const page = await set.browser.newPage();
  if (clock) await takeClock(page);
  if (consent) await page.evaluateOnNewDocument(askConsent, consent);
  if (config) await page.evaluateOnNewDocument(configure, JSON.stringify(config));
  await page.goto(`${server.shop}/`);
  return { ...set, server, page };
}

/** In the page, before any script of its own: gives the script tag this `data-config`. @param {string} config */
export function configure(config) {
  new MutationObserver(() => {
    const script = document.querySelector("script[data-site]");
    if (script?.getAttribute("data-config") !== config) script?.setAttribute("data-config", config);
  }).observe(document, { childList: true, subtree: true });
}

/** In the page, before any script of its own: gives the script tag this `data-consent`. @param {string} consent */
export function askConsent(consent) {
  new MutationObserver(() => {
    const script = document.querySelector("script[data-site]");
    if (script && !script.hasAttribute("data-consent")) script.setAttribute("data-consent", consent);
  }).observe(document, { childList: true, subtree: true });
}

/** @param {import("./pages.mjs").WatchedPage} page @param {"yes" | "no" | "close"} control */
export async function press(page, control) {
  const button = await page.waitForSelector(`${POPUP} >>> .${control}`, { visible: true });
  await button?.click();
}

/** @param {import("./pages.mjs").WatchedPage} page @returns {Promise<boolean>} */
export const popupIsOpen = (page) => page.evaluate(() => !!document.querySelector("[data-softbell-popup]"));

/**
 * What the site itself would be told.
 * @param {import("./pages.mjs").WatchedPage} page
 * @returns {Promise<{ status: import("../../../pkg/index.js").StatusInfo, why: import("../../../pkg/index.js").Explanation }>}
 */
export const told = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        /** @type {any} */ (window).softbell.push(async (/** @type {import("../../../pkg/index.js").Softbell} */ softbell) => {
          try {
            resolve({ status: await softbell.getStatus(), why: await softbell.explain() });
          } catch (error) {
            reject(error);
          }
        });
      }),
  );

/**
 * Begins a call of the public object; `outcome()` waits for what came of it.
 * @param {import("./pages.mjs").WatchedPage} page @param {string} method @param {...unknown} args
 */
export async function call(page, method, ...args) {
  await page.evaluate((method, args) => {
    const page = /** @type {any} */ (window);
    page.outcome = new Promise((resolve) => {
      page.softbell.push((/** @type {any} */ softbell) => softbell[method](...args).then(resolve, (/** @type {any} */ error) => resolve({ error: error.code })));
    });
  }, method, args);
  return { outcome: () => page.evaluate(() => /** @type {any} */ (window).outcome) };
}

/** The kit's files that this page view has fetched. @param {import("./pages.mjs").WatchedPage} page @returns {Promise<string[]>} */
export const fetched = (page) => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => /softbell|\/v1\//.test(path)));
