//! The demo shop's back end: what it takes, and what it has the push server say.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use softbell_server::http::{Backend, orders};
use tower::ServiceExt as _;

use crate::fixture::PushService;

const SHOP: &str = "http://localhost:8481";

fn shop(server: &str, packing: Duration) -> Router {
    orders(Backend::new(server, SHOP, "the-admin-token", packing).unwrap())
}

async fn call(shop: &Router, request: Request<Body>) -> (u16, Value) {
    let response = shop.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 99_999).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn order(body: &Value) -> Request<Body> {
    Request::post("/orders").header("content-type", "application/json").body(body.to_string().into()).unwrap()
}

fn look(id: &str) -> Request<Body> {
    Request::get(format!("/orders/{id}")).body(Body::empty()).unwrap()
}

async fn sent(shop: &Router, id: &str) -> Value {
    for _ in 0..500 {
        let (_, order) = call(shop, look(id)).await;
        if order["sent"] == true {
            return order;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the order was never sent");
}

#[tokio::test]
async fn an_order_is_packed_then_sent_and_its_buyers_device_is_told() {
    let server = PushService::start(&[(202, "")]).await;
    let shop = shop(&server.url, Duration::ZERO);
    let (status, placed) = call(&shop, order(&json!({"product": "letter-set", "device": "d1"}))).await;
    assert_eq!((status, placed), (201, json!({"id": "JF-1042", "product": "letter-set", "sent": false})));
    assert_eq!(sent(&shop, "JF-1042").await, json!({"id": "JF-1042", "product": "letter-set", "sent": true}));

    let call = server.first().await;
    assert_eq!(call.uri.path(), "/v1/sites/shop/messages");
    assert_eq!(call.headers["authorization"], "Bearer the-admin-token");
    let message: Value = serde_json::from_slice(&call.body).unwrap();
    assert_eq!(message["title"], "Your letter set is on its way");
    assert_eq!(message["audience"], json!({"device": "d1"}));
    assert_eq!(message["url"], "http://localhost:8481/order.html?order=JF-1042#on-its-way");
    let buttons: Vec<_> = message["actions"].as_array().unwrap().iter().map(|button| &button["url"]).collect();
    assert_eq!(
        buttons,
        [
            "http://localhost:8481/order.html?order=JF-1042#parcel",
            "http://localhost:8481/order.html?order=JF-1042&ring=no#parcel"
        ]
    );
}

#[tokio::test]
async fn while_it_is_packed_nobody_is_told() {
    let server = PushService::start(&[(202, "")]).await;
    let shop = shop(&server.url, Duration::from_hours(1));
    call(&shop, order(&json!({"product": "letter-set", "device": "d1"}))).await;
    for _ in 0..100 {
        tokio::task::yield_now().await; // the workshop had its turn
    }
    assert_eq!((call(&shop, look("JF-1042")).await.1["sent"].clone(), server.arrived().len()), (false.into(), 0));
}

#[tokio::test]
async fn who_has_no_device_can_buy_and_nobody_is_told() {
    let server = PushService::start(&[(202, "")]).await;
    let shop = shop(&server.url, Duration::ZERO);
    for (product, device, id) in [("garden-notebook", None, "JF-1042"), ("desk-calendar", Some("d2"), "JF-1043")] {
        assert_eq!(call(&shop, order(&json!({"product": product, "device": device}))).await.1["id"], id);
        sent(&shop, id).await;
    }
    let told: Value = serde_json::from_slice(&server.first().await.body).unwrap();
    assert_eq!((server.arrived().len(), &told["audience"]), (1, &json!({"device": "d2"})));
}

#[tokio::test]
async fn what_the_shop_does_not_have_is_refused() {
    let shop = shop("http://127.0.0.1:1", Duration::ZERO);
    assert_eq!(call(&shop, order(&json!({"product": "wax"}))).await.0, 422);
    assert_eq!(call(&shop, look("JF-1042")).await.0, 404);
    // A form of another site is no JSON, and so needs no answer to a preflight to be refused.
    let form = Request::post("/orders").header("content-type", "text/plain").body(r#"{"product":"letter-set"}"#.into());
    assert_eq!(call(&shop, form.unwrap()).await.0, 415);
}
