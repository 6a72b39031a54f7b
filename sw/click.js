// A press on a notification: bring the visitor to the target with exactly one window call, then report.

import { NOTIFICATION_ACTION, NOTIFICATION_CLICKED, NOTIFICATION_DISMISSED } from "./contract.js";
import { target } from "./message.js";
import { report, worker } from "./scope.js";

/** How long a page may take to answer, ms. Firefox refuses window calls about a second after the click. */
const ANSWER_LIMIT = 400;

/** Tokens of the messages that were followed: some desktops close a notification by themselves when it is pressed. */
const followed = new Set();

/**
 * The page that should take the visitor there: one that shows the target already, else the one in front. A frame is
 * not asked: it would go there alone, inside its page.
 * @param {readonly WindowClient[]} pages @param {string} url
 */
const bestPage = (pages, url) => {
  /** @param {WindowClient} page */
  const rank = (page) => (page.url === url ? 4 : 0) + (page.focused ? 2 : 0) + (page.visibilityState === "visible" ? 1 : 0);
  return pages.filter(({ frameType }) => frameType !== "nested").sort((one, other) => rank(other) - rank(one))[0];
};

/**
 * Asks a page whether it will go there. The page answers, and goes when it hears "yes": after `focus()`, because a
 * page that is on its way out cannot be focused. One that answers too late hears "no".
 * @param {WindowClient} page @param {string} url @returns {Promise<MessagePort | undefined>}
 */
const ask = (page, url) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => {
      port1.postMessage(false);
      resolve(undefined);
    }, ANSWER_LIMIT);
    port1.onmessage = () => {
      clearTimeout(timer);
      resolve(port1);
    };
    page.postMessage({ softbell: "navigate", url }, [port2]);
  });

/** @param {string} url */
const go = async (url) => {
  const { clients } = worker;
  const page = bestPage(await clients.matchAll({ type: "window", includeUncontrolled: true }), url);
  const port = page && (await ask(page, url));
  // Never `client.navigate()`: it fails on pages that we do not control.
  if (!port) return void (await clients.openWindow(url));
  let goes = true;
  try {
    await page.focus();
  } catch {
    // It may just be gone. If no window opens either, the page goes where nobody looks: better than nowhere.
    goes = await clients.openWindow(url).then(() => false, () => true);
  }
  port.postMessage(goes);
};

/** @param {NotificationEvent} event */
export const click = async ({ notification, action }) => {
  /** @type {import("./message.js").Ours | undefined} */
  const ours = notification.data?.softbell;
  // What the site shows itself through our registration is its own affair.
  if (!ours) return;
  notification.close();
  followed.add(ours.t);
  try {
    await go(target(ours, action, worker.registration.scope));
  } finally {
    await report(ours, ours.t && (action ? [NOTIFICATION_ACTION, { action }] : [NOTIFICATION_CLICKED]));
  }
};

/** @param {NotificationEvent} event */
export const dismissed = async ({ notification }) => {
  const ours = notification.data?.softbell;
  if (ours?.t && !followed.has(ours.t)) await report(ours, [NOTIFICATION_DISMISSED]);
};
