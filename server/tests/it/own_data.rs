//! What is kept of somebody, for himself, and its end (F6).

use axum::body::Body;
use axum::http::{Method, Request, Response};
use serde_json::{Value, json};

use crate::consents::{entry, ledger};
use crate::events::event;
use crate::fixture::{AUTH, DEVICE, ORIGIN, OTHER, P256DH, PushService, SECRET, Server, answer, refusal, state};
use crate::identity::{ENDPOINT, proven, put, server, with};

const WRONG: &str = "Bearer ffffffffffffffffffffffffffffffffffffffffffff";

/// A call of a page, with a secret.
async fn call(server: &Server, method: Method, path: &str, secret: &str) -> Response<Body> {
    let request = Request::builder().method(method).uri(path).header("origin", ORIGIN).header("authorization", secret);
    server.call(request.body(Body::empty()).unwrap()).await
}

fn path(device: &str) -> String {
    format!("/v1/sites/shop/devices/{device}")
}

pub async fn own(server: &Server, device: &str) -> Value {
    let (status, body) = answer(call(server, Method::GET, &path(device), SECRET).await).await;
    assert_eq!(status.as_u16(), 200, "{body}");
    body
}

async fn erase(server: &Server, path: &str, secret: &str) -> (u16, String, Option<String>) {
    refusal(answer(call(server, Method::DELETE, path, secret).await).await)
}

/// Without an origin, as a back end calls.
pub async fn admin_delete(server: &Server, path: &str) -> u16 {
    let request = Request::delete(path).header("authorization", server.admin_token());
    server.call(request.body(Body::empty()).unwrap()).await.status().as_u16()
}

/// A device of u1 with a consent, a report, a personal message and one for all.
pub async fn full() -> Server {
    let server = server().await;
    put(&server, 1, &with(proven(&server, "u1"), &json!({"consent_entries": [entry(1, &json!({"reason": "mine"}))]})))
        .await;
    let token = server.put(DEVICE, &server.live(1, ENDPOINT)).await.1["report_token"].clone();
    let data = json!({"name": "cart", "properties": {"phone": "0123"}});
    let report = event(&json!({"id": "r1", "type": "event.tracked", "data": data, "softbelltoken": token}));
    assert_eq!(server.post(&json!([report])).await.1["stored"], 1);
    let personal = json!({"title": "Order 1042 of Ann", "audience": {"user": "u1"}, "personal": true});
    assert_eq!(server.send(&personal).await.1["reach"], 1);
    assert_eq!(server.send(&json!({"title": "For all", "audience": {"all": true}})).await.1["reach"], 1);
    server
}

#[tokio::test]
async fn f6_a_device_sees_everything_about_itself_but_secrets() {
    let server = full().await;
    let data = own(&server, DEVICE).await;
    let device = &data["device"];
    assert_eq!(
        (&device["id"], &device["user"], &device["status"], &device["reachable"], &device["service"]),
        (&json!(DEVICE), &json!("u1"), &json!("allowed"), &json!(true), &json!("fcm.googleapis.com"))
    );
    assert_eq!(device["tags"], json!({"plan": "gold", "age": 7, "vip": true}));
    assert_eq!(data["consents"][0]["reason"], "mine");
    assert_eq!(data["consent"]["push"], json!({"val": "y", "time": "2026-11-20T10:00:00Z"}));
    assert_eq!(data["reports"][0]["data"]["properties"]["phone"], "0123");
    let titles: Vec<&Value> = data["messages"].as_array().unwrap().iter().map(|sent| &sent["title"]).collect();
    assert_eq!(titles, [&json!("For all"), &Value::Null], "not what was for one person's eyes");
    assert_eq!(data["complete"], true);
    let text = data.to_string();
    for secret in ["send/one", P256DH, AUTH, &SECRET[7..], "secret_hash", "report_token"] {
        assert!(!text.contains(secret), "{secret}");
    }
    // The admin sees the personal one too, and no more secrets.
    let (_, all) = server.admin_get(&path(DEVICE)).await;
    assert_eq!(all["messages"][1]["title"], "Order 1042 of Ann");
    assert!(!all.to_string().contains("send/one"));
}

