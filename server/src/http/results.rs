//! `GET /v1/sites/{site}/results`: what became of messages, one by one or by campaign and variant.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde_json::{Map, Value, json};

use super::query::Query;
use crate::b64;
use crate::clock::rfc3339;
use crate::error::Error;
use crate::results::{self, Others, Tallies};
use crate::settings::Attribution;
use crate::state::App;
use crate::store::Connection;
use crate::store::conversions::{Arrival, Windows};
use crate::store::results::{Asked, By, HeardOf, messages, these};
use crate::wire::token::ID;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Days shown unless asked for others: today and those before it.
const DAYS: i64 = 14;

/// Answers `{by, from, to, windows, rows, complete, unattributed, unverified}`.
pub async fn get(State(app): State<App>, Path(site): Path<String>, uri: Uri) -> Result<Json<Value>, Error> {
    let attribution = app.site(&site)?.attribution;
    let mut query = Query::of(&uri);
    let is_by_campaign = match query.text("by")?.as_deref() {
        None | Some("message") => false,
        Some("campaign") => true,
        Some(_) => return Err(Error::ParameterInvalid("by".to_owned())),
    };
    let only = message(&mut query, is_by_campaign)?;
    let limit = query.limit()?;
    let arrival = arrival(&mut query, app.clock.millis())?;
    query.finish()?;
    let mut db = app.store.read().await?;
    let found = if is_by_campaign {
        by_campaign(&mut db, &site, arrival.clone(), attribution, limit).await?
    } else {
        by_message(&mut db, &site, arrival.clone(), attribution, (only.as_deref(), limit)).await?
    };
    Ok(Json(json!({
        "by": if is_by_campaign { "campaign" } else { "message" },
        "from": rfc3339(arrival.start),
        "to": rfc3339(arrival.end),
        "windows": {
            "click_hours": attribution.click_window_hours,
            "display_hours": attribution.display_window_hours,
        },
        "rows": found.rows,
        "complete": found.is_complete,
        "unattributed": found.others.unattributed.json(),
        "unverified": found.others.unverified.json(),
    })))
}

/// `message`: its id. By campaign it would say nothing.
fn message(query: &mut Query, is_by_campaign: bool) -> Result<Option<String>, Error> {
    let id = query.text("message")?;
    let fits = |id: &String| !is_by_campaign && b64::decode_array::<ID>(id).is_some();
    if id.as_ref().is_none_or(fits) { Ok(id) } else { Err(Error::ParameterInvalid("message".to_owned())) }
}

/// `from` and `to`: the last 14 days, today included, unless said.
pub(super) fn arrival(query: &mut Query, now: i64) -> Result<Arrival, Error> {
    let to = query.time("to")?.unwrap_or(now - now % DAY + DAY);
    let from = query.time("from")?.unwrap_or_else(|| (to - DAYS * DAY).max(0));
    if from < to { Ok(from..to) } else { Err(Error::ParameterInvalid("from".to_owned())) }
}

/// The settings in milliseconds.
pub(super) fn windows(attribution: Attribution) -> Windows {
    Windows {
        click: i64::from(attribution.click_window_hours) * HOUR,
        display: i64::from(attribution.display_window_hours) * HOUR,
    }
}

struct Found {
    rows: Vec<Value>,
    is_complete: bool,
    others: Others,
}

/// The newest messages, or one.
async fn by_message(
    db: &mut Connection,
    site: &str,
    arrival: Arrival,
    attribution: Attribution,
    (only, limit): (Option<&str>, i64),
) -> Result<Found, Error> {
    let mut tallies = Tallies::new();
    let asked = Asked { site, arrival, by: By::Message(&[]) };
    let others = results::convert(db, &asked, windows(attribution), &mut tallies).await?;
    // What somebody bought may be the only thing that was heard of a message in this time.
    let led: Vec<String> = tallies.keys().map(|(id, _)| id.clone()).collect();
    let led = led.into_iter().filter(|id| only.is_none_or(|only| only == id)).collect();
    let mut all = listed(db, &asked, only, led, limit + 1).await?;
    let is_complete = shorten(&mut all, limit);
    let ids: Vec<String> = all.iter().map(|(id, _)| id.clone()).collect();
    results::tally(db, &Asked { by: By::Message(&ids), ..asked }, &mut tallies).await?;
    let rows = all.into_iter().map(|(id, named)| {
        let tally = tallies.remove(&(id, String::new())).unwrap_or_default();
        row(named, tally.json())
    });
    Ok(Found { rows: rows.collect(), is_complete, others })
}

/// Ids and names of the messages that something was heard of, and of those that `led` to a conversion, newest first;
/// last those that `keep_days` has deleted, of which the clicks are left.
async fn listed(
    db: &mut Connection,
    asked: &Asked<'_>,
    only: Option<&str>,
    led: Vec<String>,
    limit: i64,
) -> Result<Vec<(String, Value)>, Error> {
    let mut known = messages(db, asked.site, &asked.arrival, only, limit).await?;
    let ids: BTreeSet<String> = known.iter().map(|message| message.id.clone()).collect();
    let mut others: BTreeSet<String> = led.into_iter().filter(|id| !ids.contains(id)).collect();
    let found = these(db, asked.site, &others.iter().cloned().collect::<Vec<_>>()).await?;
    for message in &found {
        others.remove(&message.id);
    }
    known.extend(found);
    known.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
    let deleted = others.into_iter().map(|id| {
        let named = json!({"message": id, "campaign": null, "variant": null});
        (id, named)
    });
    Ok(known.iter().map(|message| (message.id.clone(), named(message))).chain(deleted).collect())
}

fn named(message: &HeardOf) -> Value {
    json!({
        "message": message.id,
        "kind": message.kind,
        "title": message.title,
        "campaign": message.campaign,
        "variant": message.variant,
        "created_at": rfc3339(message.created_at),
    })
}

/// Campaigns and variants in the order of their names.
async fn by_campaign(
    db: &mut Connection,
    site: &str,
    arrival: Arrival,
    attribution: Attribution,
    limit: i64,
) -> Result<Found, Error> {
    let asked = Asked { site, arrival, by: By::Campaign };
    let mut tallies = Tallies::new();
    results::tally(db, &asked, &mut tallies).await?;
    let others = results::convert(db, &asked, windows(attribution), &mut tallies).await?;
    let mut tallies: Vec<_> = tallies.into_iter().collect();
    let is_complete = shorten(&mut tallies, limit);
    let text = |text: String| if text.is_empty() { Value::Null } else { text.into() };
    let rows = tallies.into_iter().map(|((campaign, variant), tally)| {
        row(json!({"campaign": text(campaign), "variant": text(variant)}), tally.json())
    });
    Ok(Found { rows: rows.collect(), is_complete, others })
}

/// Whether all fit.
fn shorten<T>(rows: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_complete = rows.len() <= limit;
    rows.truncate(limit);
    is_complete
}

fn row(mut named: Value, counted: Map<String, Value>) -> Value {
    for (name, value) in counted {
        named[name] = value;
    }
    named
}
