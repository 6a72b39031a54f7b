//! What became of messages (I2): each count is what anybody would count in the list of reports.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row as _};

use crate::attribution::{Did, HOUR, did, id, message};
use crate::databases::server_url;
use crate::fixture::Server;
use softbell_server::store::results::{By, details_sql, followed_sql, reports_sql, sends_sql};

pub const RESULTS: &str = "/v1/sites/shop/results";
const KINDS: [&str; 7] = ["received", "displayed", "clicked", "dismissed", "failed", "suppressed", "displayed"];

/// Campaign and variant of the messages.
const MESSAGES: [(u8, Option<&str>, Option<&str>); 5] = [
    (101, Some("autumn"), Some("A")),
    (102, Some("autumn"), Some("A")),
    (103, Some("autumn"), Some("B")),
    (104, Some("winter"), None),
    (105, None, None),
];

/// Numbers that look random, the same ones each time.
fn random(state: &mut u32) -> u32 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    *state >> 16
}

/// A week of five messages on twelve devices, and what those bought.
async fn busy() -> Server {
    let server = Server::start().await;
    for (n, campaign, variant) in MESSAGES {
        message(&server, n, campaign, variant).await;
    }
    let mut state = 7;
    for device in 0..12 {
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        while all.len() < 14 {
            let message = MESSAGES[random(&mut state) as usize % MESSAGES.len()].0;
            let ago = i64::from(random(&mut state)) % (48 * HOUR);
            let (word, one) = match random(&mut state) % 4 {
                0 => {
                    let value = f64::from(random(&mut state) % 1000) / 100.0;
                    let currency = ["EUR", "USD", "jpy"][random(&mut state) as usize % 3];
                    (
                        format!("{ago}"),
                        Did::Convert(json!({"name": "order", "value": value, "currency": currency}), ago),
                    )
                }
                1 => {
                    let action = ["see", "fewer"][random(&mut state) as usize % 2];
                    (action.to_owned(), Did::Press(message, action, ago))
                }
                _ => {
                    let kind = KINDS[random(&mut state) as usize % KINDS.len()];
                    (kind.to_owned(), Did::About(message, kind, ago))
                }
            };
            if seen.insert((message, word)) {
                all.push(one);
            }
        }
        did(&server, device, &all).await;
    }
    server
}

/// Every report of the list.
async fn raw(server: &Server) -> Vec<Value> {
    let rows = server.admin_get("/v1/sites/shop/reports?limit=200").await.1["reports"].as_array().unwrap().clone();
    assert_eq!(i64::try_from(rows.len()).unwrap(), server.number("SELECT COUNT(*) FROM reports").await);
    rows
}

fn time(row: &Value) -> (i64, i64) {
    (softbell_server::clock::millis(row["time"].as_str().unwrap()).unwrap(), row["seq"].as_i64().unwrap())
}

/// The report that led to a conversion, found by looking at all of them.
fn led_to<'a>(rows: &'a [Value], conversion: &Value) -> (&'static str, Option<&'a Value>) {
    let day = 24 * HOUR * 1000;
    let last = |fits: &dyn Fn(&Value) -> bool| {
        let before = |row: &&Value| {
            row["device"] == conversion["device"]
                && time(row) < time(conversion)
                && time(row).0 > time(conversion).0 - day
        };
        rows.iter().filter(|row| fits(row)).filter(before).max_by_key(|row| time(row))
    };
    let click = last(&|row| {
        row["type"] == "notification.clicked"
            || (row["type"] == "notification.action" && row["data"]["action"] == "see")
    });
    match (click, last(&|row| row["type"] == "notification.displayed")) {
        (Some(click), _) => ("direct", Some(click)),
        (None, Some(display)) => ("influenced", Some(display)),
        (None, None) => ("none", None),
    }
}

