//! Rows of results (I2): rates, reasons, values, and which reports are in time.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::attribution::{Did, HOUR, did, id, message};
use crate::events::event;
use crate::fixture::{Server, refusal};
use crate::results::RESULTS;

#[tokio::test]
async fn i2_reasons_rates_and_values_are_told_apart() {
    let server = Server::start().await;
    message(&server, 1, None, None).await;
    let reports = |device: u8, kind: &'static str, reason: &str| {
        let mut report = Did::About(1, kind, 60).report(&server, device);
        report["data"] = json!({"reason": reason});
        report
    };
    let batch = json!([
        reports(1, "suppressed", "expired"),
        reports(2, "suppressed", "other_user"),
        reports(3, "suppressed", "expired"),
        reports(4, "failed", "not_shown"),
    ]);
    assert_eq!(server.post(&batch).await.1["stored"], 4);
    for device in 10..14 {
        did(&server, device, &[Did::About(1, "displayed", 60)]).await;
    }
    let buy =
        |value: Value, currency: Value| Did::Convert(json!({"name": "o", "value": value, "currency": currency}), 0);
    did(&server, 10, &[Did::About(1, "clicked", 50), Did::Press(1, "see", 40), Did::Press(1, "fewer", 30)]).await;
    did(&server, 10, &[buy(json!(0.1), json!("EUR")), buy(json!(0.2), json!("EUR")), buy(json!(5), json!("USD"))])
        .await;
    did(&server, 10, &[buy(json!(7), Value::Null), buy(json!("x"), json!("EUR"))]).await;
    did(&server, 11, &[Did::About(1, "dismissed", 20), buy(json!(-3.5), json!("EUR"))]).await;
    did(&server, 30, &[buy(json!(9), json!("EUR"))]).await;
    let stranger = json!({"id": "x", "type": "conversion", "data": {"name": "o", "value": 8, "currency": "EUR"}});
    server.post(&json!([event(&stranger)])).await;

    let (_, body) = server.admin_get(RESULTS).await;
    let row = &body["rows"][0];
    assert_eq!(row["suppressions"], json!({"expired": 2, "other_user": 1}));
    assert_eq!(row["failures"], json!({"not_shown": 1}));
    assert_eq!(row["actions"], json!({"fewer": 1, "see": 1}));
    assert_eq!(
        row["counts"],
        json!({"sent": 0, "undelivered": 0, "received": 0, "displayed": 4, "followed": 1, "clicked": 1, "pressed": 2,
               "dismissed": 1, "failed": 1, "suppressed": 3})
    );
    assert_eq!(
        row["rates"],
        json!({"display": null, "open": 0.25, "click_through": 0.25, "dismiss": 0.25, "conversion": 5.0})
    );
    let value = |currency: Value, count: u8, value: f64| json!({"currency": currency, "count": count, "value": value});
    let direct = [value(Value::Null, 1, 7.0), value(json!("EUR"), 2, 0.3), value(json!("USD"), 1, 5.0)];
    assert_eq!(row["conversions"]["direct"], json!({"count": 5, "values": direct}));
    assert_eq!(row["conversions"]["influenced"], json!({"count": 1, "values": [value(json!("EUR"), 1, -3.5)]}));
    assert_eq!(body["unattributed"], json!({"count": 1, "values": [value(json!("EUR"), 1, 9.0)]}));
    assert_eq!(body["unverified"], json!({"count": 1, "values": [value(json!("EUR"), 1, 8.0)]}));
}

#[tokio::test]
async fn i2_only_what_came_in_time_counts() {
    let server = Server::start().await;
    message(&server, 1, None, None).await;
    did(&server, 1, &[Did::About(1, "displayed", 60)]).await;
    let server = server.restart(20 * 24 * HOUR).await;
    message(&server, 2, None, None).await;
    let messages = |body: &Value| -> Vec<Value> {
        body["rows"].as_array().unwrap().iter().map(|row| row["message"].clone()).collect()
    };
    assert_eq!(messages(&server.admin_get(RESULTS).await.1), [json!(id(2))], "nothing of 1 in the last 14 days");
    did(&server, 1, &[Did::About(1, "clicked", 60)]).await;
    let (_, body) = server.admin_get(RESULTS).await;
    assert_eq!(messages(&body), [json!(id(2)), json!(id(1))]);
    let counts = &body["rows"][1]["counts"];
    assert_eq!((&counts["displayed"], &counts["clicked"]), (&json!(0), &json!(1)));
    let (_, all) = server.admin_get(&format!("{RESULTS}?from=2026-01-01T00:00:00Z&limit=1")).await;
    assert_eq!((messages(&all), &all["complete"]), (vec![json!(id(2))], &json!(false)));
    let (_, one) = server.admin_get(&format!("{RESULTS}?message={}", id(1))).await;
    assert_eq!((messages(&one), &one["rows"][0]["counts"]["clicked"]), (vec![json!(id(1))], &json!(1)));
    for (query, name) in [
        ("by=user", "by"),
        ("from=x", "from"),
        ("limit=0", "limit"),
        ("message=x", "message"),
        ("to=1970-01-01T00:00:00Z", "from"),
    ] {
        let answer = refusal(server.admin_get(&format!("{RESULTS}?{query}")).await);
        assert_eq!(answer, (400, "parameter_invalid".to_owned(), Some(name.to_owned())), "{query}");
    }
}

