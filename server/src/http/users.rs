//! `/v1/sites/{site}/users/{user}`: what is known of a user, all of it, and its end.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use serde_json::Value;
use softbell::contract::limits::ID_BYTES;

use super::query::Query;
use crate::erase;
use crate::error::Error;
use crate::export;
use crate::state::App;

/// Answers `{id, push_enabled, last_session, devices}`.
pub async fn get(
    State(app): State<App>,
    Path((site, user)): Path<(String, String)>,
    uri: Uri,
) -> Result<Json<Value>, Error> {
    check(&app, &site, &user, &uri)?;
    let mut db = app.store.read().await?;
    Ok(Json(export::facts(&mut db, &site, &user).await?))
}

/// Answers everything but secrets, endpoints and keys.
pub async fn export(
    State(app): State<App>,
    Path((site, user)): Path<(String, String)>,
    uri: Uri,
) -> Result<Json<Value>, Error> {
    check(&app, &site, &user, &uri)?;
    let mut db = app.store.read().await?;
    Ok(Json(export::user(&mut db, &site, &user).await?))
}

/// Erases the user. Who is not known is erased already.
pub async fn delete(
    State(app): State<App>,
    Path((site, user)): Path<(String, String)>,
    uri: Uri,
) -> Result<StatusCode, Error> {
    check(&app, &site, &user, &uri)?;
    erase::user(&app, &site, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check(app: &App, site: &str, user: &str, uri: &Uri) -> Result<(), Error> {
    app.site(site)?;
    Query::of(uri).finish()?;
    // Longer than this no user is, and `PostgreSQL` refuses U+0000.
    let fits = (1..=ID_BYTES).contains(&user.len()) && !user.contains('\0');
    if fits { Ok(()) } else { Err(Error::ParameterInvalid("user".to_owned())) }
}
