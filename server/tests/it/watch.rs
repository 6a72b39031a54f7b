//! What operators watch: `/healthz`, `/readyz`, `/metrics`.

use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::events::event;
use crate::fixture::{DEVICE, OTHER, PushService, Server, answer};

async fn get(server: &Server, path: &str) -> (StatusCode, serde_json::Value) {
    answer(server.call(Request::get(path).body(Body::empty()).unwrap()).await).await
}

/// Status and text of `/metrics` for a peer, with these headers.
async fn metrics(server: &Server, peer: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let mut request = Request::get("/metrics").extension(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = server.call(request.body(Body::empty()).unwrap()).await;
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_server_without_its_database_lives_but_is_not_ready() {
    let server = Server::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(&server, path).await, (StatusCode::OK, json!({"status": "ok"})), "{path}");
    }
    server.app.store.close().await;
    assert_eq!(get(&server, "/healthz").await.0, 200);
    let (status, problem) = get(&server, "/readyz").await;
    assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("database_away")));
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let (server, service) = (Server::start().await, PushService::start(&[(201, "")]).await);
    let known = event(&json!({}));
    server.post(&json!([known, known, 7])).await;
    server.put(DEVICE, &server.live(1, "https://fcm.googleapis.com/fcm/send/one")).await;
    let here = "127.0.0.1:5000";
    let (_, before) = metrics(&server, here, &[]).await;
    assert!(before.contains("softbell_queue_length 1\n"), "{before}");
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 1).await;
    get(&server, "/v1/sites/nowhere/config").await;
    get(&server, "/etc/passwd").await;
    let erase =
        Request::delete(format!("/v1/sites/shop/devices/{OTHER}")).header("authorization", server.admin_token());
    assert_eq!(server.call(erase.body(Body::empty()).unwrap()).await.status(), 404);
    let (status, text) = metrics(&server, here, &[]).await;
    assert_eq!(status, 200);
    for line in [
        "# TYPE softbell_requests_total counter",
        r#"softbell_requests_total{method="POST",route="/v1/sites/{site}/events",status="200"} 1"#,
        r#"softbell_requests_total{method="PUT",route="/v1/sites/{site}/devices/{device_id}",status="200"} 1"#,
        r#"softbell_requests_total{method="DELETE",route="/v1/sites/{site}/devices/{device_id}",status="404"} 1"#,
        r#"softbell_requests_total{method="GET",route="/v1/sites/{site}/config",status="404"} 1"#,
        r#"softbell_requests_total{method="GET",route="other",status="404"} 1"#,
        r#"softbell_reports_total{outcome="stored"} 1"#,
        r#"softbell_reports_total{outcome="duplicate"} 1"#,
        r#"softbell_reports_total{outcome="dropped"} 1"#,
        r#"softbell_sends_total{outcome="sent"} 1"#,
        "# TYPE softbell_queue_length gauge",
        "softbell_queue_length 0",
        r#"softbell_devices_reachable{site="quiet"} 0"#,
        r#"softbell_devices_reachable{site="shop"} 1"#,
    ] {
        assert!(text.lines().any(|given| given == line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_the_admin() {
    let server = Server::start().await;
    let token = server.admin_token();
    for peer in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        assert_eq!(metrics(&server, peer, &[]).await.0, 200, "{peer}");
        // Through a proxy on this machine the whole world comes from here.
        for header in ["x-forwarded-for", "forwarded"] {
            assert_eq!(metrics(&server, peer, &[(header, "x")]).await.0, 401, "{peer} {header}");
        }
    }
    assert_eq!(metrics(&server, "192.0.2.1:1", &[]).await.0, 401);
    assert_eq!(metrics(&server, "192.0.2.1:1", &[("authorization", &token)]).await.0, 200);
    assert_eq!(get(&server, "/metrics").await.0, 401);
}
