//! `/v1/sites/{site}/messages`: who gets what, once.

use serde_json::{Value, json};
use softbell_server::b64;

use crate::decrypt;
use crate::events::event;
use crate::fixture::{AUTH, Arrived, DEVICE, OTHER, PushService, Server, UA_PRIVATE, refusal, state};

const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/one";
const APPLE: &str = "https://web.push.apple.com/QAbc";

/// A site without a welcome, so that sends are what the tests make.
const SETTINGS: &str = r#"
    [lab]
    [sites.shop]
    origins = ["http://localhost:9000", "http://127.0.0.1:9000"]
    [sites.quiet]
    origins = ["http://localhost:9001"]
"#;

async fn start() -> Server {
    Server::with(SETTINGS).await
}

fn opened(push: &Arrived) -> Value {
    let bytes = |text| b64::decode(text).unwrap();
    let text = decrypt::webpush(&bytes(UA_PRIVATE), &bytes(AUTH), &push.body).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn message(audience: Value) -> Value {
    let mut body = json!({"title": "News"});
    body["audience"] = audience;
    body
}

/// The id of device number `n`.
fn id(n: u8) -> String {
    b64::encode(&[n; 16])
}

/// Puts device `n` with these members changed; a live one, but for them.
async fn device(server: &Server, n: u8, changes: Value) {
    let mut state = server.live(1, &format!("https://fcm.googleapis.com/fcm/send/{n}"));
    for (name, value) in changes.as_object().unwrap() {
        state[name] = value.clone();
    }
    assert_eq!(server.put(&id(n), &state).await.0, 200);
}

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
async fn a_message_arrives_with_everything_that_was_said() {
    let (server, service) = (start().await, PushService::start(&[(201, "")]).await);
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let body = json!({
        "title": "It ships", "body": "Tomorrow.", "url": "http://localhost:9000/order/7", "icon": "https://cdn.example/i.png",
        "image": "https://cdn.example/p.png", "badge": "https://cdn.example/b.png", "lang": "en", "dir": "ltr",
        "tag": "order-7", "renotify": true, "silent": false, "require_interaction": true,
        "actions": [
            {"action": "track", "title": "Track", "url": "http://127.0.0.1:9000/track", "icon": "https://cdn.example/t.png"},
            {"action": "later", "title": "Later"},
        ],
        "ttl": 600, "urgency": "low", "collapse": "order_7", "campaign": "spring", "variant": "b",
        "audience": {"all": true},
    });
    let (status, answer) = server.send(&body).await;
    assert_eq!((status.as_u16(), &answer["reach"], &answer["excluded"]), (202, &json!(1), &json!({})));
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 1).await;
    let push = &service.arrived()[0];
    let payload = opened(push);
    let ours = &payload["notification"]["data"]["softbell"];
    let expected = json!({"notification": {
        "title": "It ships", "body": "Tomorrow.", "navigate": "http://localhost:9000/order/7",
        "icon": "https://cdn.example/i.png", "image": "https://cdn.example/p.png", "badge": "https://cdn.example/b.png",
        "lang": "en", "dir": "ltr", "tag": "order-7", "renotify": true, "requireInteraction": true,
        "actions": [
            {"action": "track", "title": "Track", "navigate": "http://127.0.0.1:9000/track", "icon": "https://cdn.example/t.png"},
            {"action": "later", "title": "Later", "navigate": "http://localhost:9000/order/7"},
        ],
        "data": {"softbell": {"m": answer["id"], "t": ours["t"], "x": ours["x"], "c": "spring", "v": "b"}},
    }});
    assert_eq!(payload, expected);
    let header = |name: &str| push.headers[name].to_str().unwrap();
    assert_eq!((header("urgency"), header("topic")), ("low", "order_7"));
    let ttl: i64 = header("ttl").parse().unwrap();
    assert!((590..=600).contains(&ttl), "{ttl}");
}

#[tokio::test]
async fn a_short_message_leads_to_the_front_page_at_normal_urgency() {
    let (server, service) = (start().await, PushService::start(&[(201, "")]).await);
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let mut body = message(json!({"device": DEVICE}));
    body["ttl"] = 0.into();
    server.send(&body).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 1).await;
    let push = &service.arrived()[0];
    assert_eq!((&push.headers["urgency"], &push.headers["ttl"]), (&"normal".parse().unwrap(), &"0".parse().unwrap()));
    assert!(!push.headers.contains_key("topic"));
    let notification = &opened(push)["notification"];
    assert_eq!((&notification["navigate"], notification.get("body")), (&json!("http://localhost:9000/"), None));
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
    // What is no secret goes to all of the user's devices, whoever sits there later.
    body["personal"] = false.into();
    body["audience"] = json!({"user": "u1"});
    assert_eq!(server.send(&body).await.1["reach"], 3);
    assert_eq!(server.number("SELECT COUNT(*) FROM sends WHERE user_id IS NULL").await, 3);
}

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