/// The next visitor of the same browser has the device's secret too.
#[tokio::test]
async fn f6_a_device_does_not_see_what_was_its_earlier_users() {
    let server = full().await;
    put(&server, 2, &proven(&server, "u2")).await;
    let data = own(&server, DEVICE).await;
    let text = data.to_string();
    for word in ["u1", "mine", "Order 1042", "phone", "0123"] {
        assert!(!text.contains(word), "{word}");
    }
    assert_eq!(data["messages"].as_array().unwrap().len(), 1, "what was for all");
    let (_, all) = server.admin_get(&path(DEVICE)).await;
    assert_eq!(all["reports"][0]["data"]["properties"]["phone"], "0123");
    assert_eq!((&all["earlier_users"][0]["user"], all["messages"].as_array().unwrap().len()), (&json!("u1"), 2));
    // After u1 logged out the next visitor is nobody, and sees no more.
    put(&server, 3, &proven(&server, "u1")).await;
    put(&server, 4, &json!({"user": null})).await;
    assert_eq!(own(&server, DEVICE).await["reports"], json!([]));
}

#[tokio::test]
async fn f6_only_the_devices_own_secret_opens_it() {
    let server = full().await;
    server.put_as(OTHER, WRONG, &state(1)).await;
    for method in [Method::GET, Method::DELETE] {
        for (id, secret, status, code) in [
            (DEVICE, WRONG, 401, "secret_wrong"),
            (DEVICE, "Bearer short", 401, "secret_missing"),
            (OTHER, SECRET, 401, "secret_wrong"),
            ("CCCCCCCCCCCCCCCCCCCCCA", SECRET, 401, "secret_wrong"),
            ("nothing", SECRET, 400, "device_id_invalid"),
        ] {
            let got = refusal(answer(call(&server, method.clone(), &path(id), secret).await).await);
            assert_eq!(got, (status, code.to_owned(), None), "{method} {id} {secret}");
        }
        let request = Request::builder().method(method.clone()).uri(path(DEVICE)).header("authorization", SECRET);
        let request = request.header("origin", "https://evil.example").body(Body::empty()).unwrap();
        assert_eq!(refusal(answer(server.call(request).await).await).1, "origin_not_allowed");
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 2);
    let response = call(&server, Method::GET, &path(DEVICE), SECRET).await;
    assert_eq!(
        (&response.headers()["access-control-allow-origin"], &response.headers()["cache-control"]),
        (&ORIGIN.parse().unwrap(), &"no-store".parse().unwrap())
    );
    let preflight =
        Request::options(path(DEVICE)).header("origin", ORIGIN).header("access-control-request-method", "DELETE");
    let response = server.call(preflight.body(Body::empty()).unwrap()).await;
    assert!(response.headers()["access-control-allow-methods"].to_str().unwrap().contains("DELETE"));
}

#[tokio::test]
async fn f6_erasing_a_device_leaves_nothing_of_it() {
    let server = full().await;
    assert_eq!(erase(&server, &path(DEVICE), SECRET).await.0, 204);
    for table in ["devices", "sends", "earlier_users"] {
        let count: i64 = {
            let mut db = server.app.store.read().await.unwrap();
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")))
                .fetch_one(&mut *db)
                .await
                .unwrap()
        };
        assert_eq!(count, 0, "{table}");
    }
    let trace = "SELECT COUNT(*) FROM reports WHERE device_id IS NOT NULL OR data IS NOT NULL OR id = 'r1' OR scope <> 'erased'";
    assert_eq!(server.number(trace).await, 0);
    assert_eq!(server.number("SELECT COUNT(*) FROM reports").await, 1, "it still counts");
    assert_eq!(server.number("SELECT COUNT(*) FROM messages WHERE title LIKE '%Ann%'").await, 0);
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 1, "what was for all is nobody's");
    assert_eq!(server.number("SELECT COUNT(*) FROM erased_devices WHERE id_hash LIKE 'AAAA%'").await, 0, "a hash");
    assert_eq!(server.admin_get(&path(DEVICE)).await.0, 404);
    assert_eq!(admin_delete(&server, &path(DEVICE)).await, 404);
    let reach = server.send(&json!({"title": "x", "audience": {"all": true}, "dry_run": true})).await.1;
    assert_eq!((&reach["reach"], &reach["excluded"]), (&json!(0), &json!({})));
}

