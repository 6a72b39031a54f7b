// Stock Firefox, headless, driven over WebDriver BiDi.

import { assemble, profileFolder } from "./assemble.mjs";
import { connect, twice } from "./connect.mjs";
import { fill, prefer } from "./firefox_profile.mjs";
import { firefoxPrompt } from "./firefox_prompt.mjs";
import { start } from "./processes.mjs";

/** @param {string} profile @param {Record<string, string>} env */
async function run(profile, env) {
  const program = start(process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0",
      "--remote-allow-system-access", "about:blank"], { env });
  const [, address] = await program.line(/WebDriver BiDi listening on (ws:.*)$/);
  const browser = await connect({ browserWSEndpoint: `${address}/session`, protocol: "webDriverBiDi" }, program);
  return { program, browser };
}

/**
 * @param {import("./browser.mjs").Around} around
 * @returns {Promise<import("./browser.mjs").TestBrowser>}
 */
export async function launchFirefox({ lab, display, profile: given }) {
  const profile = profileFolder(given);
  if (given === undefined) {
    await fill(profile.path, lab.firefox_prefs, async (folder) => {
      const { program, browser } = await twice(() => run(folder, display.env));
      await browser.close();
      await program.ended().finally(program.stop);
    });
  }
  await prefer(profile.path, lab.firefox_prefs);
  const { program, browser } = await twice(() => run(profile.path, { ...display.env, ...lab.env }));
  return assemble({ name: "firefox", browser, program, profile, prompt: firefoxPrompt(browser) });
}
