//! `Idempotency-Key`: a message is sent once.

use serde_json::json;

use crate::fixture::{Server, refusal};
use crate::messages::{device, id, message, start};

#[tokio::test]
async fn the_same_key_sends_once() {
    let server = start().await;
    device(&server, 1, json!({})).await;
    let body = message(json!({"all": true}));
    let key = [("idempotency-key", "order-7")];
    let first = server.send_with(&body, &key).await;
    device(&server, 2, json!({})).await;
    assert_eq!(server.send_with(&body, &key).await, first);
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 1);
    let other = message(json!({"device": id(1)}));
    let reused = refusal(server.send_with(&other, &key).await);
    assert_eq!(reused, (409, "idempotency_key_reused".to_owned(), None));
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 1);
    assert_ne!(server.send_with(&body, &[("idempotency-key", "order-8")]).await, first);
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 2);
    for key in ["", &"k".repeat(256), "caf\u{e9}"] {
        let answer = refusal(server.send_with(&body, &[("idempotency-key", key)]).await);
        assert_eq!(answer, (400, "idempotency_key_invalid".to_owned(), None), "{key}");
    }
}

#[tokio::test]
async fn two_at_once_with_one_key_are_one_message() {
    let server = start().await;
    device(&server, 1, json!({})).await;
    let body = message(json!({"all": true}));
    for round in 0..20 {
        let key = format!("round-{round}");
        let key = [("idempotency-key", key.as_str())];
        let (one, two) = tokio::join!(server.send_with(&body, &key), server.send_with(&body, &key));
        assert_eq!((one.0.as_u16(), &one), (202, &two));
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 20);
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 20);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_week() {
    let server = Server::start().await;
    let body = message(json!({"all": true}));
    let key = [("idempotency-key", "k")];
    let first = server.send_with(&body, &key).await.1["id"].clone();
    let server = server.restart(6 * 86_400).await;
    assert_eq!(server.send_with(&body, &key).await.1["id"], first);
    let server = server.restart(7 * 86_400 + 60).await;
    assert_ne!(server.send_with(&body, &key).await.1["id"], first);
}
