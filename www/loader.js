// The loader: what a website pastes. Reads its attributes, the command queue and the sleep ticket, and loads the rest
// only when something can happen on this page view. Every byte here is paid on every page view of every visitor.

import { answerClicks } from "../src/shell/navigate.js";

/**
 * @typedef {import("../pkg/index.js").Softbell} Softbell
 * @typedef {[string, ...any[]] | ((softbell: Softbell) => void)} Command
 */

const { src: base, dataset } = /** @type {HTMLScriptElement} */ (document.currentScript);
const { site = "", server = new URL(base).origin, config: json = "{}", locale, theme } = dataset;
const page = /** @type {{softbell?: any}} */ (window);
const key = "softbell." + site;

/** How often a sleeping page lets the worker send what waits, ms. */
const FLUSH_EVERY = 900_000;

/** Build and configuration in a small hash (djb2): only equality counts. */
const fingerprint = [...(__BUILD__ + JSON.stringify(dataset))].reduce((hash, letter) => (hash * 33 + letter.charCodeAt(0)) | 0, 5381) + "";

/** The ticket's fields while it holds. @returns {string[] | undefined} */
const ticket = () => {
  try {
    const fields = localStorage[key].split("|");
    const [version, written, until, , permission, , print] = fields;
    const now = Date.now();
    if (
      version === "1" && now >= written && now < until && print === fingerprint &&
      permission === (window.Notification?.permission ?? "unavailable")
    )
      return fields;
  } catch {
    // No ticket, or no storage: the client tells the site why.
  }
};

/** Nothing can happen on this page view; counts it where the ticket counts page views. */
const asleep = () => {
  const fields = ticket();
  if (!fields || /[?&#]softbell/.test(location.href)) return false;
  if (!fields[3]) return true;
  const left = (fields[3] = "" + (+fields[3] - 1));
  localStorage[key] = fields.join("|");
  return left !== "0";
};

/**
 * Hands the active worker a command; without a live subscription there is nobody to hand it to. A ticket that holds was
 * written under this very configuration, so it can be read. @param {Command} softbell
 */
const tellWorker = async (softbell) => {
  if (ticket()?.[5]) (await navigator.serviceWorker.getRegistration(JSON.parse(json).worker?.scope ?? "/softbell/"))?.active?.postMessage({ softbell });
};

/** All files of one build carry its mark. @param {string} stem @param {string} ending */
const file = (stem, ending) => new URL(`${stem}-${__BUILD__}.${ending}`, base).href;

/** @type {Promise<Softbell> | undefined} */
let client;

/** Client, module, words and configuration are fetched side by side: two round trips to the popup. */
const wake = () => {
  const boot = {
    json,
    fingerprint,
    wasm: fetch(file("client", "wasm")),
    remote: fetch(`${server}/v1/sites/${site}/config`, { credentials: "omit" }),
    // Only a guess, to save a round trip: the client knows which words it needs.
    texts: /^(en|$)/.test(document.documentElement.lang) || fetch(file("texts", "json")),
  };
  Promise.allSettled(Object.values(boot)); // whoever awaits one of them sees its failure
  return import(file("client", "js")).then(({ init }) => init({ site, server, locale, theme }, boot));
};

/** What goes wrong is told in the console, and never thrown into the page. @param {() => Promise<unknown>} work */
const safely = (work) => work().catch((error) => console.error(error));

/** @param {Command} command */
const run = (command) =>
  safely(async () => {
    const softbell = await (client ??= wake());
    return typeof command === "function" ? command(softbell) : /** @type {any} */ (softbell)[command[0]](...command.slice(1));
  });

/** Waits for the client, should anything else wake it. @type {Command[]} */
const later = [];

/** What a sleeping page can do with a command by itself; false: it must wake. @param {Command} command @param {string[]} [fields] */
const dozes = (command, fields = ticket()) => {
  if (client || !fields || typeof command === "function") return false;
  const [name, event] = command;
  if (name === "on") return later.push(command);
  // Waking counts this very view.
  if (name === "page") return asleep() || !run(() => {});
  if (name === "track" ? fields[8]?.split(",").includes(event) : name !== "conversion") return false;
  return tellWorker(command).then(() => true);
};

/** What is no command, or cannot be handed on, does not stop the others. @param {Command[]} commands */
const push = (...commands) =>
  commands.forEach((command) => safely(async () => (await dozes(command)) || [...later.splice(0), command].forEach(run)));

const start = () => {
  const queue = page.softbell;
  page.softbell = { push, loaded: 1 };
  const sleeps = asleep();
  if (queue) push(...queue);
  const idle = async () => {
    if (!sleeps) return run(() => {});
    const last = key + ".flush";
    const now = Date.now();
    // No stamp is no number, and one from the future is from a clock that went back.
    if (!(Math.abs(now - localStorage[last]) < FLUSH_EVERY)) {
      localStorage[last] = now;
      return tellWorker(["flush"]);
    }
  };
  (window.requestIdleCallback ?? setTimeout)(() => safely(idle), { timeout: 1000 });
};

if (!page.softbell?.loaded) {
  answerClicks();
  addEventListener("click", ({ target }) => {
    if (/** @type {Element} */ (target).closest?.("[data-softbell=ask]")) push(["ask", { force: true }]);
  });
  // A page that nobody has looked at yet is no page view.
  if (/** @type {any} */ (document).prerendering) document.addEventListener("prerenderingchange", start);
  else start();
}
