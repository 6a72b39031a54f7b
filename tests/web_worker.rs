//! The outbox inside a real service worker (features.md J8). How pushes are read there is for the tests in `e2e/`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use js_sys::{JSON, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_service_worker);

#[wasm_bindgen(module = "/sw/database.js")]
extern "C" {
    #[wasm_bindgen(js_name = openDatabase)]
    fn open_database(name: &str, make: &JsValue) -> JsValue;
}

#[wasm_bindgen(module = "/sw/outbox.js")]
extern "C" {
    #[wasm_bindgen(js_name = openOutbox)]
    fn open_outbox(database: &JsValue, options: &JsValue, tell: &JsValue) -> JsValue;
}

#[wasm_bindgen(module = "/sw/patch.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = makeStores)]
    static MAKE_STORES: JsValue;
    #[wasm_bindgen(thread_local_v2, js_name = tellDrops)]
    static TELL_DROPS: JsValue;
    #[wasm_bindgen(thread_local_v2, js_name = pageSide)]
    static PAGE_SIDE: JsValue;
    fn patch(outbox: &JsValue, site: &JsValue, changes: &JsValue) -> Promise;
}

#[wasm_bindgen(module = "/sw/contract.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = OUTBOX)]
    static OPTIONS: JsValue;
}

#[wasm_bindgen(module = "/sw/sender.js")]
extern "C" {
    type Outbox;
    #[wasm_bindgen(js_name = openSender)]
    fn open_sender(outbox: &JsValue, side: &JsValue) -> Outbox;
    #[wasm_bindgen(js_name = outcome)]
    fn outcome(after: &JsValue) -> JsValue;
    #[wasm_bindgen(method)]
    fn add(this: &Outbox, event: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn device(this: &Outbox) -> Promise;
    #[wasm_bindgen(method)]
    fn flush(this: &Outbox) -> Promise;
}

fn json(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

/// An outbox of its own for each test; port 9 (discard) of this machine is a server that never answers.
fn outbox(name: &str) -> (Outbox, JsValue) {
    let database = MAKE_STORES.with(|make| open_database(&format!("softbell:/{name}/"), make));
    let outbox = TELL_DROPS.with(|tell| OPTIONS.with(|options| open_outbox(&database, options, tell)));
    let outbox = PAGE_SIDE.with(|side| open_sender(&outbox, side));
    (outbox, json(r#"{"site":"shop","server":"http://127.0.0.1:9"}"#))
}

#[wasm_bindgen_test]
fn this_is_a_service_worker() {
    assert!(member(&js_sys::global(), "registration").is_object());
}

#[wasm_bindgen_test]
async fn a_change_raises_the_revision_and_the_same_again_does_not() {
    let (outbox, site) = outbox("revision");
    let mut revisions = Vec::new();
    for state in [r#"{"permission":"default"}"#, r#"{"permission":"default"}"#, r#"{"permission":"granted"}"#] {
        let device = JsFuture::from(patch(&outbox, &site, &json(state))).await.unwrap();
        revisions.push(member(&device, "revision").as_f64().unwrap());
    }
    assert_eq!(revisions, [1.0, 1.0, 2.0]);
}

#[wasm_bindgen_test]
async fn id_and_secret_are_made_once_and_long_enough() {
    let (outbox, site) = outbox("identity");
    let one = JsFuture::from(patch(&outbox, &site, &json(r#"{"locale":"en"}"#))).await.unwrap();
    let two = JsFuture::from(outbox.device()).await.unwrap();
    for (name, letters) in [("id", 22), ("secret", 43)] {
        assert_eq!(member(&one, name), member(&two, name));
        assert_eq!(member(&one, name).as_string().unwrap().len(), letters, "{name}: base64url of 128 and 256 bits");
    }
}

#[wasm_bindgen_test]
async fn a_report_that_waits_already_is_taken_once_and_costs_nothing() {
    let (outbox, _) = outbox("reports");
    let event = json(r#"{"id":"m1.displayed","type":"notification.displayed","time":"2026-11-20T12:00:00Z"}"#);
    for _ in 0..2 {
        JsFuture::from(outbox.add(&event)).await.expect("a second time is no error");
    }
}

#[wasm_bindgen_test]
async fn a_server_that_does_not_answer_leaves_the_device_unacknowledged() {
    let (outbox, site) = outbox("offline");
    JsFuture::from(patch(&outbox, &site, &json(r#"{"permission":"granted"}"#))).await.unwrap();
    let after = JsFuture::from(outbox.flush()).await.expect("no answer is no error");
    assert_eq!(member(&outcome(&after), "acked"), false);
    let device = JsFuture::from(outbox.device()).await.unwrap();
    assert_eq!(member(&device, "acked"), 0.0);
}
