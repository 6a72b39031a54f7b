//! `GET /v1/sites/{site}/reports`: the latest reports.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde_json::{Value, json};

use super::query::Query;
use crate::error::Error;
use crate::rows;
use crate::state::App;
use crate::store::lists;

/// Answers `{reports: […]}`, newest first; with `after`, only those that came after it.
pub async fn get(State(app): State<App>, Path(site): Path<String>, uri: Uri) -> Result<Json<Value>, Error> {
    app.site(&site)?;
    let mut query = Query::of(&uri);
    let (limit, after) = (query.limit()?, query.number("after", 0, i64::MAX)?);
    query.finish()?;
    let mut db = app.store.read().await?;
    let reports = lists::latest_reports(&mut db, &site, after.unwrap_or_default(), limit).await?;
    Ok(Json(json!({"reports": reports.iter().map(rows::report).collect::<Vec<_>>()})))
}
