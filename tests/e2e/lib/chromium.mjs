// Stock Chromium, headed, driven over CDP; its native prompt is answered through the accessibility bus.

import { assemble, profileFolder } from "./assemble.mjs";
import { startAtspi } from "./atspi.mjs";
import { connect, twice } from "./connect.mjs";
import { start } from "./processes.mjs";
import { never, until } from "./until.mjs";

/** The native prompt is a window of its own, named "http://localhost:1234 wants to: Show notifications". */
const PROMPT = " wants to: Show notifications";

/** Chromium ignores a press within half a second of the prompt's appearance, or of the last press that it ignored. */
const GUARD_MS = 700;

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

/** @param {string[]} args @param {Record<string, string>} env */
async function run(args, env) {
  const program = start(process.env.CHROMIUM ?? "/usr/bin/chromium", args, { env });
  const [, browserWSEndpoint] = await program.line(/DevTools listening on (ws:.*)$/);
  return { program, browser: await connect({ browserWSEndpoint }, program) };
}

/**
 * @param {import("./browser.mjs").Around} around
 * @returns {Promise<import("./browser.mjs").TestBrowser>}
 */
export async function launchChromium({ lab, display, profile: given }) {
  const profile = profileFolder(given);
  const env = { ...display.env, ...lab.env, ACCESSIBILITY_ENABLED: "1" };
  const args = [...flags(profile.path), ...lab.chromium_flags, "about:blank"];
  const { program, browser } = await twice(() => run(args, env));
  return assemble({ name: "chromium", browser, program, profile, prompt: nativePrompt(startAtspi(env)) });
}

/** @param {ReturnType<typeof startAtspi>} atspi */
function nativePrompt(atspi) {
  const promptIsOpen = async () => {
    const windows = await until("Chromium's window on the accessibility bus", async () => {
      const found = await atspi.windows();
      // An empty tree would say "no prompt" whatever is on the screen.
      return found.some(({ role, name }) => role === "frame" && name.endsWith("Chromium")) && found;
    }, { hint: atspi.windows });
    return windows.some(({ role, name }) => role === "alert" && name.includes(PROMPT));
  };
  /** @param {import("./browser.mjs").PromptAnswer} answer */
  const answerPrompt = async (answer) => {
    await until("the native prompt", promptIsOpen, { hint: atspi.windows });
    await until(`the native prompt to take "${answer}"`, async () => {
      await atspi.press(PROMPT, BUTTONS[answer]);
      return until("the prompt to close", async () => !(await promptIsOpen()), { within: GUARD_MS });
    }, { hint: atspi.windows });
  };
  // The prompt appears 0.4 s after the request.
  return { promptIsOpen, promptStaysClosed: () => never(promptIsOpen, 1_500), answerPrompt, close: atspi.close };
}
