/**
 * Softbell's public surface, exactly as far as it is built: tests/packaging/surface.test.mjs compares both directions.
 * Everything a visitor decides is a value; a configuration, a network or a call that cannot be used rejects with a
 * {@link SoftbellError}. After `destroy()` every call rejects with `destroyed`, after a fault of ours with
 * `client_failed`, after a refused configuration with `config_invalid`, and where another copy of the kit runs on the page
 * already with `second_copy`.
 */

/**
 * Whether this browser may be asked, is on, or must be left alone. `ask`: not answered yet, a soft No, or a native prompt
 * that went away · `allowed`: granted, and not switched off here · `blocked`: refused in the browser · `suspended`: of an
 * earlier user of this device · `unsupported`: see {@link StatusInfo.reason} · `opted_out`: granted, but switched off here.
 */
export type PushStatus = "ask" | "allowed" | "blocked" | "suspended" | "unsupported" | "opted_out";

/** Why push is unsupported, or this device cannot be reached. */
export type StatusReason =
  | "insecure_context"
  | "no_service_worker"
  | "no_push_manager"
  | "no_notification_api"
  | "ios_not_installed"
  | "cross_origin_iframe"
  | "policy_blocked"
  | "push_service_unavailable"
  | "trusted_types"
  | "storage_denied";

/** Why the popup shows or does not show. */
export type WhyCode =
  | "shown"
  | "requesting"
  | "unanswered"
  | "permission_changed"
  | "waiting_delay"
  | "waiting_event"
  | "waiting_page_views"
  | "declined_recently"
  | "closed_recently"
  | "dismissed_recently"
  | "snoozed"
  | "paused"
  | "url_excluded"
  | "max_asks"
  | "automatic_off"
  | "storage_denied"
  | "already_allowed"
  | "blocked"
  | "suspended"
  | "gesture_needed"
  | "unsupported"
  | "opted_out"
  | "config_invalid"
  | "starting"
  | "server_unavailable";

/** What a {@link SoftbellError} can say. */
export type ErrorCode =
  | "config_invalid"
  | "consent_denied"
  | "consent_invalid"
  | "topics_too_many"
  | "topic_invalid"
  | "tags_too_many"
  | "tag_invalid"
  | "snooze_invalid"
  | "properties_too_many"
  | "reason_too_long"
  | "client_failed"
  | "second_copy"
  | "destroyed"
  | UserCode;

/** Whether this visitor lets us store and send: `pending` nothing yet, `denied` not, or no longer. */
export type Consent = "granted" | "pending" | "denied";

/**
 * Why {@link Softbell.identify} rejects. `superseded`: `identify()` or `logout()` was called again · `token_unavailable`: the
 * function failed, gave no text, or took longer than ten seconds · the other `token_` codes are the server's, about the token.
 */
export type UserCode =
  | "user_invalid"
  | "superseded"
  | "server_unavailable"
  | "storage_denied"
  | "token_unavailable"
  | "token_missing"
  | "token_malformed"
  | "token_expired"
  | "token_too_long_lived"
  | "token_not_yet_valid"
  | "token_audience_wrong"
  | "token_subject_wrong"
  | "token_device_wrong"
  | "token_key_unknown"
  | "token_algorithm_wrong"
  | "token_signature_wrong";

/** What a tag or a property of an event may be. */
export type Value = string | number | boolean;

/** How things stand between this browser, the visitor and the server. */
export interface StatusInfo {
  /** The status in a word. */
  status: PushStatus;
  /** The same as a number: 0 `allowed`, 1 `ask`, 2 `blocked`, 3 `suspended`, 4 `unsupported`, 5 `opted_out`. */
  code: number;
  /** Why `unsupported` or not reachable; left out otherwise. */
  reason?: StatusReason;
  /** What the browser says; `unavailable` where it has no notifications. */
  permission: NotificationPermission | "unavailable";
  /** The browser's push subscription: `pending` while the push service is asked, `failed` when it refused. */
  subscription: "none" | "pending" | "live" | "failed";
  /** The server acknowledged a live subscription: a message sent now would arrive. */
  reachable: boolean;
  /** This browser's id on the server, once it has one: what a site's back end sends a message to. */
  deviceId?: string;
  /** Whom `identify()` named on this page view, once the server agreed; with `suspended`, that earlier user. */
  userId?: string;
  /** Ids of the topics that the visitor chose. */
  topics: string[];
}

