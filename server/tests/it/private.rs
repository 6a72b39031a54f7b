//! Private and secret messages (W3): what may be seen on a locked screen, and what only the page of a click gets.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::events::event;
use crate::fixture::{DEVICE, ORIGIN, OTHER, PushService, SECRET, Server, answer, refusal};
use crate::identity::{proven, with};
use crate::landings::{APPLE, id_in, opened};
use crate::tokens::settings;

const FCM: &str = "https://fcm.googleapis.com/fcm/send/one";
/// A word that stands in everything that must not travel.
const WORD: &str = "diabetes";

/// A message that says it everywhere.
fn private() -> Value {
    json!({
        "sensitivity": "private", "public_title": "You have a new message", "public_body": "Open it to read.",
        "title": format!("Your {WORD} result"), "body": format!("It is {WORD}."), "url": "http://localhost:9000/inbox",
        "icon": format!("https://cdn.example/{WORD}.png"), "image": format!("https://cdn.example/{WORD}-2.png"),
        "badge": format!("https://cdn.example/{WORD}-3.png"), "tag": WORD, "renotify": true, "collapse": WORD,
        "campaign": WORD, "variant": WORD, "utm": {"campaign": WORD}, "data": {"topic": WORD}, "timestamp": "2026-11-20T10:00:00Z",
        "actions": [{"action": WORD, "title": format!("About {WORD}"), "url": format!("http://localhost:9000/{WORD}")}],
        "lang": "en", "dir": "ltr", "silent": true, "require_interaction": true, "app_badge": 2,
        "audience": {"all": true},
    })
}

async fn sent(endpoint: &str) -> (Server, Value, Value, String) {
    let server = Server::with(&settings()).await;
    server.put(DEVICE, &with(server.live(1, endpoint), &proven(&server, "u1"))).await;
    let (status, answer) = server.send(&private()).await;
    assert_eq!((status.as_u16(), &answer["reach"]), (202, &json!(1)), "{answer}");
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    let push = service.first().await;
    let topic = push.headers["topic"].to_str().unwrap().to_owned();
    (server, answer, opened(&push), topic)
}

