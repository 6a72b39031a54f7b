//! Push status, permission and subscription: the field's own words and numbers.

/// What the browser says about notifications (Notifications API, `NotificationPermission`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// There is no Notification API here, or nothing is known yet.
    #[default]
    Unavailable,
    /// Never answered, or dismissed.
    Default,
    /// Notifications are allowed.
    Granted,
    /// Notifications are blocked.
    Denied,
}

impl Permission {
    /// Every permission, by its number in what a device remembers.
    pub const ALL: [Self; 4] = [Self::Unavailable, Self::Default, Self::Granted, Self::Denied];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Unavailable => "unavailable",
        }
    }

    /// Reads the browser's word; anything unknown counts as no API.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "default" => Self::Default,
            "granted" => Self::Granted,
            "denied" => Self::Denied,
            _ => Self::Unavailable,
        }
    }
}

/// Whether this device may be asked, is reachable, or must be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushStatus {
    /// Permission is granted and the visitor has not opted out here.
    Allowed = 0,
    /// Permission is `default`: never asked, a soft No, or a native dismissal.
    Ask = 1,
    /// Permission is denied.
    Blocked = 2,
    /// The server's status of an earlier user of this device.
    Suspended = 3,
    /// This page cannot do push; a [`StatusReason`] says why.
    Unsupported = 4,
    /// Permission is granted, but the visitor switched push off here.
    OptedOut = 5,
}

impl PushStatus {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Ask => "ask",
            Self::Blocked => "blocked",
            Self::Suspended => "suspended",
            Self::Unsupported => "unsupported",
            Self::OptedOut => "opted_out",
        }
    }

    /// The field's number for this status.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// Why a device is unsupported or not reachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusReason {
    /// The page is not served over https (or localhost).
    InsecureContext,
    /// The browser has no service workers.
    NoServiceWorker,
    /// The browser has no `PushManager`.
    NoPushManager,
    /// The browser has no Notification API.
    NoNotificationApi,
    /// iOS grants push to Home Screen apps only.
    IosNotInstalled,
    /// Browsers refuse the native prompt in a cross-origin frame.
    CrossOriginIframe,
    /// A policy of the browser or the site forbids it.
    PolicyBlocked,
    /// The browser's push service does not answer.
    PushServiceUnavailable,
    /// The page's Trusted Types refuse the policy `softbell`.
    TrustedTypes,
    /// The page may not store anything.
    StorageDenied,
}

impl StatusReason {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InsecureContext => "insecure_context",
            Self::NoServiceWorker => "no_service_worker",
            Self::NoPushManager => "no_push_manager",
            Self::NoNotificationApi => "no_notification_api",
            Self::IosNotInstalled => "ios_not_installed",
            Self::CrossOriginIframe => "cross_origin_iframe",
            Self::PolicyBlocked => "policy_blocked",
            Self::PushServiceUnavailable => "push_service_unavailable",
            Self::TrustedTypes => "trusted_types",
            Self::StorageDenied => "storage_denied",
        }
    }
}

/// The device's push subscription, beside its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// There is none.
    None,
    /// `subscribe()` is under way.
    Pending,
    /// The push service gave an endpoint.
    Live,
    /// The last attempt failed.
    Failed,
}

impl Subscription {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Live => "live",
            Self::Failed => "failed",
        }
    }
}
