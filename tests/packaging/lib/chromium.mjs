// A Chromium without a screen, for pages that need no answer from a person.

import { launch } from "puppeteer-core";
import { watch } from "../../e2e/lib/pages.mjs";

/** @param {import("node:test").TestContext} t */
export const openChromium = async (t) => {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
  t.after(() => browser.close());
  return { newPage: async () => watch(await browser.newPage()) };
};
