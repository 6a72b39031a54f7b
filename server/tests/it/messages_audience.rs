//! Who a message is for, and who of them can be reached.

use serde_json::{Value, json};

use crate::fixture::{DEVICE, OTHER, Server, state};
use crate::messages::{ENDPOINT, device, id, message, start};

async fn execute(server: &Server, sql: &'static str) {
    let mut db = server.app.store.write().await.unwrap();
    sqlx::query(sql).execute(&mut *db).await.unwrap();
    db.commit().await.unwrap();
}

/// How many a message would reach.
async fn reach(server: &Server, audience: Value) -> i64 {
    let mut body = message(audience);
    body["dry_run"] = true.into();
    let (status, body) = server.send(&body).await;
    assert_eq!(status, 200, "{body}");
    body["reach"].as_i64().unwrap()
}

#[tokio::test]
async fn an_audience_is_who_it_says() {
    let server = start().await;
    device(&server, 1, json!({"topics": ["offers", "news"], "locale": "de-AT", "tags": {"plan": "gold", "age": 7}}))
        .await;
    device(&server, 2, json!({"topics": ["Offers", "new"], "locale": "de", "tags": {"plan": "golden", "age": 70}}))
        .await;
    device(&server, 3, json!({"topics": [], "locale": "den", "tags": {"plan": true, "a": "plan"}})).await;
    device(
        &server,
        4,
        json!({"topics": ["x\"news", "50%"], "locale": null, "tags": {"gold": "x", "note": ",\"plan\":\"gold\","}}),
    )
    .await;
    execute(&server, "UPDATE devices SET user_id = 'u1' WHERE topics LIKE '%news\"]'").await;
    for (audience, expected) in [
        (json!({"all": true}), 4),
        (json!({"user": "u1"}), 1),
        (json!({"user": "u"}), 0),
        (json!({"device": id(2)}), 1),
        (json!({"device": id(9)}), 0),
        (json!({"topic": "offers"}), 1),
        (json!({"topic": "Offers"}), 1),
        (json!({"topic": "new"}), 1),
        (json!({"topic": "news"}), 1),
        (json!({"topic": "x\"news"}), 1),
        (json!({"topic": "50%"}), 1),
        (json!({"topic": "5%"}), 0),
        (json!({"locale": "de"}), 2),
        (json!({"locale": "DE-at"}), 1),
        (json!({"locale": "den"}), 1),
        (json!({"locale": "fr"}), 0),
        (json!({"tag": {"name": "plan", "value": "gold"}}), 1),
        (json!({"tag": {"name": "plan", "value": true}}), 1),
        (json!({"tag": {"name": "plan", "value": "true"}}), 0),
        (json!({"tag": {"name": "age", "value": 7}}), 1),
        (json!({"tag": {"name": "age", "value": "7"}}), 0),
        (json!({"tag": {"name": "a", "value": "plan"}}), 1),
    ] {
        assert_eq!(reach(&server, audience.clone()).await, expected, "{audience}");
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 0);
    let (status, answer) = server.send(&message(json!({"locale": "de"}))).await;
    assert_eq!((status.as_u16(), &answer["reach"]), (202, &json!(2)));
    assert_eq!(server.number("SELECT COUNT(*) FROM sends WHERE state = 'queued'").await, 2);
}

#[tokio::test]
async fn who_cannot_be_reached_is_counted_by_reason_and_gets_nothing() {
    let server = start().await;
    device(&server, 1, json!({})).await;
    device(&server, 2, json!({"status": "opted_out"})).await;
    device(&server, 3, json!({"permission": "denied", "status": "blocked", "subscription": null})).await;
    device(&server, 4, json!({"permission": "default", "status": "ask", "subscription": null})).await;
    device(&server, 5, json!({"subscription": null})).await;
    device(&server, 6, json!({"permission": "unavailable", "status": "unsupported", "subscription": null})).await;
    device(&server, 7, json!({"status": "suspended"})).await;
    device(&server, 8, json!({"subscription": null})).await;
    execute(&server, "UPDATE devices SET gone_at = 1 WHERE id = 'CAgICAgICAgICAgICAgICA'").await;
    let excluded =
        json!({"opted_out": 1, "blocked": 1, "not_subscribed": 2, "unsupported": 1, "suspended": 1, "gone": 1});
    let mut body = message(json!({"all": true}));
    body["dry_run"] = true.into();
    let (status, dry) = server.send(&body).await;
    assert_eq!((status.as_u16(), &dry["reach"], &dry["excluded"]), (200, &json!(1), &excluded));
    assert!(dry.get("id").is_none() && dry["payload_bytes"].as_i64().unwrap() > 150, "{dry}");
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 0);
    body["dry_run"] = false.into();
    let (status, sent) = server.send(&body).await;
    assert_eq!((status.as_u16(), &sent["reach"], &sent["excluded"]), (202, &json!(1), &excluded));
    assert_eq!(sent["payload_bytes"], dry["payload_bytes"]);
    assert_eq!(server.value("SELECT device_id FROM sends").await.unwrap(), id(1));
}

#[tokio::test]
async fn other_sites_devices_hear_nothing() {
    let server = start().await;
    device(&server, 1, json!({})).await;
    execute(&server, "UPDATE devices SET site = 'quiet'").await;
    assert_eq!(reach(&server, json!({"all": true})).await, 0);
    assert_eq!(reach(&server, json!({"device": id(1)})).await, 0);
}

#[tokio::test]
async fn personal_messages_go_to_proven_users_and_remember_them() {
    let server = start().await;
    for n in [1, 2, 3] {
        device(&server, n, json!({})).await;
    }
    execute(&server, "UPDATE devices SET user_id = 'u1'").await;
    execute(&server, "UPDATE devices SET personal_from = 1 WHERE id = 'AQEBAQEBAQEBAQEBAQEBAQ'").await;
    let mut body = message(json!({"user": "u1"}));
    body["personal"] = true.into();
    let (_, answer) = server.send(&body).await;
    assert_eq!((&answer["reach"], &answer["excluded"]), (&json!(1), &json!({"not_identified": 2})));
    assert_eq!(server.value("SELECT device_id || user_id FROM sends").await.unwrap(), format!("{}u1", id(1)));
    body["audience"] = json!({"device": id(2)});
    assert_eq!(server.send(&body).await.1["excluded"], json!({"not_identified": 1}));
    // What is no secret goes to devices that nobody has proven too, but to nobody else who sits there later.
    body["personal"] = false.into();
    body["audience"] = json!({"user": "u1"});
    assert_eq!(server.send(&body).await.1["reach"], 3);
    assert_eq!(server.number("SELECT COUNT(*) FROM sends WHERE user_id = 'u1'").await, 4);
}

#[tokio::test]
async fn a_device_that_changed_nothing_gets_no_second_send_of_a_message() {
    let server = start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.put(OTHER, &state(1)).await;
    server.send(&message(json!({"all": true}))).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 1);
}
