//! `POST /v1/sites/{site}/events`: a batch of reports.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};
use softbell::contract::limits::{BATCH_BYTES, BATCH_REPORTS};

use super::body;
use crate::error::Error;
use crate::reports;
use crate::state::App;

/// Types a batch may come as. `text/plain` needs no preflight, so beacons can use it.
const TYPES: [&str; 3] = ["application/cloudevents-batch+json", "application/json", "text/plain"];

/// Answers `{stored, duplicates, drop: [{index, code}]}`.
pub async fn post(
    State(app): State<App>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Error> {
    check_type(&headers)?;
    let bytes = body::read(body, BATCH_BYTES).await?;
    let batch: Vec<Value> = serde_json::from_slice(&bytes).map_err(|_| Error::BodyUnreadable)?;
    if batch.len() > BATCH_REPORTS {
        return Err(Error::BatchTooLong);
    }
    let outcome = reports::take(&app, &site, &batch).await?;
    let drop: Vec<Value> =
        outcome.dropped.iter().map(|(index, fault)| json!({"index": index, "code": fault.code()})).collect();
    Ok(Json(json!({"stored": outcome.stored, "duplicates": outcome.duplicates, "drop": drop})))
}

fn check_type(headers: &HeaderMap) -> Result<(), Error> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    let known = TYPES.iter().any(|kind| essence.eq_ignore_ascii_case(kind));
    if known { Ok(()) } else { Err(Error::MediaTypeUnsupported) }
}
