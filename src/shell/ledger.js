// Lines of the consent ledger: what logic decided, with the words that were shown and the other facts of the moment.

import { PERMISSION_DISMISSED, PROMPT_ACCEPTED, SUBSCRIPTION_REMOVED } from "../../sw/contract.js";
import { random } from "../../sw/outbox.js";
import { EVENT_OPT_OUT } from "./border.js";
import { pageLanguage, permission, recall } from "./facts.js";
import { hash } from "./hash.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {{locale: string, words: Record<string, string>}} Shown
 * @typedef {ReturnType<typeof makeLine>} Line
 */

/** Bytes of a reason (XDM's bound). */
const REASON_BYTES = 255;

/** What the popup says, as it is on the page. @param {Client} client @returns {Shown | undefined} */
const popup = ({ drawn }) => {
  const root = drawn?.shadowRoot;
  if (!root) return;
  const text = (/** @type {string} */ place) => root.querySelector(place)?.textContent ?? "";
  const words = { title: text("#title"), text: text("#text"), yes: text(".yes"), no: text(".no") };
  return { locale: root.querySelector("[lang]")?.getAttribute("lang") ?? "", words };
};

/** What the popup said before the native prompt, perhaps on an earlier page view; used once. @param {Client} client @returns {Shown | undefined} */
const before = (client) => {
  const text = recall(`${client.key}.shown`);
  client.keep(".shown", "");
  try {
    return JSON.parse(text);
  } catch {
    // The site's own button opened the native prompt, or somebody edited this.
  }
};

/**
 * What a report means for the ledger, and what the ledger adds to it. A popup's words count for the native prompt that
 * follows its Yes, and that may be answered on a later page view (Firefox's promise need not settle).
 * @param {Client} client @param {string} type
 */
export const noteReport = (client, type) => {
  if (type === PROMPT_ACCEPTED) client.keep(".shown", JSON.stringify(popup(client)) ?? "");
  if (type === PERMISSION_DISMISSED) client.keep(".shown", "");
  return type === SUBSCRIPTION_REMOVED && client.reason ? { reason: client.reason } : {};
};

/** @param {Client} client @param {import("./border.js").ConsentFields} fields */
export const lineOf = (client, [val, source, withdrawal]) => {
  const shown = source === "soft_popup" ? popup(client) : source === "native_prompt" ? before(client) : undefined;
  return makeLine(client, val, source, !!withdrawal, shown);
};

/** The server refuses a line, and the device's whole state with it, for a language that is none. @param {string} locale */
const languageTag = (locale) => (/^[a-z\d-]{1,35}$/i.test(locale) ? locale : "en");

/** @param {Pick<Client, "config" | "reason">} client @param {string} val @param {string} source @param {boolean} withdrawal @param {Shown} [shown] */
export const makeLine = ({ config, reason }, val, source, withdrawal, shown) => ({
  id: random(16),
  channel: "push",
  val,
  time: new Date().toISOString(),
  source,
  ...(withdrawal && { withdrawal }),
  ...(withdrawal && source === "api" && reason && { reason }),
  text_version: shown ? hash(JSON.stringify(shown.words)) : "",
  locale: languageTag(shown?.locale || config.locale || pageLanguage()),
  form: shown ? "card" : "none",
  variant: "default",
  shown: shown?.words ?? {},
  permission: permission() || "unavailable",
  gpc: /** @type {any} */ (navigator).globalPrivacyControl === true,
});

/** @param {Client} client @param {{reason?: string}} [options] */
export const optOut = (client, { reason = "" } = {}) => {
  if (new TextEncoder().encode(reason).length > REASON_BYTES) throw client.error("reason_too_long", `a reason has at most ${REASON_BYTES} bytes`);
  client.reason = String(reason);
  return client.callNow("opt_out", EVENT_OPT_OUT);
};
