//! The border in a real page: JavaScript's own hands on one side, the client on the other (features.md J8).
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use js_sys::{Array, JSON, Reflect};
use softbell::contract::Permission;
use softbell::logic::Client;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/src/shell/flat.js")]
extern "C" {
    fn flatten(value: &JsValue) -> Array;
    fn join(fields: &Array) -> String;
}

#[wasm_bindgen(module = "/src/shell/members.js")]
extern "C" {
    fn members(fields: &Array) -> JsValue;
}

fn json(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

/// Tells an event as the shell would, and takes the effects apart as the shell would.
fn tell(client: &mut Client, code: u32, fields: &Array) -> Vec<Vec<String>> {
    let effects = softbell::dispatch(client, code, 1_795_176_000_000.0, &join(fields));
    effects.split('\u{1e}').map(|effect| effect.split('\u{1f}').map(str::to_owned).collect()).collect()
}

fn facts(permission: &str) -> Array {
    [permission, "1", "1", "1", "1", "", "1", "", "", "print", "en"].iter().map(|s| JsValue::from(*s)).collect()
}

#[wasm_bindgen_test]
fn a_configuration_travels_from_json_to_logic() {
    let mut client = Client::default();
    let config = json(r#"{"site":"shop","server":"https://push.example.com","texts":{"title":"Glocke 🔔 läutet?"}}"#);
    let fetched = tell(&mut client, 1, &flatten(&config));
    assert_eq!(fetched, [["1", "https://push.example.com/v1/sites/shop/config", ""]]);
    tell(&mut client, 2, &facts("default"));
    let effects = tell(&mut client, 3, &flatten(&json(r#"{"vapid":"BKey","topics":[]}"#)));
    let popup = effects.iter().find(|effect| effect[0] == "4").expect("the popup is drawn");
    assert!(popup.iter().any(|field| field == "Glocke 🔔 läutet?"), "{popup:?}");
}

#[wasm_bindgen_test]
fn a_mistake_in_the_configuration_comes_back_with_its_field() {
    let config = json(r#"{"site":"shop","server":"https://push.example.com","prompt":{"delaySeconds":"soon"}}"#);
    let effects = tell(&mut Client::default(), 1, &flatten(&config));
    assert_eq!(effects[0][..3], ["19", "config_invalid", "prompt.delaySeconds"]);
}

#[wasm_bindgen_test]
fn state_travels_from_logic_to_json() {
    let mut client = Client::default();
    tell(&mut client, 1, &flatten(&json(r#"{"site":"shop","server":"https://push.example.com"}"#)));
    tell(&mut client, 2, &facts("granted"));
    tell(&mut client, 3, &flatten(&json(r#"{"vapid":"BKey"}"#)));
    tell(&mut client, 8, &Array::new());
    let subscribed = ["https://push.example.net/1", "p", "a"].iter().map(|s| JsValue::from(*s)).collect();
    let effects = tell(&mut client, 10, &subscribed);
    let patch = effects.iter().find(|effect| effect[0] == "10").expect("a patch");
    let state = members(&patch[1..].iter().map(JsValue::from).collect());
    let subscription = Reflect::get(&state, &"subscription".into()).unwrap();
    assert_eq!(Reflect::get(&subscription, &"endpoint".into()).unwrap(), "https://push.example.net/1");
    assert_eq!(Reflect::get(&state, &"permission".into()).unwrap(), "granted");
    assert!(Reflect::get(&state, &"reason".into()).unwrap().is_null());
}

#[wasm_bindgen_test]
fn the_browsers_own_word_for_permission_is_known() {
    let notification = Reflect::get(&js_sys::global(), &"Notification".into()).unwrap();
    let word = Reflect::get(&notification, &"permission".into()).unwrap().as_string().unwrap();
    assert_ne!(Permission::parse(&word), Permission::Unavailable, "{word}");
}
