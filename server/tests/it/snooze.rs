//! A visitor who wants to hear nothing for a while.

use serde_json::{Value, json};

use crate::fixture::{DEVICE, PushService, Server, refusal, state};
use crate::identity::{ENDPOINT, with};

/// A time so many seconds from now.
fn at(server: &Server, seconds: i64) -> Value {
    softbell_server::clock::rfc3339(server.app.clock.millis() + seconds * 1000).into()
}

#[tokio::test]
async fn a_snoozed_device_gets_nothing_until_then() {
    let server = Server::start().await;
    let message = json!({"title": "Hi", "audience": {"all": true}});
    let snoozed = with(server.live(1, ENDPOINT), &json!({"snoozed_until": at(&server, 3600)}));
    assert_eq!(server.put(DEVICE, &snoozed).await.0, 200);
    let (_, body) = server.send(&message).await;
    assert_eq!((&body["reach"], &body["excluded"]), (&json!(0), &json!({"snoozed": 1})));
    // What was queued before waits for nobody either.
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'failed' AND code = 'snoozed'", 1).await;
    let server = server.restart(3601).await;
    assert_eq!(server.send(&message).await.1["reach"], 1, "it ends by itself");
    let again = with(server.live(2, ENDPOINT), &json!({"snoozed_until": at(&server, 3600)}));
    server.put(DEVICE, &again).await;
    assert_eq!(server.send(&message).await.1["reach"], 0);
    server.put(DEVICE, &with(server.live(3, ENDPOINT), &json!({"snoozed_until": null}))).await;
    assert_eq!(server.send(&message).await.1["reach"], 1, "null ends it");
    assert_eq!(service.arrived().len(), 0);
}

#[tokio::test]
async fn what_is_no_time_is_refused() {
    let server = Server::start().await;
    for value in [json!("tomorrow"), json!(5), json!("1969-01-01T00:00:00Z"), json!([])] {
        let got = refusal(server.put(DEVICE, &with(state(1), &json!({"snoozed_until": value}))).await);
        assert_eq!(got, (422, "member_invalid".to_owned(), Some("snoozed_until".to_owned())), "{value}");
    }
}
