//! Why the popup shows or does not show: every reason with its stable code and one sentence for a developer.

use super::history::Millis;

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)+) => {
        /// A reason.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Why { $($(#[$doc])* $name),+ }

        impl Why {
            const CODES: &'static [&'static str] = &[$($code),+];

            /// Every reason: stable code and one sentence. The module never reads this table, so that the sentences
            /// stay out of it: the shell has them in a chunk of its own (`shell/words.js`, generated).
            pub const WORDS: &'static [(&'static str, &'static str)] = &[$(($code, $text)),+];
        }
    };
}

whys! {
    /// The popup is open.
    Shown = "shown", "The popup is open.";
    /// The native prompt is open.
    Requesting = "requesting", "The browser's own prompt is open.";
    /// The native prompt stays without an answer.
    Unanswered = "unanswered", "The browser's own prompt was not answered within a minute.";
    /// The question was settled elsewhere while the popup was open.
    PermissionChanged = "permission_changed", "The permission changed while the popup was open.";
    /// The delay runs.
    WaitingDelay = "waiting_delay", "The popup waits for prompt.delaySeconds to pass.";
    /// None of the events happened yet.
    WaitingEvent = "waiting_event", "The popup waits for one of the events in prompt.events.";
    /// Too few page views.
    WaitingPageViews = "waiting_page_views", "The visitor has seen fewer pages than prompt.pageViews.";
    /// A No, not long ago.
    DeclinedRecently = "declined_recently", "The visitor said No; the popup waits as long as prompt.backoffDays says.";
    /// Closed, not long ago.
    ClosedRecently = "closed_recently", "The visitor closed the popup; it waits a day.";
    /// The native prompt went away, not long ago.
    DismissedRecently = "dismissed_recently", "The browser's prompt went away unanswered; the popup waits a week.";
    /// `snooze()`.
    Snoozed = "snoozed", "The visitor does not want to be disturbed until then.";
    /// `pausePrompts()`.
    Paused = "paused", "pausePrompts() holds the popup back until resumePrompts().";
    /// The address.
    UrlExcluded = "url_excluded", "The address is not one of prompt.urls.allow, or it is one of prompt.urls.deny.";
    /// Shown often enough.
    MaxAsks = "max_asks", "The popup was shown as often as prompt.maxAsks allows.";
    /// `prompt: false`.
    AutomaticOff = "automatic_off", "prompt is false: only ask() opens the popup.";
    /// Nothing can be stored.
    StorageDenied = "storage_denied", "The page may not store anything, so an answer could not be kept.";
    /// Granted already.
    AlreadyAllowed = "already_allowed", "Notifications are allowed already; there is nothing to ask.";
    /// Denied.
    Blocked = "blocked", "The visitor blocked notifications; only the browser's own settings can change that.";
    /// An earlier user's device.
    Suspended = "suspended", "Another user of this device is signed in.";
    /// `requestPermission()` outside a press.
    GestureNeeded = "gesture_needed", "The browser's own prompt opens only in a press of the visitor: call requestPermission() in a click handler.";
    /// No push here.
    Unsupported = "unsupported", "This page cannot do push; getStatus() gives the reason.";
    /// Switched off here.
    OptedOut = "opted_out", "The visitor switched push off here; optIn() switches it on again.";
    /// The configuration was refused.
    ConfigInvalid = "config_invalid", "The configuration was refused; the console names the field.";
    /// Not everything is known yet.
    Starting = "starting", "Softbell is still starting on this page.";
    /// No configuration from the server.
    ServerUnavailable = "server_unavailable", "The server gave no configuration, so nobody is asked; check that it runs and lists this origin.";
}

impl Why {
    /// Stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::CODES.get(self as usize).copied().unwrap_or_default()
    }
}

/// A reason, and when the popup may show again: 0 where time alone will not change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Because {
    /// The reason.
    pub why: Why,
    /// Milliseconds since 1970, or 0.
    pub next: Millis,
}

impl From<Why> for Because {
    fn from(why: Why) -> Self {
        Self { why, next: 0 }
    }
}
