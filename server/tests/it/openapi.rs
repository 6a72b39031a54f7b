//! `server/openapi.json` says what the server does: addresses, methods, codes and limits are compared with the code.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::fixture::{Server, answer};

/// Where routes and codes are written.
const ROUTES: [&str; 2] = [include_str!("../../src/http/mod.rs"), include_str!("../../src/http/admin.rs")];
const CODES: [&str; 3] = [
    include_str!("../../src/error.rs"),
    include_str!("../../src/wire/user_token.rs"),
    include_str!("../../src/wire/json.rs"),
];

fn file() -> String {
    format!("{}/openapi.json", env!("CARGO_MANIFEST_DIR"))
}

fn document() -> Value {
    serde_json::from_str(&std::fs::read_to_string(file()).unwrap()).unwrap()
}

/// Every text that `code()` of an error gives: `=> "like_this"`.
fn codes() -> BTreeSet<String> {
    let words = CODES.iter().flat_map(|source| source.split("=> \"").skip(1));
    let words = words.filter_map(|rest| rest.split_once("\",")).map(|(word, _)| word);
    words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')).map(str::to_owned).collect()
}

/// Method and address of every route in the code.
fn routes() -> BTreeSet<(String, String)> {
    let mut routes = BTreeSet::new();
    for route in ROUTES.iter().flat_map(|source| source.split(".route(\"").skip(1)) {
        let (path, handlers) = route.split_once("\", ").unwrap();
        let path =
            if path.starts_with("/v1") || !(path == "/config" || path == "/events" || path.starts_with("/devices/")) {
                path.to_owned()
            } else {
                format!("/v1/sites/{{site}}{path}")
            };
        let handlers = handlers.lines().next().unwrap();
        for method in ["get", "put", "post", "delete"] {
            if handlers.starts_with(&format!("{method}(")) || handlers.contains(&format!(".{method}(")) {
                routes.insert((method.to_owned(), path.clone()));
            }
        }
    }
    routes
}

#[test]
fn every_code_is_in_the_document_and_no_other() {
    let mut document = document();
    let listed = &mut document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"];
    let expected = json!(codes());
    if *listed != expected && std::env::var_os("BLESS").is_some() {
        *listed = expected;
        std::fs::write(file(), format!("{}\n", serde_json::to_string_pretty(&document).unwrap())).unwrap();
        return;
    }
    assert_eq!(*listed, expected, "write them down with: BLESS=1 cargo test -p softbell-server --test it openapi");
}

#[test]
fn every_code_is_an_answer_of_some_call() {
    let document = document();
    let mut said = BTreeSet::from(["not_found".to_owned(), "method_not_allowed".to_owned()]);
    for call in document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values()) {
        for answer in call["responses"].as_object().unwrap().values() {
            if answer["content"].get("application/problem+json").is_some() {
                said.extend(answer["description"].as_str().unwrap().split(", ").map(str::to_owned));
            }
        }
    }
    assert_eq!(said, codes());
}

#[test]
fn every_route_is_in_the_document_and_no_other() {
    let mut listed = BTreeSet::new();
    for (path, calls) in document()["paths"].as_object().unwrap() {
        listed.extend(calls.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    assert_eq!(listed, routes());
}

#[tokio::test]
async fn the_document_is_served_as_it_is_kept() {
    let server = Server::start().await;
    let response = server.call(Request::get("/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let (status, body) = answer(response).await;
    assert_eq!((status.as_u16(), body), (200, document()));
}

/// The examples of the document, which are those of docs/server.md.
#[tokio::test]
async fn the_examples_do_what_they_show() {
    let server = Server::start().await;
    let example = |name: &str| document()["components"]["schemas"][name]["example"].clone();
    assert_eq!(server.put("AAAAAAAAAAAAAAAAAAAAAA", &example("DeviceState")).await.0, 200);
    assert_eq!(server.post(&json!([example("Event")])).await.1["stored"], 1);
    let (status, reach) = server.send(&example("NewMessage")).await;
    assert_eq!((status.as_u16(), &reach["reach"], &reach["excluded"]), (200, &json!(0), &json!({"not_subscribed": 1})));
}

#[tokio::test]
async fn the_answers_have_the_members_of_the_document() {
    let server = Server::start().await;
    server.post(&json!([document()["components"]["schemas"]["Event"]["example"]])).await;
    for (path, name) in [
        ("/v1/sites", "Sites"),
        ("/v1/sites/shop/messages", "Messages"),
        ("/v1/sites/shop/funnel", "Funnel"),
        ("/v1/sites/shop/devices", "Devices"),
        ("/v1/sites/shop/reports", "Reports"),
        ("/v1/sites/shop/results", "Results"),
        ("/v1/sites/shop/conversions", "Conversions"),
        ("/v1/sites/shop/consents", "Consents"),
        ("/v1/sites/shop/users/u1", "User"),
        ("/v1/sites/shop/users/u1/export", "UserExport"),
    ] {
        let (_, body) = server.admin_get(path).await;
        let members: BTreeSet<&String> = body.as_object().unwrap().keys().collect();
        let schema = &document()["components"]["schemas"][name]["properties"];
        assert_eq!(members, schema.as_object().unwrap().keys().collect(), "{path}");
    }
    assert_eq!(
        server
            .call(Request::builder().method(Method::TRACE).uri("/readyz").body(Body::empty()).unwrap())
            .await
            .status(),
        405
    );
}
