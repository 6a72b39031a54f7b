// A Chromium without a screen, for pages that need no answer from a person.

import { launchHeadless } from "../../e2e/lib/headless.mjs";
import { watch } from "../../e2e/lib/pages.mjs";

/** @param {import("node:test").TestContext} t */
export const openChromium = async (t) => {
  const browser = await launchHeadless();
  t.after(() => browser.close());
  return { newPage: async () => watch(await browser.newPage()) };
};
