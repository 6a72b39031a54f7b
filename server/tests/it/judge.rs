//! Three readers of Declarative Web Push, written from what `tests/vectors/declarative_push_cases.json` says of the
//! engines, and from nothing of ours; and the rule of what all of them read alike.

use serde_json::{Map, Value};
use url::Url;

/// What an engine makes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    pub title: String,
    pub navigate: String,
    pub dir: String,
    pub lang: String,
    pub body: String,
    pub tag: String,
    pub icon: Option<String>,
    pub silent: Option<bool>,
    pub mutable: bool,
}

const DIRECTIONS: [&str; 3] = ["auto", "ltr", "rtl"];

fn text(map: &Map<String, Value>, name: &str) -> String {
    map.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn flag(map: &Map<String, Value>, name: &str) -> bool {
    map.get(name) == Some(&Value::Bool(true))
}

fn parsed(map: &Map<String, Value>, navigate: String, icon: Option<String>) -> Parsed {
    let dir = Some(text(map, "dir")).filter(|dir| DIRECTIONS.contains(&dir.as_str()));
    Parsed {
        title: text(map, "title"),
        navigate,
        dir: dir.unwrap_or_else(|| "auto".to_owned()),
        lang: text(map, "lang"),
        body: text(map, "body"),
        tag: text(map, "tag"),
        icon,
        silent: map.get("silent").and_then(Value::as_bool),
        mutable: false,
    }
}

/// `WebKit` is strict: one optional member of the wrong type, and the whole message is none. Addresses have no base. Its
/// JSON parser takes a comma before a closing bracket.
pub fn webkit(raw: &str) -> Option<Parsed> {
    let Value::Object(top) = serde_json::from_str(&without_last_commas(raw)).ok()? else { return None };
    if top.get("web_push").and_then(Value::as_u64) != Some(8030) {
        return None;
    }
    let notification = top.get("notification")?.as_object()?;
    let navigate = Url::parse(notification.get("navigate")?.as_str()?).ok()?;
    if notification.get("title")?.as_str()?.is_empty() {
        return None;
    }
    let fits = |map: &Map<String, Value>, name: &str, is: fn(&Value) -> bool| map.get(name).is_none_or(is);
    let is_count = |value: &Value| match value {
        Value::String(digits) => digits.is_empty() || digits.parse::<u64>().is_ok(),
        number => number.as_u64().is_some(),
    };
    let is_direction = |value: &Value| value.as_str().is_some_and(|dir| DIRECTIONS.contains(&dir));
    let is_address = |value: &Value| value.as_str().is_some_and(|url| Url::parse(url).is_ok());
    let is_whole = ["lang", "body", "tag"].iter().all(|name| fits(notification, name, Value::is_string))
        && fits(notification, "dir", is_direction)
        && fits(notification, "icon", is_address)
        && fits(notification, "silent", Value::is_boolean)
        && [&top, notification]
            .iter()
            .all(|map| fits(map, "mutable", Value::is_boolean) && fits(map, "app_badge", is_count))
        && fits(notification, "actions", |actions| actions.as_array().is_some_and(|list| list.iter().all(is_button)));
    let icon = notification.get("icon").and_then(Value::as_str).map(str::to_owned);
    let mutable = flag(&top, "mutable") || flag(notification, "mutable");
    is_whole.then(|| Parsed { mutable, ..parsed(notification, navigate.into(), icon) })
}

/// With a name, words, and an absolute address.
fn is_button(value: &Value) -> bool {
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    member("action").is_some()
        && member("title").is_some()
        && member("navigate").is_some_and(|url| Url::parse(url).is_ok())
}

/// Outside of texts.
fn without_last_commas(raw: &str) -> String {
    let (mut out, mut in_text, mut is_escaped) = (String::new(), false, false);
    for c in raw.chars() {
        if !in_text && matches!(c, '}' | ']') {
            let end = out.trim_end().len();
            if out[..end].ends_with(',') {
                out.truncate(end - 1);
            }
        }
        in_text ^= c == '"' && !is_escaped;
        is_escaped = in_text && c == '\\' && !is_escaped;
        out.push(c);
    }
    out
}

/// The Editor's Draft: what is optional and of the wrong type is ignored; two pairs are not.
pub fn w3c(raw: &str, scope: &Url) -> Option<Parsed> {
    let Value::Object(top) = serde_json::from_str(raw).ok()? else { return None };
    #[allow(clippy::float_cmp)] // the draft compares numbers, and 8030.0 is 8030
    let is_declarative = top.get("web_push")?.as_f64()? == 8030.0;
    let notification = top.get("notification")?.as_object()?;
    notification.get("title")?.as_str()?;
    let navigate = scope.join(notification.get("navigate")?.as_str()?).ok()?;
    let vibrates = notification.get("vibrate").is_some_and(Value::is_array);
    let is_contradiction = (flag(notification, "silent") && vibrates)
        || (flag(notification, "renotify") && text(notification, "tag").is_empty());
    let icon =
        notification.get("icon").and_then(Value::as_str).and_then(|icon| scope.join(icon).ok()).map(String::from);
    let mutable = flag(&top, "mutable");
    (is_declarative && !is_contradiction).then(|| Parsed { mutable, ..parsed(notification, navigate.into(), icon) })
}

/// Mozilla's parser: forgiving, but for the number, which must be whole, and for the address of a button.
pub fn firefox(raw: &str, scope: &Url) -> Option<Parsed> {
    let Value::Object(top) = serde_json::from_str(raw).ok()? else { return None };
    if top.get("web_push").and_then(Value::as_u64) != Some(8030) {
        return None;
    }
    let notification = top.get("notification")?.as_object()?;
    notification.get("title")?.as_str()?;
    let navigate = scope.join(notification.get("navigate")?.as_str()?).ok()?;
    let buttons = notification.get("actions").and_then(Value::as_array).into_iter().flatten();
    let mut targets = buttons.filter_map(|button| button.get("navigate")?.as_str());
    if targets.any(|url| scope.join(url).is_err()) {
        return None;
    }
    let icon =
        notification.get("icon").and_then(Value::as_str).and_then(|icon| scope.join(icon).ok()).map(String::from);
    let whole = parsed(notification, navigate.into(), icon);
    Some(Parsed { mutable: flag(notification, "mutable"), silent: Some(whole.silent.unwrap_or_default()), ..whole })
}

/// What of `portable_rule` a message breaks, by the place in that list.
pub fn broken(raw: &str) -> Vec<usize> {
    let Ok(Value::Object(top)) = serde_json::from_str::<Value>(raw) else { return vec![0] };
    let empty = Map::new();
    let notification = top.get("notification").and_then(Value::as_object).unwrap_or(&empty);
    let get = |name: &str| notification.get(name);
    let is_text = |name: &str| get(name).is_none_or(Value::is_string);
    let is_flag = |name: &str| get(name).is_none_or(Value::is_boolean);
    let is_one_of = |value: &Value| value.as_str().is_some_and(|dir| DIRECTIONS.contains(&dir));
    let is_count = |value: &Value| match value {
        Value::String(digits) => digits.parse::<u64>().is_ok(),
        number => number.as_u64().is_some(),
    };
    let is_flags = |name: &str| is_both(&top, notification, name, Value::is_boolean);
    let is_numbers =
        |value: &Value| value.as_array().is_some_and(|list| list.iter().all(|part| part.as_u64().is_some()));
    let is_link =
        |value: &Value| value.as_str().is_some_and(is_secure) && Url::parse(value.as_str().unwrap_or_default()).is_ok();
    let is_whole_button = |button: &Value| is_button(button) && is_link(&button["navigate"]);
    let is_contradiction = (flag(notification, "renotify") && text(notification, "tag").is_empty())
        || (flag(notification, "silent") && get("vibrate").is_some());
    let rules = [
        top.get("web_push").and_then(Value::as_u64) == Some(8030),
        get("title").and_then(Value::as_str).is_some_and(|title| !title.is_empty()),
        get("navigate").is_some_and(is_link) && get("icon").is_none_or(is_link),
        get("dir").is_none_or(is_one_of)
            && ["lang", "body", "tag", "image", "badge"].into_iter().all(is_text)
            && ["silent", "renotify", "requireInteraction"].into_iter().all(is_flag)
            && get("timestamp").is_none_or(Value::is_u64)
            && get("vibrate").is_none_or(is_numbers),
        is_flags("mutable"),
        is_both(&top, notification, "app_badge", is_count),
        !is_contradiction,
        get("actions").is_none_or(|list| list.as_array().is_some_and(|list| list.iter().all(is_whole_button))),
    ];
    (0..rules.len()).filter(|at| !rules[*at]).collect()
}

/// A member that engines look for at two places: at both alike, or nowhere.
fn is_both(top: &Map<String, Value>, inner: &Map<String, Value>, name: &str, is: fn(&Value) -> bool) -> bool {
    top.get(name) == inner.get(name) && top.get(name).is_none_or(is)
}

/// The lab's pages are on localhost, which browsers trust as https.
fn is_secure(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://localhost:")
}
