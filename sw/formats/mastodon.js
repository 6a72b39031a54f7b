// Mastodon: `{notification_id, notification_type, title, body, icon, preferred_locale, access_token}`.

import { text } from "../values.js";

/** @param {Record<string, any>} payload */
export const mastodon = ({ notification_id: id, notification_type: type, title, body, icon, preferred_locale: lang }) => {
  if (!text(type) || !(typeof id === "number" || text(id))) return undefined;
  // The access token goes no further: a notification's data stay in the browser's database. The address of the toot
  // would have to be asked for with it; the list of all notifications needs no token.
  return { title, body, icon, lang, tag: `${id}`, navigate: "/notifications" };
};
