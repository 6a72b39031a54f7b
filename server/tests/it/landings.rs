//! Landings (C16, W3): a click that only a page can report counts once, and the text is for who was meant.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use softbell_server::b64;
use softbell_server::retention::sweep_all;
use url::Url;

use crate::decrypt;
use crate::events::event;
use crate::fixture::{AUTH, Arrived, DEVICE, ORIGIN, OTHER, PushService, SECRET, Server, UA_PRIVATE, answer, refusal};
use crate::identity::{proven, with};
use crate::tokens::settings;
use crate::user_data::later;

pub const APPLE: &str = "https://web.push.apple.com/QAbc";
const WRONG: &str = "Bearer ffffffffffffffffffffffffffffffffffffffffffff";
const DAY: i64 = 86_400;

pub fn opened(push: &Arrived) -> Value {
    let bytes = |text| b64::decode(text).unwrap();
    let text = decrypt::webpush(&bytes(UA_PRIVATE), &bytes(AUTH), &push.body).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The id in an address.
pub fn id_in(url: &Value) -> String {
    let url = Url::parse(url.as_str().unwrap()).unwrap();
    let id = url.query_pairs().find(|(name, _)| name == "softbell").unwrap().1.into_owned();
    assert_eq!(b64::decode(&id).map(|bytes| bytes.len()), Some(16), "{id}");
    id
}

/// Sends a message to a device at this endpoint; answers its id and what arrived.
async fn sent(server: &Server, endpoint: &str, message: &Value) -> (String, Value) {
    server.put(DEVICE, &server.live(1, endpoint)).await;
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    let (status, answer) = server.send(message).await;
    assert_eq!((status.as_u16(), &answer["reach"]), (202, &json!(1)), "{answer}");
    let payload = opened(&service.first().await);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 1).await;
    (answer["id"].as_str().unwrap().to_owned(), payload)
}

fn news() -> Value {
    json!({"title": "News", "body": "Three letter sets.", "url": "http://localhost:9000/sets?n=3#first", "audience": {"all": true}})
}

async fn landed() -> (Server, String, String) {
    let server = Server::with(&settings()).await;
    let (message, payload) = sent(&server, APPLE, &news()).await;
    let id = id_in(&payload["notification"]["navigate"]);
    (server, message, id)
}

/// A page's report of a click.
fn click(report: &str, id: &str) -> Value {
    event(&json!({"id": report, "type": "notification.clicked", "softbelltoken": format!("2.{id}")}))
}

async fn asked(server: &Server, device: &str, id: &str, secret: &str) -> (u16, Value) {
    let request = Request::get(format!("/v1/sites/shop/devices/{device}/clicks/{id}"));
    let request = request.header("origin", ORIGIN).header("authorization", secret).body(Body::empty()).unwrap();
    let (status, body) = answer(server.call(request).await).await;
    (status.as_u16(), body)
}

fn dropped(code: &str) -> Value {
    json!({"stored": 0, "duplicates": 0, "drop": [{"index": 0, "code": code}]})
}

#[tokio::test]
async fn c16_apples_messages_and_their_buttons_lead_to_a_landing_and_no_others() {
    let mut message = news();
    message["actions"] = json!([{"action": "see", "title": "See", "url": "http://localhost:9000/see"}]);
    let server = Server::with(&settings()).await;
    let (_, payload) = sent(&server, APPLE, &message).await;
    let notification = &payload["notification"];
    let id = id_in(&notification["navigate"]);
    assert_eq!(notification["navigate"], format!("http://localhost:9000/sets?n=3&softbell={id}#first"));
    assert_eq!(notification["actions"][0]["navigate"], format!("http://localhost:9000/see?softbell={id}"));
    // Whoever reads the database can follow no link with it.
    let rows = "SELECT STRING_AGG(id_hash || message_id || device_id, ' ') FROM landings";
    assert!(!server.value(rows).await.unwrap().contains(&id));
    let server = Server::with(&settings()).await;
    let (_, payload) = sent(&server, "https://fcm.googleapis.com/fcm/send/one", &message).await;
    assert!(!payload.to_string().contains("softbell="), "{payload}");
    assert_eq!(server.number("SELECT COUNT(*) FROM landings").await, 0);
}

