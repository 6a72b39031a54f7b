//! `GET /metrics`: numbers for Prometheus, in its text format.

use std::fmt::Write as _;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::admin;
use crate::error::Error;
use crate::state::App;
use crate::store::{lists, sends};

/// Headers that a proxy adds: who comes through one is not on this machine.
const FORWARDED: [HeaderName; 2] = [header::FORWARDED, HeaderName::from_static("x-forwarded-for")];

/// Counts every answer by route and status.
pub async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    // Anybody can make up methods; a counter each would have no end.
    let method = match *request.method() {
        Method::GET | Method::HEAD | Method::PUT | Method::POST | Method::DELETE | Method::OPTIONS => {
            request.method().to_string()
        }
        _ => "other".to_owned(),
    };
    let response = next.run(request).await;
    app.metrics.request(&method, &route, response.status().as_u16());
    response
}

/// Answers the admin, and whoever asks from this machine itself.
pub async fn get(State(app): State<App>, request: Request) -> Result<Response, Error> {
    if !is_local(&request) {
        admin::check(&app, request.headers())?;
    }
    // Writing to a string cannot fail.
    let mut text = app.metrics.text();
    let mut db = app.store.read().await?;
    let waiting = sends::count_queued(&mut db).await?;
    let _ = writeln!(text, "# TYPE softbell_queue_length gauge\nsoftbell_queue_length {waiting}");
    text.push_str("# TYPE softbell_devices_reachable gauge\n");
    for site in app.sites.keys() {
        let (_, reachable) = lists::count_devices(&mut db, site).await?;
        let _ = writeln!(text, "softbell_devices_reachable{{site=\"{site}\"}} {reachable}");
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, text).into_response())
}

fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_here = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    is_here && !FORWARDED.iter().any(|name| request.headers().contains_key(name))
}
