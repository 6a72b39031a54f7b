//! The server's half of the golden messages (tests/contract of the repository).

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use softbell_server::push::payload::{Seal, compose};
use softbell_server::store::messages::Message;

use crate::fixture::{DEVICE, ORIGIN, Server, answer};

fn golden(name: &str) -> Value {
    let path = format!("{}/../tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test]
async fn the_configuration_is_the_golden_one_but_for_the_key() {
    let server = Server::start().await;
    let request = Request::get("/v1/sites/shop/config").header("origin", ORIGIN).body(Body::empty()).unwrap();
    let (status, mut body) = answer(server.call(request).await).await;
    assert_eq!(status, 200);
    let mut expected = golden("config");
    assert_eq!(body["vapid"].as_str().map(str::len), expected["vapid"].as_str().map(str::len));
    body["vapid"].take();
    expected["vapid"].take();
    assert_eq!(body, expected);
}

#[tokio::test]
async fn the_golden_device_is_taken() {
    let server = Server::start().await;
    let mut device = golden("device");
    // A subscription is bound to the key of the server that it was made for.
    let request = Request::get("/v1/sites/shop/config").body(Body::empty()).unwrap();
    device["subscription"]["vapid"] = answer(server.call(request).await).await.1["vapid"].clone();
    let (status, body) = server.put(DEVICE, &device).await;
    assert_eq!((status.as_u16(), &body["revision"]), (200, &json!(3)), "{body}");
    assert_eq!(
        server.value("SELECT locale || time_zone || topics FROM devices").await.unwrap(),
        "de-ATEurope/Vienna[\"offers\"]"
    );
}

#[tokio::test]
async fn the_golden_batch_is_stored() {
    let server = Server::start().await;
    let (status, body) = server.post(&golden("events")).await;
    assert_eq!((status.as_u16(), body), (200, json!({"stored": 4, "duplicates": 0, "drop": []})));
}

#[test]
fn the_golden_push_is_what_is_sent() {
    let expected = golden("push");
    let message = Message {
        id: "BwcHBwcHBwcHBwcHBwcHBw".to_owned(),
        kind: "welcome".to_owned(),
        title: "Welcome".to_owned(),
        body: "Good to have you.".to_owned(),
        url: "http://localhost:9000/welcome.html".to_owned(),
        tag: Some("softbell-welcome".to_owned()),
        ..Message::default()
    };
    let seal = Seal { token: "1.token", user: None, expires: 1_795_255_200, landing: None };
    let sent: Value = serde_json::from_str(&compose(&message, seal, false)).unwrap();
    assert_eq!(sent, expected);
}
