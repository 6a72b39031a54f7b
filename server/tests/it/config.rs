//! `GET config`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::fixture::{Server, answer};

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn it_tells_pages_what_they_need() {
    let server = Server::start().await;
    let response = server.call(get("/v1/sites/shop/config")).await;
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let (status, body) = answer(response).await;
    assert_eq!(status, StatusCode::OK);
    let expected = json!({
        "vapid": server.app.signer.public(),
        "topics": [{"id": "offers", "name": "Offers"}],
        "campaigns": [],
        "texts": {},
    });
    assert_eq!(body, expected);
    assert_eq!(softbell_server::b64::decode(body["vapid"].as_str().unwrap()).unwrap().len(), 65);
}

#[tokio::test]
async fn a_known_version_costs_one_short_answer() {
    let server = Server::start().await;
    let tag = server.call(get("/v1/sites/shop/config")).await.headers()["etag"].to_str().unwrap().to_owned();
    let held = [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()];
    for (held, expected) in held.iter().map(|held| (held.as_str(), 304)).chain([("\"other\"", 200)]) {
        let request = Request::get("/v1/sites/shop/config").header("if-none-match", held);
        let response = server.call(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), expected, "{held}");
        assert_eq!(response.headers()["etag"], tag);
        let body = axum::body::to_bytes(response.into_body(), 9999).await.unwrap();
        assert_eq!(body.is_empty(), expected == 304);
    }
    let other = server.call(get("/v1/sites/quiet/config")).await;
    assert_ne!(other.headers()["etag"], tag);
}

#[tokio::test]
async fn unknown_addresses_answer_with_a_code_and_a_sentence() {
    let server = Server::start().await;
    for (path, status, code) in [
        ("/v1/sites/nowhere/config", 404, "site_unknown"),
        ("/v1/sites/shop/nothing", 404, "not_found"),
        ("/", 404, "not_found"),
        ("/v1/sites/shop/events", 405, "method_not_allowed"),
    ] {
        let response = server.call(get(path)).await;
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        let (got, body) = answer(response).await;
        assert_eq!((got.as_u16(), body["code"].as_str().unwrap()), (status, code), "{path}");
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], format!("urn:softbell:error:{code}"));
        assert!(body["detail"].as_str().unwrap().ends_with('.'), "{body}");
    }
}