/** Why the popup shows or does not show now. */
export interface Explanation {
  /** Stable. */
  code: WhyCode;
  /** One English sentence for a developer. */
  text: string;
  /** When it may show by itself again, ISO 8601; left out where time alone will not change it. */
  nextAskAt?: string;
}

/** What came of {@link Softbell.ask} or {@link Softbell.requestPermission}. */
export interface AskResult {
  /**
   * Of the browser's prompt: `granted`, `denied`, `dismissed` (it went away), `unanswered` (for a minute). Of the popup:
   * `declined` (No), `closed`, `not_shown` (`why` says why).
   */
  outcome: "granted" | "denied" | "dismissed" | "unanswered" | "declined" | "closed" | "not_shown";
  /** How it stands with asking after that. */
  why: Explanation;
  /** How everything stands after that. */
  status: StatusInfo;
}

/** When the popup opens by itself. All that are given must hold. */
export interface PromptOptions {
  /** Seconds that a page must be open first: 0 to 86 400. Default 0. */
  delaySeconds?: number;
  /** Page views of this visitor first, this one included: 0 to 1 000. Default 1. */
  pageViews?: number;
  /** Days to wait after the first, second, ... No, 1 to 3 650 each; the last one repeats. Default `[3, 7, 30]`. */
  backoffDays?: number[];
  /** How often it may open by itself in a lifetime: 0 to 1 000. Default 5. */
  maxAsks?: number;
  /** It waits for one of these events of `track()`: each 1 to 128 bytes without `,` or `|`. Default none. */
  events?: string[];
  /**
   * On which pages: paths that begin with `/`; a `*` at the end stands for anything, so `/cart*` is every path that begins
   * with `/cart`. `deny` beats `allow`. Default everywhere.
   */
  urls?: { allow?: string[]; deny?: string[] };
  /** Topics that a Yes adds to the visitor's, ids of 1 to 128 bytes each. Default none. */
  topics?: string[];
  /** Kept for popups of other forms: there is one so far, whatever is said here. Default `card`. */
  form?: "slide" | "card" | "banner" | "modal" | "inline";
}

/** Anything unknown or out of range is refused: `ready` rejects with `config_invalid` and names the field. */
export interface Config {
  /** The site's id on the server: 1 to 128 letters, digits, `-` or `_`. */
  site: string;
  /** The server's origin without a path: `https://host`, or `http://` on localhost. */
  server: string;
  /**
   * Where the service worker is, and its scope: paths on this origin, by default `/softbell/sw.js` and `/softbell/`. Or the
   * registration of a site that registers our worker itself, alone or imported into its own.
   */
  worker?: { url?: string; scope?: string } | { registration: ServiceWorkerRegistration };
  /**
   * Scopes of another kit's workers on this origin, such as `/` or `/firebase-cloud-messaging-push-scope`: once this browser
   * is reachable, their subscriptions are given up and they are unregistered. Default none.
   */
  replaces?: string[];
  /** When the popup opens by itself; `false`: only {@link Softbell.ask} opens it. Default: on the first page view. */
  prompt?: PromptOptions | false;
  /** What `logout()` does: `detach` takes the user off this device, `keep` leaves it his. Default `detach`. */
  logout?: "keep" | "detach";
  /** Language of the popup, such as `de` or `pt-BR`. Default: the page's `lang`, else the browser's. */
  locale?: string;
  /** The site's own words, at most 500 bytes each. Built in: English, German, Spanish, French, Arabic. */
  texts?: Partial<Record<"title" | "text" | "yes" | "no" | "close", string>>;
  /**
   * What the site's consent banner says when the page begins. Default `granted`. `pending`: nothing is read, stored, fetched
   * or registered, and every call waits, until {@link Softbell.setConsent}.
   */
  consent?: Consent;
  /** Where clicks on notifications may lead beside the site itself: origins, `https://host` each. Default nowhere. */
  allowedOrigins?: string[];
  /**
   * Who shows a message that comes while a page of the site is visible: `system` (a notification, the default), `page` (only
   * the page, where a listener of `notification.received` calls `preventDefault()`), or `both`.
   */
  foreground?: "system" | "page" | "both";
  /** The nonce of the page's content security policy. Nothing needs it yet: styles and scripts of the kit pass without. */
  nonce?: string;
  /** Colours of the popup. Default `auto`: as the visitor's system says. */
  theme?: "auto" | "light" | "dark";
}

