//! Reads a notification's hints and markup, so that tests compare plain text and JSON.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use zbus::zvariant::{OwnedValue, Value};

/// Hints by name.
pub type Hints = HashMap<String, OwnedValue>;

/// A hint that is text.
#[must_use]
pub fn text(hints: &Hints, name: &str) -> Option<String> {
    hints.get(name)?.downcast_ref::<String>().ok()
}

/// How urgent: 0 low, 1 normal, 2 critical.
#[must_use]
pub fn urgency(hints: &Hints) -> Option<u8> {
    hints.get("urgency")?.downcast_ref::<u8>().ok()
}

/// All hints; what is neither number nor text is shown by its type and, for pictures, its size.
#[must_use]
pub fn json(hints: &Hints) -> Json {
    hints.iter().map(|(name, value)| (name.clone(), simple(value))).collect()
}

fn simple(value: &Value<'_>) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::U8(value) => json!(value),
        Value::I32(value) => json!(value),
        Value::U32(value) => json!(value),
        Value::I64(value) => json!(value),
        Value::F64(value) => json!(value),
        Value::Str(value) => json!(value.as_str()),
        Value::Value(value) => simple(value),
        Value::Structure(image) => match image.fields() {
            [Value::I32(width), Value::I32(height), ..] => json!({"width": width, "height": height}),
            _ => json!({"type": value.value_signature().to_string()}),
        },
        other => json!({"type": other.value_signature().to_string()}),
    }
}

/// A body as a person reads it: without tags and entities, without Chromium's first line that names the origin.
#[must_use]
pub fn plain(body: &str) -> String {
    let origin = body.starts_with("<a href=").then(|| body.split_once("</a>\n\n")).flatten();
    let mut rest = origin.map_or(body, |(_, rest)| rest);
    let mut text = String::new();
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign)).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_reads_the_same_from_both_browsers() {
        let chromium = "<a href=\"http://localhost:1/\">localhost:1</a>\n\nbody &amp; &lt;b&gt;x&lt;/b&gt;<img src=\"a\" alt=\"b\"/>";
        assert_eq!(plain(chromium), "body & <b>x</b>");
        assert_eq!(plain("body &amp; &lt;b&gt;x&lt;/b&gt;"), "body & <b>x</b>");
        assert_eq!(plain("&amp;lt;"), "&lt;");
        assert_eq!(plain("a < b"), "a");
    }

    #[test]
    fn hints_become_json() {
        let value = |value: Value<'static>| OwnedValue::try_from(value).expect("no file descriptor");
        let hints = Hints::from([
            ("urgency".to_owned(), value(Value::U8(2))),
            ("desktop-entry".to_owned(), value(Value::from("x"))),
            ("image-data".to_owned(), value(Value::from((3, 4, vec![0_u8])))),
        ]);
        assert_eq!(urgency(&hints), Some(2));
        assert_eq!(text(&hints, "desktop-entry").as_deref(), Some("x"));
        assert_eq!(json(&hints), json!({"urgency": 2, "desktop-entry": "x", "image-data": {"width": 3, "height": 4}}));
    }
}
