//! The console's files at `/console/`: a page for the operator, with a content security policy of its own.

use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use super::files;

/// Only its own scripts and styles, and calls to this server alone. Pictures come from wherever a message's do: the
/// preview shows them as the browser would; `http` for the localhost of a demo.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: https: http://localhost:* http://127.0.0.1:*; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A router with the folder's files at `/console/`.
pub fn console<S: Clone + Send + Sync + 'static>(folder: &Path) -> Router<S> {
    Router::new()
        // Its files are named relative to the folder. Relative itself, for a proxy that serves us below a path.
        .route("/console", get(async || Redirect::permanent("console/")))
        .nest_service("/console/", ServeDir::new(folder))
        .layer(from_fn(headers))
        .layer(CompressionLayer::new())
}

async fn headers(request: Request<Body>, next: Next) -> Response {
    const HEADERS: [(HeaderName, &str); 5] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let cache = files::cache_control(request.uri().path());
    let mut response = next.run(request).await;
    let is_file = response.status().is_success() || response.status() == 304;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CACHE_CONTROL, if is_file { cache } else { files::ASK_AGAIN });
    response
}
