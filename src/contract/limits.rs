//! Limits of everything that travels, each refused with a code of its own.

/// Topics a device may carry.
pub const TOPICS: usize = 100;
/// Tags a device may carry.
pub const TAGS: usize = 50;
/// Bytes of an id (site, user, topic, tag, campaign, message).
pub const ID_BYTES: usize = 128;
/// Bytes of a user's token (JWT). Real ones have at most about 500.
pub const TOKEN_BYTES: usize = 4096;
/// Properties of one tracked event.
pub const EVENT_PROPERTIES: usize = 32;
/// Bytes of one batch of reports: below the 64 KiB that `sendBeacon` and `fetch` keepalive share (Fetch, 4.5).
pub const BATCH_BYTES: usize = 48 * 1024;
/// Reports in one batch.
pub const BATCH_REPORTS: usize = 100;
/// Reports that wait in one browser at most. Above it the least important go.
pub const OUTBOX_REPORTS: usize = 500;
/// Bytes of the reports that wait in one browser, as JSON.
pub const OUTBOX_BYTES: usize = 1_000_000;
/// Bytes of a message before encryption (RFC 8291, section 4: one record of at most 4 096 bytes).
pub const PAYLOAD_BYTES: usize = 3_993;