/** A message, as the worker tells of it; or the server, where the press led to this page (see `notification.clicked`). */
export interface Message {
  /** The id that the server gave it. */
  id: string;
  /** The notification's title. */
  title: string;
  /** Its text. */
  body?: string;
  /** Where a press leads. */
  url?: string;
  /** The button that was pressed; left out for the notification itself. */
  action?: string;
  /** What the sender put in for the site. */
  data?: unknown;
  /** In `notification.received`, where `foreground` is `page`: the page shows the message itself. */
  preventDefault(): void;
}

/** A configuration, network or programming fault. */
export interface SoftbellError extends Error {
  /** Stable. */
  readonly code: ErrorCode;
  /** The field of the configuration that cannot be used, dotted. */
  readonly field?: string;
}

/** What {@link Softbell.on} can listen to, and what the listener is given. Names are those of the reports on the wire. */
export interface Events {
  /**
   * The status, the subscription or `reachable` changed.
   * @example
   * softbell.on("status.changed", ({ status, reachable }) => document.body.classList.toggle("push", status === "allowed" && reachable));
   */
  "status.changed": StatusInfo;
  /**
   * The visitor answered the browser's prompt, or changed the browser's settings.
   * @example
   * softbell.on("permission.changed", ({ permission }) => console.log(permission));
   */
  "permission.changed": StatusInfo;
  /**
   * The popup opened. `variant` is `default`; the name is kept for trials of several popups.
   * @example
   * softbell.on("prompt.shown", ({ variant }) => console.log("asked with", variant));
   */
  "prompt.shown": { variant?: string };
  /**
   * Yes in the popup; the browser's prompt follows. `topics` are those of `ask()`, else those of `prompt.topics`.
   * @example
   * softbell.on("prompt.accepted", ({ topics }) => console.log("yes to", topics.join()));
   */
  "prompt.accepted": { topics: string[] };
  /**
   * No in the popup; when it may open again.
   * @example
   * softbell.on("prompt.declined", ({ nextAskAt }) => console.log("not before", nextAskAt));
   */
  "prompt.declined": Explanation;
  /**
   * The popup was closed without an answer; when it may open again.
   * @example
   * softbell.on("prompt.closed", ({ code, nextAskAt }) => console.log(code, nextAskAt));
   */
  "prompt.closed": Explanation;
  /**
   * The push service gave a subscription.
   * @example
   * softbell.on("subscription.created", ({ deviceId }) => console.log(deviceId));
   */
  "subscription.created": StatusInfo;
  /**
   * The visitor switched push off here.
   * @example
   * softbell.on("subscription.removed", ({ status }) => console.log(status));
   */
  "subscription.removed": StatusInfo;
  /**
   * A message came, and this page is awake.
   * @example
   * softbell.on("notification.received", (message) => console.log(message.title));
   */
  "notification.received": Message;
  /**
   * The visitor pressed a notification, or one of its buttons, and this page is awake. Of a private message, and in Safari of
   * every message, the page that the press led to hears, once: the real words are fetched only then, and only for the
   * user whom they were written for (docs/users.md).
   * @example
   * softbell.on("notification.clicked", ({ url, action }) => console.log(url, action));
   */
  "notification.clicked": Message;
  /**
   * Softbell stopped on this page; the console says the same.
   * @example
   * softbell.on("error", ({ code, message }) => console.log(code, message));
   */
  error: SoftbellError;
}

/** A started client: what `init()` gives, and what a function in the command queue is handed. */
export interface Softbell {
  /**
   * Resolves when the status is known; nothing was asked yet.
   * Rejects with `config_invalid` (`field` names what), or `client_failed` where module or browser failed.
   * @example
   * softbell.ready.then(({ status }) => console.log(status), (error) => console.log(error.code, error.field));
   */
  readonly ready: Promise<StatusInfo>;

  /**
   * How things stand now, with device id and topics.
   * @example
   * const { status, reachable, deviceId } = await softbell.getStatus();
   */
  getStatus(): Promise<StatusInfo>;

