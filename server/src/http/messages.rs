//! `/v1/sites/{site}/messages`: sending, and what became of it.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::body;
use super::query::Query;
use crate::clock::rfc3339;
use crate::error::Error;
use crate::message;
use crate::secret;
use crate::state::App;
use crate::store::messages::{self, MessageRow};
use crate::wire::json;
use crate::wire::message::MessageRequest;

/// Bytes of a body: far more than fits in a push, so that the answer can say what is too long.
const BODY_BYTES: usize = 64 * 1024;
/// Characters of an `Idempotency-Key`.
const KEY: core::ops::RangeInclusive<usize> = 1..=255;

/// What is counted of a message: our words, and those of sends and reports. The first four are states of sends; the others mean what
/// docs/reports.md says.
const COUNTS: [(&str, &str); 8] = [
    ("queued", "queued"),
    ("sent", "sent"),
    ("gone", "gone"),
    ("failed", "failed"),
    ("displayed", "notification.displayed"),
    ("clicked", "notification.clicked"),
    ("pressed", "notification.action"),
    ("followed", "followed"),
];

/// Answers `{id, reach, excluded, payload_bytes}`; to a dry run without the id.
pub async fn post(
    State(app): State<App>,
    Path(site): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Error> {
    let settings = app.site(&site)?;
    Query::of(&uri).finish()?;
    let key = idempotency_key(&headers)?;
    let bytes = body::read(body, BODY_BYTES).await?;
    let value = json::read(&bytes)?;
    // Of the parsed body: spaces make no other message.
    let digest = secret::hash(&value.to_string());
    let request = MessageRequest::read(value, settings)?;
    if request.dry_run {
        return Ok((StatusCode::OK, Json(message::try_out(&app, &site, &request).await?)));
    }
    let answer = message::send(&app, &site, &request, key, &digest).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| KEY.contains(&key.len()));
    key.map(Some).ok_or(Error::IdempotencyKeyInvalid)
}

/// Answers `{messages: […]}`, newest first.
pub async fn list(State(app): State<App>, Path(site): Path<String>, uri: Uri) -> Result<Json<Value>, Error> {
    app.site(&site)?;
    let mut query = Query::of(&uri);
    let limit = query.limit()?;
    query.finish()?;
    let mut db = app.store.read().await?;
    let messages = messages::latest(&mut db, &site, limit).await?;
    let ids: Vec<String> = messages.iter().map(|message| message.id.clone()).collect();
    let counts = counts(messages::counts(&mut db, &site, &ids).await?);
    let rows: Vec<Value> = messages.iter().map(|message| row(message, counts.get(&message.id))).collect();
    Ok(Json(json!({"messages": rows})))
}

/// Answers one of them, with the reasons of failures.
pub async fn get(
    State(app): State<App>,
    Path((site, id)): Path<(String, String)>,
    uri: Uri,
) -> Result<Json<Value>, Error> {
    app.site(&site)?;
    Query::of(&uri).finish()?;
    // Whatever is no id is not there either.
    if crate::b64::decode_array::<16>(&id).is_none() {
        return Err(Error::NotFound);
    }
    let mut db = app.store.read().await?;
    let message = messages::row(&mut db, &site, &id).await?.ok_or(Error::NotFound)?;
    let counts = counts(messages::counts(&mut db, &site, core::slice::from_ref(&id)).await?);
    let mut row = row(&message, counts.get(&id));
    let failures: BTreeMap<String, i64> = messages::failures(&mut db, &site, &id).await?.into_iter().collect();
    row["failures"] = json!(failures);
    Ok(Json(row))
}

/// Counts of messages by word.
type Counts = BTreeMap<String, BTreeMap<String, i64>>;

fn counts(rows: Vec<(String, String, i64)>) -> Counts {
    let mut counts = Counts::new();
    for (message, word, count) in rows {
        counts.entry(message).or_default().insert(word, count);
    }
    counts
}

fn row(message: &MessageRow, counts: Option<&BTreeMap<String, i64>>) -> Value {
    let count = |word: &str| counts.and_then(|counts| counts.get(word)).copied().unwrap_or_default();
    let counts: serde_json::Map<String, Value> =
        COUNTS.iter().map(|(name, word)| ((*name).to_owned(), count(word).into())).collect();
    json!({
        "id": message.id,
        "kind": message.kind,
        "title": message.title,
        "body": message.body,
        "url": message.url,
        "icon": message.icon,
        "campaign": message.campaign,
        "variant": message.variant,
        "created_at": rfc3339(message.created_at),
        "counts": counts,
    })
}
