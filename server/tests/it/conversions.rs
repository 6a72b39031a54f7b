//! Conversions one by one (I4): what counts, once, and what is left when somebody is erased.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};

use crate::attribution::{CONVERSIONS, Did, did, id, order, server};
use crate::events::event;

#[tokio::test]
async fn i4_the_same_order_counts_once_on_a_device_and_again_on_another() {
    let server = server().await;
    let buy = |device: u8, id: Value| Did::Convert(json!({"name": "order", "id": id}), 0).report(&server, device);
    let batch = json!([
        buy(1, json!("JF-1")),
        buy(1, json!("JF-1")),
        buy(1, json!("JF-2")),
        buy(1, Value::Null),
        buy(1, Value::Null),
        buy(2, json!("JF-1")),
    ]);
    assert_eq!(server.post(&batch).await.1, json!({"stored": 5, "duplicates": 1, "drop": []}));
    let bad = json!([buy(1, json!("x".repeat(129))), Did::Convert(json!({"value": 3}), 0).report(&server, 1)]);
    let drop = json!([{"index": 0, "code": "data_invalid"}, {"index": 1, "code": "name_invalid"}]);
    assert_eq!(server.post(&bad).await.1, json!({"stored": 0, "duplicates": 0, "drop": drop}));
}

/// The site's own id must not keep another's order out, nor one that nobody vouches for.
#[tokio::test]
async fn i4_nobody_takes_anothers_order() {
    let server = server().await;
    let squat = event(&json!({"id": "x", "type": "conversion", "data": {"name": "order", "id": "JF-1"}}));
    let twice = event(&json!({"id": "y", "type": "conversion", "data": {"name": "order", "id": "JF-1"}}));
    assert_eq!(server.post(&json!([squat, twice])).await.1["stored"], 2);
    did(&server, 1, &[Did::Convert(json!({"name": "order", "id": "JF-1"}), 0)]).await;
}

#[tokio::test]
async fn i4_a_line_says_all_and_unverified_ones_are_apart() {
    let server = server().await;
    let data = json!({"name": "order", "value": 22.1, "currency": "eur", "id": 1042});
    did(&server, 1, &[Did::About(2, "clicked", 60), Did::Convert(data, 0), order(0)]).await;
    let stranger =
        json!({"id": "x", "type": "conversion", "data": {"name": "order", "value": 1_000_000, "currency": "EUR"}});
    assert_eq!(server.post(&json!([event(&stranger)])).await.1["stored"], 1);
    let (_, body) = server.admin_get(CONVERSIONS).await;
    let mut first = body["conversions"][0].clone();
    for time in ["time", "received_at"] {
        assert!(softbell_server::clock::millis(first[time].take().as_str().unwrap()).is_some());
    }
    let expected = json!({
        "seq": 2, "time": null, "received_at": null, "device": id(1), "name": "order", "value": 22.1, "currency": "EUR",
        "id": "1042", "attribution": "direct", "message": id(2), "campaign": "autumn", "variant": "B", "verified": true,
    });
    assert_eq!(first, expected);
    assert_eq!((body["conversions"].as_array().unwrap().len(), &body["next"]), (2, &Value::Null));
    let page = server.admin_get(&format!("{CONVERSIONS}?limit=1")).await.1;
    assert_eq!(page["next"], 2);
    let page = server.admin_get(&format!("{CONVERSIONS}?limit=1&after=2")).await.1;
    assert_eq!((&page["conversions"][0]["seq"], &page["conversions"][0]["value"]), (&json!(3), &Value::Null));
    let apart = server.admin_get(&format!("{CONVERSIONS}?verified=false")).await.1;
    let apart = apart["conversions"].as_array().unwrap();
    assert_eq!(apart.len(), 1);
    assert_eq!(
        (&apart[0]["verified"], &apart[0]["attribution"], &apart[0]["value"]),
        (&json!(false), &json!("none"), &json!(1_000_000.0))
    );
    assert_eq!(server.admin_get("/v1/sites/quiet/conversions").await.1["conversions"], json!([]));
}

#[tokio::test]
async fn i4_conversions_for_a_spreadsheet() {
    let server = server().await;
    let data = json!({"name": "=cmd|'/c calc'", "value": 22.1, "currency": "EUR", "id": "a,b"});
    did(&server, 1, &[Did::About(1, "displayed", 60), Did::Convert(data, 0)]).await;
    let request = Request::get(format!("{CONVERSIONS}?format=csv")).header("authorization", server.admin_token());
    let response = server.call(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"conversions.csv\"");
    let text = String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "seq,time,received_at,device,name,value,currency,id,attribution,message,campaign,variant,verified"
    );
    let rest = format!("\"'=cmd|'/c calc'\",22.1,EUR,\"a,b\",influenced,{},autumn,A,true", id(1));
    assert!(lines[1].ends_with(&rest), "{}", lines[1]);
    assert_eq!(lines.len(), 2);
}

/// What somebody bought is his: erased, it is neither counted nor shown, and his clicks lead to nothing.
#[tokio::test]
async fn i4_what_is_erased_leads_to_nothing_and_is_none() {
    let server = server().await;
    let state = crate::fixture::state(1);
    for device in [1, 2] {
        assert_eq!(server.put(&id(device), &state).await.0, 200);
        let data = json!({"name": "order", "value": 10, "currency": "EUR"});
        did(&server, device, &[Did::Press(1, "see", 60), Did::Convert(data, 0)]).await;
    }
    let path = format!("/v1/sites/shop/devices/{}", id(1));
    let request = Request::delete(path).header("authorization", server.admin_token());
    assert_eq!(server.call(request.body(Body::empty()).unwrap()).await.status(), 204);
    let (_, body) = server.admin_get(CONVERSIONS).await;
    assert_eq!(body["conversions"].as_array().unwrap().len(), 1);
    assert_eq!(body["conversions"][0]["device"], id(2));
    let (_, body) = server.admin_get("/v1/sites/shop/results").await;
    let row = body["rows"].as_array().unwrap().iter().find(|row| row["message"] == id(1)).unwrap();
    assert_eq!(row["conversions"]["direct"]["count"], 1);
    assert_eq!(row["actions"]["see"], 2, "it did happen");
    assert_eq!(row["counts"]["followed"], 1, "by which device nobody knows");
    assert_eq!(body["unattributed"]["count"], 0);
    let left = "SELECT COUNT(*) FROM reports WHERE type = 'conversion' AND device_id IS NULL
        AND (detail IS NOT NULL OR amount IS NOT NULL OR currency IS NOT NULL OR data IS NOT NULL)";
    assert_eq!(server.number(left).await, 0);
}
