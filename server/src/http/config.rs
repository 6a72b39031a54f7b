//! `GET /v1/sites/{site}/config`: what every page of a site needs, public and cached.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::b64;
use crate::error::Error;
use crate::state::App;

/// Fresh for five minutes; after that an `ETag` costs one short answer.
const CACHE: &str = "public, max-age=300";

/// Answers `{vapid, topics: [{id, name}], campaigns: [], texts: {}}`.
pub async fn get(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Error> {
    let site = app.sites.get(&name).ok_or(Error::SiteUnknown)?;
    let body = json!({
        "vapid": app.signer.public(),
        "topics": site.topics,
        "campaigns": [],
        "texts": {},
    })
    .to_string();
    let hash = digest(&SHA256, body.as_bytes());
    let tag = format!("\"{}\"", b64::encode(&hash.as_ref()[..12]));
    let meta = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, CACHE)];
    if is_current(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, meta).into_response());
    }
    Ok((meta, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Whether the asker has this version (RFC 9110, section 13.1.2: weak comparison).
fn is_current(headers: &HeaderMap, tag: &str) -> bool {
    let held = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|value| value.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    })
}
