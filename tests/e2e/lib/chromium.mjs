// Stock Chromium, headed, driven over CDP; its native prompt is answered through the accessibility bus.

import { connect } from "puppeteer-core";
import { startAtspi } from "./atspi.mjs";
import { visiblePages, watch, watchAll } from "./pages.mjs";
import { start, temporaryFolder } from "./processes.mjs";
import { never, until } from "./until.mjs";

/** The native prompt is a window of its own, named "http://localhost:1234 wants to: Show notifications". */
const PROMPT = " wants to: Show notifications";

/** Accessible names of the buttons in the native prompt. */
const BUTTONS = { allow: "Allow", block: "Block", dismiss: "Close" };

/** @param {string} profile */
const flags = (profile) => [
  `--user-data-dir=${profile}`,
  "--remote-debugging-port=0",
  "--force-renderer-accessibility", // without it the accessibility tree stays empty
  "--lang=en-US", // the buttons are found by their English names
  "--window-position=0,0", "--window-size=1200,800",
  "--no-first-run", "--no-default-browser-check", "--password-store=basic",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--disable-gpu",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // Chromium refuses to run as root without it
];

/**
 * @param {{ lab: import("./lab.mjs").Lab, display: import("./display.mjs").Display }} around
 * @returns {Promise<import("./browser.mjs").TestBrowser>}
 */
export async function launchChromium({ lab, display }) {
  const profile = temporaryFolder("chromium");
  const env = { ...display.env, ...lab.env, ACCESSIBILITY_ENABLED: "1" };
  const program = start(process.env.CHROMIUM ?? "/usr/bin/chromium",
    [...flags(profile.path), ...lab.chromium_flags, "about:blank"], { env });
  const [, browserWSEndpoint] = await program.line(/DevTools listening on (ws:.*)$/);
  const browser = await connect({ browserWSEndpoint, defaultViewport: null });
  watchAll(browser);
  const native = nativePrompt(startAtspi(env));
  return {
    name: "chromium",
    browser,
    newPage: async () => watch(await browser.newPage()),
    visiblePages: () => visiblePages(browser),
    ...native,
    close: async () => {
      await browser.disconnect();
      await Promise.all([program.stop(), native.close()]);
      profile.remove();
    },
  };
}

/** @param {ReturnType<typeof startAtspi>} atspi */
function nativePrompt(atspi) {
  const promptIsOpen = async () => {
    const windows = await atspi.windows();
    // An empty tree would say "no prompt" whatever is on the screen.
    if (!windows.some(({ role, name }) => role === "frame" && name.endsWith("Chromium"))) {
      throw new Error(`no Chromium window on the accessibility bus: ${JSON.stringify(windows)}`);
    }
    return windows.some(({ role, name }) => role === "alert" && name.includes(PROMPT));
  };
  /** @param {import("./browser.mjs").PromptAnswer} answer */
  const answerPrompt = async (answer) => {
    await until("the native prompt", promptIsOpen, { hint: atspi.windows });
    // Chromium ignores a press right after the prompt appeared (clickjacking guard): press until it is gone.
    await until(`the native prompt to take "${answer}"`, async () => {
      await atspi.press(PROMPT, BUTTONS[answer]);
      return until("the prompt to close", async () => !(await promptIsOpen()), { within: 700 });
    }, { hint: atspi.windows });
  };
  // The prompt appears 0.4 s after the request.
  return { promptIsOpen, promptStaysClosed: () => never(promptIsOpen, 1_500), answerPrompt, close: atspi.close };
}
