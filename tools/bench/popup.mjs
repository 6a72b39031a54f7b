// One first visit to a site: when the popup is there, what was fetched and run for it, and what a press on Yes costs.

import { soon } from "./chromium.mjs";
import { scriptTime } from "./script_time.mjs";
import { startSite } from "./site.mjs";

/**
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {import("puppeteer-core").CDPSession} CDPSession
 * @typedef {{ start: number, end: number }} Fetched ms since the navigation
 * @typedef {{ at: number, fetched: Fetched[] }} Shown
 */

const YES = "[data-softbell-popup][data-ready] >>> .yes";

/** In the page, before any script of its own: tells when the popup is there, and what had been fetched by then. */
const watchPopup = () => {
  const observer = new MutationObserver(() => {
    if (!document.querySelector("[data-softbell-popup]")) return;
    observer.disconnect();
    const at = performance.mark("popup").startTime;
    const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
    const fetched = entries.filter(({ name }) => name.startsWith("http")).map(({ startTime, responseEnd }) => ({ start: startTime, end: responseEnd }));
    /** @type {any} */ (window).popupIsThere(JSON.stringify({ at, fetched }));
  });
  observer.observe(document, { childList: true, subtree: true });
};

/** In the page, before any script of its own: tells how long after the press the native prompt was asked for. */
const watchRequest = () => {
  let pressed = 0;
  addEventListener("click", ({ timeStamp }) => (pressed = timeStamp), { capture: true });
  Notification.requestPermission = () => {
    /** @type {any} */ (window).promptIsAsked(String(performance.now() - pressed));
    return new Promise(() => {}); // nobody answers
  };
};

/** A function in the page that calls us. @param {CDPSession} cdp @param {string} name @returns {Promise<any>} what it is called with */
const hear = async (cdp, name) => {
  await cdp.send("Runtime.addBinding", { name });
  return {
    heard: new Promise((resolve) => cdp.on("Runtime.bindingCalled", (call) => call.name === name && resolve(JSON.parse(call.payload)))),
  };
};

/** The longest row of requests each of which began only after the one before had its answer. @param {Fetched[]} fetched */
export const inARow = (fetched) => {
  let [count, free] = [0, -1];
  for (const { start, end } of [...fetched].sort((one, other) => one.end - other.end)) {
    if (start < free) continue;
    count++;
    free = end;
  }
  return count;
};

/**
 * Opens a site that the browser has never seen.
 * @param {import("puppeteer-core").Browser} browser @param {{ delay?: number, throttle?: number }} how
 */
async function open(browser, { delay = 0, throttle = 1 }) {
  const site = await startSite(delay);
  const page = await browser.newPage();
  const cdp = await page.createCDPSession();
  for (const domain of /** @type {const} */ (["Runtime", "Performance"])) await cdp.send(`${domain}.enable`);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  const popup = await hear(cdp, "popupIsThere");
  for (const script of [watchPopup, watchRequest]) await page.evaluateOnNewDocument(script);
  const go = async () => {
    await cdp.send("Page.navigate", { url: site.origin });
    return /** @type {Shown} */ (await soon("the popup", popup.heard));
  };
  const close = async () => {
    await page.close();
    site.close();
  };
  return { page, cdp, go, close };
}

/**
 * From the navigation to the popup.
 * @param {import("puppeteer-core").Browser} browser @param {number} delay ms by which every answer after the page is held back
 * @returns {Promise<{ at: number, row: number }>} ms; how many requests were in a row
 */
export async function visit(browser, delay) {
  const { go, close } = await open(browser, { delay });
  const { at, fetched } = await go();
  await close();
  return { at, row: inARow(fetched) };
}

/** Presses Yes with a mouse; ms until the page asks for the native prompt. @param {Page} page @param {CDPSession} cdp @returns {Promise<number>} */
const pressYes = async (page, cdp) => {
  const { heard } = await hear(cdp, "promptIsAsked");
  const yes = await page.waitForSelector(YES, { visible: true });
  await yes?.click();
  return soon("the native prompt", heard);
};

/**
 * The same on a slow processor: the script run before the popup, and what a press costs.
 * @param {import("puppeteer-core").Browser} browser @param {number} throttle how many times slower
 */
export async function slowVisit(browser, throttle) {
  // Held back, so that what is fetched after the popup has not come when the counter is read.
  const { page, cdp, go, close } = await open(browser, { delay: 100, throttle });
  const trace = await scriptTime(page);
  await go();
  const { metrics } = await cdp.send("Performance.getMetrics");
  const counter = 1000 * (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? NaN);
  const script = await trace.untilMark("popup");
  const press = await pressYes(page, cdp);
  await close();
  return { counter, script, press };
}