#[tokio::test]
async fn messages_are_listed_with_what_became_of_them() {
    let server = start().await;
    let service = PushService::start(&[(201, ""), (410, ""), (400, ""), (201, "")]).await;
    for n in [1, 2, 3] {
        device(&server, n, json!({})).await;
    }
    let first =
        server.send(&json!({"title": "First", "campaign": "c1", "variant": "a", "audience": {"all": true}})).await.1;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state <> 'queued'", 3).await;
    let token = |device: u8| {
        let message = b64::decode_array(first["id"].as_str().unwrap()).unwrap();
        server.app.tokens.for_message("shop", &message, &[device; 16], server.app.clock.seconds() + 60)
    };
    let report = |kind: &str, device: u8, data: Value| {
        event(&json!({"id": format!("{kind}{device}"), "type": kind, "data": data, "softbelltoken": token(device)}))
    };
    let batch = json!([
        report("notification.received", 1, json!({})),
        report("notification.displayed", 1, json!({})),
        report("notification.displayed", 2, json!({})),
        report("notification.clicked", 1, json!({})),
        report("notification.action", 2, json!({"action": "see"})),
    ]);
    server.post(&batch).await;
    let (_, one) = server.admin_get(&format!("/v1/sites/shop/messages/{}", first["id"].as_str().unwrap())).await;
    let expected = json!({
        "id": first["id"], "kind": "message", "title": "First", "body": "", "url": "http://localhost:9000/",
        "icon": null, "campaign": "c1", "variant": "a", "created_at": one["created_at"],
        "counts": {"queued": 0, "sent": 1, "gone": 1, "failed": 1, "displayed": 2, "clicked": 2},
        "failures": {"subscription_gone": 1, "refused": 1},
    });
    assert_eq!(one, expected);
    // The funnel counts the send, too.
    assert_eq!(server.admin_get("/v1/sites/shop/funnel").await.1["totals"]["sent"], 1);
    let second = server.send(&message(json!({"device": OTHER}))).await.1["id"].clone();
    let (_, list) = server.admin_get("/v1/sites/shop/messages").await;
    let ids: Vec<&Value> = list["messages"].as_array().unwrap().iter().map(|message| &message["id"]).collect();
    assert_eq!(ids, [&second, &first["id"]]);
    let mut expected = expected;
    expected.as_object_mut().unwrap().remove("failures");
    assert_eq!(list["messages"][1], expected);
    assert_eq!(server.admin_get("/v1/sites/shop/messages?limit=1").await.1["messages"].as_array().unwrap().len(), 1);
    assert_eq!(server.admin_get("/v1/sites/quiet/messages").await.1, json!({"messages": []}));
    for missing in ["AAAAAAAAAAAAAAAAAAAAAA", "x", "%00"] {
        let path = format!("/v1/sites/shop/messages/{missing}");
        assert_eq!(refusal(server.admin_get(&path).await).1, "not_found", "{missing}");
    }
}

#[tokio::test]
async fn the_longest_message_fits_everywhere_and_one_byte_more_is_refused_before_anything_is_stored() {
    let (server, service) = (start().await, PushService::start(&[(201, "")]).await);
    server.put(DEVICE, &server.live(1, APPLE)).await;
    let body = |bytes: usize| {
        json!({"title": "T", "body": "b".repeat(bytes), "image": format!("http://x/{}", "p".repeat(300)),
            "campaign": "c".repeat(100), "audience": {"all": true}})
    };
    let mut dry = body(1);
    dry["dry_run"] = true.into();
    let room = 3_993 - usize::try_from(server.send(&dry).await.1["payload_bytes"].as_u64().unwrap()).unwrap();
    let (status, problem) = server.send(&body(room + 2)).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("message_too_large")));
    let fields = json!([
        {"field": "body", "bytes": room + 4}, {"field": "image", "bytes": 311}, {"field": "campaign", "bytes": 102},
    ]);
    assert_eq!((&problem["fields"], &problem["payload_bytes"]), (&fields, &json!(3_994)));
    assert!(problem["detail"].as_str().unwrap().contains("body ("), "{problem}");
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 0);
    let (status, answer) = server.send(&body(room + 1)).await;
    assert_eq!((status.as_u16(), &answer["payload_bytes"]), (202, &json!(3_993)));
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 1).await;
    assert_eq!(opened(&service.arrived()[0]).to_string().len(), 3_993);
}

#[tokio::test]
async fn a_device_that_changed_nothing_gets_no_second_send_of_a_message() {
    let server = start().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.put(OTHER, &state(1)).await;
    server.send(&message(json!({"all": true}))).await;
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 1);
}
