//! Every test has a database of its own: a file, or a schema of the `PostgreSQL` database that `SOFTBELL_TEST_DATABASE`
//! names (tools/postgres.sh starts one).

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use softbell_server::b64;
use softbell_server::settings::{DatabaseUrl, Settings, check};
use softbell_server::store::devices::release;
use softbell_server::store::{Place, Store};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::events::event;
use crate::fixture::{Server, answer, put_request, state};

const ENDPOINT: &str = "https://fcm.googleapis.com/fcm/send/one";

/// The `PostgreSQL` database to test with, if any.
pub fn server_url() -> Option<String> {
    std::env::var("SOFTBELL_TEST_DATABASE").ok()
}

/// A place with nothing in it.
pub async fn fresh_place(folder: &Path) -> Place {
    match server_url() {
        Some(url) => Place::Server(fresh_schema(&url).await),
        None => Place::File(folder.join("softbell.db")),
    }
}

/// An empty schema, which is much quicker to make than a database.
async fn fresh_schema(url: &str) -> DatabaseUrl {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let schema = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    sqlx::any::install_default_drivers();
    let mut db = AnyConnection::connect(url).await.unwrap();
    db.execute(sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))).await.unwrap();
    db.close().await.unwrap();
    let joint = if url.contains('?') { '&' } else { '?' };
    DatabaseUrl::new(format!("{url}{joint}options[search_path]={schema}"))
}

fn settings(database: &str) -> Settings {
    let text = format!("database = '{database}'\ncontact = 'mailto:a@b.c'\n[sites.a]\norigins = ['https://a.example']");
    Settings::parse(&text).unwrap()
}

#[test]
fn only_addresses_of_postgres_are_taken() {
    for good in ["postgres://u:secret@db.example/x", "postgresql://localhost/x", "postgres://u@localhost/x?host=/run"] {
        assert_eq!(check(&settings(good)), Ok(()), "{good}");
    }
    for bad in ["mysql://u:secret@db.example/x", "postgres://u:secret@db.example", "postgres://", "secret", ""] {
        let sentence = check(&settings(bad)).unwrap_err();
        assert!(sentence.starts_with("Set database to postgres://") && !sentence.contains("secret"), "{sentence}");
    }
}

#[test]
fn the_password_of_a_database_is_not_shown() {
    let place = Place::of(&settings("postgres://me:secret@db.example/x?password=secret"));
    assert_eq!(place.shown(), "postgres://db.example/x");
    assert!(!format!("{place:?}").contains("secret"));
}

#[test]
fn the_environment_names_the_database_too() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("softbell.toml");
    std::fs::write(&file, "").unwrap();
    let variable = ("SOFTBELL_DATABASE".to_owned(), "postgres://db.example/x".to_owned());
    let settings = Settings::read(&file, [variable]).unwrap();
    assert_eq!(Place::of(&settings).shown(), "postgres://db.example/x");
    assert_eq!(Place::of(&Settings::default()), Place::File("data/softbell.db".into()));
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_says_so_at_once() {
    let place = Place::Server(DatabaseUrl::new("postgres://me:secret@127.0.0.1:9/x".to_owned()));
    let error = Store::open(&place).await.err().unwrap().to_string();
    assert!(error.contains("refused") && !error.contains("secret"), "{error}");
}

#[tokio::test]
async fn the_file_is_for_its_owner_only_whatever_its_name() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a %20 ?x=1#y.db");
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let store = Store::open(&Place::File(path.clone())).await.unwrap();
    store.write().await.unwrap().commit().await.unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        names.push(entry.file_name().into_string().unwrap());
    }
    assert!(names.iter().all(|name| name.starts_with("a %20 ?x=1#y.db")), "{names:?}");
    assert!(path.metadata().unwrap().len() > 0);
}

#[tokio::test]
async fn a_file_keeps_what_was_acknowledged() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&Place::File(folder.path().join("x.db"))).await.unwrap();
    let mut db = store.write().await.unwrap();
    for (pragma, expected) in [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1), ("PRAGMA busy_timeout", 5000)] {
        let got: i64 = sqlx::query_scalar(pragma).fetch_one(&mut *db).await.unwrap();
        assert_eq!(got, expected, "{pragma}");
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *db).await.unwrap();
    assert_eq!(mode, "wal");
}