/// Counts, by name, of the reports and conversions that `is_mine` says.
fn recount(rows: &[Value], is_mine: &dyn Fn(&Value) -> bool) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    let mut opened = BTreeSet::new();
    let mut add = |name: String, number: f64| *counts.entry(name).or_insert(0.0) += number;
    for row in rows {
        let kind = row["type"].as_str().unwrap();
        if kind == "conversion" {
            let (attribution, touch) = led_to(rows, row);
            if touch.is_some_and(is_mine) {
                let currency = row["data"]["currency"].as_str().unwrap().to_uppercase();
                add(attribution.to_owned(), 1.0);
                add(format!("{attribution} {currency}"), row["data"]["value"].as_f64().unwrap());
            }
        } else if is_mine(row) {
            let word = kind.strip_prefix("notification.").unwrap().replace("action", "pressed");
            add(word, 1.0);
            let action = &row["data"]["action"];
            if let Some(action) = action.as_str() {
                add(format!("action {action}"), 1.0);
            }
            if kind == "notification.clicked" || action == "see" {
                opened.insert((row["message"].to_string(), row["device"].to_string()));
            }
        }
    }
    add("followed".to_owned(), f64::from(u32::try_from(opened.len()).unwrap()));
    counts.retain(|_, number| *number > 0.0);
    rounded(counts)
}

/// The same names from a row of the answer.
fn answered(row: &Value) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for (name, number) in row["counts"].as_object().unwrap() {
        counts.insert(name.clone(), number.as_f64().unwrap());
    }
    for (action, number) in row["actions"].as_object().unwrap() {
        counts.insert(format!("action {action}"), number.as_f64().unwrap());
    }
    for kind in ["direct", "influenced"] {
        counts.insert(kind.to_owned(), row["conversions"][kind]["count"].as_f64().unwrap());
        for value in row["conversions"][kind]["values"].as_array().unwrap() {
            counts.insert(format!("{kind} {}", value["currency"].as_str().unwrap()), value["value"].as_f64().unwrap());
        }
    }
    counts.retain(|_, number| *number > 0.0);
    rounded(counts)
}

/// Sums of decimals that a float cannot hold, to the cent.
fn rounded(counts: BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    counts.into_iter().map(|(name, number)| (name, (number * 100.0).round() / 100.0)).collect()
}

#[tokio::test]
async fn i2_the_counts_of_a_message_are_those_of_its_reports() {
    let server = busy().await;
    let rows = raw(&server).await;
    let (_, body) = server.admin_get(RESULTS).await;
    assert_eq!((&body["by"], &body["complete"]), (&json!("message"), &json!(true)));
    assert_eq!(body["windows"], json!({"click_hours": 24, "display_hours": 24}));
    let results = body["rows"].as_array().unwrap();
    assert_eq!(results.len(), MESSAGES.len());
    let mut attributed = 0;
    for row in results {
        assert_eq!(answered(row), recount(&rows, &|report| report["message"] == row["message"]), "{row}");
        for kind in ["direct", "influenced"] {
            attributed += row["conversions"][kind]["count"].as_i64().unwrap();
        }
    }
    assert!(attributed > 5, "too few conversions to prove anything: {attributed}");
    let conversions = rows.iter().filter(|row| row["type"] == "conversion").count();
    let unattributed = body["unattributed"]["count"].as_i64().unwrap();
    assert!(unattributed > 0);
    assert_eq!(i64::try_from(conversions).unwrap(), attributed + unattributed);
}

#[tokio::test]
async fn i2_the_counts_of_a_variant_are_those_of_its_messages() {
    let server = busy().await;
    let rows = raw(&server).await;
    let (_, body) = server.admin_get(&format!("{RESULTS}?by=campaign")).await;
    let results = body["rows"].as_array().unwrap();
    let names: Vec<(&Value, &Value)> = results.iter().map(|row| (&row["campaign"], &row["variant"])).collect();
    let (autumn, winter) = (json!("autumn"), json!("winter"));
    let (a, b) = (json!("A"), json!("B"));
    assert_eq!(names, [(&Value::Null, &Value::Null), (&autumn, &a), (&autumn, &b), (&winter, &Value::Null)]);
    for row in results {
        let is_mine = |report: &Value| {
            report["campaign"] == row["campaign"] && report["variant"] == row["variant"] && !report["message"].is_null()
        };
        assert_eq!(answered(row), recount(&rows, &is_mine), "{row}");
    }
}

