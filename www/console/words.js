// Human words for what the server says in codes, and for numbers and times.

/** @type {Record<import("./api.js").Step, string>} */
export const STEPS = {
  shown: "Shown", accepted: "Accepted", granted: "Granted", subscribed: "Subscribed", sent: "Sent", displayed: "Displayed", followed: "Clicked",
};

/** What each step counts. @type {Record<import("./api.js").Step, string>} */
export const STEP_NOTES = {
  shown: "soft popup became visible", accepted: "pressed Yes in the soft popup", granted: "allowed in the browser’s own prompt",
  subscribed: "can be reached", sent: "taken by a push service", displayed: "notification appeared", followed: "notification was followed",
};

/** @type {Record<string, string>} */
const REPORTS = {
  "prompt.shown": "Soft popup shown", "prompt.accepted": "Said Yes", "prompt.declined": "Said No", "prompt.closed": "Closed the popup",
  "permission.requested": "Browser asked", "permission.granted": "Allowed notifications", "permission.denied": "Blocked notifications",
  "permission.dismissed": "Left the browser’s prompt unanswered", "subscription.created": "Subscribed", "subscription.failed": "Subscribing failed",
  "subscription.removed": "Switched notifications off", "notification.received": "Message arrived", "notification.displayed": "Notification shown",
  "notification.clicked": "Notification clicked", "notification.action": "Button pressed", "notification.dismissed": "Notification closed",
  "permission.changed": "Permission changed in the browser", "notification.failed": "Notification not shown as meant", "notification.suppressed": "Notification kept back", "event.tracked": "Event", "outbox.dropped": "Reports lost in a full outbox", conversion: "Conversion",
};

/** How a report is marked: good news, bad news, or neither. @param {string} type */
export const tone = (type) =>
  /accepted|granted|created|clicked|action|conversion/.test(type) ? "good" : /declined|denied|failed|removed|dropped/.test(type) ? "bad" : "plain";

/** @param {import("./api.js").Report} report */
export const reportWords = ({ type, data }) => {
  const words = REPORTS[type] ?? type;
  const detail = type === "notification.action" ? data?.action : data?.name ?? data?.reason;
  return typeof detail === "string" && detail ? `${words}: ${detail}` : words;
};

/** @type {Record<string, string>} */
const EXCLUSIONS = {
  not_subscribed: "have no subscription yet", opted_out: "switched notifications off here", blocked: "blocked notifications in the browser",
  gone: "were dropped by their push service", suspended: "have another user now", unsupported: "use a browser without push",
  not_identified: "wait for their user to sign in again", snoozed: "want to hear nothing for a while",
  vapid_retired: "subscribed with a key that this server no longer has",
};

/** @param {string} code */
export const exclusionWords = (code) => EXCLUSIONS[code] ?? code.replaceAll("_", " ");

/** @type {Record<string, string>} */
const STATUSES = { ask: "Not asked yet", allowed: "Allowed", blocked: "Blocked", suspended: "Suspended", unsupported: "Not supported", opted_out: "Switched off" };

/** @param {import("./api.js").Device} device */
export const deviceState = ({ reachable, status }) => (reachable ? "Reachable" : status === "allowed" ? "Not subscribed" : STATUSES[status] ?? status);

/** @type {[RegExp, string][]} */
const SERVICES = [
  [/googleapis\.com$|google\.com$/, "Chrome"], [/mozilla\.com$|mozaws\.net$/, "Firefox"], [/push\.apple\.com$/, "Safari"], [/windows\.com$/, "Edge"],
];

/** The browser behind a push service. @param {string | null} host */
export const serviceWords = (host) => (host ? SERVICES.find(([match]) => match.test(host))?.[1] ?? host : "No push service");

