//! The client's half of the golden messages (tests/contract).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic)]

mod support;

use serde_json::Value as Json;
use softbell::contract::ReportType;
use softbell::logic::border::{UNIT, Value};
use softbell::logic::{Effect, Event};
use support::{Device, Facts};

fn golden(name: &str) -> Json {
    let path = format!("{}/tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file is there")).expect("it is JSON")
}

/// As the shell takes JSON apart.
fn flatten(value: &Json, path: &str, out: &mut Vec<String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Json::Object(map) if !map.is_empty() => map.iter().for_each(|(key, inner)| flatten(inner, &below(key), out)),
        Json::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(at, inner)| flatten(inner, &below(&at.to_string()), out));
        }
        Json::String(text) => out.extend([path.to_owned(), "s".to_owned(), text.clone()]),
        _ => out.extend([path.to_owned(), "o".to_owned(), String::new()]),
    }
}

#[test]
fn the_servers_configuration_opens_the_page_view() {
    let mut fields = Vec::new();
    let config = golden("config");
    flatten(&config, "", &mut fields);
    let mut device = Device { facts: Facts { permission: "granted", ..Facts::default() }, ..Device::default() };
    device.load();
    device.tell(&Event::read(3, &fields.join(&UNIT.to_string())).expect("Remote"));
    let effects = device.tell(&Event::WorkerActive {});
    let vapid = config["vapid"].as_str().expect("a key").to_owned();
    assert!(effects.contains(&Effect::Subscribe { vapid, limit: 30_000 }), "{effects:?}");
}

#[test]
fn every_member_of_the_state_that_logic_patches_is_one_that_the_server_knows() {
    let mut device = Device { facts: Facts { permission: "granted", ..Facts::default() }, ..Device::default() };
    device.view();
    device.tell(&Event::WorkerActive {});
    let effects = device.tell(&Event::Subscribed { endpoint: "https://p.example/1", p256dh: "p", auth: "a" });
    let Some(Effect::Patch { state }) = effects.first() else { panic!("{effects:?}") };
    let body = golden("device");
    for (path, value) in state {
        let member = path.split('.').try_fold(&body, |inner, key| inner.get(key));
        let member = member.unwrap_or_else(|| panic!("{path} is not in device.json"));
        let same_kind = match value {
            Value::Text(_) | Value::Word(_) => member.is_string() || member.is_null(),
            Value::Null => member.is_null(),
            Value::Json(_) => member.is_array() || member.is_object(),
        };
        assert!(same_kind, "{path} is {value:?} here and {member} there");
    }
}

#[test]
fn every_report_in_the_golden_batch_is_one_of_ours() {
    for event in golden("events").as_array().expect("a list") {
        let kind = event["type"].as_str().expect("a type");
        assert!(ReportType::parse(kind).is_some(), "{kind}");
    }
}

#[test]
fn a_number_is_decimal_digits_up_to_its_bound_and_nothing_else() {
    use softbell::contract::text::number;
    for (text, wanted) in [("0", Some(0)), ("007", Some(7)), ("1000000", Some(1_000_000))] {
        assert_eq!(number(text, 1_000_000), wanted, "{text}");
    }
    let long = "9".repeat(400);
    for text in ["", "1000001", "+5", "-1", "1.5", " 1", "1e2", "٣", &long] {
        assert_eq!(number(text, 1_000_000), None, "{text}");
    }
}
