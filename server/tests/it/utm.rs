//! UTM parameters (C8): in every address of the site that a message leads to, and in nothing that travels of a private one.

use serde_json::{Value, json};

use crate::fixture::{DEVICE, PushService, Server, refusal};
use crate::landings::{APPLE, id_in, opened};

const FCM: &str = "https://fcm.googleapis.com/fcm/send/one";

fn message() -> Value {
    let lead = |action: &str, url: &str| json!({"action": action, "title": action, "url": format!("http://localhost:9000/{url}")});
    json!({
        "title": "News", "url": "http://localhost:9000/sets?n=3#first", "audience": {"topic": "offers"},
        "utm": {"source": "shop", "campaign": "Grüße & mehr"},
        "actions": [
            lead("see", "see?utm_source=button"), {"action": "same", "title": "Same", "type": "weburl"},
            {"action": "fewer", "title": "Fewer like this", "type": "mute"},
        ],
    })
}

/// The notification as it arrives at an endpoint.
async fn arrived(endpoint: &str, message: &Value) -> Value {
    let server = Server::start().await;
    server.put(DEVICE, &server.live(1, endpoint)).await;
    let service = PushService::start(&[(201, ""), (201, "")]).await;
    let (status, answer) = server.send(message).await;
    assert_eq!((status.as_u16(), &answer["reach"]), (202, &json!(1)), "{answer}");
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'queued' OR state = 'sending'", 0).await;
    let of_message = |payload: &Value| payload["notification"]["data"]["softbell"]["m"] == answer["id"];
    service.arrived().iter().map(opened).find(of_message).unwrap()["notification"].clone()
}

fn leads(notification: &Value) -> Vec<&str> {
    let buttons = notification["actions"].as_array().into_iter().flatten().map(|button| &button["navigate"]);
    core::iter::once(&notification["navigate"]).chain(buttons).map(|url| url.as_str().unwrap()).collect()
}

#[tokio::test]
async fn c8_utm_parameters_go_into_every_address_that_a_press_leads_to() {
    const CAMPAIGN: &str = "utm_campaign=Gr%C3%BC%C3%9Fe+%26+mehr";
    let shown = arrived(FCM, &message()).await;
    let expected = [
        format!("http://localhost:9000/sets?n=3&utm_source=shop&{CAMPAIGN}#first"),
        // What the sender wrote there stays.
        format!("http://localhost:9000/see?utm_source=button&{CAMPAIGN}"),
        format!("http://localhost:9000/sets?n=3&utm_source=shop&{CAMPAIGN}#first"),
        "http://localhost:9000/sets?n=3#first".to_owned(),
    ];
    assert_eq!(leads(&shown), expected);
    // At Apple's the landing comes behind them, so the page finds and removes it as ever.
    let shown = arrived(APPLE, &message()).await;
    let id = id_in(&shown["navigate"]);
    assert_eq!(
        leads(&shown)[0],
        format!("http://localhost:9000/sets?n=3&utm_source=shop&{CAMPAIGN}&softbell={id}#first")
    );
    let mut plain = message();
    plain["utm"] = json!({"term": ""});
    assert_eq!(leads(&arrived(FCM, &plain).await)[0], "http://localhost:9000/sets?n=3#first", "nothing to add");
}

#[tokio::test]
async fn c8_utm_parameters_are_refused_by_name_and_weighed() {
    let server = Server::start().await;
    let with = |utm: Value| {
        let mut message = message();
        message["utm"] = utm;
        message["dry_run"] = true.into();
        message
    };
    for (utm, code, field) in [
        (json!("shop"), "member_invalid", "utm"),
        (json!([]), "member_invalid", "utm"),
        (json!({"source": 7}), "member_invalid", "utm.source"),
        (json!({"medium": "m".repeat(129)}), "member_invalid", "utm.medium"),
        (json!({"utm_source": "shop"}), "member_unknown", "utm.utm_source"),
        (json!({"id": "shop"}), "member_unknown", "utm.id"),
    ] {
        let expected = (422, code.to_owned(), Some(field.to_owned()));
        assert_eq!(refusal(server.send(&with(utm.clone())).await), expected, "{utm}");
    }
    let bytes = async |utm: Value| server.send(&with(utm)).await.1["payload_bytes"].as_u64().unwrap();
    // In the notification's address and in those of two buttons.
    assert_eq!(
        bytes(json!({"term": "t".repeat(128)})).await,
        bytes(Value::Null).await + 3 * "&utm_term=".len() as u64 + 3 * 128
    );
    let text = "ß".repeat(64);
    let long = json!({"source": text, "medium": text, "campaign": text, "term": text, "content": text});
    let (status, problem) = server.send(&with(long)).await;
    let named = problem["fields"].as_array().unwrap().iter().any(|size| size["field"] == "utm");
    assert_eq!((status.as_u16(), &problem["code"], named), (422, &json!("message_too_large"), true), "{problem}");
}
