//! `GET /openapi.json`: the contract, as it is kept beside the code.

use axum::http::header;
use axum::response::IntoResponse;

/// The document.
const DOCUMENT: &str = include_str!("../../openapi.json");

/// Answers the document, to any page that wants to show it.
pub async fn get() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, DOCUMENT)
}
