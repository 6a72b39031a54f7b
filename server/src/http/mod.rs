//! The HTTP surface: one file per call.

mod admin;
mod body;
mod clicks;
mod client;
mod config;
mod consents;
mod console;
mod conversions;
mod device;
mod devices_list;
mod events;
mod files;
mod funnel;
mod health;
mod live;
mod messages;
mod metrics;
mod openapi;
mod orders;
mod origin;
mod own;
mod query;
mod reports_list;
mod results;
mod serve;
mod shop;
mod sign_in;
mod sites;
mod spreadsheet;
mod users;
mod write_timeout;

use std::path::Path;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Request, Response, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};

use crate::error::Error;
use crate::state::App;

pub use console::console;
pub use orders::{Backend, orders};
pub use serve::serve;
pub use shop::shop;
pub use sign_in::{SignIn, sign_in};

/// The server without files: the three calls, the admin API, and what operators watch.
pub fn app(state: App) -> Router {
    let site = Router::new()
        .route("/config", get(config::get))
        .route("/devices/{device_id}", put(device::put).get(own::get).delete(own::delete))
        .route("/devices/{device_id}/clicks/{id}", get(clicks::get))
        .route("/events", post(events::post))
        // Before the guard, so that preflights and foreign origins meet the guard first.
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(from_fn_with_state(state.clone(), origin::guard));
    Router::new()
        .nest("/v1/sites/{site}", site)
        .merge(admin::routes(&state))
        .route("/openapi.json", get(openapi::get))
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::is_ready))
        .route("/metrics", get(metrics::get))
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(from_fn(security_headers))
        .layer(from_fn_with_state(state.clone(), metrics::count))
        .with_state(state)
}

/// The server with the kit's files at `/softbell/`.
pub fn app_with_kit(state: App, kit: &Path) -> Router {
    files::kit(kit).merge(app(state))
}

/// Answers of the API are data: never sniffed, framed, or run.
async fn security_headers(
    request: Request<axum::body::Body>,
    next: axum::middleware::Next,
) -> Response<axum::body::Body> {
    const HEADERS: [(HeaderName, &str); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
