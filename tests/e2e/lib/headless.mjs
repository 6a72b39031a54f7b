// A Chromium without a screen and without the lab, for pages that need no answer from a person.

import { launch } from "puppeteer-core";
import { WITHIN, within } from "./until.mjs";

/** `close()` of what comes never hangs. */
export async function launchHeadless() {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : []; // Chromium refuses to run as root without it
  const browser = await launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args, timeout: WITHIN });
  const close = browser.close.bind(browser);
  // Puppeteer waits for the end of the process for ever.
  browser.close = () => within("Chromium to close", close(), WITHIN / 2).catch(() => void browser.process()?.kill("SIGKILL"));
  return browser;
}