/** @type {Record<string, string>} */
const FAILURES = {
  expired: "it could not be delivered in time", too_large: "the push service refused it as too large", no_subscription: "the subscription ended before its turn came",
  endpoint_not_allowed: "the push service is not one of those allowed here", subscription_keys_invalid: "the browser’s keys cannot be used",
  other_user: "the device belongs to another user now", not_identified: "the device waits for its user to sign in again",
  erased: "the device was erased", snoozed: "the visitor wants to hear nothing for a while",
  vapid_retired: "it was subscribed with a key that this server no longer has",
  vapid_refused: "the push service refused this server’s key", vapid_failed: "this server’s key could not sign it",
  redirected: "the push service sent it elsewhere", refused: "the push service refused it", timeout: "the push service took too long",
  rate_limited: "the push service wanted fewer messages at a time", service_error: "the push service had a fault",
  network: "the push service could not be reached", no_message: "the message is no longer stored",
  database_away: "the server’s database did not answer", endpoint_changed: "the device’s subscription changed meanwhile",
  no_random: "the server had no random numbers", id_invalid: "an id in the server’s database is damaged",
};
/** @param {string} code */
export const failureWords = (code) => FAILURES[code] ?? code.replaceAll("_", " ");

/** @type {Record<string, string>} */
const WARNINGS = {
  holds_card_number: "seems to hold a card number", holds_iban: "seems to hold a bank account’s number",
  holds_email_address: "seems to hold an e-mail address", holds_code: "seems to hold a code",
  left_out_of_private: "is not shown of a private message",
};
/** @param {{ code: string, member: string }} warning */
export const warningWords = ({ code, member }) => `“${member}” ${WARNINGS[code] ?? code.replaceAll("_", " ")}.`;

/** What a press on a button does, by the API's `type`. @type {Record<string, string>} */
export const BUTTON_TYPES = {
  deeplink: "Opens its link", weburl: "Opens its link in a new window", background: "Tells the site, opens nothing", dismiss: "Only closes the notification",
  snooze: "Pauses messages for a while", mute: "Ends messages of a topic",
};

/** What fits into a field, in the words of the form. @type {[RegExp, (origin: string) => string][]} */
const ADVICE = [
  [/^(url|actions.*url)$/, (origin) => `Use an address on the site itself, such as ${origin}/.`],
  [/^(icon|image|badge)$/, () => "Use a whole address that begins with https://."],
  [/^audience\.locale$/, () => "Use a language such as de or pt-BR."],
  [/^collapse$/, () => "Use letters, digits, - and _ only, at most 32."],
  [/minutes$/, () => "Use whole minutes, from 1 to 43,200, which is 30 days."],
  [/^vibrate$/, () => "Use up to 99 whole numbers, at most 10,000 each, and not with Silent."],
  [/^app_badge$/, () => "Use a whole number, 0 or more."],
  [/^data$/, () => "Use a JSON object such as {\"order\": \"1042\"}, of 2,048 bytes at most, without a member “softbell”."],
];
/** @param {string} name the field's @param {string} origin @returns {string | undefined} the server's own words otherwise */
export const advice = (name, origin) => ADVICE.find(([match]) => match.test(name))?.[1](origin);

const WHOLE = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
/** @param {number} value */
export const number = (value) => WHOLE.format(value);
/** @param {number} value */
export const shortNumber = (value) => SHORT.format(value);
/** @param {number} part @param {number} whole @returns {string} a share in per cent, or a dash */
export const rate = (part, whole) => {
  if (!whole) return "–";
  const share = (part / whole) * 100;
  return `${share >= 99.95 || share === 0 ? Math.round(share) : share.toFixed(1)} %`;
};
/** @param {number | null} share 0 to 1, or more; null: of nothing */
export const percent = (share) => (share === null ? "–" : rate(share, 1));
/** @param {number} value @param {string | null} currency three letters, not always those of a currency */
export const money = (value, currency) => (currency ? new Intl.NumberFormat("en", { style: "currency", currency }).format(value) : number(value));
/** @param {number} count @param {string} one @param {string} [many] */
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
/** @param {number | Date} time */
export const clock = (time) => CLOCK.format(time);
/** @param {number | Date} time */
export const day = (time) => DAY.format(time);
/** @param {string} time */
export const fullTime = (time) => FULL.format(new Date(time));

/** "just now", "4 min ago", "2 h ago", "12 Nov". @param {string} time @param {number} [now] */
export const ago = (time, now = Date.now()) => {
  const then = Date.parse(time), seconds = (now - then) / 1000;
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${day(then)}, ${clock(then)}`;
};

const LANGUAGES = new Intl.DisplayNames("en", { type: "language" });
/** @param {string | null} locale */
export const language = (locale) => {
  try {
    return locale ? LANGUAGES.of(locale) ?? locale : "";
  } catch {
    return locale ?? "";
  }
};
