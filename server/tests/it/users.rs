//! Users of devices: who may attach whom, and where personal messages may go.

use serde_json::{Value, json};

use crate::fixture::{DEVICE, ORIGIN, OTHER, PushService, SECRET, Server, answer, refusal, state};
use crate::tokens::{settings, token, token_with};

const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/one";
const MOVED: &str = "https://fcm.googleapis.com/fcm/send/two";
const WRONG: &str = "Bearer ffffffffffffffffffffffffffffffffffffffffffff";

/// A state with these members on top.
fn with(mut state: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        state[name] = value.clone();
    }
    state
}

async fn user(server: &Server) -> Option<String> {
    server.value("SELECT user_id FROM devices WHERE id LIKE 'A%'").await
}

/// Whether personal messages may go to the device.
async fn is_personal(server: &Server) -> bool {
    server.number("SELECT COUNT(*) FROM devices WHERE id LIKE 'A%' AND personal_from IS NOT NULL").await == 1
}

/// A server on which the device has the user `u1` and an endpoint, both proven.
async fn attached() -> Server {
    let server = Server::with(&settings()).await;
    let proof = json!({"user": "u1", "token": token(&server, "u1")});
    assert_eq!(server.put(DEVICE, &with(server.live(1, ENDPOINT), &proof)).await.0, 200);
    assert_eq!(user(&server).await.as_deref(), Some("u1"));
    assert!(is_personal(&server).await);
    server
}

