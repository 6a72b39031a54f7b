//! `GET /healthz`: whether the server can do its work.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::error::Error;
use crate::state::App;

/// Answers `{"status":"ok"}` when the database answers.
pub async fn get(State(app): State<App>) -> Result<Json<Value>, Error> {
    app.store.ping().await?;
    Ok(Json(json!({"status": "ok"})))
}
