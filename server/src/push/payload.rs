//! The text inside a push: Declarative Web Push JSON in the subset that all engines read alike.
//!
//! `{"web_push": 8030, "notification": {title, body?, navigate, icon?, tag?, …, data: {softbell: {m, t, x, p?, c?,
//! v?}}}}`. Only Apple's endpoints get `web_push`: every other engine shall hand the message to our worker.

use serde_json::{Map, Value, json};

use crate::store::messages::Message;

/// The number that makes a message declarative (RFC 8030).
const DECLARATIVE: u32 = 8030;
/// Characters of a message's report token: see `wire/token.rs`.
const TOKEN: usize = 72;
/// The latest expiry that takes ten digits, in seconds since 1970: in the year 2286.
const EXPIRES: i64 = 9_999_999_999;

/// The JSON of a message. `token`: its report token. `expires`: seconds since 1970.
#[must_use]
pub fn compose(message: &Message, token: &str, expires: i64, is_apple: bool) -> String {
    let mut notification: Map<String, Value> = serde_json::from_str(&message.extras).unwrap_or_default();
    notification.insert("title".to_owned(), message.title.as_str().into());
    notification.insert("navigate".to_owned(), message.url.as_str().into());
    let body = Some(&message.body).filter(|body| !body.is_empty());
    for (name, value) in [("body", body), ("icon", message.icon.as_ref()), ("tag", message.tag.as_ref())] {
        if let Some(text) = value {
            notification.insert(name.to_owned(), text.as_str().into());
        }
    }
    notification.insert("data".to_owned(), json!({"softbell": ours(message, token, expires)}));
    let mut payload = json!({"notification": notification});
    if is_apple {
        payload["web_push"] = DECLARATIVE.into();
    }
    payload.to_string()
}

/// The bytes of a message where it is longest: with Apple's member and the longest expiry.
#[must_use]
pub fn longest(message: &Message) -> usize {
    compose(message, &"t".repeat(TOKEN), EXPIRES, true).len()
}

fn ours(message: &Message, token: &str, expires: i64) -> Value {
    let mut ours = json!({"m": message.id, "t": token, "x": expires});
    if message.personal == 1 {
        ours["p"] = true.into();
    }
    for (name, value) in [("c", &message.campaign), ("v", &message.variant)] {
        if let Some(text) = value {
            ours[name] = text.as_str().into();
        }
    }
    ours
}
