// The loader: what a website pastes. Reads its attributes, the command queue and the sleep ticket, and loads the rest
// only when something can happen on this page view. Every byte here is paid on every page view of every visitor.

import { hash } from "../src/shell/hash.js";
import { answerClicks } from "../src/shell/navigate.js";

/**
 * @typedef {import("../pkg/index.js").Softbell} Softbell
 * @typedef {[string, ...any[]] | ((softbell: Softbell) => void)} Command
 */

// A module has no `currentScript`.
const { src: base, dataset } = /** @type {HTMLScriptElement} */ (document.currentScript ?? document.querySelector("[data-site]"));
const { site = "", server = new URL(base).origin } = dataset;
const key = "softbell." + site;

/** How often a sleeping page lets the worker send what waits, ms. */
const FLUSH_EVERY = 900_000;

/** Build and configuration: a ticket of another one is void. */
const fingerprint = hash(__BUILD__ + JSON.stringify(dataset));

/** @type {string | undefined} */
let consent;

/** Nothing is read, stored or sent before the visitor has agreed, or before anybody has seen the page. */
const held = () => consent !== "granted" || /** @type {any} */ (document).prerendering;

/** Whether a key of ours is there; without storage there is none, and the client tells the site why. @param {string} name */
const stored = (name) => {
  try {
    return localStorage[name];
  } catch {
    // Denied.
  }
};

/** The ticket's fields while it holds. @returns {any[] | undefined} */
const ticket = () => {
  /** @type {any[]} */
  const fields = (stored(key) + "").split("|");
  const [, written, until, , permission, , print] = fields;
  const now = Date.now();
  if (now >= written && now < until && print === fingerprint && permission === (window.Notification?.permission ?? "")) return fields;
};

/** Nothing can happen on this page view: counts it where the ticket counts, and says whether what waits is due. @returns {boolean | null} */
const asleep = () => {
  const fields = ticket();
  if (!fields || /[?&#]softbell/.test(/** @type {any} */ (location))) return null;
  const due = +fields[9] !== (fields[9] = (Date.now() / FLUSH_EVERY) | 0);
  const wakes = fields[3] && !(fields[3] -= /** @type {any} */ (fields[3] > 0)); // never longer: storage may be full
  localStorage[key] = fields.join("|");
  return wakes ? null : due;
};

/**
 * Hands the active worker a command; without a live subscription there is nobody to hand it to. A ticket that holds was
 * written under this very configuration, so it can be read. @param {Command} softbell
 */
const tellWorker = async (softbell) => {
  if (ticket()?.[5]) (await navigator.serviceWorker.getRegistration(JSON.parse(dataset.config ?? "{}").worker?.scope ?? "/softbell/"))?.active?.postMessage({ softbell });
};

/** @param {string} name @returns {any} */
const file = (name) => new URL(name, base);

/** @type {Promise<Softbell> | undefined} */
let client;

/** Client, module, words and configuration are fetched side by side: two round trips to the popup. To take back what is kept needs the client alone. */
const wake = async () => {
  /** @type {any} */
  const early = held() || {
    wasm: fetch(file("client-" + __BUILD__ + ".wasm")),
    remote: fetch(`${server}/v1/sites/${site}/config`, { credentials: "omit" }),
    // Only a guess, to save a round trip: the client knows which words it needs.
    texts: /^(en|$)/.test(document.documentElement.lang) || fetch(file("texts-" + __BUILD__ + ".json")),
  };
  Promise.allSettled(Object.values(early)); // whoever awaits one of them sees its failure
  return (await import(file("client-" + __BUILD__ + ".js"))).init({ site, server, consent }, early, dataset, fingerprint);
};

/** Waits for the page view to begin, or for the client, should anything else wake it. @type {any[]} */
const later = [];

/** What goes wrong with a command is told in the console: never thrown into the page, and no matter to the next one. @param {any[]} commands */
const push = (...commands) =>
  commands.forEach(async (command) => {
    try {
      const { 0: name, 1: value } = command;
      if (name === "setConsent") {
        if (consent !== (consent = value)) start();
        // Where nothing of ours is kept, there is nothing to undo.
        if (!(value === "denied" && (later.splice(0), stored(key + ".history"))) && !client) return;
      } else if (held()) return consent === "denied" || later.push(command);
      const fields = !client && ticket();
      if (fields) {
        if (name === "on" || (name === "identify" && fields[7] === hash(site + "|" + value))) return later.push(command);
        // Waking counts this very view.
        if (name === "page") return asleep() ?? push(() => {});
        if (name === "track" || name === "conversion") {
          if (/** @type {any} */ (navigator).globalPrivacyControl) return;
          if (!fields[8].split(",").includes(value)) return await tellWorker(command);
        }
      }
      client ??= wake();
      push(...later.splice(0));
      const softbell = /** @type {any} */ (await client);
      await (command.call ? command(softbell) : softbell[name](...command.slice(1)));
    } catch (error) {
      console.error(error);
    }
  });

const start = () => {
  if (held()) return;
  answerClicks();
  const sleeps = asleep();
  push(...later.splice(0));
  (window.requestIdleCallback ?? setTimeout)(() => (sleeps ? tellWorker(["flush"]) : sleeps ?? push(() => {})), { timeout: 1000 });
};

const queue = /** @type {any} */ (window.softbell);
if (!queue?.loaded) {
  window.softbell = /** @type {any} */ ({ push, loaded: 1 });
  addEventListener("click", ({ target }) => {
    if (/** @type {Element} */ (target).closest?.("[data-softbell=ask]")) push(["ask", { force: true }]);
  });
  // A page that nobody has looked at yet is no page view.
  document.addEventListener("prerenderingchange", start);
  push(["setConsent", dataset.consent ?? "granted"], ...(queue?.at ? queue : []));
} else console.error("softbell is loaded"); // a second script, for whatever site
