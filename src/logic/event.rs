//! What can happen: every event that the shell may tell.

use super::border::{Leaves, events};

events! {
    /// `init(config)`: the configuration, taken apart.
    Configure = 1 {
        /// The configuration.
        config: Leaves<'a>,
    },
    /// The page is ready to go: what the browser is and what it remembers.
    Start = 2 {
        /// `Notification.permission`, or empty without that API.
        permission: &'a str,
        /// `isSecureContext`.
        secure: bool,
        /// There are service workers.
        workers: bool,
        /// There is a `PushManager`.
        push: bool,
        /// The page is not inside a frame of another origin.
        top: bool,
        /// This is iOS, outside an app on the Home Screen.
        ios_tab: bool,
        /// `localStorage` works.
        storage: bool,
        /// What [`super::history::History`] wrote last.
        history: &'a str,
        /// The sleep ticket as the loader left it.
        ticket: &'a str,
        /// The loader's fingerprint of build and configuration.
        fingerprint: &'a str,
        /// The page's language.
        locale: &'a str,
        /// The path of the page's address.
        path: &'a str,
        /// This is iOS, in an app on the Home Screen.
        ios_app: bool,
    },
    /// The server's configuration arrived.
    Remote = 3 {
        /// The answer, taken apart.
        config: Leaves<'a>,
    },
    /// The server's configuration cannot be had now.
    RemoteFailed = 4 {},
    /// A timer that logic started has run out.
    Timer = 5 {
        /// Its name.
        timer: &'a str,
    },
    /// A control of the popup was pressed.
    Pressed = 6 {
        /// `yes`, `no` or `close`.
        control: &'a str,
        /// The browser made the event (`isTrusted`), not a script.
        trusted: bool,
    },
    /// The native prompt was answered, or went away.
    Answered = 7 {
        /// The permission now.
        permission: &'a str,
    },
    /// The service worker is active.
    WorkerActive = 8 {},
    /// The service worker cannot be had.
    WorkerFailed = 9 {
        /// Name of the browser's error.
        error: &'a str,
    },
    /// The push service gave an endpoint.
    Subscribed = 10 {
        /// Where the server sends to.
        endpoint: &'a str,
        /// The browser's public key, base64url.
        p256dh: &'a str,
        /// The shared secret, base64url.
        auth: &'a str,
    },
    /// `subscribe()` failed or took too long.
    SubscribeFailed = 11 {
        /// Name of the browser's error; `TimeoutError` is ours.
        error: &'a str,
    },
    /// The server has the newest state of this device.
    DeviceAcked = 12 {
        /// That state holds a subscription.
        live: bool,
    },
    /// `ask()` was called.
    Ask = 13 {
        /// Skip triggers and back-off, never the status gate.
        force: bool,
    },
    /// `explain()` was called.
    Explain = 14 {},
    /// The permission as it is now: looked at on focus, because `PermissionStatus.change` never fires in Safari
    /// (`WebKit` bug 259432).
    Looked = 15 {
        /// `Notification.permission`.
        permission: &'a str,
    },
    /// `page()` was called: a view change in a single-page app.
    Page = 16 {
        /// The path of the view's address.
        path: &'a str,
    },
    /// `track()` was called.
    Track = 17 {
        /// The site's name for the event.
        name: &'a str,
        /// Its properties as JSON; logic never looks inside.
        properties: &'a str,
    },
    /// `requestPermission()` was called.
    Request = 18 {
        /// The visitor pressed something a moment ago (`navigator.userActivation.isActive`).
        active: bool,
    },
    /// `conversion()` was called.
    Conversion = 19 {
        /// Name, value, currency and id as JSON; logic never looks inside.
        data: &'a str,
    },
    /// `optOut()` was called.
    OptOut = 20 {},
    /// `optIn()` was called.
    OptIn = 21 {},
    /// The subscription is gone.
    Unsubscribed = 22 {},
    /// The server refused the device's state; a new subscription may be taken.
    DeviceRefused = 24 {
        /// The server's code.
        code: &'a str,
    },
    /// Nothing can be kept on this device: `IndexedDB` is denied, full or hanging.
    StorageFailed = 25 {},
    /// The page came back out of the browser's memory (back-forward cache).
    Restored = 26 {
        /// What is remembered now: another page of the site may have written it meanwhile.
        history: &'a str,
    },
    /// Everything of this device was erased, here and on the server.
    Erased = 40 {},
    /// `identify()` was called.
    Identify = 30 {
        /// The loader's hash of the user, its 32 bits without a sign.
        user: u64,
    },
    /// The user of `PutUser` is known to the server. Where it did not answer, or refused, nothing is told.
    UserAnswered = 31 {
        /// As an earlier user of this device; else it is the device's user, proven for its endpoint.
        suspended: bool,
    },
    /// `logout()` was called.
    Logout = 32 {},
    /// `pausePrompts()` or `resumePrompts()` was called.
    Pause = 51 {
        /// No popup by itself from now on.
        paused: bool,
    },
    /// The visitor's choices changed in the device record: the server must hear of it.
    Chosen = 52 {
        /// After `snooze()`: until when, milliseconds since 1970, 0 for no longer. Otherwise empty.
        snoozed_until: &'a str,
    },
    /// The page's address named the click that led here (features.md C16, W3).
    Landed = 60 {
        /// The landing id; logic never looks inside.
        id: &'a str,
    },
}
