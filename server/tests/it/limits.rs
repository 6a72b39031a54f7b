//! Rate limits, from outside.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use serde_json::json;

use crate::fixture::{DEVICE, ORIGIN, SECRET, Server, answer, state};

/// Tight limits, and one proxy that is trusted.
const SETTINGS: &str = r#"
    trusted_proxies = ["10.0.0.0/8"]
    [limits]
    devices_per_hour = 2
    puts_per_minute = 4
    batches_per_minute = 3
    site_batches_per_minute = 5
    [lab]
    [sites.shop]
    origins = ["http://localhost:9000"]
    [sites.quiet]
    origins = ["http://localhost:9000"]
"#;

/// A request as it comes from `peer`, and says it came from `forwarded`.
async fn from(
    server: &Server,
    peer: &str,
    forwarded: &str,
    request: axum::http::request::Builder,
    body: String,
) -> Response<Body> {
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    let request = request.header("origin", ORIGIN).header("x-forwarded-for", forwarded).extension(ConnectInfo(peer));
    server.call(request.body(Body::from(body)).unwrap()).await
}

async fn post(server: &Server, peer: &str, forwarded: &str) -> Response<Body> {
    let request = Request::post("/v1/sites/shop/events").header("content-type", "text/plain");
    from(server, peer, forwarded, request, "[]".to_owned()).await
}

async fn put(server: &Server, peer: &str, device: u8, secret: &str) -> (u16, String) {
    let id = softbell_server::b64::encode(&[device; 16]);
    let request = Request::put(format!("/v1/sites/shop/devices/{id}")).header("authorization", secret);
    let (status, body) = answer(from(server, peer, "", request, state(1).to_string()).await).await;
    (status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn too_many_batches_of_one_address_are_asked_to_wait() {
    let server = Server::with(SETTINGS).await;
    for _ in 0..3 {
        assert_eq!(post(&server, "192.0.2.1", "").await.status(), 200);
    }
    let refused = post(&server, "192.0.2.1", "").await;
    assert_eq!(refused.status(), 429);
    let wait: u32 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(refused.headers()["access-control-allow-origin"], ORIGIN, "the page may read it");
    assert_eq!(refused.headers()["access-control-expose-headers"], "etag, retry-after");
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(answer(refused).await.1["code"], "rate_limited");
    assert_eq!(post(&server, "192.0.2.2", "").await.status(), 200, "another address");
}

#[tokio::test]
async fn an_address_that_is_made_up_helps_only_through_a_trusted_proxy() {
    let server = Server::with(SETTINGS).await;
    for n in 0..3 {
        assert_eq!(post(&server, "192.0.2.1", &format!("198.51.100.{n}")).await.status(), 200);
    }
    assert_eq!(post(&server, "192.0.2.1", "198.51.100.9").await.status(), 429);
    assert_eq!(post(&server, "10.0.0.1", "203.0.113.1, 198.51.100.9").await.status(), 200);
    assert_eq!(
        post(&server, "10.0.0.1", "203.0.113.1, 192.0.2.1").await.status(),
        429,
        "the same as without the proxy"
    );
}

#[tokio::test]
async fn a_site_has_a_limit_of_its_own() {
    let server = Server::with(SETTINGS).await;
    for n in 0..5 {
        assert_eq!(post(&server, &format!("192.0.2.{n}"), "").await.status(), 200);
    }
    assert_eq!(post(&server, "192.0.2.77", "").await.status(), 429);
    let request = Request::post("/v1/sites/quiet/events").header("content-type", "text/plain");
    assert_eq!(from(&server, "192.0.2.77", "", request, "[]".to_owned()).await.status(), 200, "another site");
}

#[tokio::test]
async fn devices_are_made_a_few_at_a_time_and_the_made_ones_live_on() {
    let server = Server::with(SETTINGS).await;
    let made = "SELECT COUNT(*) FROM devices";
    for device in [1, 2] {
        assert_eq!(put(&server, "192.0.2.1", device, SECRET).await.0, 200);
    }
    assert_eq!(put(&server, "192.0.2.1", 3, SECRET).await, (429, "rate_limited".to_owned()));
    assert_eq!(server.number(made).await, 2);
    assert_eq!(put(&server, "192.0.2.1", 1, SECRET).await.0, 200, "a heartbeat makes nothing");
    assert_eq!(put(&server, "192.0.2.2", 3, SECRET).await.0, 200);
    assert_eq!(server.number(made).await, 3);
}

/// Guessing costs as much as asking right.
#[tokio::test]
async fn wrong_secrets_count() {
    let server = Server::with(SETTINGS).await;
    assert_eq!(put(&server, "192.0.2.1", 0, SECRET).await.0, 200);
    assert_eq!(softbell_server::b64::encode(&[0; 16]), DEVICE);
    for n in 0..3 {
        let guess = format!("Bearer {n}{}", "f".repeat(42));
        assert_eq!(put(&server, "192.0.2.9", 0, &guess).await.1, "secret_wrong");
    }
    assert_eq!(put(&server, "192.0.2.9", 0, "short").await.1, "secret_missing");
    assert_eq!(put(&server, "192.0.2.9", 0, SECRET).await.1, "rate_limited");
    assert_eq!(put(&server, "192.0.2.1", 0, SECRET).await.0, 200, "the owner is not kept out");
}

#[tokio::test]
async fn wrong_limits_and_proxies_are_refused_at_the_start() {
    use softbell_server::settings::Settings;
    for (text, part) in [
        ("[limits]\nputs_per_minute = -1", "fault"),
        ("[limits]\nputs_per_hour = 1", "puts_per_hour"),
        ("trusted_proxies = ['proxy.example']", "trusted proxy"),
        ("trusted_proxies = ['10.0.0.0/99']", "trusted proxy"),
    ] {
        let fault = Settings::parse(text).unwrap_err();
        assert!(fault.contains(part), "{fault}");
    }
    let settings = Settings::parse("trusted_proxies = []\n[limits]\nputs_per_minute = 0").unwrap();
    assert!(settings.trusted_proxies.is_empty());
    assert_eq!(json!(settings.limits.puts_per_minute), json!(0));
}
