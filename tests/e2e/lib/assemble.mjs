// Puts a started browser together for tests: what is the same in Chromium and Firefox.

import { visiblePages, watch, watchAll } from "./pages.mjs";
import { temporaryFolder } from "./processes.mjs";
import { whenStuck } from "./test.mjs";
import { within } from "./until.mjs";

/**
 * The folder of a browser's profile: the given one, which stays, or a fresh one.
 * @param {string} [given]
 */
export function profileFolder(given) {
  return given === undefined ? temporaryFolder("profile") : { path: given, remove: () => {} };
}

/**
 * @typedef {Pick<import("./browser.mjs").TestBrowser, "promptIsOpen" | "promptStaysClosed" | "answerPrompt">} Prompt
 */

/**
 * @param {object} parts
 * @param {import("./browser.mjs").BrowserName} parts.name
 * @param {import("puppeteer-core").Browser} parts.browser
 * @param {import("./processes.mjs").Helper} parts.program
 * @param {{ remove: () => void }} parts.profile
 * @param {Prompt & { close?: () => Promise<void> }} parts.prompt `close` ends what it needs beside the browser
 * @returns {import("./browser.mjs").TestBrowser}
 */
export function assemble({ name, browser, program, profile, prompt }) {
  watchAll(browser);
  const closed = whenStuck(() => browser.debugInfo.pendingProtocolErrors.map(({ message }) => `${name}: ${message}`));
  const close = async () => {
    closed();
    // Killed first: a browser that hangs answers no goodbye.
    await Promise.all([program.stop(), prompt.close?.()]);
    await browser.disconnect().catch(() => {});
    profile.remove();
  };
  return {
    ...prompt,
    name,
    browser,
    newPage: async () => watch(await within("a new page", browser.newPage())),
    visiblePages: () => visiblePages(browser),
    quit: async () => {
      await browser.close();
      await program.ended();
      await close();
    },
    close,
  };
}
