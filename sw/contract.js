// Words and limits that the worker shares with the client and the server.
// Generated from src/contract (BLESS=1 cargo test --test logic_border); do not edit.

export const PROMPT_SHOWN = "prompt.shown";
export const PROMPT_ACCEPTED = "prompt.accepted";
export const PROMPT_DECLINED = "prompt.declined";
export const PROMPT_CLOSED = "prompt.closed";
export const PERMISSION_REQUESTED = "permission.requested";
export const PERMISSION_GRANTED = "permission.granted";
export const PERMISSION_DENIED = "permission.denied";
export const PERMISSION_DISMISSED = "permission.dismissed";
export const PERMISSION_CHANGED = "permission.changed";
export const SUBSCRIPTION_CREATED = "subscription.created";
export const SUBSCRIPTION_FAILED = "subscription.failed";
export const NOTIFICATION_RECEIVED = "notification.received";
export const SUBSCRIPTION_REMOVED = "subscription.removed";
export const NOTIFICATION_DISPLAYED = "notification.displayed";
export const NOTIFICATION_CLICKED = "notification.clicked";
export const NOTIFICATION_ACTION = "notification.action";
export const NOTIFICATION_DISMISSED = "notification.dismissed";
export const NOTIFICATION_FAILED = "notification.failed";
export const NOTIFICATION_SUPPRESSED = "notification.suppressed";
export const EVENT_TRACKED = "event.tracked";
export const OUTBOX_DROPPED = "outbox.dropped";
export const CONVERSION = "conversion";

/** What the outbox is told: bounds of a batch and of itself, and which report types go first or never. */
export const OUTBOX = {
  batchBytes: 49152,
  batchReports: 100,
  maxReports: 500,
  maxBytes: 1000000,
  goesFirst: ["notification.received", "notification.displayed"],
  neverGoes: ["consent.", "subscription.", "conversion", "outbox."],
};

/** What the server takes of a user: bytes of an id, and of a token. */
export const USER = { idBytes: 128, tokenBytes: 4096 };

/** What the page refuses, because the server would. */
export const LIMITS = {
  topics: 100,
  tags: 50,
  idBytes: 128,
};
