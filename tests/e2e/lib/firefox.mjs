// Stock Firefox, headless, driven over WebDriver BiDi.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "puppeteer-core";
import { firefoxPrompt } from "./firefox_prompt.mjs";
import { visiblePages, watch, watchAll } from "./pages.mjs";
import { start, temporaryFolder } from "./processes.mjs";

/** Automation changes these by itself; an own value keeps what visitors have. */
const STOCK = {
  "focusmanager.testmode": false, // true: client.focus() resolves but never selects the tab
  "security.notification_enable_delay": 500, // the guard against clicks on a prompt that has just appeared
};

/** @param {Record<string, unknown>} preferences */
const userJs = (preferences) => Object.entries(preferences)
  .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join("");

/**
 * @param {{ lab: import("./lab.mjs").Lab, display: import("./display.mjs").Display }} around
 * @returns {Promise<import("./browser.mjs").TestBrowser>}
 */
export async function launchFirefox({ lab, display }) {
  const profile = temporaryFolder("firefox");
  writeFileSync(join(profile.path, "user.js"), userJs({ ...STOCK, ...lab.firefox_prefs }));
  const program = start(process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    ["--headless", "--no-remote", "--profile", profile.path, "--remote-debugging-port=0",
      "--remote-allow-system-access", "about:blank"],
    { env: { ...display.env, ...lab.env } });
  const [, address] = await program.line(/WebDriver BiDi listening on (ws:.*)$/);
  const browser = await connect({ browserWSEndpoint: `${address}/session`, protocol: "webDriverBiDi", defaultViewport: null });
  watchAll(browser);
  return {
    name: "firefox",
    browser,
    newPage: async () => watch(await browser.newPage()),
    visiblePages: () => visiblePages(browser),
    ...firefoxPrompt(browser),
    close: async () => {
      await browser.disconnect();
      await program.stop();
      profile.remove();
    },
  };
}
