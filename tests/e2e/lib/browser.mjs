// The one interface of both test browsers, and the choice between them by name.

import { launchChromium } from "./chromium.mjs";
import { launchFirefox } from "./firefox.mjs";

/**
 * @typedef {"chromium" | "firefox"} BrowserName
 * @typedef {"allow" | "block" | "dismiss"} PromptAnswer
 */

/**
 * @typedef {object} TestBrowser
 * @property {BrowserName} name
 * @property {import("puppeteer-core").Browser} browser
 * @property {() => Promise<import("./pages.mjs").WatchedPage>} newPage
 * @property {() => Promise<boolean>} promptIsOpen whether the browser's own permission prompt is on the screen now
 * @property {() => Promise<boolean>} promptStaysClosed whether it stays away for longer than one needs to appear
 * @property {(answer: PromptAnswer) => Promise<void>} answerPrompt waits for the prompt, presses, waits until it is gone
 * @property {() => Promise<import("./pages.mjs").VisiblePage[]>} visiblePages
 * @property {() => Promise<void>} close
 */

/** The browsers every end-to-end test runs in. */
export const BROWSERS = /** @type {const} */ (["chromium", "firefox"]);

/**
 * @param {BrowserName} name
 * @param {{ lab: import("./lab.mjs").Lab, display: import("./display.mjs").Display }} around
 * @returns {Promise<TestBrowser>}
 */
export function launch(name, around) {
  return name === "chromium" ? launchChromium(around) : launchFirefox(around);
}
