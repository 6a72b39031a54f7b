//! Which pages may call.

use axum::body::Body;
use axum::http::{Method, Request, Response};

use crate::fixture::{DEVICE, ORIGIN, SECRET, Server, answer, state};

async fn call(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(format!("/v1/sites/shop/{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.call(request.body(Body::from("[]")).unwrap()).await
}

#[tokio::test]
async fn unlisted_origins_are_refused_even_for_simple_requests() {
    let server = Server::start().await;
    let device = format!("devices/{DEVICE}");
    let foreign = [
        "https://evil.example",
        "null",
        "",
        "*",
        "http://localhost:9001",
        "http://localhost:90000",
        "http://localhost",
        "http://localhost:9000/",
        "https://localhost:9000",
        "http://LOCALHOST:9000",
        "HTTP://localhost:9000",
        "http://shop.localhost:9000",
        "http://localhost:9000.evil.example",
        "http://localhost:9000@evil.example",
        "http://evil.example#http://localhost:9000",
        "http://127.0.0.1:9000",
        "http://localhost:9000, http://localhost:9000",
        "null http://localhost:9000",
    ];
    for origin in foreign {
        for (method, path) in [
            (Method::GET, "config"),
            (Method::POST, "events"),
            (Method::PUT, &device),
            (Method::OPTIONS, "events"),
            (Method::DELETE, "events"),
        ] {
            let headers = [("origin", origin), ("content-type", "text/plain"), ("authorization", SECRET)];
            let response = call(&server, method.clone(), path, &headers).await;
            assert_eq!(response.status(), 403, "{origin} {method} {path}");
            assert!(!response.headers().contains_key("access-control-allow-origin"));
            assert_eq!(answer(response).await.1["code"], "origin_not_allowed");
        }
    }
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 0);
}

#[tokio::test]
async fn listed_origins_read_answers_and_errors_without_credentials() {
    let server = Server::start().await;
    for (path, status) in [("config", 200), ("events", 405)] {
        let response = call(&server, Method::GET, path, &[("origin", ORIGIN)]).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["access-control-allow-origin"], ORIGIN);
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
        assert_eq!(response.headers()["vary"], "Origin");
    }
}

#[tokio::test]
async fn without_an_origin_nothing_is_allowed_or_refused() {
    let server = Server::start().await;
    let response = call(&server, Method::GET, "config", &[]).await;
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("access-control-allow-origin"));
    assert_eq!(response.headers()["vary"], "Origin");
}

#[tokio::test]
async fn preflights_of_listed_origins_are_answered() {
    let server = Server::start().await;
    let path = format!("devices/{DEVICE}");
    let headers = [("origin", ORIGIN), ("access-control-request-method", "PUT")];
    let response = call(&server, Method::OPTIONS, &path, &headers).await;
    assert_eq!(response.status(), 204);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("access-control-allow-origin"), ORIGIN);
    assert_eq!(header("access-control-allow-methods"), "GET, PUT, POST, DELETE");
    assert_eq!(header("access-control-allow-headers"), "authorization, content-type");
    assert_eq!(header("access-control-max-age"), "7200");
    assert!(!response.headers().contains_key("access-control-allow-credentials"));
}

/// A cookie with the right secret opens nothing, and one with a wrong secret closes nothing.
#[tokio::test]
async fn cookies_play_no_part() {
    let server = Server::start().await;
    let put = |secret: Option<&'static str>, cookie: &'static str| {
        let mut request = Request::put(format!("/v1/sites/shop/devices/{DEVICE}"));
        request = request.header("origin", ORIGIN).header("cookie", cookie);
        if let Some(secret) = secret {
            request = request.header("authorization", secret);
        }
        server.call(request.body(Body::from(state(1).to_string())).unwrap())
    };
    assert_eq!(put(Some(SECRET), "authorization=Bearer wrong").await.status(), 200);
    assert_eq!(put(None, "authorization=Bearer 0123456789abcdef0123456789abcdef0123456789a").await.status(), 401);
}

/// Two readers of two headers might each take the one that suits.
#[tokio::test]
async fn two_origins_are_none() {
    let server = Server::start().await;
    for pair in [[ORIGIN, "https://evil.example"], ["https://evil.example", ORIGIN], [ORIGIN, ORIGIN]] {
        let headers = pair.map(|origin| ("origin", origin));
        let response = call(&server, Method::GET, "config", &headers).await;
        assert_eq!(answer(response).await.1["code"], "origin_not_allowed", "{pair:?}");
    }
}
