//! What each browser leaves out of a message (C3), held to MDN's data.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::fixture::Server;
use crate::vectors::file;

/// Members of a request that can be without an effect, and where the data has them.
const MEMBERS: [(&str, &str); 11] = [
    ("actions", "api.Notification.actions"),
    ("app_badge", "api.Navigator.setAppBadge"),
    ("badge", "api.Notification.badge"),
    ("icon", "api.Notification.icon"),
    ("image", "api.Notification.image"),
    ("renotify", "api.Notification.renotify"),
    ("require_interaction", "api.Notification.requireInteraction"),
    ("silent", "api.Notification.silent"),
    ("tag", "api.Notification.tag"),
    ("timestamp", "api.Notification.timestamp"),
    ("vibrate", "api.Notification.vibrate"),
];
/// On Android the parameter has no effect, although the property is there.
const VIBRATE: &str = "api.ServiceWorkerRegistration.showNotification.options_vibrate_parameter";

/// Whether a browser does anything with a member.
fn has(support: &Value, feature: &str, browser: &str) -> bool {
    let fact = &support[feature][browser];
    let is_partial = fact["partial"] == json!(true);
    let is_windows_only = is_partial && fact["notes"].to_string().contains("Only supported on Windows");
    fact["added"].is_string() && (!is_windows_only || !browser.ends_with("_android"))
}

fn expected() -> BTreeMap<String, BTreeSet<String>> {
    let data = file("browser_support.json");
    let support = &data["support"];
    let lacks = |browser: &str| {
        let lacks = |(member, feature): &&(&str, &str)| {
            !has(support, feature, browser) || (*member == "vibrate" && !has(support, VIBRATE, browser))
        };
        MEMBERS.iter().filter(lacks).map(|(member, _)| (*member).to_owned()).collect()
    };
    let browsers = data["browsers"].as_array().unwrap().iter().map(|browser| browser.as_str().unwrap());
    browsers.map(|browser| (browser.to_owned(), lacks(browser))).collect()
}

async fn platforms(body: &Value) -> Value {
    let server = Server::start().await;
    let (status, answer) = server.send(body).await;
    assert_eq!(status, 200, "{answer}");
    answer["platforms"].clone()
}

fn full() -> Value {
    json!({
        "title": "News", "body": "Body", "icon": "https://cdn.example/i.png", "image": "https://cdn.example/p.png",
        "badge": "https://cdn.example/b.png", "lang": "en", "dir": "ltr", "tag": "t", "renotify": true,
        "require_interaction": true, "vibrate": [1], "timestamp": "2026-11-20T10:00:00Z", "app_badge": 1,
        "actions": [{"action": "a", "title": "A"}, {"action": "b", "title": "B"}], "data": {"a": 1},
        "audience": {"all": true}, "dry_run": true,
    })
}

#[tokio::test]
async fn c3_what_each_browser_drops_is_what_mdn_says_it_lacks() {
    let mut silent = full();
    silent["silent"] = true.into();
    silent.as_object_mut().unwrap().remove("vibrate");
    let (one, two) = (platforms(&full()).await, platforms(&silent).await);
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for answer in [one, two] {
        for (browser, preview) in answer.as_object().unwrap() {
            let dropped = preview["dropped"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
            shown.entry(browser.clone()).or_default().extend(dropped);
        }
    }
    assert_eq!(shown, expected());
}

#[tokio::test]
async fn c3_only_what_is_there_is_dropped_and_buttons_by_their_number() {
    let plain = platforms(&json!({"title": "News", "actions": [], "audience": {"all": true}, "dry_run": true})).await;
    assert!(plain.as_object().unwrap().values().all(|preview| preview["dropped"] == json!([])), "{plain}");
    let mut body = full();
    body["actions"] = ["a", "b", "c", "d"].map(|id| json!({"action": id, "title": id})).to_vec().into();
    let many = platforms(&body).await;
    assert_eq!(many["chrome"]["dropped"], json!(["actions[2]", "actions[3]"]));
    let of_safari = many["safari"]["dropped"].to_string();
    assert!(of_safari.contains("\"actions\"") && !of_safari.contains("actions["), "{of_safari}");
    // Of a private message less travels, so less is dropped.
    body["sensitivity"] = "private".into();
    body["public_title"] = "News".into();
    assert_eq!(platforms(&body).await["safari"]["dropped"], json!(["require_interaction", "vibrate"]));
}