#[tokio::test]
async fn c16_a_landing_is_counted_once_and_as_the_workers_click() {
    let (server, message, id) = landed().await;
    assert_eq!(server.post(&json!([click("p1", &id)])).await.1, json!({"stored": 1, "duplicates": 0, "drop": []}));
    let row = "SELECT id || ' ' || scope || ' ' || verified || ' ' || message_id FROM reports";
    let expected = format!("{message}.{DEVICE}.notification.clicked. message 1 {message}");
    assert_eq!(server.value(row).await.unwrap(), expected);
    // The page sends again what it got no answer to.
    assert_eq!(server.post(&json!([click("p1", &id)])).await.1, json!({"stored": 0, "duplicates": 1, "drop": []}));
    // A shared address: another page, on whatever device, reports what was counted.
    assert_eq!(server.post(&json!([click("p2", &id)])).await.1, dropped("token_spent"));
    let worker = {
        let ids = [b64::decode_array(&message).unwrap(), b64::decode_array(DEVICE).unwrap()];
        let token = server.app.tokens.for_message("shop", &ids[0], &ids[1], server.app.clock.seconds() + 60);
        event(&json!({"id": "w1", "type": "notification.clicked", "softbelltoken": token}))
    };
    assert_eq!(server.post(&json!([worker])).await.1["duplicates"], 1);
    assert_eq!(server.number("SELECT COUNT(*) FROM reports").await, 1);
    let (_, counted) = server.admin_get(&format!("/v1/sites/shop/messages/{message}")).await;
    assert_eq!(counted["counts"]["clicked"], 1);
}

#[tokio::test]
async fn c16_of_many_at_once_one_counts_and_the_others_are_told_so() {
    let (server, _, id) = landed().await;
    let batches: Vec<Value> = (0..10).map(|n| json!([click(&format!("p{n}"), &id)])).collect();
    let answers = futures_util::future::join_all(batches.iter().map(|batch| server.post(batch))).await;
    let counted = answers.iter().filter(|(_, answer)| answer["stored"] == 1).count();
    let spent = answers.iter().filter(|(_, answer)| *answer == dropped("token_spent")).count();
    assert_eq!((counted, spent), (1, 9));
    assert_eq!(server.number("SELECT COUNT(*) FROM reports").await, 1);
}

#[tokio::test]
async fn c16_of_two_in_one_batch_the_first_counts() {
    let (server, _, id) = landed().await;
    let batch = json!([event(&json!({"id": "other"})), click("p2", &id), click("p1", &id), click("p2", &id)]);
    let expected = json!({"stored": 2, "duplicates": 1, "drop": [{"index": 2, "code": "token_spent"}]});
    assert_eq!(server.post(&batch).await.1, expected);
}

/// Else the click would be lost with the page that got no answer.
#[tokio::test]
async fn c16_a_click_that_could_not_be_stored_has_not_used_its_landing() {
    let (server, _, id) = landed().await;
    let rename = async |sql: &'static str| {
        let mut db = server.app.store.write().await.unwrap();
        sqlx::query(sql).execute(&mut *db).await.unwrap();
        db.commit().await.unwrap();
    };
    rename("ALTER TABLE reports RENAME TO elsewhere").await;
    assert_eq!(server.post(&json!([click("p1", &id)])).await.0, 500);
    rename("ALTER TABLE elsewhere RENAME TO reports").await;
    assert_eq!(server.post(&json!([click("p2", &id)])).await.1["stored"], 1);
}

#[tokio::test]
async fn c16_a_landing_speaks_for_a_click_of_its_own_site_alone() {
    let (server, _, id) = landed().await;
    for kind in ["notification.displayed", "conversion", "prompt.shown"] {
        let report = event(&json!({"type": kind, "data": {"name": "x"}, "softbelltoken": format!("2.{id}")}));
        assert_eq!(server.post(&json!([report])).await.1, dropped("token_unknown"), "{kind}");
    }
    let foreign = {
        let mut report = click("p1", &id);
        report["source"] = "softbell:quiet".into();
        let request = Request::post("/v1/sites/quiet/events").header("content-type", "text/plain");
        answer(server.call(request.body(Body::from(json!([report]).to_string())).unwrap()).await).await.1
    };
    assert_eq!(foreign, dropped("token_unknown"));
    assert_eq!(server.post(&json!([click("p1", "AAAAAAAAAAAAAAAAAAAAAA")])).await.1, dropped("token_unknown"));
    assert_eq!(server.post(&json!([click("p1", &id)])).await.1["stored"], 1, "none of them used it up");
}

#[tokio::test]
async fn w3_the_device_that_was_pressed_gets_the_real_words_whichever_call_comes_first() {
    let (server, message, id) = landed().await;
    let expected = json!({
        "id": message, "title": "News", "body": "Three letter sets.", "url": "http://localhost:9000/sets?n=3#first",
        "data": null,
    });
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await, (200, expected.clone()));
    server.post(&json!([click("p1", &id)])).await;
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await, (200, expected));
}

