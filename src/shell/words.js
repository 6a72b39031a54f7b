// Sentences for developers: why the popup shows or does not show, and what each field of the configuration allows.
// Generated from src/logic/why.rs and src/logic/config.rs (BLESS=1 cargo test --test logic_border); do not edit.

/** By the code of the explanation. @type {Record<string, string>} */
export const WHY = {
  "shown": "The popup is open.",
  "requesting": "The browser's own prompt is open.",
  "unanswered": "The browser's own prompt was not answered within a minute.",
  "permission_changed": "The permission changed while the popup was open.",
  "waiting_delay": "The popup waits for prompt.delaySeconds to pass.",
  "waiting_event": "The popup waits for one of the events in prompt.events.",
  "waiting_page_views": "The visitor has seen fewer pages than prompt.pageViews.",
  "declined_recently": "The visitor said No; the popup waits as long as prompt.backoffDays says.",
  "closed_recently": "The visitor closed the popup; it waits a day.",
  "dismissed_recently": "The browser's prompt went away unanswered; the popup waits a week.",
  "max_asks": "The popup was shown as often as prompt.maxAsks allows.",
  "automatic_off": "prompt is false: only ask() opens the popup.",
  "storage_denied": "The page may not store anything, so an answer could not be kept.",
  "already_allowed": "Notifications are allowed already; there is nothing to ask.",
  "blocked": "The visitor blocked notifications; only the browser's own settings can change that.",
  "suspended": "Another user of this device is signed in.",
  "gesture_needed": "The browser's own prompt opens only in a press of the visitor: call requestPermission() in a click handler.",
  "unsupported": "This page cannot do push; getStatus() gives the reason.",
  "opted_out": "The visitor switched push off here; optIn() switches it on again.",
  "config_invalid": "The configuration was refused; the console names the field.",
  "starting": "Softbell is still starting on this page.",
  "server_unavailable": "The server gave no configuration, so nobody is asked; check that it runs and lists this origin.",
};

/** By field; a field that ends in a dot stands for everything below it. @type {Record<string, string>} */
export const ALLOWED = {
  "site": "the site's id: 1 to 128 letters, digits, - or _",
  "server": "the server's address: https://host (http only on localhost), without a path",
  "worker.url": "a path on this site that begins with /",
  "worker.scope": "a path on this site that begins with /",
  "prompt": "false, or an object",
  "prompt.delaySeconds": "seconds, a whole number, 0 to 86400",
  "prompt.pageViews": "a whole number, 0 to 1000",
  "prompt.maxAsks": "a whole number, 0 to 1000",
  "prompt.backoffDays.": "a list of days, whole numbers, each 1 to 3650",
  "prompt.events.": "a list of event names, each 1 to 128 bytes without a comma or a vertical bar",
  "locale": "a language tag such as de or pt-BR",
  "theme": "auto, light or dark",
  "texts.": "your own words for title, text, yes, no and close, each at most 500 bytes",
  "data-config": "a JSON object",
  "": "no such field; the README lists all of them",
};
