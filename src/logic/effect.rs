//! What can be done: every effect that logic may ask of the shell.

use alloc::string::String;

use super::border::{Members, effects};

effects! {
    /// Fetch the server's configuration; answer with `Remote` or `RemoteFailed`.
    FetchConfig = 1 {
        /// Absolute URL.
        url: String,
        /// From the server itself: what the browser keeps is out of date.
        fresh: bool,
    },
    /// The status to show to the site.
    Status = 2 {
        /// Push status.
        status: &'static str,
        /// Its number.
        code: u64,
        /// Why unsupported or not reachable, or empty.
        reason: &'static str,
        /// The permission.
        permission: &'static str,
        /// The subscription.
        subscription: &'static str,
        /// The server acknowledged a live subscription.
        reachable: bool,
    },
    /// The status is known: `ready` resolves.
    Ready = 3 {},
    /// Draw the popup.
    Draw = 4 {
        /// The popup from the root down; see [`crate::view::popup`].
        nodes: String,
    },
    /// The popup takes presses from now on: mark it `data-ready`.
    Enable = 5 {},
    /// Take the popup away.
    Erase = 6 {},
    /// `Notification.requestPermission()`, now, in this very turn; answer with `Answered`.
    RequestPermission = 7 {},
    /// Register the worker and wait until it is active; answer with `WorkerActive` or `WorkerFailed`.
    RegisterWorker = 8 {
        /// The worker's script.
        url: String,
        /// Its scope.
        scope: String,
        /// Time limit in milliseconds.
        limit: u64,
    },
    /// `subscribe()`; answer with `Subscribed` or `SubscribeFailed`.
    Subscribe = 9 {
        /// The server's public key, base64url.
        vapid: String,
        /// Time limit in milliseconds.
        limit: u64,
    },
    /// Merge into the device's state.
    Patch = 10 {
        /// The members that may have changed.
        state: Members,
    },
    /// Put a report into the outbox.
    Report = 11 {
        /// Its type.
        kind: &'static str,
        /// Its `data`.
        data: Members,
    },
    /// Send what waits in the outbox; answer with `DeviceAcked` when the device's state arrived.
    Flush = 12 {},
    /// Keep what logic must remember on this device.
    SaveHistory = 13 {
        /// The text that `Start` gets back.
        history: String,
    },
    /// Keep the loader asleep (design: sleep ticket).
    SaveTicket = 14 {
        /// The ticket.
        ticket: String,
    },
    /// Answer with `Timer` after a while; a timer of the same name that still runs is replaced.
    StartTimer = 15 {
        /// Its name.
        timer: &'static str,
        /// Milliseconds.
        limit: u64,
    },
    /// The calls of `ask()` and `requestPermission()` that wait are answered.
    AskDone = 16 {
        /// What came of it; `refused` answers `requestPermission()` alone, with `not_shown`.
        outcome: &'static str,
        /// Stable code of the explanation; its sentence is in `shell/words.js`.
        code: &'static str,
        /// When the popup may show again, milliseconds, or 0.
        next: u64,
    },
    /// The calls of `explain()` that wait are answered.
    Explained = 17 {
        /// Stable code; its sentence is in `shell/words.js`.
        code: &'static str,
        /// When the popup may show again, milliseconds, or 0.
        next: u64,
    },
    /// Call the site's listeners.
    Emit = 18 {
        /// The public event; its detail is the status, or the explanation given last.
        name: &'static str,
    },
    /// The configuration is wrong: tell the developer, reject `ready`.
    Fail = 19 {
        /// Stable code.
        code: &'static str,
        /// The field, dotted; what is allowed there is in `shell/words.js`.
        field: String,
    },
    /// Give the subscription up; answer with `Unsubscribed`.
    Unsubscribe = 20 {},
    /// A call of the public surface that waits is answered with the status, or rejected.
    Settled = 21 {
        /// `opt_in` or `opt_out`.
        call: &'static str,
        /// Stable code of the mistake, or empty.
        code: &'static str,
    },
    /// Write a line of the consent ledger; time, words and the other facts of the moment are the shell's.
    Consent = 40 {
        /// `y` or `n`.
        val: &'static str,
        /// Where the answer was given: `soft_popup`, `native_prompt`, `browser` or `api`.
        source: &'static str,
        /// It takes a Yes back.
        withdrawal: bool,
    },
    /// PUT the device with the user that the page named, and settle `identify()`; answer with `UserAnswered`.
    PutUser = 30 {
        /// There is something to ask; else the user is known.
        ask: bool,
        /// With a token of the site.
        token: bool,
    },
    /// The device has no user any more: tell the server, whenever it can be reached.
    Detach = 31 {},
    /// Report the click that led here, and emit `notification.clicked` with the message that the server gives for it.
    Land = 60 {
        /// The landing id.
        id: String,
    },
    /// Go where the last press leads, if the browser lost that on its way here.
    Follow = 61 {},
}
