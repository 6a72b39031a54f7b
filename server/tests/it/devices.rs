//! `PUT devices`.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::fixture::{DEVICE, ORIGIN, OTHER, SECRET, Server, answer, refusal, state};

const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/one";
const WRONG: &str = "Bearer ffffffffffffffffffffffffffffffffffffffffffff";

fn with(name: &str, value: Value) -> Value {
    let mut state = state(1);
    state[name] = value;
    state
}

#[tokio::test]
async fn the_first_put_makes_the_device_and_answers_a_report_token() {
    let server = Server::start().await;
    let (status, body) = server.put(DEVICE, &state(3)).await;
    assert_eq!(status, 200);
    assert_eq!(body["revision"], 3);
    assert!(body["report_token"].as_str().unwrap().starts_with("2."));
    assert_eq!(body.as_object().unwrap().len(), 2);
    let row = server
        .value(
            "SELECT site || '|' || id || '|' || revision || '|' || permission || '|' || status || '|' || topics
               || '|' || tags || '|' || locale || '|' || time_zone || '|' || capabilities FROM devices",
        )
        .await;
    let expected = format!(
        r#"shop|{DEVICE}|3|default|ask|["offers"]|{{"age":7,"plan":"gold","vip":true}}|en-GB|Europe/London|{{"actions":2}}"#
    );
    assert_eq!(row.unwrap(), expected);
}

#[tokio::test]
async fn the_secret_is_stored_as_its_hash_only() {
    let server = Server::start().await;
    server.put(DEVICE, &state(1)).await;
    let stored = server.value("SELECT secret_hash FROM devices").await.unwrap();
    // SHA-256 of the secret without "Bearer ", computed with openssl.
    assert_eq!(stored, "JjuXQb_IRZi49WiMVIGIfIST1AsLVX3i8vmwMpE5xds");
}

#[tokio::test]
async fn a_lower_revision_changes_nothing_and_learns_the_current_one() {
    let server = Server::start().await;
    server.put(DEVICE, &state(5)).await;
    let mut old = state(4);
    old["locale"] = "de".into();
    let (status, body) = server.put(DEVICE, &old).await;
    assert_eq!((status.as_u16(), &body["revision"]), (200, &json!(5)));
    assert_eq!(server.value("SELECT locale FROM devices").await.unwrap(), "en-GB");
}

#[tokio::test]
async fn an_equal_revision_is_a_heartbeat() {
    let server = Server::start().await;
    let first = server.put(DEVICE, &state(5)).await.1;
    let server = server.restart(3600).await;
    let mut same = state(5);
    same["locale"] = "de".into();
    let (status, body) = server.put(DEVICE, &same).await;
    assert_eq!((status.as_u16(), &body["revision"]), (200, &json!(5)));
    assert!(body["report_token"].is_string() && first["report_token"].is_string());
    assert_eq!(server.value("SELECT locale FROM devices").await.unwrap(), "en-GB");
    assert!(server.number("SELECT seen_at - updated_at FROM devices").await >= 3_600_000);
}

#[tokio::test]
async fn a_higher_revision_replaces_the_whole_state() {
    let server = Server::start().await;
    server.put(DEVICE, &state(1)).await;
    let mut new = state(2);
    new["locale"] = Value::Null;
    new["time_zone"] = "".into();
    new["topics"] = json!([]);
    server.put(DEVICE, &new).await;
    assert_eq!(server.value("SELECT locale FROM devices").await, None);
    assert_eq!(server.value("SELECT topics FROM devices").await.unwrap(), "[]");
    assert_eq!(server.value("SELECT time_zone FROM devices").await, None);
}

#[tokio::test]
async fn a_wrong_secret_gets_401_and_changes_nothing() {
    let server = Server::start().await;
    server.put(DEVICE, &state(1)).await;
    let got = refusal(server.put_as(DEVICE, WRONG, &state(2)).await);
    assert_eq!(got, (401, "secret_wrong".to_owned(), None));
    assert_eq!(server.number("SELECT revision FROM devices").await, 1);
    for secret in ["", "Bearer", "Bearer short", "Basic 0123456789abcdef0123456789abcdef0123456789a"] {
        let got = refusal(server.put_as(DEVICE, secret, &state(2)).await);
        assert_eq!(got, (401, "secret_missing".to_owned(), None), "{secret}");
    }
}

#[tokio::test]
async fn only_a_browser_makes_a_device_but_anyone_with_the_secret_updates_it() {
    let server = Server::start().await;
    let put = |revision: u32| {
        let request = Request::put(format!("/v1/sites/shop/devices/{DEVICE}")).header("authorization", SECRET);
        server.call(request.body(Body::from(state(revision).to_string())).unwrap())
    };
    assert_eq!(refusal(answer(put(1).await).await), (403, "origin_required".to_owned(), None));
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 0);
    server.put(DEVICE, &state(1)).await;
    assert_eq!(answer(put(2).await).await.1["revision"], 2);
}

#[tokio::test]
async fn ids_are_128_bits() {
    let server = Server::start().await;
    for id in ["short", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAA=="] {
        assert_eq!(refusal(server.put(id, &state(1)).await), (400, "device_id_invalid".to_owned(), None), "{id}");
    }
}

