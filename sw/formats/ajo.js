// Adobe Journey Optimizer: `{web: {title, body?, media?, interaction?: {type, uri}, actions?: {buttons: [{label, type, uri}]}}}`.

import { object, text } from "../values.js";
import { list } from "./list.js";

/** Other types than these are no addresses. @param {Record<string, any>} way */
const link = ({ type, uri }) => (type === "WEBURL" || type === "DEEPLINK" ? uri : undefined);

/** @param {Record<string, any>} payload */
export const ajo = ({ web }) => {
  const { title, body, media, interaction, actions } = object(web);
  if (!text(title)) return undefined;
  const buttons = list(object(actions).buttons, (button, at) => ({ action: `action_${at}`, title: button.label, navigate: link(button) }));
  return { title, body, icon: media, image: media, navigate: link(object(interaction)), actions: buttons };
};
