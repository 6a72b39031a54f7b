// Pusher Beams: `{notification: {title, body, icon?, deep_link?}, data: {pusher: {publishId, ...}}}`.

import { object } from "../values.js";

/** @param {Record<string, any>} payload */
export const pusher = ({ notification, data }) => {
  const { pusher } = object(data);
  if (!pusher) return undefined;
  const { title, body, icon, deep_link: navigate } = object(notification);
  return { title, body, icon, navigate, tag: object(pusher).publishId };
};
