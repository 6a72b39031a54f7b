// Starts the lab: push services and a desktop on loopback, and speaks to its control API.

import { binary } from "./binary.mjs";
import { start } from "./processes.mjs";
import { WITHIN } from "./until.mjs";

/**
 * @typedef {object} DesktopNotification what a person sees on the desktop; tests/lab tells the rest
 * @property {number} id
 * @property {"open" | "closed" | "replaced"} state
 * @property {number | null} close_reason
 * @property {string} app
 * @property {string} summary the title
 * @property {string} body with markup, as the browser sent it
 * @property {string} text the body as a person reads it
 * @property {{ key: string, label: string }[]} actions
 * @property {number} replaces_id
 * @property {Record<string, unknown>} hints
 */

/**
 * @typedef {object} Ready what the lab prints at its start
 * @property {string} control
 * @property {string} push_url
 * @property {string[]} chromium_flags
 * @property {Record<string, unknown>} firefox_prefs
 * @property {string} dbus_address
 * @property {Record<string, string>} env
 */

/** @typedef {Ready & Desktop & { close: () => Promise<void> }} Lab */

/**
 * @param {{ display: import("./display.mjs").Display }} around the bus starts the accessibility bus, which needs a screen
 * @returns {Promise<Lab>}
 */
export async function startLab({ display }) {
  const lab = start(binary("softbell-lab", "SOFTBELL_LAB"), ["--with-parent"], { env: display.env });
  const [text] = await lab.line(/^\{.*"control".*\}$/);
  /** @type {Ready} */
  const ready = JSON.parse(text);
  return { ...ready, ...desktop(ready), close: lab.stop };
}

/** @typedef {ReturnType<typeof desktop>} Desktop */

/** @param {Ready} ready */
function desktop({ control, push_url: pushUrl }) {
  /** @param {string} path @param {object} [body] posts when given @returns {Promise<any>} */
  const ask = async (path, body) => {
    const response = await fetch(control + path, { signal: AbortSignal.timeout(2 * WITHIN), ...body && { method: "POST", body: JSON.stringify(body) } });
    if (!response.ok) throw new Error(`the lab answered ${response.status} to ${path}: ${await response.text()}`);
    return response.json();
  };
  /** @param {number} id @param {string} gesture @param {object} body @returns {Promise<DesktopNotification>} */
  const touch = async (id, gesture, body) => (await ask(`/notifications/${id}/${gesture}`, body)).notification;
  return {
    ask,
    /** Where the message for an endpoint must be posted. @param {string} endpoint */
    pushUrl: (endpoint) => pushUrl + new URL(endpoint).pathname,
    /** @returns {Promise<DesktopNotification[]>} */
    notifications: async () => (await ask("/notifications")).notifications,
    /** @param {(notification: DesktopNotification) => boolean} match @param {number} [within] */
    notification: (match, within) => awaitNotification(ask, match, within),
    /** Clicks the notification itself. @param {number} id */
    click: (id) => touch(id, "click", {}),
    /** Presses a button by what is written on it. @param {number} id @param {string} label */
    action: (id, label) => touch(id, "action", { label }),
    /** Closes it: 1 expired, 2 dismissed by the person. @param {number} id @param {1 | 2} [reason] */
    dismiss: (id, reason = 2) => touch(id, "close", { reason }),
  };
}

/**
 * The first notification that matches, now or later.
 * @param {(path: string) => Promise<any>} ask
 * @param {(notification: DesktopNotification) => boolean} match
 * @param {number} [within] deadline in ms
 * @returns {Promise<DesktopNotification>}
 */
async function awaitNotification(ask, match, within = WITHIN) {
  const deadline = Date.now() + within;
  /** @type {DesktopNotification[]} */
  const others = [];
  for (let after = 0; Date.now() < deadline;) {
    const { seq, notifications } = await ask(`/notifications?after=${after}&wait_ms=${deadline - Date.now()}`);
    const found = notifications.find(match);
    if (found) return found;
    others.push(...notifications);
    after = seq;
  }
  throw new Error(`waited ${within} ms in vain for a notification; shown: ${JSON.stringify(others)}`);
}
