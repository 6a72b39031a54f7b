// From the bytes of a push to a notification: a pure function that always has something to show.

/**
 * @typedef {object} Ours Softbell's own fields, `notification.data.softbell`.
 * @property {string} m message id @property {string} t message token @property {number} [x] expiry, seconds since 1970
 * @typedef {object} Message
 * @property {string} title @property {NotificationOptions} options @property {boolean} understood
 * @property {Ours} [ours]
 */

/** @param {unknown} value @returns {Record<string, any>} */
const object = (value) => (typeof value === "object" && value && !Array.isArray(value) ? value : {});

/** @param {unknown} value */
const text = (value) => (typeof value === "string" && value.trim() ? value : undefined);

/**
 * @param {unknown} value @param {string} base
 * @returns {string | undefined} An absolute http(s) URL.
 */
export const webUrl = (value, base) => {
  if (typeof value !== "string") return undefined;
  try {
    const url = new URL(value, base);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
};

/** @param {string | undefined} raw */
const parse = (raw) => {
  try {
    return object(JSON.parse(raw ?? ""));
  } catch {
    return {};
  }
};

/**
 * Reads a push in the portable subset of Declarative Web Push. Whatever cannot be used is left out; without a title
 * the notification says in plain words that there is news, because every push must end in a visible notification.
 * @param {string | undefined} raw the push's text, if it had any
 * @param {string} base the worker's own URL
 * @returns {Message}
 */
export const readMessage = (raw, base) => {
  const notification = object(parse(raw).notification);
  const title = text(notification.title);
  const data = object(notification.data);
  const ours = object(data.softbell);
  const known = text(ours.m) && text(ours.t) ? /** @type {Ours} */ (ours) : undefined;
  /** @type {NotificationOptions & Record<string, unknown>} */
  const options = {
    body: text(notification.body),
    icon: webUrl(notification.icon, base),
    image: webUrl(notification.image, base),
    badge: webUrl(notification.badge, base),
    tag: text(notification.tag),
    lang: text(notification.lang),
    dir: ["ltr", "rtl"].includes(notification.dir) ? notification.dir : undefined,
    requireInteraction: notification.requireInteraction === true,
    // `renotify` without a tag is a TypeError (Notifications API, create a notification, step 4).
    renotify: notification.renotify === true && !!text(notification.tag),
    silent: notification.silent === true || undefined,
    data: { url: webUrl(notification.navigate, base), ours: known },
  };
  for (const key of Object.keys(options)) if (options[key] === undefined) delete options[key];
  if (title) return { title, options, understood: true, ours: known };
  return { title: new URL(base).host, options: { ...options, body: options.body ?? "There is news for you." }, understood: false, ours: known };
};
