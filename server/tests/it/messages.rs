//! `/v1/sites/{site}/messages`: what arrives, and what is listed.

use serde_json::{Value, json};
use softbell_server::b64;

use crate::decrypt;
use crate::events::event;
use crate::fixture::{AUTH, Arrived, DEVICE, OTHER, PushService, Server, UA_PRIVATE, refusal};

pub const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/one";
const APPLE: &str = "https://web.push.apple.com/QAbc";

/// A site without a welcome, so that sends are what the tests make.
const SETTINGS: &str = r#"
    [lab]
    [sites.shop]
    origins = ["http://localhost:9000", "http://127.0.0.1:9000"]
    [sites.quiet]
    origins = ["http://localhost:9001"]
"#;

pub async fn start() -> Server {
    Server::with(SETTINGS).await
}

fn opened(push: &Arrived) -> Value {
    let bytes = |text| b64::decode(text).unwrap();
    let text = decrypt::webpush(&bytes(UA_PRIVATE), &bytes(AUTH), &push.body).unwrap();
    serde_json::from_slice(&text).unwrap()
}

pub fn message(audience: Value) -> Value {
    let mut body = json!({"title": "News"});
    body["audience"] = audience;
    body
}

/// The id of device number `n`.
pub fn id(n: u8) -> String {
    b64::encode(&[n; 16])
}

/// Puts device `n` with these members changed; a live one, but for them.
pub async fn device(server: &Server, n: u8, changes: Value) {
    let mut state = server.live(1, &format!("https://fcm.googleapis.com/fcm/send/{n}"));
    for (name, value) in changes.as_object().unwrap() {
        state[name] = value.clone();
    }
    assert_eq!(server.put(&id(n), &state).await.0, 200);
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
        "vibrate": [100, 50, 100], "timestamp": "2026-11-20T10:00:00.250Z", "app_badge": 3, "data": {"order": 7},
        "foreground": "page", "ttl": 600, "urgency": "low", "collapse": "order_7", "campaign": "spring", "variant": "b",
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
        "vibrate": [100, 50, 100], "timestamp": 1_795_168_800_250_i64, "app_badge": 3,
        "data": {
            "order": 7,
            "softbell": {"m": answer["id"], "t": ours["t"], "x": ours["x"], "c": "spring", "v": "b", "s": 1, "j": 25},
        },
    }, "app_badge": 3});
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

/// Thousands of receipts at one moment would be an attack by ourselves; one is not worth a wait.
#[tokio::test]
async fn i3_receipts_are_spread_for_many_at_once_for_one_and_left_out_on_apples_devices() {
    let jitter = async |settings: &str, endpoint: &str, audience: Value| {
        let (server, service) = (Server::with(settings).await, PushService::start(&[(201, "")]).await);
        server.put(DEVICE, &server.live(1, endpoint)).await;
        server.send(&message(audience)).await;
        server.send_to(&service);
        opened(&service.first().await)["notification"]["data"]["softbell"].get("j").cloned()
    };
    let (all, one) = (json!({"all": true}), json!({"device": DEVICE}));
    assert_eq!(jitter(SETTINGS, ENDPOINT, all.clone()).await, Some(json!(25)));
    assert_eq!(jitter(SETTINGS, ENDPOINT, one.clone()).await, None);
    assert_eq!(jitter(SETTINGS, APPLE, all.clone()).await, Some(json!(-1)));
    assert_eq!(jitter(SETTINGS, APPLE, one).await, Some(json!(-1)));
    let own = |seconds: u8| SETTINGS.replace("[sites.shop]", &format!("[sites.shop]\nreceived_jitter = {seconds}"));
    assert_eq!(jitter(&own(7), ENDPOINT, all.clone()).await, Some(json!(7)));
    assert_eq!(jitter(&own(0), ENDPOINT, all).await, None);
}

/// RFC 8030, section 5.4: 32 characters of base64url at most. Longer ones make push services refuse the push.
#[tokio::test]
async fn c4_the_topic_header_fits_every_push_service() {
    let (server, service) = (start().await, PushService::start(&[(201, "")]).await);
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let mut body = message(json!({"all": true}));
    for collapse in ["c".repeat(33), "a.b".to_owned(), "ü".to_owned(), "a=".to_owned()] {
        body["collapse"] = collapse.into();
        assert_eq!(refusal(server.send(&body).await).1, "member_invalid");
    }
    body["collapse"] = "Az09-_".repeat(5).into();
    server.send(&body).await;
    server.send_to(&service);
    assert_eq!(service.first().await.headers["topic"], "Az09-_".repeat(5).as_str());
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
        "counts": {"queued": 0, "sent": 1, "gone": 1, "failed": 1, "displayed": 2, "clicked": 1,
            "pressed": 1, "followed": 2},
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
        json!({"title": "T", "body": "b".repeat(bytes), "image": format!("https://x/{}", "p".repeat(300)),
            "campaign": "c".repeat(100), "audience": {"all": true}})
    };
    let mut dry = body(1);
    dry["dry_run"] = true.into();
    let room = 3_993 - usize::try_from(server.send(&dry).await.1["payload_bytes"].as_u64().unwrap()).unwrap();
    let (status, problem) = server.send(&body(room + 2)).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("message_too_large")));
    let fields = json!([
        {"field": "body", "bytes": room + 4}, {"field": "image", "bytes": 312}, {"field": "campaign", "bytes": 102},
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
