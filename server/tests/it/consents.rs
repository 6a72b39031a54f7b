//! The consent ledger (F1, F8).

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use softbell_server::b64;

use crate::fixture::{DEVICE, OTHER, Server, refusal, state};
use crate::identity::{proven, with};
use crate::tokens::settings;

/// The usual site, which says who it is.
fn with_privacy(controller: &str) -> String {
    format!(
        "{}\n[sites.shop.privacy]\ncontroller = '{controller}'\npurposes = ['marketing', 'orders']\nlink = 'https://shop.example.com/privacy'",
        settings()
    )
}

/// An entry as the client writes it.
pub fn entry(number: u8, changes: &Value) -> Value {
    let entry = json!({
        "id": b64::encode(&[number; 16]), "channel": "push", "val": "y", "time": "2026-11-20T10:00:00Z",
        "source": "native_prompt", "text_version": "a1b2", "locale": "de-AT", "form": "card", "variant": "default",
        "shown": {"title": "Sollen wir dir schreiben?", "text": "Wenn etwas kommt, \"sofort\", =1+1", "yes": "Ja", "no": "Nein"},
        "permission": "granted", "gpc": false,
    });
    with(entry, changes)
}

/// A PUT with these entries, which must be taken.
async fn put(server: &Server, revision: u32, entries: &Value) {
    let state = with(state(revision), &json!({"consent_entries": entries}));
    let (status, body) = server.put(DEVICE, &state).await;
    assert_eq!(status.as_u16(), 200, "{body}");
}

/// The rows of the ledger.
pub async fn ledger(server: &Server, query: &str) -> Vec<Value> {
    let (status, body) = server.admin_get(&format!("/v1/sites/shop/consents?{query}")).await;
    assert_eq!(status.as_u16(), 200, "{body}");
    body["consents"].as_array().unwrap().clone()
}

fn ids(rows: &[Value]) -> Vec<u8> {
    rows.iter().map(|row| b64::decode(row["id"].as_str().unwrap()).unwrap()[0]).collect()
}

#[tokio::test]
async fn f1_an_entry_is_kept_as_it_was_shown_with_what_the_server_knows() {
    let server = Server::with(&with_privacy("Shop Ltd")).await;
    let no = entry(1, &json!({"val": "n", "withdrawal": true, "source": "preference_center", "reason": "too many"}));
    let state = with(state(1), &with(json!({"consent_entries": [no]}), &proven(&server, "u1")));
    assert_eq!(server.put(DEVICE, &state).await.0, 200);
    let mut row = ledger(&server, "").await[0].clone();
    let received = softbell_server::clock::millis(row["received_at"].take().as_str().unwrap()).unwrap();
    assert!((server.app.clock.millis() - received).abs() < 60_000);
    let expected = json!({
        "seq": 1, "id": "AQEBAQEBAQEBAQEBAQEBAQ", "device": DEVICE, "user": "u1", "channel": "push", "val": "n",
        "time": "2026-11-20T10:00:00Z", "source": "preference_center", "reason": "too many", "withdrawal": true,
        "text_version": "a1b2", "locale": "de-AT", "form": "card", "variant": "default",
        "shown": {"title": "Sollen wir dir schreiben?", "text": "Wenn etwas kommt, \"sofort\", =1+1", "yes": "Ja", "no": "Nein"},
        "permission": "granted", "gpc": false, "controller": "Shop Ltd", "purposes": ["marketing", "orders"],
        "link": "https://shop.example.com/privacy", "received_at": null, "erased_at": null,
    });
    assert_eq!(row, expected);
}

/// What a line says about the site is how the site was when the visitor answered.
#[tokio::test]
async fn f1_later_settings_and_users_do_not_change_a_line() {
    let server = Server::with(&with_privacy("Old Ltd")).await;
    put(&server, 1, &json!([entry(1, &json!({}))])).await;
    let server = server.restart_with(&with_privacy("New Ltd")).await;
    let state = with(state(2), &with(json!({"consent_entries": [entry(2, &json!({}))]}), &proven(&server, "u1")));
    assert_eq!(server.put(DEVICE, &state).await.0, 200);
    let rows = ledger(&server, "").await;
    assert_eq!((&rows[0]["controller"], &rows[0]["user"]), (&json!("Old Ltd"), &Value::Null));
    assert_eq!((&rows[1]["controller"], &rows[1]["user"]), (&json!("New Ltd"), &json!("u1")));
}

