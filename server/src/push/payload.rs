//! The text inside a push: Declarative Web Push JSON in the subset that all engines read alike.
//!
//! `{"web_push": 8030, "app_badge"?, "notification": {title, body?, navigate, icon?, tag?, app_badge?, …, data: {…,
//! softbell: {m, t, x, p?, u?, c?, v?, s?, j?}}}}`: docs/worker.md. Only Apple's endpoints get `web_push`: every other engine
//! shall hand the message to our worker.

use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use crate::b64;
use crate::landing;
use crate::store::messages::Message;
use crate::utm;
use crate::wire::buttons::is_quiet;

/// The number that makes a message declarative (RFC 8030).
const DECLARATIVE: u32 = 8030;
/// Characters of a message's report token: see `wire/token.rs`.
const TOKEN: usize = 72;
/// Bytes of a user's mark.
const MARK_BYTES: usize = 16;
/// The latest expiry that takes ten digits, in seconds since 1970: in the year 2286.
const EXPIRES: i64 = 9_999_999_999;
/// Members of a private message that say nothing of what it is about. All others stay here, words or not: a picture, a
/// tag or a campaign's name can tell as much.
const NEUTRAL: [&str; 6] = ["app_badge", "dir", "lang", "requireInteraction", "silent", "vibrate"];
/// Instead of a jitter: no report of the receipt at all.
const NO_RECEIPT: i64 = -1;

/// What a message says to one device alone.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'a> {
    /// Its report token.
    pub token: &'a str,
    /// The mark of the user that a personal message is for: see [`user_mark`].
    pub user: Option<&'a str>,
    /// When it is worth nothing any more, in seconds since 1970.
    pub expires: i64,
    /// The id of the landing that it leads to.
    pub landing: Option<&'a str>,
}

/// By what a browser knows its user again without storing the id: 22 characters.
#[must_use]
pub fn user_mark(device: &str, user: &str) -> String {
    let hash = digest(&SHA256, format!("{device}.{user}").as_bytes());
    b64::encode(&hash.as_ref()[..MARK_BYTES])
}

/// The JSON of a message.
#[must_use]
pub fn compose(message: &Message, seal: Seal<'_>, is_apple: bool) -> String {
    let mut notification = shown(message);
    notification.insert("navigate".to_owned(), message.url.as_str().into());
    if let Some(utm) = message.utm.as_deref().filter(|_| !message.is_private()) {
        lead(&mut notification, opens, |url| utm::address(url, utm));
    }
    if let Some(id) = seal.landing {
        lead(&mut notification, |_| true, |url| landing::address(url, id));
    }
    let mut data = match notification.remove("data") {
        Some(Value::Object(data)) => data,
        _ => Map::new(),
    };
    data.insert("softbell".to_owned(), ours(message, seal, is_apple));
    // Safari 18.4 and 18.5 read the badge inside, later ones beside (WebKit 295319@main).
    let badge = notification.get("app_badge").cloned();
    notification.insert("data".to_owned(), data.into());
    let mut payload = json!({"notification": notification});
    if let Some(badge) = badge {
        payload["app_badge"] = badge;
    }
    if is_apple {
        payload["web_push"] = DECLARATIVE.into();
    }
    payload.to_string()
}

/// The bytes of a message where it is longest: with Apple's members, a landing, and the longest expiry.
#[must_use]
pub fn longest(message: &Message) -> usize {
    let mark = user_mark("", "");
    let user = (message.personal == 1).then_some(mark.as_str());
    let (token, id) = ("t".repeat(TOKEN), "l".repeat(landing::CHARACTERS));
    let seal = Seal { token: &token, user, expires: EXPIRES, landing: Some(&id) };
    compose(message, seal, true).len()
}

/// The members of the notification that are the same on every device.
#[must_use]
pub fn shown(message: &Message) -> Map<String, Value> {
    if message.is_private() { neutral(message) } else { whole(message) }
}

/// The members of a public message.
fn whole(message: &Message) -> Map<String, Value> {
    let mut notification = extras(message);
    let body = Some(&message.body).filter(|body| !body.is_empty());
    let title = Some(&message.title);
    for (name, value) in
        [("title", title), ("body", body), ("icon", message.icon.as_ref()), ("tag", message.tag.as_ref())]
    {
        put(&mut notification, name, value);
    }
    notification
}

/// Those of a private one.
fn neutral(message: &Message) -> Map<String, Value> {
    let mut notification = extras(message);
    notification.retain(|name, _| NEUTRAL.contains(&name.as_str()));
    put(&mut notification, "title", message.public_title.as_ref());
    put(&mut notification, "body", message.public_body.as_ref());
    notification
}

fn extras(message: &Message) -> Map<String, Value> {
    serde_json::from_str(&message.extras).unwrap_or_default()
}

fn put(members: &mut Map<String, Value>, name: &str, text: Option<&String>) {
    if let Some(text) = text {
        members.insert(name.to_owned(), text.as_str().into());
    }
}

/// Changes where a press leads: the notification's address, and those of the buttons that are meant.
fn lead(notification: &mut Map<String, Value>, is_meant: fn(&Value) -> bool, change: impl Fn(&str) -> String) {
    let put = |target: &mut Value| {
        if let Some(url) = target.as_str() {
            *target = change(url).into();
        }
    };
    notification.get_mut("navigate").map(&put);
    let buttons = notification.get_mut("actions").and_then(Value::as_array_mut).into_iter().flatten();
    buttons.filter(|button| is_meant(button)).filter_map(|button| button.get_mut("navigate")).for_each(put);
}

/// Whether a button leads to a page.
fn opens(button: &Value) -> bool {
    !button["type"].as_str().is_some_and(is_quiet)
}

fn ours(message: &Message, seal: Seal<'_>, is_apple: bool) -> Value {
    let mut ours = json!({"m": message.id, "t": seal.token, "x": seal.expires});
    if message.personal == 1 {
        ours["p"] = true.into();
    }
    if let Some(mark) = seal.user {
        ours["u"] = mark.into();
    }
    if message.for_page == 1 {
        ours["s"] = 1.into();
    }
    // Safari gives a worker little time after the notification, and none at all where it shows the message by itself.
    let jitter = if is_apple { NO_RECEIPT } else { message.jitter };
    if jitter != 0 {
        ours["j"] = jitter.into();
    }
    if !message.is_private() {
        for (name, value) in [("c", &message.campaign), ("v", &message.variant)] {
            if let Some(text) = value {
                ours[name] = text.as_str().into();
            }
        }
    }
    ours
}
