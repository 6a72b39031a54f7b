// CleverTap: `{title, deepLink?, notificationOptions: {body, icon, actions: [{action, title, deepLink}], data: {wzrk_id}, ...}}`.

import { object } from "../values.js";
import { list } from "./list.js";

/** @param {Record<string, any>} payload */
export const clevertap = ({ title, deepLink, notificationOptions }) => {
  const { actions, data, ...shown } = object(notificationOptions);
  // An object: the field's own worker would also take none, and fail.
  if (object(notificationOptions) !== notificationOptions) return undefined;
  return {
    tag: object(data).wzrk_id, ...shown, title, navigate: deepLink,
    actions: list(actions, ({ action, title, icon, deepLink: navigate }) => ({ action, title, icon, navigate })),
  };
};
