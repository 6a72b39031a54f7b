/**
 * Softbell's public surface, exactly as far as it is built: tests/packaging/surface.test.mjs compares both directions.
 * Everything a visitor decides is a value; a configuration, a network or a call that cannot be used rejects with a
 * {@link SoftbellError}. After `destroy()` every call rejects with `destroyed`, after a fault of ours with
 * `client_failed`, after a refused configuration with `config_invalid`.
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
export type ErrorCode = "config_invalid" | "topics_too_many" | "topic_invalid" | "client_failed" | "destroyed";

/** What a property of an event may be. */
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
}

/** Anything unknown or out of range is refused: `ready` rejects with `config_invalid` and names the field. */
export interface Config {
  /** The site's id on the server: 1 to 128 letters, digits, `-` or `_`. */
  site: string;
  /** The server's origin without a path: `https://host`, or `http://` on localhost. */
  server: string;
  /** Where the service worker is, and its scope: paths on this origin. Default `/softbell/sw.js` and `/softbell/`. */
  worker?: { url?: string; scope?: string };
  /** When the popup opens by itself; `false`: only {@link Softbell.ask} opens it. Default: on the first page view. */
  prompt?: PromptOptions | false;
  /** Language of the popup, such as `de` or `pt-BR`. Default: the page's `lang`, else the browser's. */
  locale?: string;
  /** The site's own words, at most 500 bytes each. Built in: English, German, Spanish, French, Arabic. */
  texts?: Partial<Record<"title" | "text" | "yes" | "no" | "close", string>>;
  /** Colours of the popup. Default `auto`: as the visitor's system says. */
  theme?: "auto" | "light" | "dark";
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
  /** The status, the subscription or `reachable` changed. */
  "status.changed": StatusInfo;
  /** The visitor answered the browser's prompt, or changed the browser's settings. */
  "permission.changed": StatusInfo;
  /** The popup opened. `variant` is kept free for trials of several popups; nothing sets it yet. */
  "prompt.shown": { variant?: string };
  /** Yes in the popup; the browser's prompt follows. `topics` is empty until the popup can offer topics. */
  "prompt.accepted": { topics: string[] };
  /** No in the popup; when it may open again. */
  "prompt.declined": Explanation;
  /** The popup was closed without an answer; when it may open again. */
  "prompt.closed": Explanation;
  /** The push service gave a subscription. */
  "subscription.created": StatusInfo;
  /** The visitor switched push off here. */
  "subscription.removed": StatusInfo;
  /** Softbell stopped on this page; the console says the same. */
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
   * Opens the popup; resolves when the matter is decided. `force` skips page views, delay, events and back-off, never the
   * status: whoever blocked notifications is not asked. Every element with `data-softbell="ask"` does `ask({ force: true })`.
   * @example
   * const { outcome } = await softbell.ask({ force: true });
   */
  ask(options?: { force?: boolean }): Promise<AskResult>;

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
   * @example
   * await softbell.optOut();
   */
  optOut(): Promise<StatusInfo>;

  /**
   * Replaces the visitor's topics. Rejects with `topics_too_many` (above 100) or `topic_invalid` (an id of 0 or more than
   * 128 bytes).
   * @example
   * await softbell.setTopics(["offers", "news"]);
   */
  setTopics(topics: string[]): Promise<StatusInfo>;

  /**
   * Reports an event of the site's own, at most 32 properties; the popup may wait for it (`prompt.events`). Resolves when it
   * is handed over, not when it is sent.
   * @example
   * await softbell.track("cart_opened", { items: 3 });
   */
  track(name: string, properties?: Record<string, Value>): Promise<void>;

  /**
   * Reports something that the site wanted to happen. `value` in the currency's own unit, `currency` as in ISO 4217, `id`
   * of the order.
   * @example
   * await softbell.conversion("order", { value: 22, currency: "EUR", id: "JF-1042" });
   */
  conversion(name: string, details?: { value?: number; currency?: string; id?: string }): Promise<void>;

  /**
   * Opens the panel in which a visitor sees whether notifications are on; resolves when it is open. Fetches it at first use.
   * @example
   * await softbell.openPreferences();
   */
  openPreferences(): Promise<void>;

  /**
   * A view change in a single-page app: counts as a page view.
   * @example
   * softbell.page();
   */
  page(): void;

  /**
   * Listens to an event; the result ends it. A listener that throws does not stop the others.
   * @example
   * const off = softbell.on("subscription.created", ({ deviceId }) => console.log(deviceId));
   * off();
   */
  on<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): () => void;

  /**
   * Takes popup and listeners away; what is under way ends without a trace on the page. `init()` starts a new client.
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
 * Starts Softbell in a browser; returns at once. The same configuration twice gives the same client. Importing the package
 * does nothing, in a browser or in Node; on a server there is nothing to start, so call it in the page only.
 * @example
 * const softbell = init({ site: "shop", server: "https://push.example.com", prompt: { pageViews: 3 } });
 */
export declare function init(config: Config): Softbell;
