// From the bytes of a push to a notification, and from a press on it to an address: pure functions that always have
// something to show and somewhere to go.

/**
 * @typedef {object} Ours The mark of our notifications, `notification.data.softbell`; nothing in it is checked yet.
 * @property {string} [m] message id @property {string} [t] message token
 * @property {unknown} [url] where a click leads @property {Record<string, unknown>} [links] where each button leads
 * @typedef {object} Message
 * @property {string} title @property {NotificationOptions & Record<string, unknown>} options
 * @property {boolean} understood @property {Ours} ours
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
  const given = text(value);
  if (!given) return undefined;
  try {
    const url = new URL(given, base);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
};

/** A page of this site; other origins are refused until a site can list them. @param {unknown} value @param {string} base */
const pageUrl = (value, base) => {
  const url = webUrl(value, base);
  return url?.startsWith(new URL("/", base).href) ? url : undefined;
};

/**
 * Where a press leads: to the button's own page, else the notification's, else the site's front page.
 * @param {Ours} ours @param {string} action the button, or empty @param {string} base the worker's scope
 */
export const target = ({ url, links }, action, base) =>
  pageUrl(links?.[action], base) ?? pageUrl(url, base) ?? new URL("/", base).href;

/** @param {string | undefined} raw */
const parse = (raw) => {
  try {
    return object(JSON.parse(raw ?? ""));
  } catch {
    return {};
  }
};

/** @param {unknown} value @param {number} most how many the browser shows @returns {Record<string, any>[]} Usable buttons. */
const buttons = (value, most) =>
  (Array.isArray(value) ? value : []).map(object).filter(({ action, title }) => text(action) && text(title)).slice(0, most);

/**
 * Reads a push in the portable subset of Declarative Web Push. Whatever cannot be used is left out; without a title
 * the notification says in plain words that there is news, because every push must end in a visible notification.
 * @param {string | Record<string, any> | undefined} raw the push's text, if it had any, or what the browser made of it
 * @param {string} base the worker's scope
 * @param {number} [most] how many buttons the browser shows
 * @returns {Message}
 */
export const readMessage = (raw, base, most = 0) => {
  const declared = typeof raw === "object";
  const notification = declared ? raw : object(parse(raw).notification);
  const title = text(notification.title);
  const { m, t } = object(object(notification.data).softbell);
  const ours = text(m) && text(t) ? { m, t } : {};
  const actions = buttons(notification.actions, most);
  // A push that came twice finds the notification of the first under the same tag.
  const tag = text(notification.tag) ?? ours.m;
  /** @type {Message["options"]} */
  const options = {
    body: text(notification.body) ?? (title ? undefined : "There is news for you."),
    icon: webUrl(notification.icon, base),
    image: webUrl(notification.image, base),
    badge: webUrl(notification.badge, base),
    tag,
    lang: text(notification.lang),
    dir: ["ltr", "rtl"].includes(notification.dir) ? notification.dir : undefined,
    requireInteraction: notification.requireInteraction === true,
    // `renotify` without a tag is a TypeError (Notifications API, create a notification, step 4).
    renotify: notification.renotify === true && !!tag,
    silent: notification.silent === true || undefined,
    // Links stay out of it: a browser that follows them by itself would not tell us of the press.
    actions: actions.map(({ action, title, icon }) => ({ action, title, icon: webUrl(icon, base) })),
    // But where the browser made the notification, WebKit refuses one without a link.
    navigate: declared ? notification.navigate : undefined,
    data: { softbell: { ...ours, url: notification.navigate, links: Object.fromEntries(actions.map((each) => [each.action, each.navigate])) } },
  };
  return { title: title ?? new URL(base).host, options, understood: !!title, ours };
};
