//! `GET /v1/sites/{site}/consents`: the consent ledger, as JSON or for a spreadsheet.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use softbell::contract::limits::ID_BYTES;

use super::query::Query;
use super::spreadsheet;
use crate::error::Error;
use crate::rows;
use crate::state::App;
use crate::store::consents::{self, Filter};

/// Lines of a page, unless asked for more or less.
const LINES: i64 = 200;
/// Lines of a page at most.
const MOST_LINES: i64 = 1000;

/// The columns of the spreadsheet: members of a row, of `shown` after the dot.
const COLUMNS: [&str; 25] = [
    "seq",
    "id",
    "device",
    "user",
    "channel",
    "val",
    "time",
    "source",
    "reason",
    "withdrawal",
    "text_version",
    "locale",
    "form",
    "variant",
    "shown.title",
    "shown.text",
    "shown.yes",
    "shown.no",
    "permission",
    "gpc",
    "controller",
    "purposes",
    "link",
    "received_at",
    "erased_at",
];

/// Answers `{consents: […], next}`, oldest first; `next` goes into `after` for the next page. Or CSV of the same lines.
pub async fn get(State(app): State<App>, Path(site): Path<String>, uri: Uri) -> Result<Response, Error> {
    app.site(&site)?;
    let mut query = Query::of(&uri);
    let is_csv = spreadsheet::is_asked_for(&mut query)?;
    let limit = query.number("limit", 1, MOST_LINES)?.unwrap_or(LINES);
    let filter = Filter {
        device: id(&mut query, "device")?,
        user: id(&mut query, "user")?,
        from: query.time("from")?,
        to: query.time("to")?,
        after: query.number("after", 0, i64::MAX)?.unwrap_or_default(),
    };
    query.finish()?;
    let mut db = app.store.read().await?;
    let lines = consents::list(&mut db, &site, &filter, limit).await?;
    let rows: Vec<Value> = lines.iter().map(rows::consent).collect();
    if is_csv {
        return Ok(spreadsheet::answer("consents.csv", &COLUMNS, &rows));
    }
    let is_last = i64::try_from(lines.len()).is_ok_and(|count| count < limit);
    let next = lines.last().filter(|_| !is_last).map(|line| line.seq);
    Ok(Json(json!({"consents": rows, "next": next})).into_response())
}

/// `PostgreSQL` refuses U+0000 in texts, and longer than this nothing is stored.
fn id(query: &mut Query, name: &str) -> Result<Option<String>, Error> {
    let text = query.text(name)?;
    let fits = |text: &String| (1..=ID_BYTES).contains(&text.len()) && !text.contains('\0');
    if text.as_ref().is_none_or(fits) { Ok(text) } else { Err(Error::ParameterInvalid(name.to_owned())) }
}
