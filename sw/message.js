// From the bytes of a push to a notification, and from a press on it to an address: pure functions that always have
// something to show and somewhere to go.

import { foreign } from "./formats/index.js";
import { object, text } from "./values.js";

/**
 * @typedef {object} Ours The mark of our notifications, `notification.data.softbell` (docs/worker.md); only `m` and `t`
 *   are checked.
 * @property {string} [m] message id @property {string} [t] message token
 * @property {unknown} [x] when it expires, seconds since 1970 @property {unknown} [u] the mark of the user it is for
 * @property {any} [j] how long reports of the push may wait, s; -1: it is not to be reported as received
 * @property {unknown} [s] for a page rather than the screen
 * @property {unknown} [url] where a click leads
 * @property {unknown} [actions] its buttons, also those that this browser has no room for: a page may offer them
 * @typedef {object} Message
 * @property {string} title @property {NotificationOptions & Record<string, any>} options
 * @property {boolean} understood @property {Ours} ours @property {number | undefined} badge
 */

/**
 * @param {unknown} value @param {string} base
 * @returns {string | undefined} An absolute http(s) URL.
 */
export const webUrl = (value, base) => {
  try {
    const { href } = new URL(text(value) ?? "none:", base);
    return /^https?:/.test(href) ? href : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Where a press leads: to the button's own page, else the notification's, else the site's front page.
 * @param {Ours} ours @param {unknown} link the button's own @param {string} base the worker's scope
 * @param {unknown} [allowed] other origins that may be opened
 */
export const target = ({ url }, link, base, allowed) => {
  const origins = [new URL(base).origin, ...list(allowed)];
  const ways = [link, url, "/"].map((way) => webUrl(way, base));
  return /** @type {string} the front page at last */ (ways.find((way) => origins.some((origin) => way?.startsWith(`${origin}/`))));
};

/** The pressed button, as the message brought it. @param {Ours} ours @param {string} action @returns {Record<string, any>} */
export const pressed = ({ actions }, action) => object(list(actions).find((button) => object(button).action === action));

/**
 * A message as pages are told of it: the public surface's `Message`.
 * @param {{title: string, body?: string, data?: any}} notification @param {string} url @param {string} [action]
 */
export const forPages = ({ title, body, data: { softbell, ...data } }, url, action) => ({ id: softbell.m, title, body, url, action, data });

/** @param {string | undefined} raw */
const parse = (raw) => {
  try {
    return object(JSON.parse(/** @type {string} undefined is no JSON either */ (raw)));
  } catch {
    return {};
  }
};

/** @param {unknown} value @returns {unknown[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/** Usable buttons. @param {unknown} value */
const buttons = (value) => list(value).map(object).filter(({ action, title }) => text(action) && text(title));

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
  const whole = declared ? {} : parse(raw);
  const theirs = foreign(whole);
  const notification = theirs ?? (declared ? raw : object(whole.notification));
  const title = text(notification.title);
  const data = object(notification.data);
  const mark = object(data.softbell);
  const ours = text(mark.m) && text(mark.t) ? mark : {};
  const actions = buttons(notification.actions);
  // A push that came twice finds the notification of the first under the same tag.
  const tag = text(notification.tag) ?? ours.m;
  // `false` is a wish, too: never silent.
  const silent = notification.silent === !!notification.silent ? notification.silent : undefined;
  const badge = whole.app_badge ?? notification.app_badge;
  /** @type {Message["options"]} */
  const options = {
    body: text(notification.body) ?? (title ? undefined : "There is news for you."),
    icon: webUrl(notification.icon, base),
    image: webUrl(notification.image, base),
    badge: webUrl(notification.badge, base),
    tag,
    lang: text(notification.lang),
    dir: ["ltr", "rtl"].includes(notification.dir) ? notification.dir : undefined,
    timestamp: Number.isFinite(notification.timestamp) ? notification.timestamp : undefined, // "soon" is the year 1970 to a browser (Web IDL)
    requireInteraction: notification.requireInteraction === true,
    // `renotify` without a tag is a TypeError, and so is a silent notification that vibrates (Notifications API, create
    // a notification, steps 3 and 4).
    renotify: notification.renotify === true && !!tag,
    silent,
    vibrate: silent ? undefined : notification.vibrate,
    // Links stay out of it: a browser that follows them by itself would not tell us of the press.
    actions: actions.slice(0, most).map(({ action, title, icon }) => ({ action, title, icon: webUrl(icon, base) })),
    // But where the browser made the notification, WebKit refuses one without a link.
    navigate: declared ? notification.navigate : undefined,
    data: { ...data, softbell: { ...ours, url: notification.navigate, actions } },
  };
  // Who calls a message declarative should hear that engines refuse it (Push API, parse a declarative push message).
  const refused = "web_push" in whole &&
    (whole.web_push !== 8030 || !webUrl(notification.navigate, base) || (silent && notification.vibrate) || (notification.renotify && !tag));
  const understood = !refused && !!(title || theirs);
  return { title: title ?? new URL(base).host, options, understood, ours, badge: /^"?\d+"?$/.test(JSON.stringify(badge)) ? +badge : undefined };
};
