//! `POST /v1/sites/{site}/events`: a batch of reports.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use softbell::contract::limits::{BATCH_BYTES, BATCH_REPORTS};

use super::body;
use super::client::Client;
use crate::error::Error;
use crate::limiter::Act;
use crate::reports;
use crate::state::App;
use crate::wire::event::EventFault;
use crate::wire::json;

/// Types a batch may come as. `text/plain` needs no preflight, so beacons can use it.
const TYPES: [&str; 3] = ["application/cloudevents-batch+json", "application/json", "text/plain"];

/// Answers `{stored, duplicates, drop: [{index, code}]}`.
pub async fn post(
    State(app): State<App>,
    Path(site): Path<String>,
    Client(client): Client,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Error> {
    app.limiter.take(Act::Batch, client, &site)?;
    check_type(&headers)?;
    let bytes = body::read(body, BATCH_BYTES).await?;
    let batch = json::split(&bytes)?;
    if batch.items.len() > BATCH_REPORTS {
        return Err(Error::BatchTooLong);
    }
    if !batch.is_whole {
        return Err(Error::BatchUnreadable(batch.items.len()));
    }
    // What cannot be read is dropped by its place, so that the rest of the sender's outbox is not stuck behind it.
    let mut unreadable = BTreeMap::new();
    let parse = |(index, item): (usize, &&RawValue)| {
        json::read(item.get().as_bytes()).unwrap_or_else(|fault| {
            unreadable.insert(index, fault);
            Value::Null
        })
    };
    let events: Vec<Value> = batch.items.iter().enumerate().map(parse).collect();
    let outcome = reports::take(&app, &site, &events).await?;
    let code = |index: &usize, fault: EventFault| unreadable.get(index).map_or(fault.code(), |fault| fault.code());
    let drop: Vec<Value> =
        outcome.dropped.iter().map(|(index, fault)| json!({"index": index, "code": code(index, *fault)})).collect();
    Ok(Json(json!({"stored": outcome.stored, "duplicates": outcome.duplicates, "drop": drop})))
}

fn check_type(headers: &HeaderMap) -> Result<(), Error> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    let known = TYPES.iter().any(|kind| essence.eq_ignore_ascii_case(kind));
    if known { Ok(()) } else { Err(Error::MediaTypeUnsupported) }
}
