// Firebase: `{from, fcmMessageId, notification?: {title, body, icon, image, actions, click_action, ...}, data?, fcmOptions?: {link}}`.

import { object } from "../values.js";
import { list } from "./list.js";

/** @param {Record<string, any>} payload */
export const firebase = ({ from, fcmMessageId, notification, data, fcmOptions }) => {
  if (typeof from !== "string" || typeof fcmMessageId !== "string") return undefined;
  // A message of data alone is left to the site's own worker, whose habit is to put the texts there.
  const { title, body } = object(data);
  const { click_action: link, actions, ...shown } = object(notification);
  return {
    title, body, tag: fcmMessageId, ...shown, data: undefined,
    navigate: object(fcmOptions).link ?? link,
    // Buttons have no links of their own there.
    actions: list(actions, ({ action, title, icon }) => ({ action, title, icon })),
  };
};
