//! What is kept of a user: facts, export and erasure.

use serde_json::{Value, json};

use crate::consents::{entry, ledger};
use crate::fixture::{DEVICE, OTHER, refusal, state};
use crate::identity::{proven, put, server, with};
use crate::own_data::{admin_delete, full, own};

/// Letters that an address must escape.
const ODD: &str = "🦊/a?#& %2F\"";
const ODD_PATH: &str = "/v1/sites/shop/users/%F0%9F%A6%8A%2Fa%3F%23%26%20%252F%22";

#[tokio::test]
async fn f6_erasing_a_user_takes_his_devices_and_his_traces_on_those_of_others() {
    let server = full().await;
    put(&server, 2, &with(proven(&server, "u2"), &json!({"consent_entries": [entry(2, &json!({}))]}))).await;
    let second = with(server.live(1, "https://fcm.googleapis.com/fcm/send/two"), &proven(&server, "u1"));
    assert_eq!(server.put(OTHER, &second).await.0, 200);
    assert_eq!(admin_delete(&server, "/v1/sites/shop/users/u1").await, 204);
    assert_eq!(server.value("SELECT id FROM devices").await.unwrap(), DEVICE, "u2's device stays");
    assert_eq!(server.number("SELECT COUNT(*) FROM earlier_users").await, 0);
    assert_eq!(server.number("SELECT COUNT(*) FROM sends WHERE user_id = 'u1'").await, 0);
    assert_eq!(server.number("SELECT COUNT(*) FROM messages WHERE title LIKE '%Ann%'").await, 0);
    let traces = "SELECT COUNT(*) FROM reports WHERE user_id IS NOT NULL OR device_id IS NOT NULL OR data IS NOT NULL";
    assert_eq!(server.number(traces).await, 0, "what u1 did on u2's device");
    assert_eq!(server.number("SELECT COUNT(*) FROM reports").await, 1, "it still counts");
    let rows = ledger(&server, "").await;
    assert_eq!((&rows[0]["user"], &rows[0]["device"], &rows[1]["user"]), (&Value::Null, &Value::Null, &json!("u2")));
    let facts = server.admin_get("/v1/sites/shop/users/u1").await.1;
    assert_eq!(facts, json!({"id": "u1", "push_enabled": false, "last_session": null, "devices": []}));
    assert_eq!(admin_delete(&server, "/v1/sites/shop/users/u1").await, 204, "again is the same");
}

/// Between the list of a user's devices and the erasure of one of them it may have changed hands.
#[tokio::test]
async fn f6_a_device_that_is_anothers_by_now_is_not_erased_with_its_earlier_user() {
    let server = full().await;
    put(&server, 2, &proven(&server, "u2")).await;
    assert!(!softbell_server::erase::device_of(&server.app, "shop", DEVICE, Some("u1")).await.unwrap());
    assert_eq!(own(&server, DEVICE).await["device"]["user"], "u2");
    assert!(softbell_server::erase::device_of(&server.app, "shop", DEVICE, Some("u2")).await.unwrap());
}

#[tokio::test]
async fn f6_a_users_export_has_his_devices_and_nothing_of_others() {
    let server = full().await;
    put(&server, 2, &proven(&server, "u2")).await;
    server.send(&json!({"title": "For Bob", "audience": {"user": "u2"}, "personal": true})).await;
    let (_, first) = server.admin_get("/v1/sites/shop/users/u1/export").await;
    assert_eq!(first["devices"], json!([]), "it is another's now");
    assert_eq!(first["messages"][0]["title"], "Order 1042 of Ann");
    assert_eq!(first["consents"][0]["reason"], "mine");
    assert_eq!(first["reports"][0]["data"]["properties"]["phone"], "0123");
    assert_eq!(first["user"]["last_session"]["status"], "suspended");
    assert!(!first.to_string().contains("Bob") && !first.to_string().contains("u2"));
    let (_, second) = server.admin_get("/v1/sites/shop/users/u2/export").await;
    assert_eq!(second["devices"][0]["device"]["id"], DEVICE);
    assert_eq!(second["messages"][0]["title"], "For Bob");
    assert_eq!((&second["devices"][0]["reports"], &second["reports"]), (&json!([]), &json!([])));
    assert!(!second.to_string().contains("Ann") && !second.to_string().contains("mine") && second["complete"] == true);
}

/// The usual settings, so many seconds later.
pub fn later(seconds: i64) -> String {
    crate::tokens::settings().replace("[lab]", &format!("[lab]\nclock_offset = {seconds}"))
}

#[tokio::test]
async fn a3_the_status_of_the_last_session_and_push_enabled_are_two_facts() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    let server = server.restart_with(&later(60)).await;
    let blocked = with(state(1), &with(proven(&server, "u1"), &json!({"permission": "denied", "status": "blocked"})));
    assert_eq!(server.put(OTHER, &blocked).await.0, 200);
    let (_, mut facts) = server.admin_get("/v1/sites/shop/users/u1").await;
    assert!(softbell_server::clock::millis(facts["last_session"]["at"].take().as_str().unwrap()).is_some());
    for device in facts["devices"].as_array_mut().unwrap() {
        device["seen_at"].take();
    }
    let expected = json!({
        "id": "u1", "push_enabled": true, "last_session": {"device": OTHER, "status": "blocked", "at": null},
        "devices": [
            {"id": OTHER, "status": "blocked", "reachable": false, "seen_at": null},
            {"id": DEVICE, "status": "allowed", "reachable": true, "seen_at": null},
        ],
    });
    assert_eq!(facts, expected);
    // The daily sign of life of the other one makes that the last session.
    let server = server.restart_with(&later(120)).await;
    put(&server, 1, &json!({})).await;
    let (_, facts) = server.admin_get("/v1/sites/shop/users/u1").await;
    assert_eq!((&facts["last_session"]["status"], &facts["push_enabled"]), (&json!("allowed"), &json!(true)));
}

#[tokio::test]
async fn a4_without_the_last_subscription_push_is_off_and_nobody_is_reached() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    let enabled = async || server.admin_get("/v1/sites/shop/users/u1").await.1["push_enabled"].clone();
    let reach = async || {
        let body = json!({"title": "x", "audience": {"user": "u1"}, "dry_run": true});
        server.send(&body).await.1["reach"].clone()
    };
    assert_eq!((enabled().await, reach().await), (json!(true), json!(1)));
    server.put(DEVICE, &state(2)).await;
    assert_eq!((enabled().await, reach().await), (json!(false), json!(0)));
    // A suspended device does not count.
    put(&server, 3, &json!({})).await;
    assert_eq!((enabled().await, reach().await), (json!(true), json!(1)));
    put(&server, 4, &proven(&server, "u2")).await;
    assert_eq!((enabled().await, reach().await), (json!(false), json!(0)));
}

#[tokio::test]
async fn j3_users_with_any_letters_are_found_by_their_address() {
    let server = server().await;
    put(&server, 1, &proven(&server, ODD)).await;
    let (_, facts) = server.admin_get(ODD_PATH).await;
    assert_eq!((&facts["id"], &facts["push_enabled"]), (&json!(ODD), &json!(true)));
    assert_eq!(server.admin_get(&format!("{ODD_PATH}/export")).await.1["user"]["id"], ODD);
    assert_eq!(admin_delete(&server, ODD_PATH).await, 204);
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 0);
    for user in ["x".repeat(129), "%00".to_owned()] {
        let got = refusal(server.admin_get(&format!("/v1/sites/shop/users/{user}")).await);
        assert_eq!(got, (400, "parameter_invalid".to_owned(), Some("user".to_owned())));
    }
}
