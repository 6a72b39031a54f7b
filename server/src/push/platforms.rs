//! What each browser leaves out of a notification, by MDN's browser-compat-data 8.1.9: a test holds this table to it
//! (`tests/vectors/browser_support.json`).

use serde_json::{Map, Value, json};

/// Buttons that a browser with buttons shows (`Notification.maxActions`, measured in Chromium 156 and Firefox 153).
const BUTTONS: usize = 2;

/// Members without an effect, by their names in a request. Firefox keeps a notification on Windows only, Android
/// vibrates as the channel says, and a badge on the icon needs an installed app everywhere.
const DROPPED: [(&str, &[&str]); 9] = [
    ("chrome", &[]),
    ("chrome_android", &["app_badge", "vibrate"]),
    ("edge", &[]),
    ("firefox", &["app_badge", "badge", "image", "renotify", "timestamp", "vibrate"]),
    ("firefox_android", &["app_badge", "badge", "image", "renotify", "require_interaction", "timestamp", "vibrate"]),
    ("opera", &["app_badge"]),
    (
        "safari",
        &["actions", "badge", "icon", "image", "renotify", "require_interaction", "tag", "timestamp", "vibrate"],
    ),
    (
        "safari_ios",
        &[
            "actions",
            "badge",
            "icon",
            "image",
            "renotify",
            "require_interaction",
            "silent",
            "tag",
            "timestamp",
            "vibrate",
        ],
    ),
    ("samsunginternet_android", &["app_badge", "vibrate"]),
];

/// `{browser: {dropped: […]}}` for the members of a notification as it stands in a payload.
#[must_use]
pub fn previews(notification: &Map<String, Value>) -> Value {
    let buttons = notification.get("actions").and_then(Value::as_array).map_or(0, Vec::len);
    let preview = |(browser, lacks): &(&str, &[&str])| {
        let has = |name: &&&str| notification.contains_key(spelled(name)) && (**name != "actions" || buttons > 0);
        let mut dropped: Vec<String> = lacks.iter().filter(has).map(|name| (*name).to_owned()).collect();
        if !lacks.contains(&"actions") {
            dropped.extend((BUTTONS..buttons).map(|at| format!("actions[{at}]")));
        }
        ((*browser).to_owned(), json!({"dropped": dropped}))
    };
    DROPPED.iter().map(preview).collect::<Map<_, _>>().into()
}

/// The name in the payload.
fn spelled(name: &str) -> &str {
    if name == "require_interaction" { "requireInteraction" } else { name }
}