#[tokio::test]
async fn refusals_name_the_member() {
    let server = Server::start().await;
    let live = |name: &str, value: Value| {
        let mut state = server.live(1, ENDPOINT);
        state["subscription"][name] = value;
        state
    };
    let cases = [
        (with("users", json!("u1")), "member_unknown", "users"),
        (with("user", json!(7)), "member_invalid", "user"),
        (with("user", json!("u".repeat(129))), "member_invalid", "user"),
        (with("token", json!("x")), "member_missing", "user"),
        (with("token", json!({})), "member_invalid", "token"),
        (live("extra", json!(1)), "member_unknown", "subscription.extra"),
        (with("revision", Value::Null), "member_missing", "revision"),
        (with("permission", Value::Null), "member_missing", "permission"),
        (with("status", json!("")), "member_missing", "status"),
        (live("auth", Value::Null), "member_missing", "subscription.auth"),
        (with("revision", json!(-1)), "member_invalid", "revision"),
        (with("revision", json!(1.5)), "member_invalid", "revision"),
        (with("revision", json!(1_u64 << 53)), "member_invalid", "revision"),
        (with("permission", json!("maybe")), "member_invalid", "permission"),
        (with("status", json!("Allowed")), "member_invalid", "status"),
        (with("reason", json!("no spaces")), "member_invalid", "reason"),
        (with("subscription", json!("x")), "member_invalid", "subscription"),
        (with("topics", json!([1])), "member_invalid", "topics"),
        (with("topics", json!(["x".repeat(129)])), "member_invalid", "topics"),
        (with("topics", json!({})), "member_invalid", "topics"),
        (with("tags", json!({"a": []})), "member_invalid", "tags"),
        (with("tags", json!({"": 1})), "member_invalid", "tags"),
        (with("tags", json!([])), "member_invalid", "tags"),
        (with("locale", json!(7)), "member_invalid", "locale"),
        (with("time_zone", json!("x".repeat(65))), "member_invalid", "time_zone"),
        (with("capabilities", json!("x")), "member_invalid", "capabilities"),
        (with("capabilities", json!(["x".repeat(4096)])), "member_invalid", "capabilities"),
        (with("consent_entries", json!([1])), "member_invalid", "consent_entries"),
        (with("consent_entries", json!({})), "member_invalid", "consent_entries"),
    ];
    for (body, code, field) in cases {
        let got = refusal(server.put(DEVICE, &body).await);
        assert_eq!(got, (422, code.to_owned(), Some(field.to_owned())), "{body}");
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 0);
}

#[tokio::test]
async fn limits_have_codes_of_their_own() {
    let server = Server::start().await;
    let topics = |count: usize| with("topics", (0..count).map(|n| n.to_string()).collect::<Vec<_>>().into());
    let tags = |count: usize| {
        let map: serde_json::Map<_, _> = (0..count).map(|n| (n.to_string(), json!(n))).collect();
        with("tags", map.into())
    };
    for (body, code) in [(topics(101), "topics_too_many"), (tags(51), "tags_too_many")] {
        assert_eq!(refusal(server.put(DEVICE, &body).await), (422, code.to_owned(), None));
    }
    assert_eq!(server.put(DEVICE, &topics(100)).await.0, 200);
    assert_eq!(server.put(OTHER, &tags(50)).await.0, 200);
    let huge = with("locale", json!("x".repeat(70_000)));
    assert_eq!(refusal(server.put(DEVICE, &huge).await), (413, "body_too_large".to_owned(), None));
    for body in [json!([]), json!("x"), Value::Null] {
        assert_eq!(refusal(server.put(DEVICE, &body).await), (400, "body_unreadable".to_owned(), None));
    }
}

#[tokio::test]
async fn a_newer_clients_reason_is_kept() {
    let server = Server::start().await;
    server.put(DEVICE, &with("reason", json!("some_new_reason"))).await;
    assert_eq!(server.value("SELECT reason FROM devices").await.unwrap(), "some_new_reason");
}

#[tokio::test]
async fn consent_lines_are_added_once() {
    let server = Server::start().await;
    let line = json!({
        "id": "AQEBAQEBAQEBAQEBAQEBAQ", "channel": "push", "val": "y", "time": "2026-11-20T10:00:00Z",
        "source": "soft_popup",
    });
    let mut other = line.clone();
    other["id"] = "AgICAgICAgICAgICAgICAg".into();
    let mut first = state(1);
    first["consent_entries"] = json!([line]);
    let mut second = state(2);
    second["consent_entries"] = json!([line, other]);
    server.put(DEVICE, &first).await;
    server.put(DEVICE, &second).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM consent_entries").await, 2);
    let kept = server.value("SELECT entry FROM consent_entries WHERE id LIKE 'AQ%'").await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), line);
}

#[tokio::test]
async fn the_same_id_on_another_site_is_another_device() {
    let server = Server::start().await;
    server.put(DEVICE, &state(1)).await;
    let request = Request::put(format!("/v1/sites/quiet/devices/{DEVICE}"))
        .header("origin", ORIGIN.replace("9000", "9001"))
        .header("authorization", WRONG)
        .body(Body::from(state(9).to_string()))
        .unwrap();
    assert_eq!(answer(server.call(request).await).await.0, 200);
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 2);
}
