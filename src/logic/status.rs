//! Push status: one word from what the browser is and what it says about permission.

use crate::contract::{Permission, PushStatus, StatusReason};

/// What the browser is; it does not change while the page lives.
// Five independent facts of the platform, not a state in disguise.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    /// `isSecureContext`.
    pub secure: bool,
    /// There are service workers.
    pub workers: bool,
    /// There is a `PushManager`.
    pub push: bool,
    /// Not inside a frame of another origin.
    pub top: bool,
    /// iOS, outside an app on the Home Screen.
    pub ios_tab: bool,
    /// `localStorage` works.
    pub storage: bool,
    /// iOS, in an app on the Home Screen.
    pub ios_app: bool,
}

/// The push status, and why where it is `unsupported`.
///
/// `opted_out`: the visitor switched push off here. The reasons are tried from the outside in, so that the one a developer can do something about comes first.
#[must_use]
pub fn status(platform: Platform, permission: Permission, opted_out: bool) -> (PushStatus, Option<StatusReason>) {
    let missing = [
        (platform.secure, StatusReason::InsecureContext),
        (platform.top, StatusReason::CrossOriginIframe),
        (!platform.ios_tab, StatusReason::IosNotInstalled),
        (platform.workers, StatusReason::NoServiceWorker),
        (platform.push, StatusReason::NoPushManager),
        (permission != Permission::Unavailable, StatusReason::NoNotificationApi),
    ];
    if let Some((_, reason)) = missing.into_iter().find(|(present, _)| !present) {
        return (PushStatus::Unsupported, Some(reason));
    }
    let status = match permission {
        Permission::Granted if opted_out => PushStatus::OptedOut,
        Permission::Granted => PushStatus::Allowed,
        Permission::Denied => PushStatus::Blocked,
        Permission::Default | Permission::Unavailable => PushStatus::Ask,
    };
    (status, None)
}
