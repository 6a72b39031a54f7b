//! Which pages may call: a present `Origin` must be listed for the site, even for requests that browsers send
//! without asking first. Cookies play no part.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::error::Error;
use crate::state::App;

/// Seconds a browser may remember the answer to a preflight: Chromium's maximum.
const PREFLIGHT_AGE: &str = "7200";

/// Lets listed origins through, answers their preflights, and marks the answers as theirs.
pub async fn guard(
    State(app): State<App>,
    Path(path): Path<HashMap<String, String>>,
    request: Request,
    next: Next,
) -> Response {
    let site = path.get("site").and_then(|name| app.sites.get(name));
    let Some(site) = site else { return Error::SiteUnknown.into_response() };
    let mut named = request.headers().get_all(header::ORIGIN).iter();
    let Some(origin) = named.next().cloned() else {
        return vary(next.run(request).await);
    };
    // No browser names two origins.
    if named.next().is_some() || !site.origins.iter().any(|listed| listed.as_bytes() == origin.as_bytes()) {
        return vary(Error::OriginNotAllowed.into_response());
    }
    let mut response = if is_preflight(&request) { preflight() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag, retry-after"));
    vary(response)
}

fn is_preflight(request: &Request<Body>) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, PUT, POST, DELETE"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Caches must not give one origin's answer to another.
fn vary(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    response
}

/// Whether a request names its origin, which [`guard`] has then checked.
#[must_use]
pub fn is_named(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN)
}