/// The ledger proves how the site asks, without saying whom (GDPR, Art. 17(3)(e)).
#[tokio::test]
async fn f6_a_line_of_the_ledger_stays_without_the_person() {
    let server = full().await;
    assert_eq!(erase(&server, &path(DEVICE), SECRET).await.0, 204);
    let rows = ledger(&server, "").await;
    let row = &rows[0];
    assert_eq!((&row["device"], &row["user"], &row["reason"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!((&row["val"], &row["shown"]["yes"]), (&json!("y"), &json!("Ja")));
    assert!(row["erased_at"].is_string());
    assert_eq!(ledger(&server, &format!("device={DEVICE}")).await.len(), 0);
    assert_eq!(ledger(&server, "user=u1").await.len(), 0);
}

#[tokio::test]
async fn f6_the_secret_of_an_erased_device_opens_nothing_any_more() {
    let server = full().await;
    let token = server.put(DEVICE, &server.live(1, ENDPOINT)).await.1["report_token"].clone();
    assert_eq!(erase(&server, &path(DEVICE), SECRET).await.0, 204);
    let gone = (401, "device_erased".to_owned(), None);
    assert_eq!(refusal(server.put(DEVICE, &server.live(9, ENDPOINT)).await), gone);
    assert_eq!(refusal(answer(call(&server, Method::GET, &path(DEVICE), SECRET).await).await), gone);
    assert_eq!(erase(&server, &path(DEVICE), SECRET).await, gone, "a client that did not hear the answer");
    // Its reports are dropped, and nobody else's.
    let late = event(&json!({"id": "late", "softbelltoken": token}));
    let (_, body) = server.post(&json!([late, event(&json!({"id": "other"}))])).await;
    assert_eq!(body, json!({"stored": 1, "duplicates": 0, "drop": [{"index": 0, "code": "device_erased"}]}));
    // The same browser comes back as somebody new.
    assert_eq!(server.put(OTHER, &server.live(1, ENDPOINT)).await.0, 200);
    assert_eq!(server.admin_get(&path(OTHER)).await.1["device"]["reachable"], true);
}

#[tokio::test]
async fn f6_a_send_that_was_taken_before_the_erasure_stops() {
    let server = server().await;
    put(&server, 1, &json!({})).await;
    server.send(&json!({"title": "For all", "audience": {"all": true}})).await;
    let service = PushService::start(&[(503, "1"), (201, "")]).await;
    server.send_to(&service);
    service.first().await;
    assert_eq!(erase(&server, &path(DEVICE), SECRET).await.0, 204);
    // A later message to all goes out, so the queue has been looked at since.
    server.put(OTHER, &server.live(1, "https://fcm.googleapis.com/fcm/send/two")).await;
    server.send(&json!({"title": "Later", "audience": {"all": true}})).await;
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 1).await;
    let paths: Vec<String> = service.arrived().iter().map(|push| push.uri.path().to_owned()).collect();
    assert_eq!(paths, ["/fcm/send/one", "/fcm/send/two"]);
}

#[tokio::test]
async fn f6_own_data_may_be_asked_for_twenty_times_a_minute() {
    let server = full().await;
    let once = async || {
        let peer: std::net::SocketAddr = "192.0.2.1:4711".parse().unwrap();
        let request = Request::get(path(DEVICE)).header("authorization", WRONG);
        let request = request.extension(axum::extract::ConnectInfo(peer)).body(Body::empty()).unwrap();
        refusal(answer(server.call(request).await).await).1
    };
    for _ in 0..20 {
        assert_eq!(once().await, "secret_wrong");
    }
    assert_eq!(once().await, "rate_limited");
    assert_eq!(server.admin_get(&path(DEVICE)).await.0, 200, "the admin may more often");
}
