// A press on a notification: bring the visitor to the target with exactly one window call, then report.

import { NOTIFICATION_ACTION, NOTIFICATION_CLICKED, NOTIFICATION_DISMISSED } from "./contract.js";
import { forPages, pressed, target } from "./message.js";
import { alter, ask, base, clients, outbox, pages, record, registration, report } from "./scope.js";
import { LANDING, text } from "./values.js";

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
 * @param {readonly WindowClient[]} all @param {string} url @param {boolean} own whether a page of ours may go there
 */
const go = async (all, url, own) => {
  const page = own && bestPage(all, url);
  // The page goes when it hears "yes": after `focus()`, because a page that is on its way out cannot be focused.
  const port = page && (await ask(page, { softbell: "navigate", url }));
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
  if (goes) await outbox.pending();
};

const nothing = () => ({});

/**
 * What the types of buttons that open no window change in the device's state. "background" is told to the server by
 * the report, as every press is.
 * @type {Record<string, (state: Record<string, any>, button: Record<string, any>) => Record<string, unknown>>}
 */
const DEEDS = {
  // @ts-expect-error a type is the payload's word, and "constructor" is none of ours
  __proto__: null,
  background: nothing,
  dismiss: nothing,
  // For 17 years at most: RFC 3339 ends with the year 9999, and the server refuses a state with any other time.
  snooze: (_, { minutes }) => ({ snoozed_until: new Date(Date.now() + (minutes % 9e6 || 60) * 60_000).toISOString() }),
  mute: ({ topics }, { topic }) => ({ topics: topics.filter((/** @type {unknown} */ each) => each !== topic) }),
};

/** @param {NotificationEvent} event */
export const click = async (event) => {
  const { notification, action } = event;
  /** @type {import("./message.js").Ours | undefined} */
  const ours = notification.data?.softbell;
  // What the site shows itself through our registration is its own affair.
  if (!ours) return;
  event.stopImmediatePropagation();
  notification.close();
  followed.add(ours.t);
  const { title, tag } = notification;
  const button = pressed(ours, action);
  const deed = DEEDS[/** @type {string} */ (text(button.type))];
  try {
    await (deed ? alter((state) => deed(state, button)) : visit(notification, action, button));
  } catch {
    // The storage is denied, and the report will not go either; or the browser opens no window now.
  }
  const sent = await report(ours, [ours.t && (action ? [NOTIFICATION_ACTION, { action }] : [NOTIFICATION_CLICKED])]);
  const words = text(sent ? button.done : button.failed);
  if (words) await registration.showNotification(title, { body: words, tag, data: { softbell: { url: ours.url } } });
};

/**
 * Brings the visitor to where the press leads, and tells all pages of it.
 * @param {Notification} notification @param {string} action @param {Record<string, any>} button
 */
const visit = async (notification, action, { type, navigate }) => {
  const url = target(notification.data.softbell, navigate, base, (await record())?.allowed_origins);
  const all = await pages();
  // A page that lands on an address with an id in it tells of the click itself, with the real words (docs/worker.md).
  if (!LANDING.test(url)) for (const page of all) page.postMessage({ softbell: "clicked", message: forPages(notification, url, action) });
  // A page of ours goes to its own site only. What is kept for a window that loses its way must not hold up the window.
  await Promise.allSettled([outbox.pending({ url, at: Date.now() }), go(all, url, type !== "weburl" && url.startsWith(`${origin}/`))]);
};

/** @param {NotificationEvent} event */
export const dismissed = async ({ notification }) => {
  const ours = notification.data?.softbell;
  if (!ours?.t || followed.has(ours.t)) return;
  // Firefox says that a notification was closed when another takes its place, too.
  const others = await registration.getNotifications({ tag: notification.tag });
  if (!others.length) await report(ours, [[NOTIFICATION_DISMISSED]]);
};
