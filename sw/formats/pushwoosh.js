// Pushwoosh: `{header?, body, i?: icon, image?, l?: link, p?: message, pwcid?: campaign, buttons?: "[{title, action?, url?}]"}`,
// or the same as `data` beside `from`.

import { object, text } from "../values.js";
import { list } from "./list.js";

/** The buttons are JSON in a JSON string. @param {unknown} value @returns {unknown} */
const parsed = (value) => {
  try {
    return JSON.parse(/** @type {string} */ (value));
  } catch {
    return undefined;
  }
};

/** @param {Record<string, any>} payload */
export const pushwoosh = (payload) => {
  // What Firebase itself sends has an id of its own, and is Firebase's to read.
  const wrapped = text(payload.from) && !payload.fcmMessageId;
  const { header, body, i, image, l, p, pwcid, buttons, silent } = wrapped ? object(payload.data) : payload;
  if (typeof body !== "string" || (p ?? pwcid) === undefined) return undefined;
  return {
    title: header, body, icon: i, image, silent, tag: p,
    navigate: text(l)?.replaceAll("&amp;", "&"), // it comes escaped for HTML
    actions: list(parsed(buttons), ({ action, title, url }, at) => ({ action: action ?? `button_${at}`, title, navigate: url })),
  };
};
