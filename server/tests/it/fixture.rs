//! A server in this process and a push service on loopback.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, Uri};
use serde_json::{Value, json};
use softbell_server::push::client::PushClient;
use softbell_server::secrets::Secrets;
use softbell_server::settings::{Settings, check};
use softbell_server::state::App;
use softbell_server::store::{Place, Store};
use softbell_server::{http, sender};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::databases::fresh_place;

/// The origin of the site `shop`.
pub const ORIGIN: &str = "http://localhost:9000";
/// A device's secret.
pub const SECRET: &str = "Bearer 0123456789abcdef0123456789abcdef0123456789a";
/// The browser of RFC 8291's example.
pub const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
pub const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
pub const UA_PRIVATE: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
/// Two devices.
pub const DEVICE: &str = "AAAAAAAAAAAAAAAAAAAAAA";
pub const OTHER: &str = "BBBBBBBBBBBBBBBBBBBBBA";

const SETTINGS: &str = r#"
    [sites.shop]
    origins = ["http://localhost:9000"]
    topics = [{ id = "offers", name = "Offers" }]
    [sites.shop.welcome]
    title = "Welcome"
    body = "Good to have you."
    url = "http://localhost:9000/welcome.html"
    [sites.quiet]
    origins = ["http://localhost:9001"]
    [lab]
"#;

/// A server; its folder goes when it goes.
pub struct Server {
    pub app: App,
    pub router: Router,
    place: Place,
    folder: TempDir,
}

impl Server {
    /// With the settings above.
    pub async fn start() -> Self {
        Self::with(SETTINGS).await
    }

    /// With settings of one's own.
    pub async fn with(settings: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let place = fresh_place(folder.path()).await;
        let app = open(&folder, &place, settings).await;
        let router = http::app(app.clone());
        Self { app, router, place, folder }
    }

    /// As after a restart, with the clock set forward by so many seconds.
    pub async fn restart(self, offset: i64) -> Self {
        self.restart_with(&format!("{SETTINGS}\nclock_offset = {offset}")).await
    }

    /// As after a restart with other settings.
    pub async fn restart_with(self, settings: &str) -> Self {
        self.app.store.close().await;
        let app = open(&self.folder, &self.place, settings).await;
        let router = http::app(app.clone());
        Self { app, router, place: self.place, folder: self.folder }
    }

    /// The API of another process on the same database.
    pub async fn neighbour(&self) -> Router {
        http::app(open(&self.folder, &self.place, SETTINGS).await)
    }

    /// Starts sending, to a push service.
    pub fn send_to(&self, service: &PushService) {
        self.send_to_url(&service.url);
    }

    /// Starts sending, to whatever is there.
    pub fn send_to_url(&self, url: &str) {
        let client = PushClient::new(Some(url)).unwrap();
        tokio::spawn(sender::run(self.app.clone(), client, std::future::pending()));
    }

    /// One request.
    pub async fn call(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A PUT of a device with the usual origin and secret.
    pub async fn put(&self, device: &str, state: &Value) -> (StatusCode, Value) {
        self.put_as(device, SECRET, state).await
    }

    /// A PUT with a secret of one's own.
    pub async fn put_as(&self, device: &str, secret: &str, state: &Value) -> (StatusCode, Value) {
        let request = Request::put(format!("/v1/sites/shop/devices/{device}"))
            .header("origin", ORIGIN)
            .header("authorization", secret)
            .body(Body::from(state.to_string()))
            .unwrap();
        answer(self.call(request).await).await
    }

    /// A POST of events.
    pub async fn post(&self, events: &Value) -> (StatusCode, Value) {
        let request = Request::post("/v1/sites/shop/events")
            .header("origin", ORIGIN)
            .header("content-type", "text/plain;charset=UTF-8")
            .body(Body::from(events.to_string()))
            .unwrap();
        answer(self.call(request).await).await
    }

    /// A GET with the admin token.
    pub async fn admin_get(&self, path: &str) -> (StatusCode, Value) {
        let request = Request::get(path).header("authorization", self.admin_token());
        answer(self.call(request.body(Body::empty()).unwrap()).await).await
    }

    /// A POST of a message with the admin token, for the site `shop`.
    pub async fn send(&self, message: &Value) -> (StatusCode, Value) {
        self.send_with(message, &[]).await
    }

    /// The same with more headers.
    pub async fn send_with(&self, message: &Value, headers: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut request = Request::post("/v1/sites/shop/messages").header("authorization", self.admin_token());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(self.call(request.body(Body::from(message.to_string())).unwrap()).await).await
    }

    /// The folder of the secrets.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What opens the admin API.
    pub fn admin_token(&self) -> String {
        format!("Bearer {}", Secrets::open(self.folder.path()).unwrap().admin)
    }

    /// One value of the database, as text.
    pub async fn value(&self, sql: &'static str) -> Option<String> {
        let mut db = self.app.store.read().await.unwrap();
        sqlx::query_scalar::<_, Option<String>>(sql).fetch_one(&mut *db).await.unwrap()
    }

    /// One number of the database.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut db = self.app.store.read().await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut *db).await.unwrap()
    }

