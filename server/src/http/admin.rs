//! The admin API: everything that the console and a site's own back end may do, under the admin token.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::{consents, conversions, devices_list, funnel, live, messages, reports_list, results, sites, users};
use crate::error::Error;
use crate::secret;
use crate::state::App;

/// The routes, which nobody passes without the token.
pub fn routes(state: &App) -> Router<App> {
    Router::new()
        .route("/v1/sites", get(sites::get))
        .route("/v1/sites/{site}/devices", get(devices_list::get))
        .route("/v1/sites/{site}/reports", get(reports_list::get))
        .route("/v1/sites/{site}/funnel", get(funnel::get))
        .route("/v1/sites/{site}/live", get(live::get))
        .route("/v1/sites/{site}/messages", get(messages::list).post(messages::post))
        .route("/v1/sites/{site}/messages/{message}", get(messages::get))
        .route("/v1/sites/{site}/results", get(results::get))
        .route("/v1/sites/{site}/conversions", get(conversions::get))
        .route("/v1/sites/{site}/consents", get(consents::get))
        .route("/v1/sites/{site}/users/{user}", get(users::get).delete(users::delete))
        .route("/v1/sites/{site}/users/{user}/export", get(users::export))
        // Before the guard, so that strangers do not learn methods.
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(from_fn_with_state(state.clone(), guard))
}

/// Lets the admin through. Nothing here is for a cache.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Err(error) = check(&app, request.headers()) {
        return error.into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether the admin asks. Hashes are compared, so that the time it takes tells neither bytes nor length.
///
/// # Errors
/// [`Error::AdminTokenMissing`], [`Error::AdminTokenWrong`].
pub fn check(app: &App, headers: &HeaderMap) -> Result<(), Error> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or(Error::AdminTokenMissing)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(Error::AdminTokenMissing);
    }
    if secret::is_same(&app.admin_hash, &secret::hash(token)) { Ok(()) } else { Err(Error::AdminTokenWrong) }
}
