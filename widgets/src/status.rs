//! What the public API tells of this device, and what the site configured: the members that the panel needs.

use serde::Deserialize;

/// `StatusInfo` of `pkg/index.d.ts`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct StatusInfo {
    /// Whether this device may be asked, is reachable, or must be left alone.
    pub status: PushStatus,
    /// Why it is unsupported or not reachable, by its stable code.
    pub reason: Option<String>,
    /// The server acknowledged a live subscription.
    pub reachable: bool,
}

/// `PushStatus` of `pkg/index.d.ts`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PushStatus {
    /// Nobody answered yet.
    Ask,
    /// Notifications are allowed.
    Allowed,
    /// Notifications are blocked in the browser.
    Blocked,
    /// The device belongs to another user.
    Suspended,
    /// This page cannot do push.
    Unsupported,
    /// The visitor switched them off here.
    OptedOut,
}

/// What of `Config` the panel follows; the popup does the same.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Look {
    /// Language tag; default: the page's.
    pub locale: Option<String>,
    /// `auto`, `light` or `dark`.
    pub theme: Option<String>,
}
