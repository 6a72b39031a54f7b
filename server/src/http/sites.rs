//! `GET /v1/sites`: what this server serves, and how many it can reach.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use serde_json::{Value, json};

use super::query::Query;
use crate::error::Error;
use crate::state::App;
use crate::store::lists;

/// Answers `{sites: [{id, origins, topics, reachable, devices}]}`.
pub async fn get(State(app): State<App>, uri: Uri) -> Result<Json<Value>, Error> {
    Query::of(&uri).finish()?;
    let mut db = app.store.read().await?;
    let mut sites = Vec::with_capacity(app.sites.len());
    for (id, site) in &app.sites {
        let (devices, reachable) = lists::count_devices(&mut db, id).await?;
        sites.push(json!({
            "id": id, "origins": site.origins, "topics": site.topics, "reachable": reachable, "devices": devices,
        }));
    }
    Ok(Json(json!({"sites": sites})))
}
