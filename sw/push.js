// A push: parse, show, then report.

import { NOTIFICATION_DISPLAYED, NOTIFICATION_FAILED } from "./contract.js";
import { readMessage } from "./message.js";
import { report, worker } from "./scope.js";

/** @param {PushEvent} event */
const raw = (event) => {
  try {
    return event.data?.text();
  } catch {
    return undefined;
  }
};

/** @param {PushEvent} event */
export const push = async (event) => {
  const { title, options, understood, ours } = readMessage(raw(event), worker.location.href);
  let reason = understood ? "" : "payload_unreadable";
  try {
    await worker.registration.showNotification(title, options);
  } catch {
    // An engine refused an option: the words still have to be seen.
    reason = "options_refused";
    await worker.registration.showNotification(title, { body: options.body, data: options.data });
  }
  if (ours) await report(NOTIFICATION_DISPLAYED, ours);
  if (reason) await report(NOTIFICATION_FAILED, ours, { reason });
};
