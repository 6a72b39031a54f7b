// Headless Chromium on the lab's desktop; nothing it does leaves the machine.

import { connect } from "puppeteer-core";
import { startDisplay } from "../../tests/e2e/lib/display.mjs";
import { startLab } from "../../tests/e2e/lib/lab.mjs";
import { start, temporaryFolder } from "../../tests/e2e/lib/processes.mjs";

/** Long enough for any of it on a busy machine, ms. */
const LIMIT = 30_000;

/** @param {string} profile */
const flags = (profile) => [
  "--headless", `--user-data-dir=${profile}`, "--remote-debugging-port=0", "--window-size=1200,800", "--lang=en-US",
  "--no-first-run", "--no-default-browser-check", "--password-store=basic",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--disable-gpu",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // Chromium refuses to run as root without it
];

/** The browser and its desktop; both end with this process. */
export async function launchHeadless() {
  const display = await startDisplay(); // the lab's bus wants a screen
  const lab = await startLab({ display });
  const args = [...flags(temporaryFolder("bench").path), ...lab.chromium_flags, "about:blank"];
  const program = start(process.env.CHROMIUM ?? "/usr/bin/chromium", args, { env: { ...display.env, ...lab.env } });
  const [, browserWSEndpoint] = await program.line(/DevTools listening on (ws:.*)$/);
  return { lab, browser: await connect({ browserWSEndpoint, defaultViewport: null }) };
}

/**
 * A promise with a deadline.
 * @template T @param {string} what for the message of the failure @param {Promise<T>} promise @returns {Promise<T>}
 */
export const soon = (what, promise) => {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${LIMIT} ms in vain for ${what}`)), LIMIT);
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, late])).finally(() => clearTimeout(timer));
};
