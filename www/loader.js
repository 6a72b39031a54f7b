// The loader: what a website pastes. Reads its attributes, the command queue and the sleep ticket, and loads the rest
// only when something can happen on this page view.

import { answerClicks } from "../src/shell/navigate.js";

/**
 * @typedef {import("../pkg/index.js").Softbell} Softbell
 * @typedef {import("../pkg/index.js").Config} Config
 * @typedef {[string, ...any[]] | ((softbell: Softbell) => void)} Command
 */

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const { site = "", server, config: json, locale, theme } = script.dataset;
const page = /** @type {{softbell?: any}} */ (window);
const base = script.src;

/** @param {string} text A small hash (djb2): only equality counts. */
const mark = (text) => {
  let hash = 5381;
  for (const letter of text) hash = (hash * 33 + letter.charCodeAt(0)) | 0;
  return hash.toString(36);
};

/** @returns {Config} */
const readConfig = () => {
  try {
    return { ...JSON.parse(json || "{}"), site, server: server || new URL(base).origin, locale, theme };
  } catch {
    console.error("softbell: data-config is not JSON, so Softbell stays off on this page.");
    return /** @type {any} */ ({ site: "" });
  }
};

const config = readConfig();
const fingerprint = mark(__BUILD__ + JSON.stringify(config));

/** Nothing can happen on this page view. */
const asleep = () => {
  try {
    const [version, written, until, views, permission, , print] = (localStorage["softbell." + site] || "").split("|");
    const now = Date.now();
    return (
      version === "1" && !views && now >= written && now < until && print === fingerprint &&
      permission === (window.Notification ? Notification.permission : "unavailable") &&
      !/[?&#]softbell/.test(location.href)
    );
  } catch {
    return false; // storage denied: the client tells the site why
  }
};

/** @type {Promise<Softbell> | undefined} */
let client;

/** Client, module and configuration are fetched side by side: two round trips to the popup. */
const wake = () =>
  (client ??= (async () => {
    const wasm = fetch(new URL(__WASM__, base));
    const remote = fetch(`${config.server}/v1/sites/${site}/config`, { credentials: "omit" });
    for (const early of [wasm, remote]) early.catch(() => {}); // whoever awaits them sees the failure
    return (await import(new URL(__CLIENT__, base).href)).init(config, { wasm, remote, fingerprint });
  })());

/** @param {Command} command */
const run = (command) =>
  wake()
    .then((softbell) => (typeof command === "function" ? command(softbell) : /** @type {any} */ (softbell)[command[0]](...command.slice(1))))
    .catch((error) => console.error(error));

/** A site that only listens, or tells of a view, wakes nobody. @type {Command[]} */
const later = [];
/** @param {Command[]} commands */
const push = (...commands) => {
  for (const command of commands) {
    if (client || typeof command === "function" || !["on", "page"].includes(command[0])) {
      later.splice(0).forEach(run);
      run(command);
    } else later.push(command);
  }
};

const queue = page.softbell;
if (!queue?.loaded) {
  page.softbell = { push, loaded: true };
  answerClicks();
  addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-softbell=ask]")) push(["ask", { force: true }]);
  });
  if (!asleep()) {
    const idle = window.requestIdleCallback ?? setTimeout;
    idle(() => (push((/** @type {Softbell} */ softbell) => softbell.ready.catch(() => {}))), { timeout: 1000 });
  }
  if (Array.isArray(queue)) push(...queue);
}
