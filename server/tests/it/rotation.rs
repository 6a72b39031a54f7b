//! A new VAPID key (A9).

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use serde_json::{Value, json};
use softbell_server::secrets::{Secrets, rotate_vapid};
use tempfile::TempDir;

use crate::fixture::{Arrived, DEVICE, OTHER, PushService, Server, refusal};
use crate::identity::{ENDPOINT, server};
use crate::tokens::settings;

const SECOND: &str = "https://fcm.googleapis.com/fcm/send/two";

fn all() -> Value {
    json!({"title": "For all", "audience": {"all": true}})
}

/// After a restart with a new key.
async fn rotated(server: Server) -> Server {
    rotate_vapid(server.folder()).unwrap();
    server.restart_with(&settings()).await
}

/// The key that a push was signed with: `vapid t=…, k=…`.
fn key(push: &Arrived) -> String {
    push.headers["authorization"].to_str().unwrap().split_once("k=").unwrap().1.to_owned()
}

#[tokio::test]
async fn a9_earlier_subscriptions_are_sent_to_with_their_own_key_until_they_are_renewed() {
    let server = server().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    let old = server.app.signer.public().to_owned();
    let server = rotated(server).await;
    let new = server.app.signer.public().to_owned();
    assert_ne!(old, new);
    server.put(OTHER, &server.live(1, SECOND)).await;
    assert_eq!(server.send(&all()).await.1["reach"], 2);
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 2).await;
    let mut signed: Vec<(String, String)> =
        service.arrived().iter().map(|push| (push.uri.path().to_owned(), key(push))).collect();
    signed.sort();
    assert_eq!(signed, [("/fcm/send/one".to_owned(), old), ("/fcm/send/two".to_owned(), new)]);
}

#[tokio::test]
async fn a9_pages_get_the_new_key_and_the_old_one_is_refused_so_that_browsers_renew() {
    let server = server().await;
    let before = server.live(1, ENDPOINT);
    server.put(DEVICE, &before).await;
    let server = rotated(server).await;
    let request = axum::http::Request::get("/v1/sites/shop/config").body(axum::body::Body::empty()).unwrap();
    let config = crate::fixture::answer(server.call(request).await).await.1;
    assert_eq!(config["vapid"], server.app.signer.public());
    assert_eq!(refusal(server.put(DEVICE, &before).await).1, "vapid_changed");
    // The renewed subscription takes the place of the old one.
    assert_eq!(server.put(DEVICE, &server.live(2, SECOND)).await.0, 200);
    assert_eq!(server.value("SELECT endpoint FROM devices").await.unwrap(), SECOND);
    assert_eq!(server.value("SELECT vapid FROM devices").await.unwrap(), server.app.signer.public());
}

#[tokio::test]
async fn a9_without_its_key_a_subscription_is_left_out_and_found_again_with_it() {
    let server = server().await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    // Queued under a key that is gone when it is its turn.
    server.send(&all()).await;
    let server = rotated(server).await;
    let file = server.folder().join("secrets.toml");
    let whole = std::fs::read_to_string(&file).unwrap();
    let (without, _) = whole.split_once("[[vapid_previous]]").unwrap();
    std::fs::write(&file, without).unwrap();
    let server = server.restart_with(&settings()).await;
    let (_, body) = server.send(&all()).await;
    assert_eq!((&body["reach"], &body["excluded"]), (&json!(0), &json!({"vapid_retired": 1})));
    assert_eq!(server.admin_get("/v1/sites").await.1["sites"][1]["reachable"], 0);
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'failed' AND code = 'vapid_retired'", 1).await;
    assert_eq!(service.arrived().len(), 0);
    std::fs::write(&file, whole).unwrap();
    let server = server.restart_with(&settings()).await;
    assert_eq!(server.send(&all()).await.1["reach"], 1, "a copy of the file was put back");
}

#[test]
fn a9_rotation_keeps_everything_else_and_the_file_to_its_owner() {
    let folder = TempDir::new().unwrap();
    assert!(rotate_vapid(folder.path()).is_err(), "there is nothing to rotate");
    let first = Secrets::open(folder.path()).unwrap();
    let file = folder.path().join("secrets.toml");
    // An operator may rotate as root; the server is somebody else. Where the tests are not root, both are the same.
    let _ = std::os::unix::fs::chown(&file, Some(65534), Some(65534));
    let owner = std::fs::metadata(&file).unwrap();
    std::fs::write(folder.path().join("secrets.toml.new"), "left by a crash").unwrap();
    assert_eq!(rotate_vapid(folder.path()).unwrap().1, 1);
    let (public, count) = rotate_vapid(folder.path()).unwrap();
    let last = Secrets::open(folder.path()).unwrap();
    assert_eq!((last.vapid.public(), count, last.vapid_previous.len()), (public.as_str(), 2, 2));
    assert_eq!(last.vapid_previous[1].public(), first.vapid.public());
    assert_eq!((last.token_key, last.admin), (first.token_key, first.admin));
    let after = std::fs::metadata(&file).unwrap();
    assert_eq!((after.permissions().mode() & 0o777, after.uid(), after.gid()), (0o600, owner.uid(), owner.gid()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(rotate_vapid(folder.path()).unwrap_err().contains("chmod 600"));
}