/// One word means one thing, whichever list it is read in.
#[tokio::test]
async fn i2_messages_and_the_funnel_count_as_the_results_do() {
    const WORDS: [&str; 4] = ["displayed", "clicked", "pressed", "followed"];
    let server = busy().await;
    let (_, results) = server.admin_get(RESULTS).await;
    let (_, messages) = server.admin_get("/v1/sites/shop/messages").await;
    let counts = |row: &Value| WORDS.map(|word| row["counts"][word].as_i64().unwrap());
    let mut totals = [0; WORDS.len()];
    for row in results["rows"].as_array().unwrap() {
        let id = &row["message"];
        let listed = messages["messages"].as_array().unwrap().iter().find(|message| message["id"] == *id).unwrap();
        assert_eq!(counts(listed), counts(row), "{id}");
        let (_, one) = server.admin_get(&format!("/v1/sites/shop/messages/{}", id.as_str().unwrap())).await;
        assert_eq!(counts(&one), counts(row), "{id}");
        totals.iter_mut().zip(counts(row)).for_each(|(total, count)| *total += count);
    }
    let (_, funnel) = server.admin_get("/v1/sites/shop/funnel").await;
    assert_eq!(WORDS.map(|word| funnel["totals"][word].as_i64().unwrap()), totals);
    let [displayed, clicked, pressed, followed] = totals;
    assert!(
        clicked > 0 && pressed > 0 && clicked < followed && followed < clicked + pressed && displayed > 0,
        "{totals:?}"
    );
}

#[tokio::test]
async fn i2_every_report_about_a_message_names_campaign_and_variant() {
    let server = Server::start().await;
    message(&server, 1, Some("autumn"), Some("B")).await;
    server.put(&id(9), &crate::fixture::state(1)).await;
    did(&server, 9, &[Did::About(1, "displayed", 5), Did::Convert(json!({"name": "order"}), 0)]).await;
    let (_, list) = server.admin_get("/v1/sites/shop/reports").await;
    let (_, export) = server.admin_get(&format!("/v1/sites/shop/devices/{}", id(9))).await;
    for rows in [&list["reports"], &export["reports"]] {
        let named = |n: usize| (rows[n]["message"].clone(), rows[n]["campaign"].clone(), rows[n]["variant"].clone());
        assert_eq!(named(1), (json!(id(1)), json!("autumn"), json!("B")));
        assert_eq!(named(0), (Value::Null, Value::Null, Value::Null), "the report itself is about no message");
    }
}

/// What the database would do, line by line; none where it is no file.
async fn plan(server: &Server, sql: &str, numbers: i64) -> Option<Vec<String>> {
    if server_url().is_some() {
        return None;
    }
    let mut db = server.app.store.read().await.unwrap();
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let plan = (0..numbers).fold(sqlx::query(sql).bind("shop"), sqlx::query::Query::bind);
    Some(plan.fetch_all(&mut *db).await.unwrap().iter().map(|row| row.get("detail")).collect())
}

/// A site has years of reports, and is asked about two weeks.
#[tokio::test]
async fn i2_no_report_from_before_the_range_is_read() {
    let server = Server::start().await;
    let ids = [id(1), id(2)];
    let reports = "reports_by_message (site=? AND message_id=? AND received_at>? AND received_at<?";
    let sends = "sends_by_message (site=? AND message_id=? AND state=? AND done_at>? AND done_at<?";
    for by in [By::Campaign, By::Message(&ids)] {
        for (sql, found) in [
            (reports_sql(by), reports),
            (details_sql(by), reports),
            (followed_sql(by), reports),
            (sends_sql(by), sends),
        ] {
            let Some(plan) = plan(&server, &sql, if matches!(by, By::Campaign) { 2 } else { 4 }).await else { return };
            assert!(plan.iter().any(|line| line.contains(found)), "{sql}: {plan:#?}");
        }
    }
}

/// The questions are asked of sites with millions of reports.
#[tokio::test]
async fn i4_what_led_to_a_conversion_is_found_by_an_index() {
    let server = Server::start().await;
    let Some(plan) = plan(&server, &softbell_server::store::conversions::sums_sql(), 5).await else { return };
    for found in [
        "reports_by_conversion (site=? AND verified=? AND received_at>? AND received_at<?)",
        "reports_by_click (site=? AND device_id=? AND time>? AND time<?)",
        "reports_by_display (site=? AND device_id=? AND time>? AND time<?)",
    ] {
        assert!(plan.iter().any(|line| line.contains(found)), "{found}: {plan:#?}");
    }
    let scans: Vec<&String> =
        plan.iter().filter(|line| line.starts_with("SCAN r") || line.starts_with("SCAN m")).collect();
    assert!(scans.is_empty(), "{plan:#?}");
}
