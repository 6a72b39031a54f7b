//! `GET /v1/sites/{site}/conversions`: one by one, with the message that led to each, as JSON or for a spreadsheet.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::query::Query;
use super::{results, spreadsheet};
use crate::error::Error;
use crate::rows;
use crate::state::App;
use crate::store::conversions::{self, Asked};

/// Lines of a page, unless asked for more or less.
const LINES: i64 = 200;
/// Lines of a page at most.
const MOST_LINES: i64 = 1000;

/// The columns of the spreadsheet.
const COLUMNS: [&str; 13] = [
    "seq",
    "time",
    "received_at",
    "device",
    "name",
    "value",
    "currency",
    "id",
    "attribution",
    "message",
    "campaign",
    "variant",
    "verified",
];

/// Answers `{conversions: […], next}`, oldest first; `next` goes into `after` for the next page. Or CSV of the same lines.
pub async fn get(State(app): State<App>, Path(site): Path<String>, uri: Uri) -> Result<Response, Error> {
    let attribution = app.site(&site)?.attribution;
    let mut query = Query::of(&uri);
    let is_csv = spreadsheet::is_asked_for(&mut query)?;
    let is_verified = match query.text("verified")?.as_deref() {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => return Err(Error::ParameterInvalid("verified".to_owned())),
    };
    let limit = query.number("limit", 1, MOST_LINES)?.unwrap_or(LINES);
    let after = query.number("after", 0, i64::MAX)?.unwrap_or_default();
    let arrival = results::arrival(&mut query, app.clock.millis())?;
    query.finish()?;
    let asked = Asked { site: &site, arrival, windows: results::windows(attribution), is_verified };
    let mut db = app.store.read().await?;
    let found = conversions::list(&mut db, &asked, after, limit).await?;
    let lines: Vec<Value> = found.iter().map(|row| rows::conversion(row, is_verified)).collect();
    if is_csv {
        return Ok(spreadsheet::answer("conversions.csv", &COLUMNS, &lines));
    }
    let is_last = i64::try_from(found.len()).is_ok_and(|count| count < limit);
    let next = found.last().filter(|_| !is_last).map(|row| row.seq);
    Ok(Json(json!({"conversions": lines, "next": next})).into_response())
}
