//! Pure decisions: `update(event, now) -> effects`. No browser, no clock, no I/O.
//!
//! One page view runs through three stages, a file each: [`opening`] (what do we know?), [`asking`] (popup and native
//! prompt) and [`subscribing`] (worker, push service, server). [`reporting`] is what they share; [`consenting`] writes
//! each answer into the ledger. [`landing`] is about page views that a press on a notification led to.

mod asking;
pub mod border;
mod choosing;
pub mod config;
mod consenting;
pub mod effect;
pub mod event;
pub mod history;
mod identifying;
mod landing;
mod opening;
pub mod prompt;
mod reporting;
pub mod status;
mod subscribing;
pub mod ticket;
pub mod why;

use alloc::string::String;
use alloc::vec::Vec;

use crate::contract::Permission;
use asking::Asking;
use config::Config;
pub use effect::Effect;
pub use event::Event;
use history::{History, Millis};
use identifying::Identifying;
use status::Platform;
use subscribing::Subscribing;

/// Everything the client knows about this page view.
// Independent marks, not a state in disguise.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug)]
pub struct Client {
    config: Config,
    platform: Platform,
    permission: Permission,
    history: History,
    fingerprint: String,
    locale: String,
    stage: Stage,
    asking: Asking,
    subscribing: Subscribing,
    identifying: Identifying,
    /// The server acknowledged the device's newest state, and it holds a subscription.
    reachable: bool,
    /// `explain()` was called before there was anything to explain.
    explain_later: bool,
    /// One of the configured events has happened on this page view.
    event_seen: bool,
    /// `optIn()` waits for its end.
    opting_in: bool,
    /// The subscription is being given up.
    leaving: bool,
    /// The configuration lets no popup come by itself at the address of this view.
    elsewhere: bool,
    /// `pausePrompts()`: whether a popup was missed meanwhile.
    paused: Option<bool>,
    /// The browser says `default`, and that is not believed as long as there is a subscription.
    doubted: bool,
    /// The subscription was renewed once on this page view, because the server refused it.
    renewed: bool,
}

/// How far the page view has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing is known yet, or the configuration was refused: nothing ever happens.
    Unconfigured,
    /// The configuration is good; the browser's facts or the server's configuration are still to come.
    Opening {
        /// The facts have come.
        started: bool,
        /// The server's public key, once it has come.
        vapid: Option<String>,
    },
    /// Everything is known.
    Open {
        /// The server's public key, base64url.
        vapid: String,
    },
    /// The server's configuration cannot be had: nobody is asked on this page view.
    Offline,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            config: Config::DEFAULT,
            platform: Platform::default(),
            permission: Permission::Unavailable,
            history: History::default(),
            fingerprint: String::new(),
            locale: String::new(),
            stage: Stage::Unconfigured,
            asking: Asking::Idle { wish: None },
            subscribing: Subscribing::Idle,
            identifying: Identifying::default(),
            reachable: false,
            explain_later: false,
            event_seen: false,
            opting_in: false,
            leaving: false,
            elsewhere: false,
            paused: None,
            doubted: false,
            renewed: false,
        }
    }
}

impl Client {
    /// Takes one event and says what to do. Events that come too late or out of order do nothing.
    pub fn update(&mut self, event: &Event, now: Millis) -> Vec<Effect> {
        let mut effects = Vec::new();
        let out = &mut effects;
        match event {
            Event::Configure { config } => self.configure(config, out),
            Event::Start { .. } => self.start(event, now, out),
            Event::Remote { config } => self.remote(config, now, out),
            Event::RemoteFailed {} => self.remote_failed(now, out),
            Event::Timer { timer } => self.timer(timer, now, out),
            Event::Pressed { control, trusted } => self.pressed(control, *trusted, now, out),
            Event::Answered { permission } => self.answered(permission, now, out),
            Event::WorkerActive {} => self.worker_active(out),
            Event::WorkerFailed { error } | Event::SubscribeFailed { error } => self.subscribe_failed(error, now, out),
            Event::Subscribed { endpoint, p256dh, auth } => self.subscribed(endpoint, p256dh, auth, out),
            Event::DeviceAcked { live } => self.device_acked(*live, now, out),
            Event::Ask { force } => self.ask(*force, now, out),
            Event::Explain {} => self.explain(now, out),
            Event::Looked { permission } => self.looked(permission, now, out),
            Event::Page { path } => self.page(path, now, out),
            Event::Track { name, properties } => self.track(name, properties, now, out),
            Event::Request { active } => self.request(*active, now, out),
            Event::Conversion { data } => self.conversion(data, out),
            Event::OptOut {} => self.opt_out(out),
            Event::OptIn {} => self.opt_in(now, out),
            Event::Unsubscribed {} => self.unsubscribed(now, out),
            Event::DeviceRefused { code } => self.device_refused(code, out),
            Event::StorageFailed {} => self.storage_failed(out),
            Event::Restored { history } => self.restored(history, out),
            Event::Erased {} => self.erased(out),
            Event::Identify { user } => self.identify(*user, now, out),
            Event::UserAnswered { suspended } => self.user_answered(*suspended, now, out),
            Event::Logout {} => self.logout(now, out),
            Event::Pause { paused } => self.pause(*paused, now, out),
            Event::Chosen { snoozed_until } => self.chosen(snoozed_until, now, out),
            Event::Landed { id } => self.landed(id, out),
        }
        effects
    }
}