  /**
   * Why the popup shows or does not show now.
   * @example
   * const { code, text, nextAskAt } = await softbell.explain();
   */
  explain(): Promise<Explanation>;

  /**
   * Opens the popup; resolves when the matter is decided. `force` skips page views, delay, events, addresses and back-off, never
   * the status: whoever blocked notifications is not asked. Every element with `data-softbell="ask"` does `ask({ force: true })`.
   * A Yes adds `topics` to the visitor's. Rejects with `topics_too_many` or `topic_invalid` as {@link Softbell.setTopics}.
   * @example
   * const { outcome } = await softbell.ask({ force: true, topics: ["restock"] });
   */
  ask(options?: { force?: boolean; topics?: string[] }): Promise<AskResult>;

  /**
   * Opens the browser's own prompt without the popup: only in the site's own click handler, and after `ready`; elsewhere the
   * outcome is `not_shown` with `gesture_needed`.
   * @example
   * document.querySelector("#bell")?.addEventListener("click", () => softbell.requestPermission());
   */
  requestPermission(): Promise<AskResult>;

  /**
   * Switches push on here: without a prompt where it was granted before, else through the popup.
   * @example
   * const { reachable } = await softbell.optIn();
   */
  optIn(): Promise<StatusInfo>;

  /**
   * Switches push off here and gives the subscription up. The browser's permission stays, so that `optIn()` needs no prompt.
   * `reason` goes into the consent ledger; rejects with `reason_too_long` above 255 bytes.
   * @example
   * await softbell.optOut({ reason: "too many" });
   */
  optOut(options?: { reason?: string }): Promise<StatusInfo>;

  /**
   * Says who the visitor is: 1 to 128 bytes of any text. `token` is signed by the site's back end (docs/users.md); a function is
   * called only when the server needs a fresh one. For the user that the server knows already it costs no request. An
   * earlier user of this device for whom the site gives no token gets the status `suspended`. Rejects with a {@link UserCode}.
   * @example
   * const { userId } = await softbell.identify("u42", () => fetch("/push-token?user=u42").then((answer) => answer.text()));
   */
  identify(userId: string, token: string | (() => Promise<string>)): Promise<StatusInfo>;

  /**
   * The visitor has signed out: the device has no user any more, offline too, and gets nobody's personal messages
   * (`logout: "keep"` leaves it his). The subscription stays.
   * @example
   * await softbell.logout();
   */
  logout(): Promise<StatusInfo>;

  /**
   * Replaces the visitor's topics. Rejects with `topics_too_many` (above 100), `topic_invalid` (an id of 0 or more than
   * 128 bytes) or `storage_denied` (this browser keeps nothing).
   * @example
   * await softbell.setTopics(["offers", "news"]);
   */
  setTopics(topics: string[]): Promise<StatusInfo>;

  /**
   * Describes the visitor for the site's own rules: adds to the tags, or replaces them all; `null` removes one. Rejects with
   * `tags_too_many` (above 50 in all), `tag_invalid` (a name of 0 or more than 128 bytes, a longer text, or no
   * {@link Value}) or `storage_denied`.
   * @example
   * await softbell.setTags({ plan: "gold", size: 42, beta: true, old: null });
   */
  setTags(tags: Record<string, Value | null>, mode?: "merge" | "replace"): Promise<void>;

  /**
   * No popup by itself and no message until then; `null`, or a moment that is past, ends it. Rejects with `snooze_invalid` (no
   * date, or one beyond the year 9999) or `storage_denied`.
   * @example
   * await softbell.snooze(new Date(Date.now() + 30 * 86_400_000));
   * await softbell.snooze(null);
   */
  snooze(until: Date | null): Promise<StatusInfo>;

  /**
   * Reports an event of the site's own; the popup may wait for it (`prompt.events`). Resolves when it is handed over, not
   * when it is sent. Rejects with `properties_too_many` (above 32). Does nothing where the visitor's browser asks not to be
   * profiled (`navigator.globalPrivacyControl`).
   * @example
   * await softbell.track("cart_opened", { items: 3 });
   */
  track(name: string, properties?: Record<string, Value>): Promise<void>;

  /**
   * Reports something that the site wanted to happen. `value` in the currency's own unit, `currency` as in ISO 4217, `id`
   * of the order. Does nothing under Global Privacy Control, as {@link Softbell.track}.
   * @example
   * await softbell.conversion("order", { value: 22, currency: "EUR", id: "JF-1042" });
   */
  conversion(name: string, details?: { value?: number; currency?: string; id?: string }): Promise<void>;

