//! The admin API: who may, and the lists.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::events::{event, message_token};
use crate::fixture::{AUTH, DEVICE, OTHER, P256DH, Server, answer, refusal, state};

const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/secret-path";
const PATHS: [&str; 10] = [
    "/v1/sites",
    "/v1/sites/shop/messages",
    "/v1/sites/shop/devices",
    "/v1/sites/shop/reports",
    "/v1/sites/shop/results",
    "/v1/sites/shop/conversions",
    "/v1/sites/shop/funnel",
    "/v1/sites/shop/consents",
    "/v1/sites/shop/users/u1",
    "/v1/sites/shop/users/u1/export",
];

async fn with_token(server: &Server, path: &str, token: &str) -> (u16, String, Option<String>) {
    let request = Request::get(path).header("authorization", token).body(Body::empty()).unwrap();
    refusal(answer(server.call(request).await).await)
}

#[tokio::test]
async fn without_the_token_there_is_nothing_to_see() {
    let server = Server::start().await;
    let right = server.admin_token();
    for path in PATHS {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(refusal(answer(server.call(request).await).await).1, "admin_token_missing", "{path}");
        for token in ["", "Bearer", "Bearer ", "Basic YTpi", "nothing"] {
            assert_eq!(
                with_token(&server, path, token).await,
                (401, "admin_token_missing".to_owned(), None),
                "{token}"
            );
        }
        let longer = format!("{right}A");
        for token in ["Bearer x", &right[..right.len() - 1], &longer, &right.to_uppercase(), &right.replace(' ', "  ")]
        {
            assert_eq!(with_token(&server, path, token).await, (401, "admin_token_wrong".to_owned(), None));
        }
        assert_eq!(server.admin_get(path).await.0, 200, "{path}");
    }
}

#[tokio::test]
async fn a_stranger_learns_neither_sites_nor_methods() {
    let server = Server::start().await;
    for (method, path) in [(Method::GET, "/v1/sites/nowhere/devices"), (Method::DELETE, "/v1/sites/shop/reports")] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        assert_eq!(refusal(answer(server.call(request).await).await).1, "admin_token_missing", "{path}");
    }
    assert_eq!(refusal(server.admin_get("/v1/sites/nowhere/devices").await).1, "site_unknown");
    let request = Request::delete("/v1/sites/shop/reports").header("authorization", server.admin_token());
    let response = server.call(request.body(Body::empty()).unwrap()).await;
    assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"GET,HEAD".parse().unwrap()));
}

#[tokio::test]
async fn no_cache_and_no_other_site_gets_the_answers() {
    let server = Server::start().await;
    let request = Request::get("/v1/sites").header("authorization", server.admin_token());
    let request = request.header("origin", "http://localhost:9000").body(Body::empty()).unwrap();
    let response = server.call(request).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(!response.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn sites_come_with_how_many_can_be_reached() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.put(OTHER, &state(1)).await;
    let (_, body) = server.admin_get("/v1/sites").await;
    let quiet =
        json!({"id": "quiet", "origins": ["http://localhost:9001"], "topics": [], "reachable": 0, "devices": 0});
    let shop = json!({
        "id": "shop", "origins": ["http://localhost:9000"], "topics": [{"id": "offers", "name": "Offers"}],
        "reachable": 1, "devices": 2,
    });
    assert_eq!(body, json!({"sites": [quiet, shop]}));
}

#[tokio::test]
async fn devices_come_newest_first_and_keep_their_secrets() {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let server = server.restart(60).await;
    server.put(OTHER, &state(1)).await;
    let (_, body) = server.admin_get("/v1/sites/shop/devices").await;
    let text = body.to_string();
    for secret in ["secret-path", P256DH, AUTH, "/fcm/send"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let devices = body["devices"].as_array().unwrap();
    let mut first = devices[0].clone();
    for stamp in ["created_at", "seen_at"] {
        assert!(softbell_server::clock::millis(first[stamp].take().as_str().unwrap()).is_some());
    }
    let expected = json!({
        "id": OTHER, "user": null, "permission": "default", "status": "ask", "reason": null, "reachable": false,
        "service": null, "locale": "en-GB", "time_zone": "Europe/London", "topics": ["offers"], "created_at": null,
        "seen_at": null,
    });
    assert_eq!(first, expected);
    let last = &devices[1];
    assert_eq!(
        (&last["id"], &last["service"], &last["reachable"]),
        (&json!(DEVICE), &json!("fcm.googleapis.com"), &json!(true))
    );
    let one = server.admin_get("/v1/sites/shop/devices?limit=1").await.1;
    assert_eq!(one["devices"].as_array().unwrap().len(), 1);
    assert_eq!(server.admin_get("/v1/sites/quiet/devices").await.1, json!({"devices": []}));
}

#[tokio::test]
async fn reports_come_newest_first_and_after_one() {
    let server = Server::start().await;
    let token = message_token(&server);
    let data = json!({"action": "see"});
    server
        .post(&json!([
            event(&json!({"id": "a"})),
            event(&json!({"id": "b", "type": "notification.action", "data": data, "softbelltoken": token})),
        ]))
        .await;
    let (_, body) = server.admin_get("/v1/sites/shop/reports").await;
    assert!(!body.to_string().contains(&token));
    let rows = body["reports"].as_array().unwrap();
    let mut newest = rows[0].clone();
    newest["received_at"].take();
    let expected = json!({
        "seq": 2, "type": "notification.action", "time": "2026-11-20T10:00:00.25Z", "received_at": null,
        "device": DEVICE, "message": "BwcHBwcHBwcHBwcHBwcHBw", "campaign": null, "variant": null, "verified": true, "data": data,
    });
    assert_eq!(newest, expected);
    assert_eq!((&rows[1]["seq"], &rows[1]["verified"], &rows[1]["data"]), (&json!(1), &json!(false), &Value::Null));
    let after = server.admin_get("/v1/sites/shop/reports?after=1").await.1;
    assert_eq!(after["reports"].as_array().unwrap().len(), 1);
    assert_eq!(server.admin_get("/v1/sites/shop/reports?after=2").await.1, json!({"reports": []}));
}

#[tokio::test]
async fn parameters_are_refused_by_name() {
    let server = Server::start().await;
    for (query, code, name) in [
        ("limit=0", "parameter_invalid", "limit"),
        ("limit=201", "parameter_invalid", "limit"),
        ("limit=ten", "parameter_invalid", "limit"),
        ("limit=1&limit=2", "parameter_invalid", "limit"),
        ("after=-1", "parameter_invalid", "after"),
        ("page=2", "parameter_unknown", "page"),
    ] {
        let answer = refusal(server.admin_get(&format!("/v1/sites/shop/reports?{query}")).await);
        assert_eq!(answer, (400, code.to_owned(), Some(name.to_owned())), "{query}");
    }
}
