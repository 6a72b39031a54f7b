//! `GET /v1/sites/{site}/devices/{device_id}/clicks/{id}`: what the message said that led the visitor here.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use super::client::Client;
use super::device::secret_hash;
use super::own;
use crate::b64;
use crate::error::Error;
use crate::landing;
use crate::limiter::Act;
use crate::state::App;
use crate::wire::token::ID;

/// Answers `{id, title, body, url, data}`.
pub async fn get(
    State(app): State<App>,
    Path((site, device, id)): Path<(String, String, String)>,
    Client(client): Client,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if b64::decode_array::<ID>(&device).is_none() {
        return Err(Error::DeviceIdInvalid);
    }
    // A click is asked for as often as one is reported.
    app.limiter.take(Act::Batch, client, &site)?;
    let given = secret_hash(&headers)?;
    own::holds(&app, &site, &device, &given).await?;
    let message = landing::message(&app, &site, &device, &id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(message)).into_response())
}
