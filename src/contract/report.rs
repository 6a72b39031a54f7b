//! The report types: what a browser tells the server, one `CloudEvents` `type` each.

macro_rules! report_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// One kind of report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ReportType { $($(#[$doc])* $variant),+ }

        impl ReportType {
            /// Every report type, in the order of the funnel.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The `type` on the wire.
            #[must_use]
            #[allow(clippy::inline_always)]
            #[inline(always)]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

report_types! {
    /// The soft popup became visible.
    PromptShown = "prompt.shown",
    /// The visitor pressed Yes in the soft popup.
    PromptAccepted = "prompt.accepted",
    /// The visitor pressed No in the soft popup.
    PromptDeclined = "prompt.declined",
    /// The visitor closed the soft popup without an answer.
    PromptClosed = "prompt.closed",
    /// The browser was asked for permission.
    PermissionRequested = "permission.requested",
    /// The visitor allowed notifications in the native prompt.
    PermissionGranted = "permission.granted",
    /// The visitor blocked notifications in the native prompt.
    PermissionDenied = "permission.denied",
    /// The native prompt went away without an answer.
    PermissionDismissed = "permission.dismissed",
    /// The permission changed behind our back, in the browser's own settings; `data.permission` says to what.
    PermissionChanged = "permission.changed",
    /// The push service gave this device an endpoint.
    SubscriptionCreated = "subscription.created",
    /// Subscribing failed; `data.reason` says why.
    SubscriptionFailed = "subscription.failed",
    /// A message of ours reached the worker.
    NotificationReceived = "notification.received",
    /// The visitor switched push off here.
    SubscriptionRemoved = "subscription.removed",
    /// The worker showed a notification.
    NotificationDisplayed = "notification.displayed",
    /// The visitor clicked a notification.
    NotificationClicked = "notification.clicked",
    /// The visitor pressed a button of a notification; `data.action` says which.
    NotificationAction = "notification.action",
    /// The visitor closed a notification without following it.
    NotificationDismissed = "notification.dismissed",
    /// A push could not be shown as it was meant; `data.reason` says why.
    NotificationFailed = "notification.failed",
    /// A push came whose words were not shown: too late, or for another user; `data.reason` says why.
    NotificationSuppressed = "notification.suppressed",
    /// A site's own event, named in `data.name`.
    EventTracked = "event.tracked",
    /// The outbox overflowed; `data` counts what went.
    OutboxDropped = "outbox.dropped",
    /// Something the site wanted to happen: `data.name`, `value`, `currency`, `id`.
    Conversion = "conversion",
}

impl ReportType {
    /// The report type with this name on the wire.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

/// Report types that a full outbox gives up first, oldest first.
pub const GOES_FIRST: &[&str] = &["notification.received", "notification.displayed"];
/// Report types, or how they begin, that a full outbox never gives up.
pub const NEVER_GOES: &[&str] = &["consent.", "subscription.", "conversion", "outbox."];
