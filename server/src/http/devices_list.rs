//! `GET /v1/sites/{site}/devices`: the latest devices, without what would let anyone send to them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde_json::{Value, json};

use super::query::Query;
use crate::clock::rfc3339;
use crate::error::Error;
use crate::rows;
use crate::state::App;
use crate::store::audience::REACHABLE;
use crate::store::lists::{self, DeviceRow};

/// Answers `{devices: […]}`, newest first.
pub async fn get(State(app): State<App>, Path(site): Path<String>, uri: Uri) -> Result<Json<Value>, Error> {
    app.site(&site)?;
    let mut query = Query::of(&uri);
    let limit = query.limit()?;
    query.finish()?;
    let mut db = app.store.read().await?;
    let devices = lists::latest_devices(&mut db, &site, limit).await?;
    Ok(Json(json!({"devices": devices.iter().map(row).collect::<Vec<_>>()})))
}

/// A device as the admin sees it.
pub fn row(device: &DeviceRow) -> Value {
    let topics: Value = serde_json::from_str(&device.topics).unwrap_or_default();
    json!({
        "id": device.id,
        "user": device.user_id,
        "permission": device.permission,
        "status": device.status,
        "reason": device.reason,
        "reachable": device.reach == REACHABLE,
        "service": rows::service(device.endpoint.as_deref()),
        "locale": device.locale,
        "time_zone": device.time_zone,
        "topics": topics,
        "created_at": rfc3339(device.created_at),
        "seen_at": rfc3339(device.seen_at),
    })
}