  /**
   * What the visitor decided in the site's consent banner; call it on every page, whenever it is known or changes.
   * `granted` starts what `pending` held back. `denied` unsubscribes, takes worker and storage of ours away, tells the server
   * once, and from then on every call rejects with `consent_denied`; `granted` after that begins anew, as a new device. Without
   * the server, that one message waits in localStorage until it is told; nothing else stays. `pending` after an answer
   * changes nothing. Rejects with `consent_invalid` for any other word.
   * @example
   * await softbell.setConsent("granted");
   */
  setConsent(consent: Consent): Promise<void>;

  /**
   * All that this browser and the server hold about this device, as JSON without keys and secrets: `browser`, and `server`,
   * which is `null` where the server knows nothing. Rejects with `server_unavailable`.
   * @example
   * const json = JSON.stringify(await softbell.exportData(), null, 2);
   */
  exportData(): Promise<unknown>;

  /**
   * Erases this device on the server, then everything in this browser, and begins anew. Where notifications were allowed they
   * stay off until `optIn()`, because only the visitor can take the browser's permission back. Rejects with
   * `server_unavailable`, and then nothing was erased: try again.
   * @example
   * await softbell.eraseData();
   */
  eraseData(): Promise<void>;

  /**
   * Opens the panel in which a visitor sees whether notifications are on; resolves when it is open. Fetches it at first use.
   * @example
   * await softbell.openPreferences();
   */
  openPreferences(): Promise<void>;

  /**
   * A view change in a single-page app: counts as a page view, of this address or of the page's own.
   * @example
   * softbell.page("/basket");
   */
  page(url?: string): void;

  /**
   * Holds back popups that come by themselves, until {@link Softbell.resumePrompts}: for a form, a film, a payment. `ask()` still
   * opens one, and one that is open stays.
   * @example
   * softbell.pausePrompts();
   */
  pausePrompts(): void;

  /**
   * Lets popups come by themselves again; the first one that was held back opens at once, if its time is still right.
   * @example
   * softbell.resumePrompts();
   */
  resumePrompts(): void;

  /**
   * Listens to an event; the result ends it. A listener that throws does not stop the others; one that is added while an
   * event is told hears the next one.
   * @example
   * const off = softbell.on("subscription.created", ({ deviceId }) => console.log(deviceId));
   * off();
   */
  on<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): () => void;

  /**
   * Takes popup and listeners away; what is under way ends without a trace on the page. `init()` starts a new client. What the
   * script tag itself brought stays until the next page view: `window.softbell`, the elements with `data-softbell="ask"`, whose
   * presses then say `destroyed` in the console, and the answer to a notification that leads to this page.
   * @example
   * await softbell.destroy();
   */
  destroy(): Promise<void>;
}

type Method = { [K in keyof Softbell]: Softbell[K] extends (...given: never[]) => unknown ? K : never }[keyof Softbell];
type Given<K extends Method> = Softbell[K] extends (...given: infer A) => unknown ? A : never;
type Listening = { [E in keyof Events]: ["on", E, (detail: Events[E]) => void] }[keyof Events];

/** What the script tag's queue takes: a method's name and what it is given, or a function that is handed the client. */
export type Command =
  | { [K in Exclude<Method, "on">]: [K, ...Given<K>] }[Exclude<Method, "on">]
  | Listening
  | ((softbell: Softbell) => void);

declare global {
  interface Window {
    /**
     * The script tag's queue; an array until the loader is there. Pages that `init()` have no need of it.
     * @example
     * (window.softbell ||= []).push(["track", "cart_opened"], (softbell) => softbell.on("error", console.log));
     */
    softbell: { push(...commands: Command[]): unknown };
  }
}

/**
 * Starts Softbell in a browser; returns at once. The same configuration twice gives the same client; another one destroys
 * the client before it. Importing the package does nothing, in a browser or in Node; on a server there is nothing to start, so
 * call it in the page only. In a page that the browser prerenders it waits until somebody looks at it.
 * @example
 * const softbell = init({ site: "shop", server: "https://push.example.com", prompt: { pageViews: 3 } });
 */
export declare function init(config: Config): Softbell;