#[tokio::test]
async fn f1_an_entry_counts_once_per_device_and_its_first_form_stays() {
    let server = Server::start().await;
    put(&server, 1, &json!([entry(1, &json!({}))])).await;
    put(&server, 2, &json!([entry(1, &json!({"val": "n"})), entry(2, &json!({}))])).await;
    // The answer was lost, so it comes again; and another tab was faster with a newer state.
    for (revision, number) in [(2, 4), (1, 3)] {
        put(&server, revision, &json!([entry(2, &json!({})), entry(number, &json!({}))])).await;
    }
    let rows = ledger(&server, "").await;
    assert_eq!(ids(&rows), [1, 2, 4, 3]);
    assert_eq!(rows[0]["val"], "y");
    // Nobody takes another device's ids.
    let state = with(state(1), &json!({"consent_entries": [entry(1, &json!({}))]}));
    server.put(OTHER, &state).await;
    assert_eq!(ledger(&server, "").await.len(), 5);
}

#[tokio::test]
async fn f1_the_latest_by_time_wins_whatever_came_last() {
    let server = Server::start().await;
    let at = |number: u8, val: &str, time: &str| entry(number, &json!({"val": val, "time": time}));
    let holds = async || {
        let (_, body) = server.admin_get(&format!("/v1/sites/shop/devices/{DEVICE}")).await;
        body["consent"]["push"]["val"].as_str().unwrap().to_owned()
    };
    put(&server, 1, &json!([at(1, "n", "2026-01-01T12:00:00Z")])).await;
    put(&server, 2, &json!([at(2, "y", "2026-01-01T11:00:00Z")])).await;
    assert_eq!(holds().await, "n", "an answer that was on its way for long");
    put(&server, 3, &json!([at(3, "y", "2026-01-01T14:00:00+02:00")])).await;
    assert_eq!(holds().await, "y", "of two at the same time the one that came later");
    // A clock ten years ahead has the last word for today only.
    put(&server, 4, &json!([at(4, "n", "2036-01-01T00:00:00Z")])).await;
    assert_eq!(holds().await, "n");
    let now = softbell_server::clock::rfc3339(server.app.clock.millis() + 1000);
    put(&server, 5, &json!([at(5, "y", &now)])).await;
    assert_eq!(holds().await, "y");
    assert_eq!(ledger(&server, "").await[3]["time"], "2036-01-01T00:00:00Z", "kept as it came");
}

#[tokio::test]
async fn f1_what_is_no_entry_is_refused_by_its_member() {
    let server = Server::start().await;
    let long = "x".repeat(4096);
    for (changes, code, field) in [
        (json!({"id": "short"}), "member_invalid", "consent_entries.id"),
        (json!({"id": null}), "member_missing", "consent_entries.id"),
        (json!({"channel": "pigeon"}), "member_invalid", "consent_entries.channel"),
        (json!({"val": "yes"}), "member_invalid", "consent_entries.val"),
        (json!({"time": "now"}), "member_invalid", "consent_entries.time"),
        (json!({"source": "import"}), "member_invalid", "consent_entries.source"),
        (json!({"reason": "é".repeat(128)}), "member_invalid", "consent_entries.reason"),
        (json!({"withdrawal": "true"}), "member_invalid", "consent_entries.withdrawal"),
        (json!({"gpc": 1}), "member_invalid", "consent_entries.gpc"),
        (json!({"permission": "asked"}), "member_invalid", "consent_entries.permission"),
        (json!({"shown": {"html": "x"}}), "member_invalid", "consent_entries.shown"),
        (json!({"shown": {"title": 1}}), "member_invalid", "consent_entries.shown"),
        (json!({"shown": {"text": long}}), "member_invalid", "consent_entries"),
        (json!({"controller": "Evil Ltd"}), "member_unknown", "consent_entries.controller"),
    ] {
        let state = with(state(1), &json!({"consent_entries": [entry(1, &changes)]}));
        let expected = (422, code.to_owned(), Some(field.to_owned()));
        assert_eq!(refusal(server.put(DEVICE, &state).await), expected, "{changes}");
    }
    assert_eq!(ledger(&server, "").await.len(), 0);
    put(&server, 1, &json!([entry(1, &json!({"reason": "é".repeat(127), "shown": {}, "text_version": ""}))])).await;
    put(&server, 2, &json!([entry(2, &json!({"shown": {"text": "é".repeat(1700)}}))])).await;
    assert_eq!(ledger(&server, "").await[1]["shown"]["text"], "é".repeat(1700), "whole");
}

#[tokio::test]
async fn f8_the_reason_of_an_opt_out_is_kept_up_to_255_bytes() {
    let server = Server::start().await;
    let out = |reason: String| entry(1, &json!({"val": "n", "withdrawal": true, "source": "api", "reason": reason}));
    let long = with(state(1), &json!({"consent_entries": [out("x".repeat(256))]}));
    assert_eq!(refusal(server.put(DEVICE, &long).await).2.as_deref(), Some("consent_entries.reason"));
    put(&server, 1, &json!([out("x".repeat(255))])).await;
    assert_eq!(ledger(&server, "").await[0]["reason"], "x".repeat(255));
}

