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
 * @property {() => Promise<void>} quit ends it as a person does, so that a kept profile is written to disk
 * @property {() => Promise<void>} close kills it
 */

/**
 * @typedef {object} Around what a browser needs
 * @property {import("./lab.mjs").Lab} lab
 * @property {import("./display.mjs").Display} display
 * @property {string} [profile] a folder to keep over several launches; a fresh one if omitted
 */

/** The browsers every end-to-end test runs in. */
export const BROWSERS = /** @type {const} */ (["chromium", "firefox"]);

/**
 * @param {BrowserName} name
 * @param {Around} around
 * @returns {Promise<TestBrowser>}
 */
export function launch(name, around) {
  return name === "chromium" ? launchChromium(around) : launchFirefox(around);
}
