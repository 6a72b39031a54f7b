// Stock Firefox, headless, driven over WebDriver BiDi.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "puppeteer-core";
import { assemble, profileFolder } from "./assemble.mjs";
import { firefoxPrompt } from "./firefox_prompt.mjs";
import { start } from "./processes.mjs";

/** Automation changes these by itself; an own value keeps what visitors have. */
const STOCK = {
  "focusmanager.testmode": false, // true: client.focus() resolves but never selects the tab
  "security.notification_enable_delay": 500, // the guard against clicks on a prompt that has just appeared
};

/** @param {Record<string, unknown>} preferences */
const userJs = (preferences) => Object.entries(preferences)
  .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join("");

/**
 * @param {import("./browser.mjs").Around} around
 * @returns {Promise<import("./browser.mjs").TestBrowser>}
 */
export async function launchFirefox({ lab, display, profile: given }) {
  const profile = profileFolder(given);
  writeFileSync(join(profile.path, "user.js"), userJs({ ...STOCK, ...lab.firefox_prefs }));
  const program = start(process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    ["--headless", "--no-remote", "--profile", profile.path, "--remote-debugging-port=0",
      "--remote-allow-system-access", "about:blank"],
    { env: { ...display.env, ...lab.env } });
  const [, address] = await program.line(/WebDriver BiDi listening on (ws:.*)$/);
  const browser = await connect({ browserWSEndpoint: `${address}/session`, protocol: "webDriverBiDi", defaultViewport: null });
  return assemble({ name: "firefox", browser, program, profile, prompt: firefoxPrompt(browser) });
}
