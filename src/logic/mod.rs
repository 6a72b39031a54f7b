//! Pure decisions: `update(event, now) -> effects`. No browser, no clock, no I/O.
//!
//! One page view runs through three stages, a file each: [`opening`] (what do we know?), [`asking`] (popup and native
//! prompt) and [`subscribing`] (worker, push service, server). [`reporting`] is what they share.

mod asking;
pub mod border;
mod choosing;
pub mod config;
pub mod effect;
pub mod event;
pub mod history;
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
use status::Platform;
use subscribing::Subscribing;

/// Everything the client knows about this page view.
// Four independent marks, not a state in disguise.
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
    /// The server acknowledged the device's newest state, and it holds a subscription.
    reachable: bool,
    /// `explain()` was called before there was anything to explain.
    explain_later: bool,
    /// One of the configured events has happened on this page view.
    event_seen: bool,
    /// `optIn()` waits for its end.
    opting_in: bool,
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
            config: Config::default(),
            platform: Platform::default(),
            permission: Permission::Unavailable,
            history: History::default(),
            fingerprint: String::new(),
            locale: String::new(),
            stage: Stage::Unconfigured,
            asking: Asking::Idle { wish: None },
            subscribing: Subscribing::Idle,
            reachable: false,
            explain_later: false,
            event_seen: false,
            opting_in: false,
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
            Event::WorkerFailed { error } | Event::SubscribeFailed { error } => self.subscribe_failed(error, out),
            Event::Subscribed { endpoint, p256dh, auth } => self.subscribed(endpoint, p256dh, auth, out),
            Event::DeviceAcked { live } => self.device_acked(*live, now, out),
            Event::Ask { force } => self.ask(*force, now, out),
            Event::Explain {} => self.explain(now, out),
            Event::Looked { permission } => self.looked(permission, now, out),
            Event::Page {} => self.page(now, out),
            Event::Track { name, properties } => self.track(name, properties, now, out),
            Event::Request { active } => self.request(*active, out),
            Event::Conversion { data } => self.conversion(data, out),
            Event::OptOut {} => self.opt_out(out),
            Event::OptIn {} => self.opt_in(now, out),
            Event::Unsubscribed {} => self.unsubscribed(now, out),
            Event::SetTopics { json, topics } => self.set_topics(json, topics, out),
            Event::DeviceRefused { code } => self.device_refused(code, out),
            Event::StorageFailed {} => self.storage_failed(out),
        }
        effects
    }
}
