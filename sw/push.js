// A push: parse, show, then report.

import { NOTIFICATION_DISPLAYED, NOTIFICATION_FAILED, NOTIFICATION_RECEIVED } from "./contract.js";
import { readMessage } from "./message.js";
import { report, worker } from "./scope.js";

/** What came: Declarative Web Push as the browser read it, else the text. @param {PushEvent & {notification?: any}} event */
const payload = ({ notification, data }) => {
  try {
    return notification ?? data?.text();
  } catch {
    return undefined;
  }
};

/**
 * A push that came twice shows again, but makes no second sound.
 * @param {import("./message.js").Message} message
 */
const hush = async ({ options, ours }) => {
  if (!options.renotify || !ours.t) return;
  const shown = await worker.registration.getNotifications({ tag: options.tag });
  options.renotify = !shown.some(({ data }) => data?.softbell?.t === ours.t);
};

/**
 * Shows the notification; answers what went wrong, if anything did.
 * @param {import("./message.js").Message} message
 */
const show = async (message) => {
  const { registration } = worker;
  const { title, options, understood } = message;
  const { body, tag, navigate, data } = options;
  try {
    await hush(message);
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
  const { maxActions } = /** @type {{maxActions?: number}} */ (Notification);
  const message = readMessage(payload(event), worker.registration.scope, maxActions);
  const reason = await show(message);
  const { ours } = message;
  await report(
    ours,
    ours.t && [NOTIFICATION_RECEIVED],
    ours.t && reason !== "not_shown" && [NOTIFICATION_DISPLAYED],
    reason && [NOTIFICATION_FAILED, { reason }],
  );
};
