/** Softbell's public surface, exactly as far as it is built. Checked with `tsc --strict`. */

export type PushStatus = "ask" | "allowed" | "blocked" | "suspended" | "unsupported" | "opted_out";
export type Value = string | number | boolean;

export interface StatusInfo {
  status: PushStatus;
  /** 0 allowed, 1 ask, 2 blocked, 3 suspended, 4 unsupported, 5 opted_out */
  code: number;
  /** Why unsupported or not reachable. */
  reason?: string;
  permission: NotificationPermission | "unavailable";
  subscription: "none" | "pending" | "live" | "failed";
  /** The server acknowledged a live subscription. */
  reachable: boolean;
  deviceId?: string;
  topics: string[];
}

/** Why the popup shows or does not show now. `code` is stable, `text` is one sentence for a developer. */
export interface Explanation {
  code: string;
  text: string;
  /** ISO 8601 */
  nextAskAt?: string;
}

export interface AskResult {
  outcome: "granted" | "denied" | "dismissed" | "unanswered" | "declined" | "closed" | "not_shown";
  why: Explanation;
  status: StatusInfo;
}

export interface PromptOptions {
  delaySeconds?: number;
  pageViews?: number;
  /** Days to wait after the first, second, ... No; the last one repeats. Default 3, 7, 30. */
  backoffDays?: number[];
  /** How often the popup may show in a lifetime. Default 5. */
  maxAsks?: number;
  /** The popup waits for one of these events of `track()`. */
  events?: string[];
}

export interface Config {
  /** The site's id. */
  site: string;
  /** Origin of the server; https, or http on localhost. */
  server: string;
  /** Default `{ url: "/softbell/sw.js", scope: "/softbell/" }`. */
  worker?: { url?: string; scope?: string };
  /** `false`: only `ask()` opens the popup. */
  prompt?: PromptOptions | false;
  /** Language tag of the popup; default: the page's. */
  locale?: string;
  /** The site's own words for title, text, yes, no, close. */
  texts?: Partial<Record<"title" | "text" | "yes" | "no" | "close", string>>;
  theme?: "auto" | "light" | "dark";
}

export interface SoftbellError extends Error {
  readonly code: string;
  readonly field?: string;
}

/** Names are the report types on the wire; only these are public. */
export interface Events {
  "status.changed": StatusInfo;
  "permission.changed": StatusInfo;
  "prompt.shown": { variant?: string };
  "prompt.accepted": { topics: string[] };
  "prompt.declined": Explanation;
  "prompt.closed": Explanation;
  "subscription.created": StatusInfo;
  "subscription.removed": StatusInfo;
  error: SoftbellError;
}

export interface Softbell {
  /** Resolves when the status is known; rejects with a `SoftbellError` when the configuration cannot be used. */
  readonly ready: Promise<StatusInfo>;
  getStatus(): Promise<StatusInfo>;
  explain(): Promise<Explanation>;
  /** Opens the soft popup. `force` skips triggers and back-off, never the status gate. */
  ask(options?: { force?: boolean }): Promise<AskResult>;
  /** The native prompt; only inside the site's own click handler, after `ready`. */
  requestPermission(): Promise<AskResult>;
  /** Switches push on here: without a prompt where it was granted, else through the popup. */
  optIn(): Promise<StatusInfo>;
  /** Switches push off here; the permission stays, so that `optIn()` needs no prompt. */
  optOut(): Promise<StatusInfo>;
  /** At most 100 topics of at most 128 bytes; rejects with `topics_too_many` or `topic_invalid`. */
  setTopics(topics: string[]): Promise<StatusInfo>;
  track(name: string, properties?: Record<string, Value>): Promise<void>;
  conversion(name: string, details?: { value?: number; currency?: string; id?: string }): Promise<void>;
  /** Opens the panel in which a visitor sees whether notifications are on; resolves when it is open. */
  openPreferences(): Promise<void>;
  /** A view change in a single-page app. */
  page(): void;
  /** Returns "off". */
  on<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): () => void;
  /** Takes the popup and every listener away; what is under way ends without a trace on the page. */
  destroy(): Promise<void>;
}

/** Synchronous; the same configuration twice gives the same client. */
export declare function init(config: Config): Softbell;
