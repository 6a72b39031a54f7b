//! Buttons with a type (C2, C9): what is taken, what is refused, and what travels.

use serde_json::{Value, json};

use crate::fixture::{DEVICE, PushService, Server, refusal};
use crate::landings::opened;

fn button(changes: &Value) -> Value {
    let mut button = json!({"action": "b", "title": "Button"});
    for (name, value) in changes.as_object().unwrap() {
        button[name] = value.clone();
    }
    button
}

fn message(changes: &Value) -> Value {
    let audience = json!({"topic": "offers"});
    json!({"title": "News", "url": "http://localhost:9000/n", "actions": [button(changes)], "audience": audience})
}

/// The one button as it arrives at an endpoint.
async fn arrived(endpoint: &str, message: &Value) -> Value {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, endpoint)).await;
    let mut db = server.app.store.write().await.unwrap();
    sqlx::query("DELETE FROM sends").execute(&mut *db).await.unwrap();
    db.commit().await.unwrap();
    let (status, answer) = server.send(message).await;
    assert_eq!((status.as_u16(), &answer["reach"]), (202, &json!(1)), "{answer}");
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    opened(&service.first().await)["notification"]["actions"][0].clone()
}

const FCM: &str = "https://fcm.googleapis.com/fcm/send/one";

#[tokio::test]
async fn c2_each_type_travels_with_what_the_worker_reads() {
    let lead = "http://localhost:9000/n";
    for (given, expected) in [
        (json!({}), json!({"navigate": lead})),
        (
            json!({"type": "deeplink", "url": "http://localhost:9000/d"}),
            json!({"type": "deeplink", "navigate": "http://localhost:9000/d"}),
        ),
        (json!({"type": "weburl"}), json!({"type": "weburl", "navigate": lead})),
        (
            json!({"type": "background", "done": "Accepted.", "failed": "Later."}),
            json!({"type": "background", "done": "Accepted.", "failed": "Later.", "navigate": lead}),
        ),
        (json!({"type": "dismiss"}), json!({"type": "dismiss", "navigate": lead})),
        (json!({"type": "snooze", "minutes": 1440}), json!({"type": "snooze", "minutes": 1440, "navigate": lead})),
        (json!({"type": "snooze"}), json!({"type": "snooze", "navigate": lead})),
        (
            json!({"type": "mute", "topic": "offers", "icon": "https://cdn.example/m.png"}),
            json!({"type": "mute", "topic": "offers", "icon": "https://cdn.example/m.png", "navigate": lead}),
        ),
        // "Fewer like this" needs no more than the audience.
        (json!({"type": "mute"}), json!({"type": "mute", "topic": "offers", "navigate": lead})),
    ] {
        assert_eq!(arrived(FCM, &message(&given)).await, button(&expected), "{given}");
    }
}

/// `WebKit` refuses the whole message for one button without an address.
#[tokio::test]
async fn c2_on_apples_devices_every_button_leads_somewhere() {
    for kind in ["background", "dismiss", "snooze", "mute"] {
        let button = arrived("https://web.push.apple.com/Q", &message(&json!({"type": kind}))).await;
        assert!(button["navigate"].as_str().unwrap().starts_with("http://localhost:9000/n?softbell="), "{button}");
    }
}

#[tokio::test]
async fn c2_what_a_press_could_not_do_is_refused_by_name_and_nothing_is_stored() {
    let server = Server::start().await;
    let bad = |field: &'static str| ("member_invalid", field);
    for (changes, (code, field)) in [
        (json!({"type": "open"}), bad("actions.type")),
        (json!({"type": 1}), bad("actions.type")),
        (json!({"type": "deeplink", "url": "https://evil.example/"}), bad("actions.url")),
        (json!({"type": "weburl", "url": "javascript:alert(1)"}), bad("actions.url")),
        (json!({"type": "dismiss", "url": "http://localhost:9000/"}), bad("actions.url")),
        (json!({"type": "background", "url": "http://localhost:9000/"}), bad("actions.url")),
        (json!({"topic": "offers"}), bad("actions.topic")),
        (json!({"type": "snooze", "topic": "offers"}), bad("actions.topic")),
        (json!({"type": "mute", "topic": "sport"}), ("topic_unknown", "actions.topic")),
        (json!({"type": "mute", "topic": 7}), bad("actions.topic")),
        (json!({"minutes": 5}), bad("actions.minutes")),
        (json!({"type": "snooze", "minutes": 0}), bad("actions.minutes")),
        (json!({"type": "snooze", "minutes": 43_201}), bad("actions.minutes")),
        (json!({"type": "snooze", "minutes": 1.5}), bad("actions.minutes")),
        (json!({"type": "snooze", "minutes": "60"}), bad("actions.minutes")),
        (json!({"type": "background", "done": 1}), bad("actions.done")),
        (json!({"type": "background", "failed": []}), bad("actions.failed")),
        (json!({"navigate": "http://localhost:9000/"}), ("member_unknown", "actions.navigate")),
    ] {
        let expected = (422, code.to_owned(), Some(field.to_owned()));
        assert_eq!(refusal(server.send(&message(&changes)).await), expected, "{changes}");
    }
    let mut nobodys = message(&json!({"type": "mute"}));
    nobodys["audience"] = json!({"all": true});
    let missing = (422, "mute_topic_missing".to_owned(), Some("actions.topic".to_owned()));
    assert_eq!(refusal(server.send(&nobodys).await), missing);
    nobodys["audience"] = json!({"topic": "sport"});
    assert_eq!(refusal(server.send(&nobodys).await).1, "topic_unknown", "of the audience");
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 0);
}
