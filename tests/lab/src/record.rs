//! The records that the push services keep and the control API shows.

use std::sync::Arc;

use serde::Serialize;

/// Whose push service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Chromium's.
    Google,
    /// Firefox's.
    Mozilla,
}

/// Where a browser is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserState {
    /// It has a line to its push service.
    Connected,
    /// It had one.
    Away,
    /// The service forgot it.
    Forgotten,
}

/// A browser profile, by the name its push service gave it (Android id or uaid).
#[derive(Debug, Clone, Serialize)]
pub struct Browser {
    /// The name.
    #[serde(rename = "browser")]
    pub name: String,
    /// Its push service.
    pub service: Service,
    /// Where it is.
    pub state: BrowserState,
}

impl Browser {
    /// Changes the state; true, so that it can end a journal's change.
    pub fn turn(&mut self, state: BrowserState) -> bool {
        self.state = state;
        true
    }
}

/// Whether a subscription still receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionState {
    /// It does.
    Live,
    /// The browser ended it.
    Unsubscribed,
    /// The service ended it.
    Expired,
}

/// A push subscription.
#[derive(Debug, Clone, Serialize)]
pub struct Subscription {
    /// The last part of the endpoint's path.
    pub token: String,
    /// The push service.
    pub service: Service,
    /// The browser it belongs to.
    pub browser: String,
    /// The endpoint's path: post to `push_url` + `path`.
    pub path: String,
    /// The site's VAPID key, base64url, if the subscription was made with one.
    pub key: Option<String>,
    /// The site's origin, where the browser tells (Chromium does).
    pub site: Option<String>,
    /// Whether it still receives.
    pub state: SubscriptionState,
    /// What the browser calls the subscription: subtype or channel id.
    #[serde(skip)]
    pub channel: String,
    /// The key as Chromium wrote it, which it calls the sender.
    #[serde(skip)]
    pub sender: String,
    /// Chromium's name for itself, sent back with each message.
    #[serde(skip)]
    pub app: String,
}

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the browser.
    Queued,
    /// Written to the browser, no answer yet.
    Sent,
    /// The browser answered; see `ack`.
    Acked,
    /// The browser was away and the TTL was 0.
    Dropped,
    /// A newer message of the same topic took its place.
    Replaced,
    /// Its TTL passed before the browser came back.
    Expired,
}

/// What the browser said about a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ack {
    /// `ack` or `nack` (Firefox); `selective`, `stream` or `login` (Chromium: arrived, no more is known).
    pub kind: &'static str,
    /// Firefox: 100 handled, 101 not decrypted, 102 not handled; nack 301 and up: the worker failed.
    pub code: Option<u64>,
}

/// A message on its way, as the front ends need it.
#[derive(Debug)]
pub struct Message {
    /// The service's name for it.
    pub id: String,
    /// The browser it goes to.
    pub browser: String,
    /// The subscription in the browser's words.
    pub channel: String,
    /// Chromium's name for itself.
    pub app: String,
    /// The VAPID key, which Chromium calls the sender.
    pub sender: String,
    /// `content-encoding`, `encryption` and `crypto-key`, as the sender gave them.
    pub headers: Vec<(&'static str, String)>,
    /// The encrypted body.
    pub body: Vec<u8>,
    /// Seconds it may wait.
    pub ttl: i64,
}

/// A message and its fate.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    /// The service's name for the message, also at the end of `Location`.
    pub id: String,
    /// The subscription it is for.
    pub token: String,
    /// The push service.
    pub service: Service,
    /// Where it is.
    pub state: State,
    /// What the browser said.
    pub ack: Option<Ack>,
    /// `TTL` as sent.
    pub ttl: i64,
    /// `Urgency` as sent.
    pub urgency: Option<String>,
    /// `Topic` as sent.
    pub topic: Option<String>,
    /// `Content-Encoding` as sent.
    pub encoding: Option<String>,
    /// Length of the body in bytes.
    pub size: usize,
    /// When it ends, in seconds since 1970.
    #[serde(skip)]
    pub expires: i64,
    /// What goes to the browser.
    #[serde(skip)]
    pub message: Arc<Message>,
}

impl Delivery {
    /// Changes the state; true, so that it can end a journal's change.
    pub fn turn(&mut self, state: State) -> bool {
        self.state = state;
        true
    }
}
