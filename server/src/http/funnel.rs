//! `GET /v1/sites/{site}/funnel`: shown → accepted → granted → subscribed → sent → displayed → followed.
//!
//! | step | counts |
//! |---|---|
//! | shown, accepted | reports `prompt.shown`, `prompt.accepted` |
//! | granted | `permission.granted` |
//! | subscribed | `subscription.created` |
//! | sent | sends that a push service took |
//! | displayed | `notification.displayed` |
//! | clicked, pressed | `notification.clicked`, `notification.action` |
//! | followed | devices that a message led to the site |
//!
//! The last four words mean what docs/reports.md says.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde_json::{Value, json};

use super::query::Query;
use crate::clock::rfc3339;
use crate::error::Error;
use crate::state::App;
use crate::store::funnel::{self, Range};

const STEPS: [&str; 9] =
    ["shown", "accepted", "granted", "subscribed", "sent", "displayed", "clicked", "pressed", "followed"];
/// The place of `sent` among them.
const SENT: usize = 4;
/// The place of `followed`.
const FOLLOWED: usize = 8;
/// Steps that belong to a prompt, and so to its variant.
const PROMPT_STEPS: usize = 4;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Days shown unless asked for others: today and those before it.
const DAYS: i64 = 14;
/// Points of a series at most: a year by day, or 100 days by hour.
const BUCKETS: i64 = 2_400;

type Counts = [i64; STEPS.len()];

/// Answers `{from, to, bucket, totals, unverified, series, variants}`.
pub async fn get(State(app): State<App>, Path(site): Path<String>, uri: Uri) -> Result<Json<Value>, Error> {
    app.site(&site)?;
    let (range, word) = range(Query::of(&uri), app.clock.millis())?;
    let mut db = app.store.read().await?;
    let mut tally = Tally::default();
    for (kind, bucket, count) in funnel::reports(&mut db, &site, range).await? {
        tally.buckets.entry(bucket).or_default()[step(&kind)] += count;
    }
    for (bucket, count) in funnel::sends(&mut db, &site, range).await? {
        tally.buckets.entry(bucket).or_default()[SENT] += count;
    }
    for (bucket, count) in funnel::followed(&mut db, &site, range).await? {
        tally.buckets.entry(bucket).or_default()[FOLLOWED] += count;
    }
    for (variant, kind, count) in funnel::variants(&mut db, &site, range).await? {
        tally.variants.entry(variant).or_default()[step(&kind)] += count;
    }
    let unverified = funnel::unverified(&mut db, &site, range).await?;
    Ok(Json(json!({
        "from": rfc3339(range.from),
        "to": rfc3339(range.to),
        "bucket": word,
        "totals": tally.totals(),
        "unverified": unverified,
        "series": tally.series(range),
        "variants": tally.variants(),
    })))
}

/// `from`, `to` and `bucket`. Buckets begin with the hour or the day in UTC; the first and the last may be cut.
fn range(mut query: Query, now: i64) -> Result<(Range, &'static str), Error> {
    let (bucket, word) = match query.text("bucket")?.as_deref() {
        None | Some("day") => (DAY, "day"),
        Some("hour") => (HOUR, "hour"),
        Some(_) => return Err(Error::ParameterInvalid("bucket".to_owned())),
    };
    let today = now - now % DAY;
    let to = query.time("to")?.unwrap_or(today + DAY);
    let from = query.time("from")?.unwrap_or_else(|| (to - DAYS * DAY).max(0));
    query.finish()?;
    let start = from - from % bucket;
    if from >= to || (to - start).div_euclid(bucket) >= BUCKETS {
        return Err(Error::ParameterInvalid("from".to_owned()));
    }
    Ok((Range { from, to, start, bucket }, word))
}

/// The step that a report type counts for.
fn step(kind: &str) -> usize {
    match kind {
        "prompt.shown" => 0,
        "prompt.accepted" => 1,
        "permission.granted" => 2,
        "subscription.created" => 3,
        "notification.displayed" => 5,
        "notification.clicked" => 6,
        _ => 7,
    }
}

/// Counts by bucket and by variant.
#[derive(Default)]
struct Tally {
    buckets: BTreeMap<i64, Counts>,
    variants: BTreeMap<String, Counts>,
}

impl Tally {
    fn totals(&self) -> Value {
        let mut totals = Counts::default();
        for counts in self.buckets.values() {
            for (total, count) in totals.iter_mut().zip(counts) {
                *total += count;
            }
        }
        named(&totals, STEPS.len())
    }

    /// Every bucket of the range, the empty ones too.
    fn series(&self, range: Range) -> Vec<Value> {
        let starts = (0..).map(|n| (n, range.start + n * range.bucket)).take_while(|(_, start)| *start < range.to);
        starts
            .map(|(n, start)| {
                let mut point = named(&self.buckets.get(&n).copied().unwrap_or_default(), STEPS.len());
                point["time"] = rfc3339(start).into();
                point
            })
            .collect()
    }

    fn variants(&self) -> Vec<Value> {
        let rows = self.variants.iter().map(|(variant, counts)| {
            let mut row = named(counts, PROMPT_STEPS);
            row["variant"] = variant.as_str().into();
            row
        });
        rows.collect()
    }
}

/// The first `count` steps by name.
fn named(counts: &Counts, count: usize) -> Value {
    STEPS.iter().zip(counts).take(count).map(|(step, count)| ((*step).to_owned(), Value::from(*count))).collect()
}
