//! `GET live`: what happens right now.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::events::event;
use crate::fixture::{AUTH, DEVICE, Server, answer, refusal};

const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/secret-path";

/// A stream of events, as the console reads it.
struct Stream(Response<Body>);

impl Stream {
    async fn open(router: &Router, server: &Server) -> Self {
        let request = Request::get("/v1/sites/shop/live").header("authorization", server.admin_token());
        let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"text/event-stream".parse().unwrap())
        );
        let mut stream = Self(response);
        assert_eq!(stream.next().await, Some(("ping".to_owned(), json!({}))));
        stream
    }

    /// Name and data of the next event; none at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        let bytes = self.0.frame().await?.unwrap().into_data().unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let member = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        Some((member("event:"), serde_json::from_str(&member("data:")).unwrap()))
    }
}

#[tokio::test]
async fn reports_and_devices_appear_as_the_lists_have_them() {
    let server = Server::start().await;
    server.post(&json!([event(&json!({"id": "before"}))])).await;
    let mut stream = Stream::open(&server.router, &server).await;
    server.post(&json!([event(&json!({"id": "a"})), event(&json!({"id": "b", "type": "prompt.closed"}))])).await;
    let list = server.admin_get("/v1/sites/shop/reports").await.1;
    assert_eq!(stream.next().await.unwrap(), ("report".to_owned(), list["reports"][1].clone()));
    assert_eq!(stream.next().await.unwrap(), ("report".to_owned(), list["reports"][0].clone()));
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let list = server.admin_get("/v1/sites/shop/devices").await.1;
    let (name, row) = stream.next().await.unwrap();
    assert_eq!((name.as_str(), &row), ("device", &list["devices"][0]));
    assert!(!row.to_string().contains("secret-path") && !row.to_string().contains(AUTH), "{row}");
}

#[tokio::test]
async fn what_came_to_another_process_appears_too() {
    let server = Server::start().await;
    let neighbour = server.neighbour().await;
    let mut stream = Stream::open(&neighbour, &server).await;
    server.post(&json!([event(&json!({"id": "a"}))])).await;
    assert_eq!(stream.next().await.unwrap().0, "report");
}

#[tokio::test]
async fn it_ends_when_the_server_stops() {
    let server = Server::start().await;
    let mut stream = Stream::open(&server.router, &server).await;
    server.app.stopping.send_replace(true);
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn it_is_for_the_admin_and_for_known_sites() {
    let server = Server::start().await;
    let request = Request::get("/v1/sites/shop/live").body(Body::empty()).unwrap();
    assert_eq!(refusal(answer(server.call(request).await).await).1, "admin_token_missing");
    assert_eq!(refusal(server.admin_get("/v1/sites/nowhere/live").await).1, "site_unknown");
    assert_eq!(refusal(server.admin_get("/v1/sites/shop/live?after=7").await).1, "parameter_unknown");
}