/// Sends the same PUT, with an endpoint or two, many times at once.
async fn all_at_once(server: &Server, puts: Vec<(String, Value)>) -> Vec<u16> {
    let calls: Vec<_> = puts
        .into_iter()
        .map(|(device, state)| {
            let router = server.router.clone();
            tokio::spawn(async move { answer(router.oneshot(put_request(&device, &state)).await.unwrap()).await })
        })
        .collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap().0.as_u16());
    }
    statuses
}

fn device(number: u8) -> String {
    b64::encode(&[number; 16])
}

#[tokio::test(flavor = "multi_thread")]
async fn puts_of_one_new_device_at_once_make_it_once() {
    let server = Server::start().await;
    let puts = (1..20).map(|revision| (device(1), server.live(revision, ENDPOINT))).collect();
    assert!(all_at_once(&server, puts).await.iter().all(|status| *status == 200));
    assert_eq!(server.number("SELECT revision FROM devices").await, 19);
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_claim_one_endpoint_at_once_leave_it_with_one_of_them() {
    let server = Server::start().await;
    let puts = (1..20).map(|number| (device(number), server.live(1, ENDPOINT))).collect();
    assert!(all_at_once(&server, puts).await.iter().all(|status| *status == 200));
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 19);
    assert_eq!(server.number("SELECT COUNT(*) FROM devices WHERE endpoint IS NOT NULL").await, 1);
    assert_eq!(server.number("SELECT COUNT(*) FROM sends").await, 1);
}

/// A message to all looks at every device; what is written down about sends that met dead endpoints changes some of
/// them. On a server both run side by side.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_all_and_dead_endpoints_do_not_wait_for_each_other_for_ever() {
    if server_url().is_none() {
        return;
    }
    let server = Server::start().await;
    // Made in the order opposite to that of their ids, as far as random ids are in any order.
    let devices: Vec<(String, String)> =
        (0..40).rev().map(|n| (device(n), format!("https://fcm.googleapis.com/fcm/send/{n}"))).collect();
    for (device, endpoint) in &devices {
        assert_eq!(server.put(device, &server.live(1, endpoint)).await.0, 200);
    }
    let mut db = server.app.store.write().await.unwrap();
    let ((last, its), (first, of_first)) = (&devices[0], &devices[39]);
    release(&mut db, "shop", first, of_first, Some(1)).await.unwrap();
    let message = json!({"title": "Hi", "audience": {"all": true}});
    let request = Request::post("/v1/sites/shop/messages").header("authorization", server.admin_token());
    let call = server.router.clone().oneshot(request.body(Body::from(message.to_string())).unwrap());
    let sent = tokio::spawn(async { answer(call.await.unwrap()).await });
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND query LIKE 'INSERT INTO sends%' AND query LIKE '%FROM devices%'";
    server.until(waiting, 1).await;
    release(&mut db, "shop", last, its, Some(1)).await.unwrap();
    db.commit().await.unwrap();
    assert_eq!(sent.await.unwrap().0, 202);
}

/// A send needs its device, and an erasure takes it away: whoever is second must find it so, and not fail.
#[tokio::test(flavor = "multi_thread")]
async fn f6_messages_to_all_and_erasures_at_once_do_not_fail() {
    let server = Server::start().await;
    let devices: Vec<String> = (0..30).map(device).collect();
    for (number, device) in devices.iter().enumerate() {
        let endpoint = format!("https://fcm.googleapis.com/fcm/send/{number}");
        assert_eq!(server.put(device, &server.live(1, &endpoint)).await.0, 200);
    }
    let token = server.admin_token();
    let message = json!({"title": "Hi", "audience": {"all": true}}).to_string();
    let calls: Vec<_> = devices
        .iter()
        .flat_map(|device| {
            [
                Request::post("/v1/sites/shop/messages").body(Body::from(message.clone())),
                Request::delete(format!("/v1/sites/shop/devices/{device}")).body(Body::empty()),
            ]
        })
        .map(|request| {
            let (mut request, router) = (request.unwrap(), server.router.clone());
            request.headers_mut().insert("authorization", token.parse().unwrap());
            tokio::spawn(async move { router.oneshot(request).await.unwrap().status().as_u16() })
        })
        .collect();
    let mut statuses = BTreeSet::new();
    for call in calls {
        statuses.insert(call.await.unwrap());
    }
    assert_eq!(statuses, BTreeSet::from([202, 204]));
    assert_eq!(server.number("SELECT (SELECT COUNT(*) FROM devices) + (SELECT COUNT(*) FROM sends)").await, 0);
}

