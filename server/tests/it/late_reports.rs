//! Reports that come late: who was without network when he did something may be gone when the browser tells of it (F6).

use serde_json::{Value, json};
use softbell_server::clock::rfc3339;

use crate::attribution::CONVERSIONS;
use crate::events::{DEVICE_ID, event};
use crate::fixture::{DEVICE, Server};
use crate::identity::{proven, put, server};
use crate::own_data::{admin_delete, own};
use crate::user_data::later;

/// Tells of an order and of a look at the cart, both of so many seconds ago.
async fn tell(server: &Server, order: &str, ago: i64) {
    let time = rfc3339(server.app.clock.millis() - ago * 1000);
    let token = server.app.tokens.for_device("shop", &DEVICE_ID, server.app.clock.seconds());
    let report = |kind: &str, data: Value| {
        let id = format!("{order}-{kind}");
        event(&json!({"id": id, "type": kind, "time": time, "data": data, "softbelltoken": token}))
    };
    let bought = report("conversion", json!({"name": "order", "value": 5, "currency": "EUR", "id": order}));
    let looked = report("event.tracked", json!({"name": "viewed", "properties": {"cart": order}}));
    assert_eq!(server.post(&json!([bought, looked])).await.1["stored"], 2);
}

/// What a user's export says.
async fn export(server: &Server, user: &str) -> String {
    let (status, body) = server.admin_get(&format!("/v1/sites/shop/users/{user}/export")).await;
    assert_eq!(status, 200);
    body.to_string()
}

/// Whether the browser's next visitor, or this user, is shown the order.
async fn shown(server: &Server, user: &str, order: &str) -> (bool, bool) {
    (own(server, DEVICE).await.to_string().contains(order), export(server, user).await.contains(order))
}

/// The admin sees both rows of the order, and the site's figures count it.
async fn counts(server: &Server, order: &str) {
    let (_, all) = server.admin_get(&format!("/v1/sites/shop/devices/{DEVICE}")).await;
    let rows = all["reports"].as_array().unwrap();
    assert_eq!(rows.iter().filter(|row| row.to_string().contains(order)).count(), 2, "{rows:?}");
    let (_, list) = server.admin_get(CONVERSIONS).await;
    let rows = list["conversions"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == order).unwrap();
    assert_eq!((&row["device"], &row["value"], &row["verified"]), (&json!(DEVICE), &json!(5.0), &json!(true)));
    let (_, results) = server.admin_get("/v1/sites/shop/results").await;
    assert_eq!(results["unattributed"]["count"], rows.len());
}

#[tokio::test]
async fn f6_what_somebody_did_before_he_signed_out_is_not_shown_to_the_next_however_late_it_comes() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    put(&server, 2, &json!({"user": null})).await;
    tell(&server, "order-ada", 60).await;
    assert!(!own(&server, DEVICE).await.to_string().contains("order-ada"), "to the next, who has not signed in");
    put(&server, 3, &proven(&server, "u2")).await;
    assert_eq!(shown(&server, "u2", "order-ada").await, (false, false));
    counts(&server, "order-ada").await;
    // Still later, and of before u2 came too.
    tell(&server, "order-later", 60).await;
    assert_eq!(shown(&server, "u2", "order-later").await, (false, false));
    counts(&server, "order-later").await;
    // What u2 does is his.
    let server = server.restart_with(&later(60)).await;
    tell(&server, "order-ben", 1).await;
    assert_eq!(shown(&server, "u2", "order-ben").await, (true, true));
    assert_eq!(admin_delete(&server, &format!("/v1/sites/shop/devices/{DEVICE}")).await, 204);
    let left = "SELECT COUNT(*) FROM reports WHERE data IS NOT NULL OR device_id IS NOT NULL OR user_id IS NOT NULL";
    assert_eq!(server.number(left).await, 0, "nothing of anybody");
}

#[tokio::test]
async fn f6_what_somebody_did_before_another_took_over_is_not_the_others() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    put(&server, 2, &proven(&server, "u2")).await;
    tell(&server, "order-ada", 60).await;
    assert_eq!(shown(&server, "u2", "order-ada").await, (false, false));
    counts(&server, "order-ada").await;
    // The same state again, with a user in it: nothing else is news.
    put(&server, 2, &json!({"user": null})).await;
    let server = server.restart_with(&later(60)).await;
    tell(&server, "order-nobody", 1).await;
    assert!(own(&server, DEVICE).await.to_string().contains("order-nobody"), "the device's");
    put(&server, 2, &proven(&server, "u3")).await;
    tell(&server, "order-before", 30).await;
    assert_eq!(shown(&server, "u3", "order-nobody").await, (true, true));
    assert_eq!(shown(&server, "u3", "order-before").await, (true, true), "nobody's, so the device's");
    put(&server, 2, &proven(&server, "u2")).await;
    tell(&server, "order-third", 30).await;
    assert_eq!(shown(&server, "u2", "order-third").await, (false, false));
}

/// Who signs in for the first time is the anonymous visitor of before (A15).
#[tokio::test]
async fn f6_what_a_visitor_did_before_he_signed_in_stays_his() {
    let server = server().await;
    put(&server, 1, &json!({})).await;
    tell(&server, "order-first", 60).await;
    put(&server, 2, &proven(&server, "u1")).await;
    tell(&server, "order-late", 60).await;
    for order in ["order-first", "order-late"] {
        assert_eq!(shown(&server, "u1", order).await, (true, true), "{order}");
    }
    // The same user again, and a state that says nothing of him, change nothing.
    put(&server, 3, &proven(&server, "u1")).await;
    put(&server, 4, &json!({"user": "u1"})).await;
    put(&server, 5, &json!({})).await;
    tell(&server, "order-again", 60).await;
    assert_eq!(shown(&server, "u1", "order-again").await, (true, true));
}

/// An earlier user without a proof does not take the device over; what he does there is not the owner's all the same.
#[tokio::test]
async fn f6_what_a_suspended_user_does_is_not_the_owners() {
    let server = server().await;
    put(&server, 1, &proven(&server, "u1")).await;
    put(&server, 2, &proven(&server, "u2")).await;
    let server = server.restart_with(&later(60)).await;
    assert_eq!(put(&server, 3, &json!({"user": "u1"})).await.as_deref(), Some("suspended"));
    tell(&server, "order-ada", 0).await;
    assert_eq!(shown(&server, "u2", "order-ada").await, (false, false));
    counts(&server, "order-ada").await;
    let server = server.restart_with(&later(120)).await;
    assert_eq!(put(&server, 4, &json!({"user": "u2"})).await, None);
    tell(&server, "order-late", 30).await;
    assert_eq!(shown(&server, "u2", "order-late").await, (false, false));
    let server = server.restart_with(&later(180)).await;
    tell(&server, "order-ben", 1).await;
    assert_eq!(shown(&server, "u2", "order-ben").await, (true, true));
}