#[tokio::test]
async fn f1_lines_are_found_by_device_user_and_time_in_pages() {
    let server = Server::with(&settings()).await;
    let put = async |device: &str, revision: u32, number: u8, members: Value| {
        let state = with(state(revision), &with(json!({"consent_entries": [entry(number, &json!({}))]}), &members));
        assert_eq!(server.put(device, &state).await.0, 200);
    };
    put(DEVICE, 1, 1, json!({})).await;
    put(OTHER, 1, 2, proven(&server, "u/ü 1")).await;
    put(DEVICE, 2, 3, proven(&server, "u2")).await;
    assert_eq!(ids(&ledger(&server, "").await), [1, 2, 3]);
    assert_eq!(ids(&ledger(&server, &format!("device={DEVICE}")).await), [1, 3]);
    assert_eq!(ids(&ledger(&server, "user=u%2F%C3%BC%201").await), [2]);
    assert_eq!(ids(&ledger(&server, &format!("user=u2&device={OTHER}")).await), [0_u8; 0]);
    let now = softbell_server::clock::rfc3339(server.app.clock.millis() + 1000);
    assert_eq!(ledger(&server, &format!("from={now}")).await.len(), 0);
    assert_eq!(ledger(&server, &format!("to={now}&from=2026-01-01T00:00:00Z")).await.len(), 3);
    let (_, page) = server.admin_get("/v1/sites/shop/consents?limit=2").await;
    assert_eq!(ids(page["consents"].as_array().unwrap()), [1, 2]);
    let (_, page) = server.admin_get(&format!("/v1/sites/shop/consents?limit=2&after={}", page["next"])).await;
    assert_eq!((ids(page["consents"].as_array().unwrap()), &page["next"]), (vec![3], &Value::Null));
    for (query, code) in
        [("format=xml", "parameter_invalid"), ("user=", "parameter_invalid"), ("x=1", "parameter_unknown")]
    {
        assert_eq!(refusal(server.admin_get(&format!("/v1/sites/shop/consents?{query}")).await).1, code, "{query}");
    }
    assert_eq!(server.admin_get("/v1/sites/quiet/consents").await.1, json!({"consents": [], "next": null}));
}

#[tokio::test]
async fn f1_the_spreadsheet_has_the_same_lines_and_runs_nothing() {
    let server = Server::with(&with_privacy("=HYPERLINK(\"https://evil.example\")")).await;
    let hostile = json!({"reason": "@SUM(1,2)\n\"x\"", "shown": {"title": "+1", "text": "-1"}});
    put(&server, 1, &json!([entry(1, &hostile), entry(2, &json!({}))])).await;
    let request = Request::get("/v1/sites/shop/consents?format=csv").header("authorization", server.admin_token());
    let response = server.call(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"consents.csv\"");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let text = String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "a header, two lines, and an end");
    assert!(lines[0].starts_with("seq,id,device,user,channel,val,time,source,reason,withdrawal,"));
    assert!(lines[1].starts_with("1,AQEBAQEBAQEBAQEBAQEBAQ,AAAAAAAAAAAAAAAAAAAAAA,,push,y,2026-11-20T10:00:00Z,native_prompt,\"'@SUM(1,2)\n\"\"x\"\"\",false,"));
    assert!(lines[1].contains(
        ",\"'+1\",\"'-1\",,,granted,false,\"'=HYPERLINK(\"\"https://evil.example\"\")\",\"marketing; orders\","
    ));
    assert!(lines[2].contains("\"Wenn etwas kommt, \"\"sofort\"\", =1+1\""));
    assert!(lines.iter().all(|line| !line.contains(",=") && !line.contains(",\"=")));
}

#[test]
fn f1_privacy_that_cannot_be_shown_is_refused() {
    use softbell_server::settings::{Settings, check};
    for (line, part) in [
        ("controller = ''", "privacy of the site shop"),
        ("purposes = ['']", "privacy of the site shop"),
        ("link = '/privacy'", "privacy link"),
        ("link = 'javascript:alert(1)'", "privacy link"),
    ] {
        let settings = format!("[lab]\n[sites.shop]\norigins = ['http://localhost:1']\n[sites.shop.privacy]\n{line}");
        let sentence = check(&Settings::parse(&settings).unwrap()).expect_err(line);
        assert!(sentence.contains(part), "{sentence}");
    }
}
