//! Which message led to a conversion (I4).

use serde_json::{Value, json};
use softbell_server::b64;
use softbell_server::clock::rfc3339;
use softbell_server::store::messages::{self, Message};

use crate::events::event;
use crate::fixture::Server;

pub const HOUR: i64 = 3600;
pub const CONVERSIONS: &str = "/v1/sites/shop/conversions";

/// The id of message or device number `n`.
pub fn id(n: u8) -> String {
    b64::encode(&[n; 16])
}

/// Message number `n` of a campaign, with a button that leads to a page and one that mutes.
pub async fn message(server: &Server, n: u8, campaign: Option<&str>, variant: Option<&str>) {
    let extras =
        json!({"actions": [{"action": "see", "title": "See"}, {"action": "fewer", "title": "x", "type": "mute"}]});
    let message = Message {
        id: id(n),
        kind: "message".to_owned(),
        title: format!("Message {n}"),
        campaign: campaign.map(str::to_owned),
        variant: variant.map(str::to_owned),
        extras: extras.to_string(),
        ..Message::default()
    };
    let mut db = server.app.store.write().await.unwrap();
    messages::add(&mut db, "shop", &message, server.app.clock.millis()).await.unwrap();
    db.commit().await.unwrap();
}

/// What a browser did, so many seconds ago by its own clock.
#[derive(Clone, Debug)]
pub enum Did {
    /// A report about message `n`.
    About(u8, &'static str, i64),
    /// A press on a button of message `n`.
    Press(u8, &'static str, i64),
    /// A conversion with these data.
    Convert(Value, i64),
}

impl Did {
    /// The report of it, by device `n`.
    pub fn report(&self, server: &Server, device: u8) -> Value {
        let tokens = &server.app.tokens;
        let now = server.app.clock.seconds();
        let about = |n: u8| tokens.for_message("shop", &[n; 16], &[device; 16], now + 60);
        let (kind, token, ago, data) = match self {
            Self::About(n, kind, ago) => (format!("notification.{kind}"), about(*n), ago, Value::Null),
            Self::Press(n, action, ago) => {
                ("notification.action".to_owned(), about(*n), ago, json!({"action": action}))
            }
            Self::Convert(data, ago) => {
                ("conversion".to_owned(), tokens.for_device("shop", &[device; 16], now), ago, data.clone())
            }
        };
        let time = rfc3339(server.app.clock.millis() - ago * 1000);
        let number = format!("{:?}", std::time::Instant::now());
        event(
            &json!({"id": b64::encode(&ring::digest::digest(&ring::digest::SHA256, number.as_bytes()).as_ref()[..16]),
            "type": kind, "time": time, "data": data, "softbelltoken": token}),
        )
    }
}

/// Sends what device `n` did, in this order.
pub async fn did(server: &Server, device: u8, all: &[Did]) {
    let batch: Vec<Value> = all.iter().map(|one| one.report(server, device)).collect();
    let (_, body) = server.post(&batch.into()).await;
    assert_eq!((&body["stored"], &body["drop"]), (&json!(all.len()), &json!([])), "{all:?}");
}

/// An order, so many seconds ago.
pub fn order(ago: i64) -> Did {
    Did::Convert(json!({"name": "order"}), ago)
}

/// Attribution and message of the conversions of device `n`.
async fn led_to(server: &Server, device: u8) -> Vec<(String, Value)> {
    let (_, body) = server.admin_get(CONVERSIONS).await;
    let rows = body["conversions"].as_array().unwrap().iter().filter(|row| row["device"] == json!(id(device)));
    rows.map(|row| (row["attribution"].as_str().unwrap().to_owned(), row["message"].clone())).collect()
}

fn direct(n: u8) -> (String, Value) {
    ("direct".to_owned(), id(n).into())
}

fn influenced(n: u8) -> (String, Value) {
    ("influenced".to_owned(), id(n).into())
}

fn none() -> (String, Value) {
    ("none".to_owned(), Value::Null)
}

pub async fn server() -> Server {
    let server = Server::start().await;
    message(&server, 1, Some("autumn"), Some("A")).await;
    message(&server, 2, Some("autumn"), Some("B")).await;
    server
}

#[tokio::test]
async fn i4_the_last_click_takes_it_else_the_last_display() {
    use Did::{About, Press};
    let server = server().await;
    let day = 24 * HOUR;
    let cases: &[(&str, Vec<Did>, (String, Value))] = &[
        ("a click just in time", vec![About(1, "clicked", day + 60), order(61)], direct(1)),
        ("a click too long ago", vec![About(1, "clicked", day + 61), order(60)], none()),
        ("a display", vec![About(1, "displayed", 3 * HOUR), order(0)], influenced(1)),
        ("a display too long ago", vec![About(1, "displayed", 25 * HOUR), order(0)], none()),
        ("two clicks", vec![About(1, "clicked", 5 * HOUR), About(2, "clicked", 2 * HOUR), order(0)], direct(2)),
        (
            "two clicks that arrive the other way round",
            vec![order(0), About(2, "clicked", 2 * HOUR), About(1, "clicked", 5 * HOUR)],
            direct(2),
        ),
        ("two displays", vec![About(2, "displayed", 5), About(1, "displayed", 2), order(0)], influenced(1)),
        ("a click, then a display", vec![About(1, "clicked", 5), About(2, "displayed", 2), order(0)], direct(1)),
        (
            "an old click, then a display",
            vec![About(1, "clicked", 25 * HOUR), About(2, "displayed", 2), order(0)],
            influenced(2),
        ),
        ("a click after it", vec![order(HOUR), About(1, "clicked", 60)], none()),
        ("a display after it", vec![order(HOUR), About(1, "displayed", 60)], none()),
        (
            "nothing that was seen",
            ["received", "suppressed", "failed", "dismissed"]
                .map(|kind| About(1, kind, 60))
                .into_iter()
                .chain([order(0)])
                .collect(),
            none(),
        ),
        ("a button that leads there", vec![Press(1, "see", 60), order(0)], direct(1)),
        ("a button that mutes", vec![Press(1, "fewer", 60), order(0)], none()),
        (
            "a click, then a button that mutes",
            vec![About(1, "clicked", 90), Press(2, "fewer", 60), order(0)],
            direct(1),
        ),
        ("nothing", vec![order(0)], none()),
    ];
    for (n, (_, all, _)) in cases.iter().enumerate() {
        did(&server, u8::try_from(n).unwrap(), all).await;
    }
    for (n, (name, _, expected)) in cases.iter().enumerate() {
        assert_eq!(led_to(&server, u8::try_from(n).unwrap()).await, std::slice::from_ref(expected), "{name}");
    }
}

/// The worker's reports and the page's go their own ways.
#[tokio::test]
async fn i4_a_click_that_arrives_after_the_purchase_counts() {
    let server = server().await;
    did(&server, 3, &[order(60)]).await;
    assert_eq!(led_to(&server, 3).await, [none()]);
    did(&server, 3, &[Did::About(1, "displayed", 200)]).await;
    assert_eq!(led_to(&server, 3).await, [influenced(1)]);
    did(&server, 3, &[Did::About(1, "clicked", 120)]).await;
    assert_eq!(led_to(&server, 3).await, [direct(1)]);
}

#[tokio::test]
async fn i4_another_device_leads_to_nothing() {
    let server = server().await;
    did(&server, 4, &[Did::About(1, "clicked", 60)]).await;
    did(&server, 5, &[order(0)]).await;
    assert_eq!(led_to(&server, 5).await, [none()]);
}

/// A browser's clock may be years wrong, but what it says in one go is in order.
#[tokio::test]
async fn i4_a_clock_that_is_ahead_or_behind_keeps_the_order() {
    let server = server().await;
    let year = 365 * 24 * HOUR;
    for (device, wrong) in [(10, -year), (20, year)] {
        did(&server, device, &[Did::About(1, "clicked", wrong + 120), order(wrong + 60)]).await;
        assert_eq!(led_to(&server, device).await, [direct(1)], "{wrong}");
        did(&server, device + 1, &[order(wrong + 120), Did::About(1, "clicked", wrong + 60)]).await;
        assert_eq!(led_to(&server, device + 1).await, [none()], "{wrong}");
    }
    // A click of a clock that is ahead is not after what a clock that was set right says later.
    did(&server, 30, &[Did::About(1, "clicked", -year)]).await;
    did(&server, 30, &[order(-1)]).await;
    assert_eq!(led_to(&server, 30).await, [direct(1)]);
    let ahead = server.number("SELECT COUNT(*) FROM reports WHERE time > received_at").await;
    assert_eq!(ahead, 0);
}

#[tokio::test]
async fn i4_windows_are_the_sites_own() {
    let windows = |click: u32, display: u32| {
        format!(
            "[sites.shop]\norigins = ['http://localhost:9000']\n[sites.shop.attribution]
             click_window_hours = {click}\ndisplay_window_hours = {display}\n[lab]"
        )
    };
    let server = Server::with(&windows(1, 3)).await;
    message(&server, 1, None, None).await;
    did(&server, 1, &[Did::About(1, "displayed", 7300), Did::About(1, "clicked", 7200), order(0)]).await;
    assert_eq!(led_to(&server, 1).await, [influenced(1)]);
    let server = server.restart_with(&windows(3, 1)).await;
    assert_eq!(led_to(&server, 1).await, [direct(1)]);
    let server = server.restart_with(&windows(0, 0)).await;
    assert_eq!(led_to(&server, 1).await, [none()]);
    let settings = softbell_server::settings::Settings::parse(&windows(721, 1)).unwrap();
    assert!(softbell_server::settings::check(&settings).unwrap_err().contains("at most 720 hours"));
}
