//! `GET` and `DELETE /v1/sites/{site}/devices/{device_id}`: what is kept about a device, and its end. For who holds the
//! device's secret, and for the admin.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::client::Client;
use super::device::secret_hash;
use crate::b64;
use crate::erase;
use crate::error::Error;
use crate::export::{self, View};
use crate::limiter::Act;
use crate::secret;
use crate::state::App;
use crate::store::{devices, erasures};
use crate::wire::token::ID;

/// Answers everything but secrets, endpoints and keys.
pub async fn get(
    State(app): State<App>,
    Path((site, id)): Path<(String, String)>,
    Client(client): Client,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let view = check(&app, &site, &id, client, &headers).await?;
    let mut db = app.store.read().await?;
    let data = export::device(&mut db, &site, &id, view).await?.ok_or(Error::NotFound)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(data)).into_response())
}

/// Erases it.
pub async fn delete(
    State(app): State<App>,
    Path((site, id)): Path<(String, String)>,
    Client(client): Client,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    check(&app, &site, &id, client, &headers).await?;
    if erase::device(&app, &site, &id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

/// Who asks. A stranger does not learn whether there is such a device.
async fn check(
    app: &App,
    site: &str,
    id: &str,
    client: Option<std::net::IpAddr>,
    headers: &HeaderMap,
) -> Result<View, Error> {
    if b64::decode_array::<ID>(id).is_none() {
        return Err(Error::DeviceIdInvalid);
    }
    let given = secret_hash(headers)?;
    if secret::is_same(&app.admin_hash, &given) {
        return Ok(View::Admin);
    }
    app.limiter.take(Act::Own, client, site)?;
    holds(app, site, id, &given).await.map(|()| View::Secret)
}

/// Whether this is the hash of the device's secret.
///
/// # Errors
/// [`Error::DeviceErased`], [`Error::SecretWrong`], [`Error::Internal`].
pub(super) async fn holds(app: &App, site: &str, id: &str, given: &str) -> Result<(), Error> {
    let mut db = app.store.read().await?;
    match devices::find(&mut db, site, id).await? {
        Some(known) if secret::is_same(&known.secret_hash, given) => Ok(()),
        None if erasures::is_erased(&mut db, site, id).await? => Err(Error::DeviceErased),
        _ => Err(Error::SecretWrong),
    }
}
