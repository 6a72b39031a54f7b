// What the browser is and what it remembers: facts for logic, no judgement.

/** `Notification.permission`, or empty where there is no such API. */
export const permission = () => (typeof Notification === "function" ? Notification.permission : "");

/** iOS, where only an app on the Home Screen can do push. iPads call themselves Macs, but Macs have no touch. */
const isIos = () => {
  const { userAgent, maxTouchPoints } = navigator;
  return /iP(hone|ad|od)/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
};

/** An app on the Home Screen. */
const isApp = () => matchMedia("(display-mode: standalone), (display-mode: fullscreen)").matches;

/** The native prompt is refused in a frame of another origin. */
const isTop = () => {
  try {
    return !!window.top?.location.href;
  } catch {
    return false;
  }
};

/** localStorage, or undefined where the visitor or the browser denies it. */
export const storage = () => {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
};

/** @param {string} key */
export const recall = (key) => storage()?.getItem(key) ?? "";

/** Keeps a text, or forgets it when it is empty. @param {string} key @param {string} text */
export const keep = (key, text) => {
  try {
    if (text) storage()?.setItem(key, text);
    else storage()?.removeItem(key);
  } catch {
    // Full or denied: logic has been told that nothing can be stored, or the next page view simply decides anew.
  }
};

/** The key beside a site's own that says that its data are being erased. */
export const ERASING = ".erasing";

/** The names of what we keep for a site: its ticket, and what begins with the same words and a dot. @param {string} key */
export const kept = (key) => Object.keys(storage() ?? {}).filter((name) => `${name}.`.startsWith(`${key}.`));

export const pageLanguage = () => document.documentElement.lang || navigator.language;

/** The fields of the event `Start`, in its order. @param {string} history @param {string} ticket @param {string} fingerprint */
export const facts = (history, ticket, fingerprint) => [
  permission(),
  isSecureContext,
  "serviceWorker" in navigator,
  "PushManager" in window,
  isTop(),
  isIos() && !isApp(),
  !!storage(),
  history,
  ticket,
  fingerprint,
  pageLanguage(),
  location.pathname,
  isIos() && isApp(),
];