async fn asked(server: &Server, id: &str) -> (u16, Value) {
    let request = Request::get(format!("/v1/sites/shop/devices/{DEVICE}/clicks/{id}")).header("origin", ORIGIN);
    let request = request.header("authorization", SECRET).body(Body::empty()).unwrap();
    let (status, body) = answer(server.call(request).await).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn w3_of_a_private_message_only_neutral_words_travel() {
    for endpoint in [FCM, APPLE] {
        let (_, answer, payload, topic) = sent(endpoint).await;
        assert!(!format!("{payload}{topic}").contains(WORD), "{payload} {topic}");
        let notification = &payload["notification"];
        let id = id_in(&notification["navigate"]);
        let ours = &notification["data"]["softbell"];
        let mut mark = json!({"m": answer["id"], "t": ours["t"], "x": ours["x"], "j": 25});
        if endpoint == APPLE {
            mark["j"] = json!(-1);
        }
        let expected = json!({
            "title": "You have a new message", "body": "Open it to read.", "lang": "en", "dir": "ltr", "silent": true,
            "navigate": format!("http://localhost:9000/inbox?softbell={id}"), "requireInteraction": true,
            "app_badge": 2, "data": {"softbell": mark},
        });
        assert_eq!(notification, &expected);
        assert_eq!((topic.len(), payload.get("web_push").is_some()), (22, endpoint == APPLE));
    }
}

#[tokio::test]
async fn w3_the_page_of_the_click_gets_the_real_words() {
    let (server, answer, payload, _) = sent(FCM).await;
    let id = id_in(&payload["notification"]["navigate"]);
    let expected = json!({
        "id": answer["id"], "title": "Your diabetes result", "body": "It is diabetes.",
        // C8: the link that travels had no word of the campaign.
        "url": format!("http://localhost:9000/inbox?utm_campaign={WORD}"), "data": {"topic": WORD},
    });
    assert_eq!(asked(&server, &id).await, (200, expected));
    // Whoever was signed in then: the message was for all, but its words are for one.
    server.put(DEVICE, &with(server.live(2, FCM), &proven(&server, "u2"))).await;
    assert_eq!(asked(&server, &id).await.1["code"], "click_not_found");
}

#[tokio::test]
async fn w3_a_private_message_that_waits_is_not_for_the_next_user() {
    let server = Server::with(&settings()).await;
    server.put(DEVICE, &with(server.live(1, FCM), &proven(&server, "u1"))).await;
    server.send(&private()).await;
    server.put(DEVICE, &with(server.live(2, FCM), &proven(&server, "u2"))).await;
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'failed' AND code = 'other_user'", 1).await;
    assert!(service.arrived().is_empty());
}

/// Who holds the device's secret may be the next visitor of the same browser.
#[tokio::test]
async fn w3_a_devices_export_does_not_show_private_words() {
    let (server, answered, ..) = sent(FCM).await;
    let ids = [answered["id"].as_str().unwrap(), DEVICE].map(|id| softbell_server::b64::decode_array(id).unwrap());
    let token = server.app.tokens.for_message("shop", &ids[0], &ids[1], server.app.clock.seconds() + 60);
    let report = event(&json!({"type": "notification.displayed", "softbelltoken": token}));
    assert_eq!(server.post(&json!([report])).await.1["stored"], 1);
    let request = Request::get(format!("/v1/sites/shop/devices/{DEVICE}")).header("authorization", SECRET);
    let (_, data) = answer(server.call(request.body(Body::empty()).unwrap()).await).await;
    assert_eq!((data["messages"].as_array().unwrap().len(), &data["messages"][0]["title"]), (1, &Value::Null));
    assert_eq!(data["reports"][0]["message"], answered["id"]);
    assert!(!data.to_string().contains(WORD), "{data}");
    let (_, all) = server.admin_get(&format!("/v1/sites/shop/devices/{DEVICE}")).await;
    assert_eq!(all["messages"][0]["title"], "Your diabetes result");
    assert_eq!((&all["reports"][0]["campaign"], &all["reports"][0]["variant"]), (&json!(WORD), &json!(WORD)));
}

/// The device may belong to nobody.
#[tokio::test]
async fn w3_the_words_of_a_private_message_go_with_the_last_device_that_it_was_for() {
    let server = Server::with(&settings()).await;
    for device in [DEVICE, OTHER] {
        let endpoint = format!("https://fcm.googleapis.com/fcm/send/{device}");
        assert_eq!(server.put(device, &server.live(1, &endpoint)).await.0, 200);
    }
    assert_eq!(server.send(&private()).await.1["reach"], 2);
    let open = json!({"title": "For all", "audience": {"all": true}});
    assert_eq!(server.send(&open).await.1["reach"], 2);
    for (device, left) in [(DEVICE, 1), (OTHER, 0)] {
        let request = Request::delete(format!("/v1/sites/shop/devices/{device}"));
        let request = request.header("authorization", server.admin_token()).body(Body::empty()).unwrap();
        assert_eq!(server.call(request).await.status(), 204);
        let words = "SELECT COUNT(*) FROM messages WHERE title LIKE '%diabetes%'";
        assert_eq!(server.number(words).await, left, "after {device}");
    }
    assert_eq!(server.value("SELECT title FROM messages").await.unwrap(), "For all");
}

#[tokio::test]
async fn w3_what_cannot_be_kept_private_is_refused_and_what_waits_is_named() {
    let server = Server::start().await;
    let dry = |changes: Value| {
        let mut body = with(private(), &changes);
        body["dry_run"] = true.into();
        body
    };
    for (changes, code, field) in [
        (json!({"sensitivity": "secret"}), "secret_not_pushed", "sensitivity"),
        (json!({"sensitivity": "hidden"}), "member_invalid", "sensitivity"),
        (json!({"sensitivity": true}), "member_invalid", "sensitivity"),
        (json!({"public_title": null}), "member_missing", "public_title"),
        (json!({"public_title": " "}), "member_missing", "public_title"),
        (json!({"public_title": 7}), "member_invalid", "public_title"),
        (json!({"public_body": {}}), "member_invalid", "public_body"),
        // Who gives words for the screen means the others to stay off it.
        (json!({"sensitivity": "public"}), "member_invalid", "sensitivity"),
        (json!({"sensitivity": null}), "member_invalid", "sensitivity"),
    ] {
        let expected = (422, code.to_owned(), Some(field.to_owned()));
        assert_eq!(refusal(server.send(&dry(changes.clone())).await), expected, "{changes}");
    }
    let (_, answer) = server.send(&dry(json!({}))).await;
    let names: Vec<&str> =
        answer["warnings"].as_array().unwrap().iter().map(|warning| warning["member"].as_str().unwrap()).collect();
    assert_eq!(names, ["icon", "tag", "utm", "image", "badge", "renotify", "timestamp", "actions"]);
    assert!(answer["warnings"].as_array().unwrap().iter().all(|warning| warning["code"] == "left_out_of_private"));
    // Words that do not travel need not fit.
    let long = dry(json!({"body": "long ".repeat(2000)}));
    assert_eq!(server.send(&long).await.0, 200);
    let long = dry(json!({"public_body": "long ".repeat(2000)}));
    let (_, problem) = server.send(&long).await;
    let biggest = (&problem["fields"][0]["field"], &problem["code"]);
    assert_eq!(biggest, (&json!("public_body"), &json!("message_too_large")));
}

#[tokio::test]
async fn w3_words_that_strangers_should_not_read_are_remarked_on_and_sent() {
    let server = Server::start().await;
    let warnings = async |body: Value| server.send(&body).await.1["warnings"].clone();
    let body = json!({
        "title": "Your code is 4711", "body": "Card 4111 1111 1111 1111 of ann@mail.example, GB82 WEST 1234 5698 7654 32",
        "actions": [{"action": "a", "title": "Copy code 4711"}], "audience": {"all": true},
    });
    let expected = json!([
        {"code": "holds_code", "member": "title"}, {"code": "holds_card_number", "member": "body"},
        {"code": "holds_iban", "member": "body"}, {"code": "holds_email_address", "member": "body"},
        {"code": "holds_code", "member": "actions[0].title"},
    ]);
    assert_eq!(warnings(body).await, expected);
    assert_eq!(server.number("SELECT COUNT(*) FROM messages").await, 1, "a remark is no refusal");
    // The words that a private message shows are looked at, and its real ones are not.
    let body = json!({
        "sensitivity": "private", "title": "Your code is 4711", "public_title": "Your code is 4711",
        "audience": {"all": true},
    });
    assert_eq!(warnings(body).await, json!([{"code": "holds_code", "member": "public_title"}]));
    assert_eq!(warnings(json!({"title": "It ships", "audience": {"all": true}})).await, json!([]));
}
