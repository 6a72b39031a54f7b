//! `GET funnel`: exact numbers.

use serde_json::{Value, json};

use crate::attribution::{Did, did, message};
use crate::events::event;
use crate::fixture::{DEVICE, Server, refusal};

const FUNNEL: &str = "/v1/sites/shop/funnel";

/// Reports of one device: type and data.
async fn report(server: &Server, reports: &[(&str, Value)]) {
    let id = softbell_server::b64::decode_array(DEVICE).unwrap();
    let token = server.app.tokens.for_device("shop", &id, server.app.clock.seconds());
    let row = |(n, (kind, data)): (usize, &(&str, Value))| {
        event(&json!({"id": format!("{kind}{n}{data}"), "type": kind, "data": data, "softbelltoken": token}))
    };
    let events: Vec<Value> = reports.iter().enumerate().map(row).collect();
    assert_eq!(server.post(&events.into()).await.1["stored"], reports.len());
}

/// Rows at set times: type, and when they arrived.
async fn arrived(server: &Server, rows: &[(&str, &str)]) {
    let mut db = server.app.store.write().await.unwrap();
    for (n, (kind, time)) in rows.iter().enumerate() {
        sqlx::query(
            "INSERT INTO reports (source, id, scope, site, type, verified, time, received_at)
             VALUES ('softbell:shop', $1, 'x', 'shop', $2, 1, 0, $3)",
        )
        .bind(format!("{n}"))
        .bind(*kind)
        .bind(softbell_server::clock::millis(time).unwrap())
        .execute(&mut *db)
        .await
        .unwrap();
    }
    db.commit().await.unwrap();
}

#[tokio::test]
async fn each_step_counts_what_it_says() {
    let server = Server::start().await;
    let none = || json!({});
    report(
        &server,
        &[
            ("prompt.shown", none()),
            ("prompt.shown", none()),
            ("prompt.shown", json!({"variant": "warm"})),
            ("prompt.declined", none()),
            ("prompt.accepted", json!({"variant": "warm"})),
            ("permission.granted", json!({"variant": "warm"})),
            ("permission.denied", none()),
            ("subscription.created", json!({"variant": "warm"})),
            // Of a push that another server sent: no message of ours was displayed.
            ("notification.displayed", none()),
            ("notification.clicked", none()),
            ("notification.action", json!({"action": "see"})),
        ],
    )
    .await;
    message(&server, 1, None, None).await;
    let seen = |n| [Did::About(n, "received", 9), Did::About(n, "displayed", 8)];
    did(&server, 1, &seen(1)).await;
    did(&server, 1, &[Did::About(1, "clicked", 7), Did::Press(1, "see", 6), Did::Press(1, "fewer", 5)]).await;
    did(&server, 2, &seen(1)).await;
    did(&server, 2, &[Did::Press(1, "fewer", 5), Did::About(1, "dismissed", 4)]).await;
    server.post(&json!([event(&json!({"id": "nobody"}))])).await;
    let (_, body) = server.admin_get(FUNNEL).await;
    let totals = json!({"shown": 3, "accepted": 1, "granted": 1, "subscribed": 1, "sent": 0, "displayed": 2, "clicked": 1,
        "pressed": 3, "followed": 1});
    assert_eq!(body["totals"], totals);
    assert_eq!(body["unverified"], 1);
    let variants = json!([
        {"variant": "default", "shown": 2, "accepted": 0, "granted": 0, "subscribed": 0},
        {"variant": "warm", "shown": 1, "accepted": 1, "granted": 1, "subscribed": 1},
    ]);
    assert_eq!(body["variants"], variants);
    // The last 14 days, today included.
    let series = body["series"].as_array().unwrap();
    assert_eq!((series.len(), &body["bucket"]), (14, &json!("day")));
    let mut today = series[13].clone();
    assert!(today["time"].as_str().unwrap().ends_with("T00:00:00Z"), "{today}");
    today.as_object_mut().unwrap().remove("time");
    assert_eq!(today, totals);
    assert_eq!(server.admin_get("/v1/sites/quiet/funnel").await.1["totals"]["shown"], 0);
}

