//! The demo shop: a website that uses the kit. Its pages learn the server's address by a placeholder.

use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Request, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tower_http::services::ServeDir;

use super::files;

/// Stands in the shop's HTML for the server's public URL.
const PLACEHOLDER: &str = "__SOFTBELL_SERVER__";
/// Bytes of a page.
const PAGE_BYTES: usize = 1024 * 1024;

/// The shop's own origin: its folder at `/`, the kit at `/softbell/`. `server` is the server's public URL.
pub fn shop(folder: &Path, kit: &Path, server: &str) -> Router {
    let pages =
        Router::new().fallback_service(ServeDir::new(folder)).layer(from_fn_with_state(server.to_owned(), fill_in));
    files::kit(kit).merge(pages)
}

/// Fills in the placeholder of pages, which therefore are never answered from a cache.
async fn fill_in(State(server): State<String>, mut request: Request<Body>, next: Next) -> Response {
    for name in [header::IF_MODIFIED_SINCE, header::IF_NONE_MATCH, header::RANGE] {
        request.headers_mut().remove(name);
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("text/html") {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let page = to_bytes(body, PAGE_BYTES).await.unwrap_or_default();
    let page = String::from_utf8_lossy(&page).replace(PLACEHOLDER, &server);
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::LAST_MODIFIED);
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(head, Body::from(page))
}
