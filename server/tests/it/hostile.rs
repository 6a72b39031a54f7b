//! Bodies that are made to break a reader: deep, twice, NUL, huge; and batches that must not block an outbox.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::events::event;
use crate::fixture::{DEVICE, ORIGIN, SECRET, Server, answer, refusal, state};

async fn put_raw(server: &Server, body: impl Into<Body>) -> (u16, String) {
    let request = Request::put(format!("/v1/sites/shop/devices/{DEVICE}")).header("origin", ORIGIN);
    let request = request.header("authorization", SECRET).body(body.into()).unwrap();
    let (status, code, _) = refusal(answer(server.call(request).await).await);
    (status, code)
}

async fn post_raw(server: &Server, body: impl Into<Body>) -> (u16, Value) {
    let request = Request::post("/v1/sites/shop/events").header("origin", ORIGIN).header("content-type", "text/plain");
    let (status, body) = answer(server.call(request.body(body.into()).unwrap()).await).await;
    (status.as_u16(), body)
}

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[tokio::test]
async fn a_state_that_two_readers_would_read_differently_is_refused() {
    let server = Server::start().await;
    let good = state(1).to_string();
    let twice = format!(r#"{{"revision": 9, {}"#, &good[1..]);
    assert_eq!(put_raw(&server, twice).await, (400, "member_repeated".to_owned()));
    let inside = good.replace(r#""plan":"gold""#, r#""plan":"gold","plan":"iron""#);
    assert_ne!(inside, good);
    assert_eq!(put_raw(&server, inside).await, (400, "member_repeated".to_owned()));
    for broken in [format!("{good} {{}}"), good[..good.len() - 1].to_owned(), format!("\u{feff}{good}"), nested(30_000)]
    {
        assert_eq!(put_raw(&server, broken).await, (400, "body_unreadable".to_owned()));
    }
    let latin1 =
        good.replace("gold", "g\u{f6}ld").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>();
    assert_eq!(put_raw(&server, latin1).await, (400, "body_unreadable".to_owned()));
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 0);
}

#[tokio::test]
async fn capabilities_may_be_nested_but_not_without_end() {
    let server = Server::start().await;
    let with = |levels: usize| state(1).to_string().replace(r#"{"actions":2}"#, &nested(levels));
    assert_eq!(put_raw(&server, with(100)).await.0, 200);
    assert_eq!(put_raw(&server, with(200)).await, (400, "body_unreadable".to_owned()));
}

/// `PostgreSQL` refuses U+0000 in a text, `SQLite` cuts some functions short at it.
#[tokio::test]
async fn nul_is_refused_wherever_text_is_stored() {
    let server = Server::start().await;
    let nul = "a\u{0}b";
    for (name, value) in [
        ("reason", json!(nul)),
        ("topics", json!([nul])),
        ("tags", json!({"plan": nul})),
        ("tags", json!({nul: "gold"})),
        ("locale", json!(nul)),
        ("time_zone", json!(nul)),
        ("capabilities", json!({"x": [nul]})),
        ("consent_entries", json!([{"val": nul}])),
        ("user", json!(nul)),
        (nul, json!(1)),
    ] {
        let mut state = state(1);
        state[name] = value;
        assert_eq!(put_raw(&server, state.to_string()).await, (422, "nul_refused".to_owned()), "{name:?}");
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 0);
    let request = Request::put(format!("/v1/sites/shop/devices/{}%00", &DEVICE[..21])).header("origin", ORIGIN);
    let request = request.header("authorization", SECRET).body(Body::from(state(1).to_string())).unwrap();
    assert_eq!(refusal(answer(server.call(request).await).await).1, "device_id_invalid");
}

#[tokio::test]
async fn ten_thousand_topics_are_refused_quickly() {
    let server = Server::start().await;
    let mut many = state(1);
    many["topics"] = json!(vec!["x"; 10_000]);
    assert_eq!(put_raw(&server, many.to_string()).await, (422, "topics_too_many".to_owned()));
    many["topics"] = (0..10_000).map(|n| json!(format!("topic-{n}"))).collect();
    assert_eq!(put_raw(&server, many.to_string()).await, (413, "body_too_large".to_owned()));
}

/// One event that cannot be read must not keep the others in the outbox for ever.
#[tokio::test]
async fn an_unreadable_event_is_dropped_alone() {
    let server = Server::start().await;
    let good = |id: &str| event(&json!({"id": id})).to_string();
    let fine = good("x");
    let tail = &fine[1..];
    let batch = [
        good("a"),
        nested(300),
        format!(r#"{{"id": "twice", {tail}"#),
        event(&json!({"id": "nul\u{0}"})).to_string(),
        fine.replace("prompt.shown", r"prompt.\ud800"),
        good("b"),
    ];
    let (status, body) = post_raw(&server, format!("[{}]", batch.join(","))).await;
    let drop = json!([
        {"index": 1, "code": "body_unreadable"}, {"index": 2, "code": "member_repeated"},
        {"index": 3, "code": "nul_refused"}, {"index": 4, "code": "body_unreadable"},
    ]);
    assert_eq!((status, body), (200, json!({"stored": 2, "duplicates": 0, "drop": drop})));
}

/// What the client does: it drops what is named and sends the rest, until it is rid of all of it.
#[tokio::test]
async fn a_batch_that_breaks_off_names_the_place() {
    let server = Server::start().await;
    let good = |id: &str| event(&json!({"id": id})).to_string();
    let mut batch = vec![good("a"), "{\"id\": broken}".to_owned(), good("b"), "{".to_owned(), good("c")];
    let mut dropped = 0;
    loop {
        let (status, body) = post_raw(&server, format!("[{}]", batch.join(","))).await;
        if status == 200 {
            assert_eq!(body["stored"], 3);
            break;
        }
        assert_eq!((status, &body["code"]), (400, &json!("body_unreadable")));
        let index = body["drop"][0]["index"].as_u64().unwrap();
        batch.remove(usize::try_from(index).unwrap());
        dropped += 1;
        assert!(dropped < 5, "no end");
    }
    assert_eq!(dropped, 2);
    let ids = "SELECT COUNT(*) FROM reports WHERE id IN ('a', 'b', 'c')";
    assert_eq!(server.number(ids).await, 3);
}

#[tokio::test]
async fn a_flood_without_tokens_is_capped_and_lets_verified_reports_through() {
    let server = Server::start().await;
    let mut stored = 0;
    for batch in 0..101 {
        let junk: Vec<Value> = (0..100).map(|n| event(&json!({"id": format!("{batch}.{n}")}))).collect();
        let body = server.post(&junk.into()).await.1;
        stored += body["stored"].as_u64().unwrap();
        if batch == 100 {
            assert_eq!(body["drop"].as_array().unwrap().len(), 100);
            assert_eq!(body["drop"][0]["code"], "unverified_cap");
        }
    }
    assert_eq!(stored, 10_000);
    let token = server.put(DEVICE, &state(1)).await.1["report_token"].clone();
    assert_eq!(server.post(&json!([event(&json!({"softbelltoken": token}))])).await.1["stored"], 1);
}
