// Sees and answers Firefox's native prompt from inside the browser's own window (chrome scope over BiDi).

import { never, until } from "./until.mjs";

/**
 * Scripts that run in the browser window; `panel` holds the prompt of the selected tab.
 * A prompt is ready when Firefox takes a press: window active, and its guard against early clicks (pref) run out.
 */
const OPEN = `panel.state !== "closed" && panel.firstElementChild?.notification.id === "web-notifications"`;
const READY = `(() => {
  const element = panel.firstElementChild;
  const guard = Services.prefs.getIntPref("security.notification_enable_delay");
  return panel.state === "open" && Boolean(element) && !element.matches(":-moz-window-inactive")
    && Services.focus.activeWindow === window && element.notification.timeShown > 0
    && ChromeUtils.now() - element.notification.timeShown > guard;
})()`;
const FACTS = `JSON.stringify({ state: panel.state, id: panel.firstElementChild?.notification.id,
  active: Services.focus.activeWindow === window })`;
const PRESS = {
  allow: "panel.firstElementChild.button.click()",
  block: "panel.firstElementChild.secondaryButton.click()",
  // This prompt has no close button, stays on a click beside it, and takes Escape for Block: all that a visitor who does
  // not want to answer can do is to leave or to reload the page. The permission stays "default".
  dismiss: "panel.firstElementChild.notification.browser.reload()",
};

/** @param {import("puppeteer-core").Browser} browser */
export function firefoxPrompt(browser) {
  /** @param {string} script @returns {Promise<unknown[]>} its value in every browser window */
  const chrome = async (script) => {
    const values = [];
    for (const context of await browserWindows(browser)) {
      values.push(await evaluate(browser, context, `{ const { panel } = PopupNotifications; ${script} }`));
    }
    return values;
  };
  const promptIsOpen = async () => (await chrome(OPEN)).includes(true);
  const options = { hint: () => chrome(FACTS) };
  return {
    promptIsOpen,
    // The prompt appears at once, before the click is reported as done.
    promptStaysClosed: () => never(promptIsOpen, 500),
    /** @param {import("./browser.mjs").PromptAnswer} answer */
    answerPrompt: async (answer) => {
      await until("the native prompt to be ready", async () => (await chrome(READY)).includes(true), options);
      await chrome(`if (${OPEN}) { ${PRESS[answer]} }`);
      await until("the native prompt to close", async () => !(await promptIsOpen()), options);
    },
  };
}

/**
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} method
 * @param {object} params
 * @returns {Promise<any>} the protocol's own shape, read by the callers below
 */
async function send(browser, method, params) {
  // puppeteer's public types leave out both the BiDi connection and Mozilla's own parameters.
  const { connection } = /** @type {any} */ (browser);
  return (await connection.send(method, params)).result;
}

/** @param {import("puppeteer-core").Browser} browser */
async function browserWindows(browser) {
  const { contexts } = await send(browser, "browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
  const windows = contexts.filter((/** @type {any} */ context) => context.url === "chrome://browser/content/browser.xhtml");
  // No window would say "no prompt" whatever is on the screen.
  if (!windows.length) throw new Error(`no Firefox window: ${JSON.stringify(contexts)}`);
  return windows.map((/** @type {any} */ context) => context.context);
}

/**
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} context
 * @param {string} expression
 */
async function evaluate(browser, context, expression) {
  const answer = await send(browser, "script.evaluate", { expression, target: { context }, awaitPromise: false });
  if (answer.type === "exception") throw new Error(answer.exceptionDetails.text);
  return answer.result.value;
}
