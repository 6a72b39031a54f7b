//! What is old is forgotten, and nothing else.

use serde_json::json;
use softbell_server::retention::sweep_all;
use softbell_server::store::sweep::step;

use crate::events::event;
use crate::fixture::{DEVICE, PushService, Server};
use crate::identity::ENDPOINT;
use crate::tokens::settings;
use crate::user_data::later;

const DAY: i64 = 86_400;

/// A server with a report, a message that was sent, and a device.
async fn busy() -> Server {
    let server = Server::with(&settings()).await;
    server.put(DEVICE, &server.live(1, ENDPOINT)).await;
    server.post(&json!([event(&json!({}))])).await;
    server.send(&json!({"title": "Old", "audience": {"all": true}})).await;
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'sent'", 1).await;
    server
}

const LEFT: &str =
    "SELECT (SELECT COUNT(*) FROM reports) + (SELECT COUNT(*) FROM sends) + (SELECT COUNT(*) FROM messages)";

#[tokio::test]
async fn what_is_older_than_400_days_goes_and_what_is_younger_stays() {
    let server = busy().await.restart_with(&later(400 * DAY - 60)).await;
    assert_eq!(sweep_all(&server.app).await.unwrap(), 0);
    let server = server.restart_with(&later(400 * DAY + 60)).await;
    server.post(&json!([event(&json!({"id": "new"}))])).await;
    server.send(&json!({"title": "New", "audience": {"all": true}})).await;
    assert_eq!(sweep_all(&server.app).await.unwrap(), 3);
    assert_eq!(server.number(LEFT).await, 3, "a report, a send and a message");
    assert_eq!(server.value("SELECT title FROM messages").await.unwrap(), "New");
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 1);
}

#[tokio::test]
async fn more_than_one_step_can_take_goes_too() {
    let server = Server::start().await;
    server.fill_unverified(2500).await;
    let server = server.restart(401 * DAY).await;
    assert_eq!(sweep_all(&server.app).await.unwrap(), 2500);
}

/// One step must not keep others from writing, however many messages there are.
#[tokio::test]
async fn a_step_takes_a_thousand_messages_at_most() {
    let server = Server::start().await;
    let mut db = server.app.store.write().await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
         INSERT INTO messages (site, id, kind, title, body, url, created_at)
         SELECT 'shop', CAST(i AS TEXT), 'message', '', '', '', 0 FROM n",
    )
    .execute(&mut *db)
    .await
    .unwrap();
    assert_eq!(step(&mut db, 1).await.unwrap(), 1000);
    assert_eq!(step(&mut db, 1).await.unwrap(), 500);
    assert_eq!(step(&mut db, 1).await.unwrap(), 0);
}

#[tokio::test]
async fn nothing_goes_where_it_is_kept_for_ever() {
    let settings = format!("keep_days = 0\n{}", later(9000 * DAY));
    let server = busy().await.restart_with(&settings).await;
    assert_eq!(sweep_all(&server.app).await.unwrap(), 0);
    assert_eq!(server.number(LEFT).await, 3);
}