/// Whoever has a message's token can make up buttons without end.
#[tokio::test]
async fn i2_made_up_buttons_neither_raise_the_rate_nor_fill_the_answer() {
    let server = Server::start().await;
    message(&server, 1, None, None).await;
    did(&server, 2, &[Did::About(1, "displayed", 60), Did::Press(1, "see", 60)]).await;
    did(&server, 1, &[Did::About(1, "displayed", 60), Did::Press(1, "see", 60)]).await;
    let names: Vec<&'static str> = (0..80).map(|n| &*Box::leak(format!("b{n}").into_boxed_str())).collect();
    did(&server, 1, &names.iter().map(|name| Did::Press(1, name, 50)).collect::<Vec<_>>()).await;
    let row = &server.admin_get(RESULTS).await.1["rows"][0];
    assert_eq!((&row["counts"]["pressed"], &row["counts"]["followed"]), (&json!(82), &json!(2)));
    assert_eq!(row["rates"]["click_through"], 1.0);
    let actions = row["actions"].as_object().unwrap();
    assert_eq!((actions.len(), &actions["see"]), (20, &json!(2)));
}

/// Sent and pressed before midnight, bought after it: nothing else was heard of the message on that day.
#[tokio::test]
async fn i4_by_message_no_value_is_lost_at_midnight() {
    let server = Server::start().await;
    message(&server, 1, Some("autumn"), None).await;
    did(&server, 1, &[Did::About(1, "displayed", 60), Did::About(1, "clicked", 60)]).await;
    let server = server.restart(600).await;
    let midnight = softbell_server::clock::rfc3339(server.app.clock.millis() - 60_000);
    message(&server, 2, None, None).await;
    did(&server, 1, &[Did::Convert(json!({"name": "o", "value": 22, "currency": "EUR"}), 0)]).await;
    let money = json!({"count": 1, "values": [{"currency": "EUR", "count": 1, "value": 22.0}]});
    let path = format!("{RESULTS}?from={midnight}");
    let (_, body) = server.admin_get(&path).await;
    let rows = body["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[1]["message"], &rows[1]["campaign"]), (2, &json!(id(1)), &json!("autumn")));
    assert_eq!((&rows[1]["conversions"]["direct"], &rows[1]["counts"]["clicked"]), (&money, &json!(0)));
    assert_eq!((&body["complete"], &body["unattributed"]["count"]), (&json!(true), &json!(0)));
    // It is older than the first row, so it is what does not fit.
    let (_, short) = server.admin_get(&format!("{path}&limit=1")).await;
    assert_eq!((&short["rows"][0]["message"], &short["complete"]), (&json!(id(2)), &json!(false)));
    for (message, rows) in [(1, 1), (2, 1), (3, 0)] {
        let (_, one) = server.admin_get(&format!("{path}&message={}", id(message))).await;
        assert_eq!(one["rows"].as_array().unwrap().len(), rows, "{message}");
    }
    // `keep_days` may end the message before its click.
    let mut db = server.app.store.write().await.unwrap();
    sqlx::query("DELETE FROM messages WHERE title = 'Message 1'").execute(&mut *db).await.unwrap();
    db.commit().await.unwrap();
    let (_, body) = server.admin_get(&path).await;
    let row = &body["rows"][1];
    assert_eq!((&row["message"], &row["campaign"], row.get("title")), (&json!(id(1)), &Value::Null, None));
    assert_eq!(row["conversions"]["direct"], money);
}

/// What was erased is of no device, so nobody knows that a click and a button were pressed on the same one.
#[tokio::test]
async fn i2_erasing_a_device_raises_no_rate() {
    let server = Server::start().await;
    message(&server, 1, None, None).await;
    for device in 1..=3 {
        assert_eq!(server.put(&id(device), &crate::fixture::state(1)).await.0, 200);
        did(&server, device, &[Did::About(1, "displayed", 90)]).await;
    }
    did(&server, 1, &[Did::About(1, "clicked", 60), Did::Press(1, "see", 50), Did::Press(1, "more", 40)]).await;
    did(&server, 2, &[Did::Press(1, "see", 50)]).await;
    did(&server, 3, &[Did::About(1, "clicked", 60)]).await;
    // The second one pressed buttons alone: it is not counted any more (docs/reports.md).
    for (device, followed) in [(0, 3), (1, 3), (2, 2), (3, 2)] {
        let request = Request::delete(format!("/v1/sites/shop/devices/{}", id(device)));
        let request = request.header("authorization", server.admin_token()).body(Body::empty()).unwrap();
        assert_eq!(server.call(request).await.status().is_success(), device > 0);
        let row = &server.admin_get(RESULTS).await.1["rows"][0];
        assert_eq!((&row["counts"]["followed"], &row["counts"]["pressed"]), (&json!(followed), &json!(3)), "{device}");
        assert_eq!(row["counts"]["clicked"], 2);
    }
}