/// A report that is being stored while its device is erased must not stay with the device's id.
#[tokio::test(flavor = "multi_thread")]
async fn f6_reports_and_erasures_at_once_leave_nothing_of_the_device() {
    let server = Server::start().await;
    let mut calls = Vec::new();
    for number in 0..40 {
        let device = device(number);
        let (_, body) = server.put(&device, &state(1)).await;
        let batch: Vec<Value> =
            (0..20).map(|id| event(&json!({"id": format!("e{id}"), "softbelltoken": body["report_token"]}))).collect();
        let post = Request::post("/v1/sites/shop/events").header("content-type", "text/plain");
        let delete = Request::delete(format!("/v1/sites/shop/devices/{device}"));
        calls.push(post.body(Body::from(json!(batch).to_string())).unwrap());
        calls.push(delete.header("authorization", server.admin_token()).body(Body::empty()).unwrap());
    }
    let calls: Vec<_> = calls.into_iter().map(|request| tokio::spawn(server.router.clone().oneshot(request))).collect();
    for call in calls {
        assert!(call.await.unwrap().unwrap().status().is_success());
    }
    let left = "SELECT COUNT(*) FROM reports WHERE device_id IS NOT NULL OR scope <> 'erased'";
    assert_eq!(server.number(left).await, 0);
}

/// Each message with a key forgets old keys, and must not look at all the others for that.
#[tokio::test]
async fn old_keys_are_found_by_their_age() {
    let server = Server::start().await;
    if server_url().is_some() {
        return;
    }
    let mut db = server.app.store.read().await.unwrap();
    let plan: String = sqlx::query("EXPLAIN QUERY PLAN DELETE FROM answers WHERE site = 'shop' AND created_at < 5")
        .fetch_one(&mut *db)
        .await
        .unwrap()
        .get("detail");
    assert!(plan.contains("created_at<?"), "{plan}");
}

/// What is asked for one person must not read everybody: a site may have millions of devices and lines.
#[tokio::test]
async fn f6_what_is_one_persons_is_found_by_an_index() {
    let server = Server::start().await;
    if server_url().is_some() {
        return;
    }
    for (sql, expected) in [
        (
            "SELECT entry FROM consent_entries WHERE site = $1 AND seq > 0 AND device_id = $2 ORDER BY seq LIMIT 500",
            "device_id=?",
        ),
        (
            "SELECT entry FROM consent_entries WHERE site = $1 AND seq > 0 AND user_id = $2 ORDER BY seq LIMIT 500",
            "user_id=?",
        ),
        ("SELECT device_id FROM earlier_users WHERE site = $1 AND user_id = $2", "user_id=?"),
        ("SELECT id FROM devices WHERE site = $1 AND user_id = $2", "user_id=?"),
        ("SELECT seq FROM reports WHERE site = $1 AND user_id = $2 ORDER BY seq DESC LIMIT 500", "user_id=?"),
        ("SELECT seq FROM reports WHERE site = $1 AND device_id = $2 ORDER BY seq DESC LIMIT 500", "device_id=?"),
        ("SELECT seq FROM sends WHERE site = $1 AND user_id = $2 ORDER BY seq DESC LIMIT 500", "user_id=?"),
        ("SELECT seq FROM sends WHERE site = $1 AND device_id = $2 ORDER BY seq DESC LIMIT 500", "device_id=?"),
    ] {
        let mut db = server.app.store.read().await.unwrap();
        let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).bind("shop").bind("x");
        let plan: String = plan.fetch_one(&mut *db).await.unwrap().get("detail");
        assert!(plan.contains("site=?") && plan.contains(expected) && !plan.contains("SCAN"), "{sql}: {plan}");
    }
}
