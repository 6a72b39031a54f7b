//! docs/server.md does what it says.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::fixture::{Server, answer};

fn page() -> String {
    std::fs::read_to_string(format!("{}/../docs/server.md", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A request as the page shows it: method and address, headers, an empty line, the body.
fn request(text: &str, token: &str) -> Request<Body> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value.replace("Bearer ADMIN_SECRET", token));
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

fn members(value: &Value) -> BTreeSet<&String> {
    value.as_object().unwrap().keys().collect()
}

#[tokio::test]
async fn every_example_is_answered_as_shown() {
    let server = Server::start().await;
    let page = page();
    let mut count = 0;
    for example in page.split("```http\n").skip(1) {
        let (text, rest) = example.split_once("\n```").unwrap();
        let expected: u16 = rest.split("Answer ").nth(1).unwrap()[..3].parse().unwrap();
        let (status, body) = answer(server.call(request(text, &server.admin_token())).await).await;
        assert_eq!(status, expected, "{text}\n{body}");
        if let Some((_, shown)) = rest.split_once("```json\n") {
            let shown: Value = serde_json::from_str(shown.split_once("\n```").unwrap().0).unwrap();
            assert_eq!(members(&body), members(&shown), "{text}");
        }
        count += 1;
    }
    assert_eq!(count, 15);
}

#[test]
fn every_address_is_mentioned() {
    let document = std::fs::read_to_string(format!("{}/openapi.json", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let page = page().replace("/sites/shop/", "/sites/{site}/");
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.contains(path), "{path}");
    }
}

#[test]
fn every_setting_is_mentioned() {
    let page = page();
    for line in include_str!("../../softbell.example.toml").lines() {
        let line = line.trim_start_matches("# ");
        let Some((key, _)) = line.split_once(" = ") else { continue };
        assert!(page.contains(&format!("`{key}`")), "{key}");
    }
}