#[tokio::test]
async fn omitted_is_unchanged_and_null_detaches() {
    let server = attached().await;
    server.put(DEVICE, &server.live(2, ENDPOINT)).await;
    assert_eq!(user(&server).await.as_deref(), Some("u1"));
    assert!(is_personal(&server).await);
    server.put(DEVICE, &with(server.live(3, ENDPOINT), &json!({"user": null}))).await;
    assert_eq!(user(&server).await, None);
    assert!(!is_personal(&server).await);
    assert_eq!(server.value("SELECT topics FROM devices").await.unwrap(), r#"["offers"]"#, "topics are the device's");
}

#[tokio::test]
async fn a_new_user_needs_a_token_and_the_known_one_does_not() {
    let server = attached().await;
    for user in ["u2", "U1", "u1 "] {
        let got = refusal(server.put(DEVICE, &with(server.live(2, ENDPOINT), &json!({"user": user}))).await);
        assert_eq!(got, (422, "token_missing".to_owned(), None), "{user}");
    }
    assert_eq!(server.number("SELECT revision FROM devices").await, 1, "a refused state changes nothing");
    assert_eq!(server.put(DEVICE, &with(server.live(2, ENDPOINT), &json!({"user": "u1"}))).await.0, 200);
    let proof = json!({"user": "u2", "token": token(&server, "u2")});
    assert_eq!(server.put(DEVICE, &with(server.live(3, ENDPOINT), &proof)).await.0, 200);
    assert_eq!(user(&server).await.as_deref(), Some("u2"));
}

#[tokio::test]
async fn a_bad_token_is_refused_even_for_the_known_user() {
    let server = attached().await;
    let expired = token_with(&server, "u1", &json!({"exp": 1, "iat": null}));
    let bad = json!({"user": "u1", "token": expired});
    let got = refusal(server.put(DEVICE, &with(server.live(2, ENDPOINT), &bad)).await);
    assert_eq!(got, (422, "token_expired".to_owned(), None));
}

/// Otherwise whoever copies a device's secret has another's personal messages delivered to his own browser.
#[tokio::test]
async fn an_endpoint_that_changed_gets_nothing_personal_until_the_next_proof() {
    let server = attached().await;
    server.put(DEVICE, &with(server.live(2, MOVED), &json!({"user": "u1"}))).await;
    assert_eq!(user(&server).await.as_deref(), Some("u1"));
    assert!(!is_personal(&server).await);
    server.put(DEVICE, &server.live(3, MOVED)).await;
    assert!(!is_personal(&server).await, "time does not heal it");
    // The same user identifies again; nothing else changed, so the revision did not rise.
    let proof = json!({"user": "u1", "token": token(&server, "u1")});
    server.put(DEVICE, &with(server.live(3, ENDPOINT), &proof)).await;
    assert!(!is_personal(&server).await, "it was proven for another endpoint");
    server.put(DEVICE, &with(server.live(3, MOVED), &proof)).await;
    assert!(is_personal(&server).await);
}

#[tokio::test]
async fn a_subscription_that_went_and_came_back_is_another_one() {
    let server = attached().await;
    server.put(DEVICE, &state(2)).await;
    server.put(DEVICE, &server.live(3, ENDPOINT)).await;
    assert!(!is_personal(&server).await);
}

#[tokio::test]
async fn an_old_state_does_not_change_the_user() {
    let server = attached().await;
    let other = json!({"user": "u2", "token": token(&server, "u2")});
    let (status, body) = server.put(DEVICE, &with(server.live(0, ENDPOINT), &other)).await;
    assert_eq!((status.as_u16(), &body["revision"]), (200, &json!(1)));
    server.put(DEVICE, &with(server.live(0, ENDPOINT), &json!({"user": null}))).await;
    assert_eq!(user(&server).await.as_deref(), Some("u1"));
    let forged = json!({"user": "u1", "token": "x"});
    assert_eq!(server.put(DEVICE, &with(server.live(0, ENDPOINT), &forged)).await.0, 200, "not even read");
}

/// A token without `did` is good on every device of its user, for as long as it lasts; the device's secret still
/// decides whose device it is.
#[tokio::test]
async fn j3_a_replayed_token_needs_the_secret_of_the_device_it_is_replayed_on() {
    let server = attached().await;
    let proof = json!({"user": "u1", "token": token(&server, "u1")});
    server.put(OTHER, &state(1)).await;
    let got = refusal(server.put_as(OTHER, WRONG, &with(state(2), &proof)).await);
    assert_eq!(got, (401, "secret_wrong".to_owned(), None));
    assert_eq!(server.put(OTHER, &with(state(2), &proof)).await.0, 200);
    let bound = token_with(&server, "u1", &json!({"did": DEVICE}));
    let bound = json!({"user": "u1", "token": bound});
    assert_eq!(refusal(server.put(OTHER, &with(state(3), &bound)).await).1, "token_device_wrong");
    assert_eq!(server.put(DEVICE, &with(server.live(2, ENDPOINT), &bound)).await.0, 200);
}

/// The answer to a wrong secret does not depend on the token: nothing can be learned without the secret.
#[tokio::test]
async fn tokens_are_read_after_the_secret() {
    let server = attached().await;
    for token in [token(&server, "u1"), "x".to_owned()] {
        let proof = json!({"user": "u1", "token": token});
        assert_eq!(refusal(server.put_as(DEVICE, WRONG, &with(state(2), &proof)).await).1, "secret_wrong");
    }
}

#[tokio::test]
async fn j3_a_token_of_one_site_is_worth_nothing_on_another() {
    let server = attached().await;
    let state = with(state(1), &json!({"user": "u1", "token": token(&server, "u1")}));
    let request = axum::http::Request::put(format!("/v1/sites/quiet/devices/{DEVICE}"))
        .header("origin", ORIGIN.replace("9000", "9001"))
        .header("authorization", SECRET)
        .body(axum::body::Body::from(state.to_string()))
        .unwrap();
    assert_eq!(refusal(answer(server.call(request).await).await).1, "token_key_unknown");
}

/// Queues a personal message for whoever uses the device now.
async fn queue_personal(server: &Server) {
    let mut db = server.app.store.write().await.unwrap();
    for sql in [
        "INSERT INTO messages (site, id, kind, title, body, url, personal, created_at)
         VALUES ('shop', 'BwcHBwcHBwcHBwcHBwcHBw', 'message', 'Your order', '', 'http://localhost:9000/', 1, 0)",
        "INSERT INTO sends (site, message_id, device_id, state, attempts, due_at, expires_at, created_at, user_id)
         SELECT site, 'BwcHBwcHBwcHBwcHBwcHBw', id, 'queued', 0, 0, 9000000000000, 0, user_id FROM devices",
    ] {
        sqlx::query(sql).execute(&mut *db).await.unwrap();
    }
    db.commit().await.unwrap();
}

/// What became of the send: state and code.
async fn sent(server: Server) -> (String, i64) {
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'queued'", 0).await;
    let code = server.value("SELECT state || ' ' || COALESCE(code, '-') FROM sends").await.unwrap();
    (code, i64::try_from(service.arrived().len()).unwrap())
}

#[tokio::test]
async fn a_personal_send_reaches_the_user_it_was_queued_for() {
    let server = attached().await;
    queue_personal(&server).await;
    assert_eq!(sent(server).await, ("sent -".to_owned(), 1));
}

#[tokio::test]
async fn a_personal_send_is_dropped_when_the_device_changed_hands() {
    for user in [json!("u2"), Value::Null] {
        let server = attached().await;
        queue_personal(&server).await;
        let mut next = with(server.live(2, ENDPOINT), &json!({"user": user}));
        if user.is_string() {
            next["token"] = token(&server, "u2").into();
        }
        assert_eq!(server.put(DEVICE, &next).await.0, 200);
        assert_eq!(sent(server).await, ("failed other_user".to_owned(), 0), "{user}");
    }
}

#[tokio::test]
async fn a_personal_send_does_not_follow_an_endpoint_that_nobody_proved() {
    let server = attached().await;
    queue_personal(&server).await;
    server.put(DEVICE, &server.live(2, MOVED)).await;
    assert_eq!(sent(server).await, ("failed not_identified".to_owned(), 0));
}
