// A push: parse, show, then report.

import { fold, shown } from "./burst.js";
import { NOTIFICATION_DISPLAYED, NOTIFICATION_FAILED, NOTIFICATION_RECEIVED, NOTIFICATION_SUPPRESSED } from "./contract.js";
import { forPages, readMessage, target } from "./message.js";
import { ask, base, pages, record, registration, report, worker } from "./scope.js";

/** @typedef {import("./message.js").Message} Message */

/** The longest that a push service keeps a message, s (RFC 8030 leaves it open; Mozilla's keeps 30 days, the others less). */
const LONGEST_KEPT = 30 * 86_400;

/** What came: Declarative Web Push as the browser read it, else the text. @param {PushEvent & {notification?: any}} event */
const payload = ({ notification, data }) => {
  try {
    return notification ?? data?.text();
  } catch {
    return undefined;
  }
};

/** Why nobody should read this message here, if so. @param {Message["ours"]} ours */
const reasonToHide = async ({ x, u }) => {
  const late = typeof x === "number" ? Date.now() / 1000 - x : 0;
  // Later than any push service delivers: it is the clock that is wrong.
  if (late > 0 && late < LONGEST_KEPT) return "expired";
  // Only a personal message reads the storage before it shows.
  return u && (await record())?.user !== u ? "other_user" : "";
};

/**
 * The pages in front of the visitor, where they may show the message in place of a notification: only Chromium, which
 * alone has `userAgentData`, allows that (rule 2 of the design).
 * @param {Message["ours"]} ours
 */
const stage = async ({ s }) => {
  if (!/** @type {any} */ (navigator).userAgentData) return [];
  const visible = (await pages()).filter(({ visibilityState }) => visibilityState === "visible");
  return visible.length && (s || (await record())?.foreground === "page") ? visible : [];
};

/** Shows the notification; answers what went wrong, if anything did. @param {Message} message */
const show = async ({ title, options, understood, ours }) => {
  const { body, tag, navigate, data } = options;
  try {
    // A push that came twice shows again, but makes no second sound.
    const shown = options.renotify && ours.t ? await registration.getNotifications({ tag }) : [];
    if (shown.some((each) => each.data?.softbell?.t === ours.t)) options.renotify = false;
    await registration.showNotification(title, options);
    return understood ? "" : "payload_unreadable";
  } catch {
    // An engine refused an option: the words still have to be seen.
    return registration.showNotification(title, /** @type {any} */ ({ body, tag, navigate, data }))
      .then(() => "options_refused", () => "not_shown");
  }
};

/** @param {PushEvent} event */
export const push = async (event) => {
  const message = readMessage(payload(event), base, /** @type {{maxActions?: number}} */ (Notification).maxActions);
  const { ours, title, options } = message;
  // A worker of the site that imports ours gets each push, too: to each its own.
  if (ours.t) event.stopImmediatePropagation();
  else if (/** @type {any} */ (worker).softbellGuest) return;
  const hidden = await reasonToHide(ours);
  // In its place the words of a push that cannot be read, without a sound, and all such under one tag. With a link: without
  // one WebKit refuses them in place of a declarative push, and shows what came.
  if (hidden) Object.assign(message, readMessage({ tag: "softbell", silent: true, navigate: "/" }, base), { understood: true });
  const told = { softbell: "received", message: forPages({ title, ...options }, target(options.data.softbell, "", base)) };
  // Who sent it wants to hear of it, and whoever is here may read it.
  const open = ours.t && !hidden;
  const asked = open ? await stage(ours) : [];
  const answers = await Promise.all(asked.map((page) => ask(page, told)));
  const taken = answers.some(Boolean);
  const counts = open && !taken;
  if (counts) fold(message, new URL(base).host);
  const reason = taken ? "" : await show(message);
  if (counts) shown();
  // Those that were asked have heard of it.
  if (open && !asked.length) for (const page of await pages()) page.postMessage(told);
  // The neutral words by now, if it is hidden, and those have none: its own counts something of somebody else, or of long ago.
  const { badge } = message;
  // Refused where the site is not installed, or where it is more than the browser counts to.
  if (badge !== undefined) await /** @type {any} */ (navigator).setAppBadge?.(badge).catch(() => {});
  await report(ours, [
    ours.t && ours.j !== -1 && [NOTIFICATION_RECEIVED],
    ours.t && (hidden ? [NOTIFICATION_SUPPRESSED, { reason: hidden }] : reason !== "not_shown" && [NOTIFICATION_DISPLAYED]),
    reason && [NOTIFICATION_FAILED, { reason }],
  ], ours.j);
};