#[tokio::test]
async fn w3_nobody_else_gets_them() {
    let (server, _, id) = landed().await;
    server.put_as(OTHER, WRONG, &server.live(1, "https://fcm.googleapis.com/fcm/send/two")).await;
    for (device, id, secret, status, code) in [
        (OTHER, id.as_str(), WRONG, 404, "click_not_found"),
        (DEVICE, &id, WRONG, 401, "secret_wrong"),
        (OTHER, &id, SECRET, 401, "secret_wrong"),
        (DEVICE, &id, &server.admin_token(), 401, "secret_wrong"),
        (DEVICE, "AAAAAAAAAAAAAAAAAAAAAA", SECRET, 404, "click_not_found"),
        (DEVICE, "x", SECRET, 404, "click_not_found"),
        ("x", &id, SECRET, 400, "device_id_invalid"),
    ] {
        let (got, body) = asked(&server, device, id, secret).await;
        assert_eq!((got, &body["code"]), (status, &json!(code)), "{device} {id}");
        assert!(!body.to_string().contains("letter sets"));
    }
    let request = Request::get(format!("/v1/sites/shop/devices/{DEVICE}/clicks/{id}"));
    let request = request.header("origin", "https://evil.example").header("authorization", SECRET);
    let response = server.call(request.body(Body::empty()).unwrap()).await;
    assert_eq!(refusal(answer(response).await).1, "origin_not_allowed");
}

#[tokio::test]
async fn w3_what_was_for_an_earlier_user_is_not_told_to_the_next() {
    let server = Server::with(&settings()).await;
    let first = with(server.live(1, APPLE), &proven(&server, "u1"));
    server.put(DEVICE, &first).await;
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    let mut message = news();
    message["audience"] = json!({"user": "u1"});
    server.send(&message).await;
    let id = id_in(&opened(&service.first().await)["notification"]["navigate"]);
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.0, 200);
    server.put(DEVICE, &with(server.live(2, APPLE), &proven(&server, "u2"))).await;
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.1["code"], "click_not_found");
    server.put(DEVICE, &with(server.live(3, APPLE), &json!({"user": null}))).await;
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.1["code"], "click_not_found");
}

#[tokio::test]
async fn w3_ten_minutes_after_the_click_the_words_are_told_no_more() {
    let (server, _, id) = landed().await;
    // Nobody has followed it yet: it waits as long as the notification does.
    let server = server.restart_with(&later(3 * DAY)).await;
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.0, 200);
    server.post(&json!([click("p1", &id)])).await;
    let server = server.restart_with(&later(3 * DAY + 570)).await;
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.0, 200);
    let server = server.restart_with(&later(3 * DAY + 630)).await;
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.1["code"], "click_not_found");
}

#[tokio::test]
async fn c16_a_landing_ends_thirty_days_after_its_message() {
    let (server, _, id) = landed().await;
    let server = server.restart_with(&later(31 * DAY - 60)).await;
    sweep_all(&server.app).await.unwrap();
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.0, 200);
    let server = server.restart_with(&later(31 * DAY + 60)).await;
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.1["code"], "click_not_found");
    assert_eq!(server.post(&json!([click("p1", &id)])).await.1, dropped("token_unknown"));
    assert_eq!(server.number("SELECT COUNT(*) FROM landings").await, 1);
    sweep_all(&server.app).await.unwrap();
    assert_eq!(server.number("SELECT COUNT(*) FROM landings").await, 0);
}

#[tokio::test]
async fn f6_landings_go_with_their_device() {
    let (server, _, id) = landed().await;
    let request = Request::delete(format!("/v1/sites/shop/devices/{DEVICE}")).header("authorization", SECRET);
    assert_eq!(server.call(request.body(Body::empty()).unwrap()).await.status(), 204);
    assert_eq!(server.number("SELECT COUNT(*) FROM landings").await, 0);
    assert_eq!(server.post(&json!([click("p1", &id)])).await.1, dropped("token_unknown"));
    assert_eq!(asked(&server, DEVICE, &id, SECRET).await.1["code"], "device_erased");
}

/// Both pushes may arrive, so both addresses must do.
#[tokio::test]
async fn c16_a_repeated_send_leads_to_the_same_landing() {
    let server = Server::with(&settings()).await;
    server.put(DEVICE, &server.live(1, APPLE)).await;
    let service = PushService::start(&[(503, "1"), (201, "")]).await;
    server.send_to(&service);
    server.send(&news()).await;
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 1).await;
    let pushes = service.arrived();
    assert_eq!(pushes.len(), 2);
    let [one, two] = [0, 1].map(|at| id_in(&opened(&pushes[at])["notification"]["navigate"]));
    assert_eq!(one, two);
    assert_eq!(server.number("SELECT COUNT(*) FROM landings").await, 1);
}