#[tokio::test]
async fn buckets_begin_at_the_hour_and_the_range_ends_before_its_end() {
    let server = Server::start().await;
    arrived(
        &server,
        &[
            ("prompt.shown", "2026-03-01T09:59:59.999Z"),
            ("prompt.shown", "2026-03-01T10:30:00Z"),
            ("prompt.shown", "2026-03-01T10:59:59.999Z"),
            ("prompt.shown", "2026-03-01T11:00:00Z"),
            ("prompt.accepted", "2026-03-01T12:14:59.999Z"),
            ("prompt.shown", "2026-03-01T12:15:00Z"),
        ],
    )
    .await;
    let path = format!("{FUNNEL}?bucket=hour&from=2026-03-01T11:30:00%2B01:00&to=2026-03-01T12:15:00Z");
    let (_, body) = server.admin_get(&path).await;
    assert_eq!((&body["from"], &body["to"]), (&json!("2026-03-01T10:30:00Z"), &json!("2026-03-01T12:15:00Z")));
    let points: Vec<(String, i64, i64)> = body["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            (p["time"].as_str().unwrap().to_owned(), p["shown"].as_i64().unwrap(), p["accepted"].as_i64().unwrap())
        })
        .collect();
    let expected = [("10", 2, 0), ("11", 1, 0), ("12", 0, 1)];
    assert_eq!(points, expected.map(|(hour, s, a)| (format!("2026-03-01T{hour}:00:00Z"), s, a)));
    assert_eq!((&body["totals"]["shown"], &body["totals"]["accepted"]), (&json!(3), &json!(1)));
}

#[tokio::test]
async fn ranges_that_make_no_sense_are_refused() {
    let server = Server::start().await;
    for (query, name) in [
        ("bucket=week", "bucket"),
        ("from=yesterday", "from"),
        ("to=2026-03-01", "to"),
        ("from=2026-03-01T10:00:00Z&to=2026-03-01T10:00:00Z", "from"),
        ("from=2020-01-01T00:00:00Z&to=2026-03-01T10:00:00Z&bucket=hour", "from"),
        ("from=1960-01-01T00:00:00Z", "from"),
    ] {
        let answer = refusal(server.admin_get(&format!("{FUNNEL}?{query}")).await);
        assert_eq!(answer, (400, "parameter_invalid".to_owned(), Some(name.to_owned())), "{query}");
    }
}

/// A click on Monday and a button on Tuesday are one device that followed one message.
#[tokio::test]
async fn i2_a_device_follows_a_message_once_however_many_buckets_the_funnel_has() {
    let server = Server::start().await;
    message(&server, 1, None, None).await;
    message(&server, 2, None, None).await;
    let began = server.app.clock.millis();
    did(&server, 1, &[Did::About(1, "clicked", 5)]).await;
    let server = server.restart(2 * 86_400).await;
    did(&server, 1, &[Did::Press(1, "see", 5), Did::About(2, "clicked", 5)]).await;
    did(&server, 2, &[Did::Press(1, "see", 5)]).await;
    let followed = |body: &Value| -> Vec<i64> {
        body["series"].as_array().unwrap().iter().map(|point| point["followed"].as_i64().unwrap()).collect()
    };
    let (_, body) = server.admin_get(FUNNEL).await;
    assert_eq!(followed(&body)[11..], [1, 0, 2]);
    assert_eq!((&body["totals"]["followed"], &body["totals"]["pressed"]), (&json!(3), &json!(2)));
    // A range that begins later has its own first time.
    let from = softbell_server::clock::rfc3339(began - began % 86_400_000 + 2 * 86_400_000);
    let (_, body) = server.admin_get(&format!("{FUNNEL}?from={from}")).await;
    assert_eq!((followed(&body), &body["totals"]["followed"]), (vec![3], &json!(3)));
}

/// Anybody's browser can make up variants, so there is an end to how many are shown.
#[tokio::test]
async fn the_biggest_variants_are_shown_and_all_are_counted() {
    let server = Server::start().await;
    let shown = |variant: String| ("prompt.shown", json!({"variant": variant}));
    let made_up: Vec<_> = (0..60).map(|n| shown(format!("{n:02}"))).collect();
    report(&server, &made_up).await;
    report(&server, &[shown("warm".to_owned()), ("prompt.accepted", json!({"variant": "warm"}))]).await;
    let (_, body) = server.admin_get(FUNNEL).await;
    assert_eq!(body["totals"]["shown"], 61);
    let variants = body["variants"].as_array().unwrap();
    assert_eq!(variants.len(), 50);
    let warm = variants.iter().find(|row| row["variant"] == "warm").unwrap();
    assert_eq!((&warm["shown"], &warm["accepted"]), (&json!(1), &json!(1)));
}
