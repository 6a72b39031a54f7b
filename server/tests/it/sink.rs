//! A push service that counts by endpoint, and a queue of sends to fill it with.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use softbell_server::b64;
use softbell_server::clock::Clock;
use softbell_server::secrets::Secrets;
use softbell_server::store::Store;
use tokio::sync::watch;

use crate::fixture::{AUTH, P256DH};

/// Takes everything; answers while it is open.
#[derive(Clone)]
pub struct Sink {
    pub url: String,
    /// By path, which is the device's: the keys of the servers that sent there.
    arrived: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
    open: watch::Sender<bool>,
}

impl Sink {
    pub async fn start(is_open: bool) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sink = Self { url, arrived: Arc::default(), open: watch::Sender::new(is_open) };
        let at = sink.clone();
        let service = Router::new().fallback(async move |uri: Uri, headers: HeaderMap| {
            let authorization = headers["authorization"].to_str().unwrap();
            let key = authorization.split_once(", k=").unwrap().1.to_owned();
            at.arrived.lock().unwrap().entry(uri.path().to_owned()).or_default().push(key);
            at.open.subscribe().wait_for(|open| *open).await.unwrap();
            StatusCode::CREATED
        });
        tokio::spawn(async { axum::serve(listener, service).await });
        sink
    }

    /// Answers from now on.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// All that came, by path.
    pub fn arrived(&self) -> BTreeMap<String, Vec<String>> {
        self.arrived.lock().unwrap().clone()
    }

    /// How many came.
    pub fn count(&self) -> usize {
        self.arrived.lock().unwrap().values().map(Vec::len).sum()
    }
}

/// Devices of the site `shop`, one endpoint each, and a message queued for all of them. `folder`: that of the secrets.
pub async fn fill(store: &Store, folder: &Path, count: u32) {
    let vapid = Secrets::open(folder).unwrap().vapid;
    let (now, message) = (Clock::default().millis(), b64::encode(&[9; 16]));
    let mut db = store.write().await.unwrap();
    sqlx::query(
        "INSERT INTO messages (site, id, kind, title, body, url, created_at)
         VALUES ('shop', $1, 'test', 'Hi', 'there', 'http://localhost:9000/', $2)",
    )
    .bind(&message)
    .bind(now)
    .execute(&mut *db)
    .await
    .unwrap();
    for number in 0..count {
        let id = b64::encode(&u128::from(number).to_be_bytes());
        sqlx::query(
            "INSERT INTO devices (site, id, secret_hash, revision, permission, status, endpoint, p256dh, auth, vapid,
               topics, tags, capabilities, created_at, updated_at, seen_at)
             VALUES ('shop', $1, '', 1, 'granted', 'allowed', $2, $3, $4, $6, '[]', '{}', '{}', $5, $5, $5)",
        )
        .bind(&id)
        .bind(format!("https://push.example.com/{number}"))
        .bind(P256DH)
        .bind(AUTH)
        .bind(now)
        .bind(vapid.public())
        .execute(&mut *db)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO sends (site, message_id, device_id, state, attempts, due_at, expires_at, created_at)
             VALUES ('shop', $1, $2, 'queued', 0, 0, 9000000000000, $3)",
        )
        .bind(&message)
        .bind(&id)
        .bind(now)
        .execute(&mut *db)
        .await
        .unwrap();
    }
    db.commit().await.unwrap();
}
