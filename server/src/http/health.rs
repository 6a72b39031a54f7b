//! `GET /healthz` and `GET /readyz`: whether the process lives, and whether it can do its work.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::error::Error;
use crate::state::App;

/// Answers `{"status":"ok"}`: a process that does not is to be started anew.
pub async fn lives() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// Answers `{"status":"ok"}` when the database answers; a server that does not gets no requests for a while.
pub async fn is_ready(State(app): State<App>) -> Result<Json<Value>, Error> {
    app.store.ping().await.map_err(|error| {
        tracing::error!(%error, "database");
        Error::DatabaseAway
    })?;
    Ok(Json(json!({"status": "ok"})))
}
