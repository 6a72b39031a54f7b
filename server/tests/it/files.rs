//! The kit's files, and the shop.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use softbell_server::http;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::fixture::Server;

const HASHED: &str = "client-1a2B3c4D.wasm";

/// A built kit and a shop.
fn folders() -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for name in [HASHED, "shell-12345678.js", "loader.js", "sw.js", "style-87654321.css"] {
        write(&format!("kit/{name}"), &"x".repeat(2000));
    }
    write("console/index.html", "<title>Console</title>");
    write("console/console-1A2B3C4D.js", "");
    write("secret.txt", "secret");
    write("shop/index.html", "<script data-server=\"__SOFTBELL_SERVER__\"></script>__SOFTBELL_SERVER__");
    write("shop/shop.js", "__SOFTBELL_SERVER__");
    folder
}

async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), 99_999).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn the_kit_has_the_right_types_and_caching_on_both_origins() {
    let (server, folder) = (Server::start().await, folders());
    let kit = folder.path().join("kit");
    let shop = http::shop(&folder.path().join("shop"), &kit, "http://server");
    let forever = "public, max-age=31536000, immutable";
    for router in [http::app_with_kit(server.app.clone(), &kit), shop] {
        for (name, kind, cache) in [
            (HASHED, "application/wasm", forever),
            ("shell-12345678.js", "text/javascript", forever),
            ("style-87654321.css", "text/css", forever),
            ("loader.js", "text/javascript", "no-cache"),
            ("sw.js", "text/javascript", "no-cache"),
        ] {
            let response = get(&router, &format!("/softbell/{name}"), &[]).await;
            assert_eq!(response.status(), 200, "{name}");
            assert_eq!(response.headers()["content-type"], kind, "{name}");
            assert_eq!(response.headers()["cache-control"], cache, "{name}");
            assert_eq!(response.headers()["access-control-allow-origin"], "*");
            assert_eq!(response.headers()["cross-origin-resource-policy"], "cross-origin");
            assert_eq!(response.headers()["x-content-type-options"], "nosniff");
            // A policy on the worker's file would govern the worker.
            assert!(!response.headers().contains_key("content-security-policy"));
            assert_eq!(text(response).await.len(), 2000);
        }
    }
}

#[tokio::test]
async fn a_missing_hashed_file_is_not_missing_forever() {
    let (server, folder) = (Server::start().await, folders());
    let router = http::app_with_kit(server.app.clone(), &folder.path().join("kit"));
    let response = get(&router, "/softbell/gone-12345678.js", &[]).await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["cache-control"], "no-cache");
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served() {
    let (server, folder) = (Server::start().await, folders());
    let kit = folder.path().join("kit");
    let shop = http::shop(&folder.path().join("shop"), &kit, "http://server");
    for router in [http::app_with_kit(server.app.clone(), &kit), shop] {
        for path in
            ["/softbell/../secret.txt", "/softbell/%2e%2e/secret.txt", "/softbell/..%2fsecret.txt", "/../secret.txt"]
        {
            let response = get(&router, path, &[]).await;
            assert!(response.status().is_client_error(), "{path}");
        }
    }
}

#[tokio::test]
async fn files_are_compressed_for_who_can_read_it() {
    let (server, folder) = (Server::start().await, folders());
    let router = http::app_with_kit(server.app.clone(), &folder.path().join("kit"));
    for coding in ["br", "gzip"] {
        let response = get(&router, "/softbell/loader.js", &[("accept-encoding", coding)]).await;
        assert_eq!(response.headers()["content-encoding"], coding);
        assert!(to_bytes(response.into_body(), 9999).await.unwrap().len() < 200);
    }
}

#[tokio::test]
async fn the_shops_pages_know_the_server_and_are_never_stale() {
    let folder = folders();
    let shop = http::shop(&folder.path().join("shop"), &folder.path().join("kit"), "http://127.0.0.1:7");
    for path in ["/", "/index.html"] {
        let response = get(&shop, path, &[("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")]).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        assert!(!response.headers().contains_key("last-modified"));
        let page = text(response).await;
        assert_eq!(page, "<script data-server=\"http://127.0.0.1:7\"></script>http://127.0.0.1:7");
    }
    assert_eq!(text(get(&shop, "/shop.js", &[]).await).await, "__SOFTBELL_SERVER__");
    assert_eq!(get(&shop, "/nothing", &[]).await.status(), 404);
}

#[tokio::test]
async fn the_api_is_beside_the_files() {
    let (server, folder) = (Server::start().await, folders());
    let router = http::app_with_kit(server.app.clone(), &folder.path().join("kit"));
    assert_eq!(get(&router, "/healthz", &[]).await.status(), 200);
    let response = get(&router, "/v1/sites/shop/config", &[]).await;
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn the_console_runs_nothing_but_its_own_files() {
    let (server, folder) = (Server::start().await, folders());
    let router = http::app(server.app.clone()).merge(http::console(&folder.path().join("console")));
    for (path, cache) in
        [("/console/", "no-cache"), ("/console/console-1A2B3C4D.js", "public, max-age=31536000, immutable")]
    {
        let response = get(&router, path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["cache-control"], cache);
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        for rule in ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{rule}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(response.headers()["cross-origin-opener-policy"], "same-origin");
        // A page of another site must not read or embed it.
        assert!(!response.headers().contains_key("access-control-allow-origin"));
    }
    let bare = get(&router, "/console", &[]).await;
    assert_eq!((bare.status().as_u16(), bare.headers()["location"].to_str().unwrap()), (308, "console/"));
    assert_eq!(get(&router, "/console/../secret.txt", &[]).await.status(), 404);
    assert_eq!(get(&router, "/healthz", &[]).await.status(), 200);
}
