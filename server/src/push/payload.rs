//! The text inside a push: Declarative Web Push JSON in the subset that all engines read alike.
//!
//! `{"web_push": 8030, "notification": {title, body, navigate, icon?, tag?, data: {softbell: {m, t, x}}}}`. Only
//! Apple's endpoints get `web_push`: every other engine shall hand the message to our worker.

use serde_json::{Value, json};

use crate::store::messages::Message;

/// The number that makes a message declarative (RFC 8030).
const DECLARATIVE: u32 = 8030;

/// The JSON of a message. `token`: its report token. `expires`: seconds since 1970.
#[must_use]
pub fn compose(message: &Message, token: &str, expires: i64, is_apple: bool) -> String {
    let mut notification = json!({
        "title": message.title,
        "body": message.body,
        "navigate": message.url,
        "data": {"softbell": {"m": message.id, "t": token, "x": expires}},
    });
    for (name, value) in [("icon", &message.icon), ("tag", &message.tag)] {
        if let Some(text) = value {
            notification[name] = Value::from(text.as_str());
        }
    }
    let mut payload = json!({"notification": notification});
    if is_apple {
        payload["web_push"] = DECLARATIVE.into();
    }
    payload.to_string()
}