    /// Waits until a number of the database is what it should be.
    pub async fn until(&self, sql: &'static str, expected: i64) {
        for _ in 0..500 {
            if self.number(sql).await == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{sql} is {}, not {expected}", self.number(sql).await);
    }

    /// So many unverified reports of the site `shop`, as of now.
    pub async fn fill_unverified(&self, count: i64) {
        let mut db = self.app.store.write().await.unwrap();
        sqlx::query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
             INSERT INTO reports (source, id, scope, site, type, verified, time, received_at)
             SELECT 'x', i, '', 'shop', 'prompt.shown', 0, 0, $1 FROM n",
        )
        .bind(self.app.clock.millis())
        .bind(count)
        .execute(&mut *db)
        .await
        .unwrap();
        db.commit().await.unwrap();
    }

    /// A state with a live subscription at this endpoint.
    pub fn live(&self, revision: u32, endpoint: &str) -> Value {
        let mut state = state(revision);
        state["permission"] = "granted".into();
        state["status"] = "allowed".into();
        state["subscription"] = json!({
            "endpoint": endpoint, "p256dh": P256DH, "auth": AUTH, "vapid": self.app.signer.public(),
        });
        state
    }
}

async fn open(folder: &TempDir, place: &Place, settings: &str) -> App {
    let settings = Settings::parse(settings).unwrap();
    check(&settings).unwrap();
    let store = Store::open(place).await.unwrap();
    let app = App::new(&settings, Secrets::open(folder.path()).unwrap(), store);
    app.mark_retired().await.unwrap();
    app
}

/// A device that was never asked.
pub fn state(revision: u32) -> Value {
    json!({
        "revision": revision, "permission": "default", "status": "ask", "reason": null, "subscription": null,
        "topics": ["offers"], "tags": {"plan": "gold", "age": 7, "vip": true}, "locale": "en-GB",
        "time_zone": "Europe/London", "capabilities": {"actions": 2}, "consent_entries": [],
    })
}

/// A PUT of a device of the site `shop` with the usual origin and secret.
pub fn put_request(device: &str, state: &Value) -> Request<Body> {
    Request::put(format!("/v1/sites/shop/devices/{device}"))
        .header("origin", ORIGIN)
        .header("authorization", SECRET)
        .body(Body::from(state.to_string()))
        .unwrap()
}

/// Status, code and field of a refusal.
pub fn refusal((status, body): (StatusCode, Value)) -> (u16, String, Option<String>) {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    (status.as_u16(), text("code").unwrap_or_default(), text("field"))
}

/// Status and JSON of an answer.
pub async fn answer(response: Response<Body>) -> (StatusCode, Value) {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (head.status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// A push as it arrived.
#[derive(Clone)]
pub struct Arrived {
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A push service that remembers, and answers as told: the last answer stays.
pub struct PushService {
    pub url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl PushService {
    /// `answers`: status and `Retry-After` of one push after the other.
    pub async fn start(answers: &[(u16, &str)]) -> Self {
        Self::with(answers, "").await
    }

    /// Takes everything, but never answers at this path.
    pub async fn hanging_at(path: &'static str) -> Self {
        Self::with(&[(201, "")], path).await
    }

    async fn with(answers: &[(u16, &str)], hang: &'static str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let answers: Vec<_> = answers.iter().map(|(s, r)| (*s, (*r).to_owned())).collect();
        let seen = arrived.clone();
        let service = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let (status, retry) = {
                let mut seen = seen.lock().unwrap();
                let answer = answers[seen.len().min(answers.len() - 1)].clone();
                seen.push(Arrived { uri: uri.clone(), headers, body });
                answer
            };
            if uri.path() == hang {
                std::future::pending::<()>().await;
            }
            (StatusCode::from_u16(status).unwrap(), [("retry-after", retry)], "said the service")
        });
        tokio::spawn(async { axum::serve(listener, service).await });
        Self { url, arrived }
    }

    /// The first that arrives.
    pub async fn first(&self) -> Arrived {
        loop {
            if let Some(first) = self.arrived().into_iter().next() {
                return first;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// What arrived so far.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
}
