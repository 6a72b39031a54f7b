//! The built kit at `/softbell/`, with the headers that loading from another origin needs.

use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

/// A file whose name carries a hash of its content never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Ask again each time; the answer is short when nothing changed.
pub const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// A router with the folder's files at `/softbell/`.
pub fn kit<S: Clone + Send + Sync + 'static>(folder: &Path) -> Router<S> {
    let files = ServeDir::new(folder).append_index_html_on_directories(false);
    Router::new().nest_service("/softbell", files).layer(from_fn(headers)).layer(CompressionLayer::new())
}

async fn headers(request: Request<Body>, next: Next) -> Response {
    let cache = cache_control(request.uri().path());
    let mut response = next.run(request).await;
    let is_file = response.status().is_success() || response.status() == 304;
    let headers = response.headers_mut();
    // Anyone may load the kit; it holds no secret.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, if is_file { cache } else { ASK_AGAIN });
    response
}

/// How long a file may be kept, by its name.
pub fn cache_control(path: &str) -> HeaderValue {
    let name = path.rsplit('/').next().unwrap_or_default();
    if is_hashed(name) { FOREVER } else { ASK_AGAIN }
}

/// Whether a name looks like `client-1a2B3c4D.wasm`: `-`, at least eight letters or digits, a dot.
fn is_hashed(name: &str) -> bool {
    name.match_indices('-').any(|(at, _)| {
        let rest = &name[at + 1..];
        let hash = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        hash >= 8 && rest[hash..].starts_with('.')
    })
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn names_with_a_hash_are_kept_forever() {
        for name in ["client-1a2B3c4D.wasm", "client-0123456789abcdef.js", "a-b-12345678.css"] {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["loader.js", "sw.js", "client-1234567.js", "client-12345678", "client-1234_5678.js"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
