//! `POST events`.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::fixture::{ORIGIN, Server, answer};

/// A fine event with these members changed.
pub fn event(changes: &Value) -> Value {
    let mut event = json!({
        "specversion": "1.0", "id": "e1", "source": "softbell:shop", "type": "prompt.shown",
        "time": "2026-11-20T10:00:00.250Z",
    });
    for (name, value) in changes.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

pub const MESSAGE: [u8; 16] = [7; 16];
pub const DEVICE_ID: [u8; 16] = [0; 16];

pub fn message_token(server: &Server) -> String {
    let expires = server.app.clock.seconds() + 60;
    server.app.tokens.for_message("shop", &MESSAGE, &DEVICE_ID, expires)
}

async fn raw(server: &Server, kind: &str, body: Vec<u8>) -> (u16, String) {
    let request = Request::post("/v1/sites/shop/events").header("origin", ORIGIN).header("content-type", kind);
    let (status, body) = answer(server.call(request.body(Body::from(body)).unwrap()).await).await;
    (status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_batch_is_stored_in_order_with_what_it_says() {
    let server = Server::start().await;
    let batch = json!([
        event(&json!({"id": "a"})),
        event(&json!({"id": "b", "type": "event.tracked", "data": {"name": "cart", "properties": {"n": 1}}})),
    ]);
    let (status, body) = server.post(&batch).await;
    assert_eq!(status, 200);
    assert_eq!(body, json!({"stored": 2, "duplicates": 0, "drop": []}));
    let rows = server
        .value(
            "SELECT STRING_AGG(seq || source || id || site || type || time || COALESCE(data, '-'), ' ')
             FROM (SELECT * FROM reports ORDER BY seq) AS ordered",
        )
        .await;
    let time = 1_795_168_800_250_i64;
    let expected = format!(
        "1softbell:shopashopprompt.shown{time}- \
         2softbell:shopbshopevent.tracked{time}{{\"name\":\"cart\",\"properties\":{{\"n\":1}}}}"
    );
    assert_eq!(rows.unwrap(), expected);
}

#[tokio::test]
async fn three_content_types_are_read_and_no_other() {
    let server = Server::start().await;
    for kind in ["application/cloudevents-batch+json; charset=utf-8", "Application/JSON", "text/plain"] {
        assert_eq!(raw(&server, kind, b"[]".to_vec()).await.0, 200, "{kind}");
    }
    for kind in ["application/cloudevents+json", "text/html", "", "application/jsonx"] {
        let expected = (415, "media_type_unsupported".to_owned());
        assert_eq!(raw(&server, kind, b"[]".to_vec()).await, expected, "{kind}");
    }
}

#[tokio::test]
async fn unreadable_and_oversized_batches_are_refused_whole() {
    let server = Server::start().await;
    for body in ["", "{", "{}", "null", "\"x\"", "[1,]"] {
        let expected = (400, "body_unreadable".to_owned());
        assert_eq!(raw(&server, "text/plain", body.into()).await, expected, "{body}");
    }
    let padded = |bytes: usize| format!("[{}]", " ".repeat(bytes - 2)).into_bytes();
    assert_eq!(raw(&server, "text/plain", padded(48 * 1024)).await.0, 200);
    let expected = (413, "body_too_large".to_owned());
    assert_eq!(raw(&server, "text/plain", padded(48 * 1024 + 1)).await, expected);
    let many = Value::from(vec![json!(1); 101]).to_string();
    assert_eq!(raw(&server, "text/plain", many.into()).await, (413, "batch_too_long".to_owned()));
}

#[tokio::test]
async fn what_can_never_be_stored_is_named_and_the_rest_is_stored() {
    let server = Server::start().await;
    let tracked = |data: Value| event(&json!({"type": "event.tracked", "data": data}));
    let many: serde_json::Map<_, _> = (0..33).map(|n| (n.to_string(), json!(n))).collect();
    let faults = [
        (json!(7), "event_not_object"),
        (event(&json!({"specversion": "0.3"})), "specversion_invalid"),
        (event(&json!({"id": ""})), "id_invalid"),
        (event(&json!({"id": "x".repeat(129)})), "id_invalid"),
        (event(&json!({"id": "a\u{0}b"})), "nul_refused"),
        (event(&json!({"data": {"action": "a\u{0}b"}})), "nul_refused"),
        (event(&json!({"source": "softbell:other"})), "source_invalid"),
        (event(&json!({"type": "prompt.eaten"})), "type_unknown"),
        (event(&json!({"time": "yesterday"})), "time_invalid"),
        (event(&json!({"time": null})), "time_invalid"),
        // In UTC it is the year 10000, which RFC 3339 cannot write.
        (event(&json!({"time": "9999-12-31T23:59:59-23:59"})), "time_invalid"),
        (event(&json!({"data": "text"})), "data_invalid"),
        (event(&json!({"data": {"x": "x".repeat(8192)}})), "data_invalid"),
        (event(&json!({"data": {"action": "x".repeat(129)}})), "data_invalid"),
        (tracked(json!({})), "name_invalid"),
        (tracked(json!({"name": ""})), "name_invalid"),
        (tracked(json!({"name": "cart", "properties": many})), "properties_too_many"),
        (tracked(json!({"name": "cart", "properties": [1]})), "data_invalid"),
    ];
    let mut batch = vec![event(&json!({"id": "good", "extension": "ignored", "datacontenttype": "application/json"}))];
    batch.extend(faults.iter().map(|(event, _)| event.clone()));
    let (status, body) = server.post(&batch.into()).await;
    let drop: Vec<Value> =
        faults.iter().enumerate().map(|(n, (_, code))| json!({"index": n + 1, "code": code})).collect();
    assert_eq!((status.as_u16(), body), (200, json!({"stored": 1, "duplicates": 0, "drop": drop})));
    assert_eq!(server.value("SELECT id FROM reports").await.unwrap(), "good");
}

#[tokio::test]
async fn the_same_report_counts_once() {
    let server = Server::start().await;
    let batch = json!([event(&json!({})), event(&json!({})), event(&json!({"id": "e2"}))]);
    assert_eq!(server.post(&batch).await.1, json!({"stored": 2, "duplicates": 1, "drop": []}));
    assert_eq!(server.post(&batch).await.1, json!({"stored": 0, "duplicates": 3, "drop": []}));
    assert_eq!(server.number("SELECT COUNT(*) FROM reports").await, 2);
}

#[tokio::test]
async fn unverified_reports_are_capped_per_day_and_verified_ones_are_not() {
    let server = Server::start().await;
    server.fill_unverified(9_999).await;
    let token = message_token(&server);
    let batch = json!([
        event(&json!({"id": "last"})),
        event(&json!({"id": "over"})),
        event(&json!({"id": "verified", "softbelltoken": token})),
    ]);
    let expected = json!({"stored": 2, "duplicates": 0, "drop": [{"index": 1, "code": "unverified_cap"}]});
    assert_eq!(server.post(&batch).await.1, expected);
    let server = server.restart(86_401).await;
    assert_eq!(server.post(&json!([event(&json!({"id": "over"}))])).await.1["stored"], 1);
}
