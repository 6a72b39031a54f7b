//! The demo shop's back end: takes an order, and has the buyer's device told when it is on its way. It knows the push
//! server as any site's back end does: by its address, its own site id and the admin token.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What there is to buy, with its name inside a sentence; `www/shop/shop.js` knows the same goods.
const GOODS: [(&str, &str); 3] =
    [("garden-notebook", "garden notebook"), ("letter-set", "letter set"), ("desk-calendar", "desk calendar")];
/// Orders that are remembered, so that a visitor without end takes no memory without end.
const REMEMBERED: usize = 1000;
/// The number before the first order's.
const FIRST: usize = 1041;

/// The back end of one shop; cheap to clone.
#[derive(Clone)]
pub struct Backend(Arc<Parts>);

struct Parts {
    server: String,
    shop: String,
    admin_token: String,
    packing: Duration,
    client: reqwest::Client,
    orders: Mutex<Orders>,
}

#[derive(Default)]
struct Orders {
    taken: usize,
    latest: VecDeque<Order>,
}

/// What a page asks for.
#[derive(Deserialize)]
struct Wish {
    product: String,
    /// The device to tell, if the visitor has one.
    device: Option<String>,
}

/// One order, as a page sees it.
#[derive(Clone, Serialize)]
struct Order {
    id: String,
    product: &'static str,
    sent: bool,
}

impl Backend {
    /// For the push server and the shop at these origins. `packing`: how long an order stays in the workshop.
    ///
    /// # Errors
    /// One sentence, when there can be no HTTP client.
    pub fn new(server: &str, shop: &str, admin_token: &str, packing: Duration) -> Result<Self, String> {
        // Fails when set already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build();
        Ok(Self(Arc::new(Parts {
            server: server.to_owned(),
            shop: shop.to_owned(),
            admin_token: admin_token.to_owned(),
            packing,
            client: client.map_err(|error| format!("Cannot set up the shop's HTTP client: {error}."))?,
            orders: Mutex::default(),
        })))
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.0.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, product: &'static str) -> Order {
        let mut orders = self.orders();
        orders.taken += 1;
        let order = Order { id: format!("JF-{}", FIRST + orders.taken), product, sent: false };
        orders.latest.push_back(order.clone());
        if orders.latest.len() > REMEMBERED {
            orders.latest.pop_front();
        }
        order
    }

    /// Packs the order, hands it to the courier, then tells the buyer.
    async fn send(self, id: String, name: &'static str, device: Option<String>) {
        tokio::time::sleep(self.0.packing).await;
        if let Some(order) = self.orders().latest.iter_mut().find(|order| order.id == id) {
            order.sent = true;
        }
        let Some(device) = device else { return };
        if let Err(why) = self.tell(&self.message(&id, name, &device)).await {
            tracing::warn!("the buyer of order {id} was not told: {why}");
        }
    }

    fn message(&self, id: &str, name: &str, device: &str) -> Value {
        let page = format!("{}/order.html?order={id}", self.0.shop);
        json!({
            "title": format!("Your {name} is on its way"),
            "body": format!("Parcel {id} left our workshop and arrives on Thursday."),
            "url": format!("{page}#on-its-way"),
            "tag": id,
            "urgency": "high",
            "campaign": "orders",
            "actions": [
                {"action": "track", "title": "Track parcel", "url": format!("{page}#parcel")},
                {"action": "quiet", "title": "Do not ring", "url": format!("{page}&ring=no#parcel")},
            ],
            "audience": {"device": device},
        })
    }

    /// The one call that a site's back end makes.
    async fn tell(&self, message: &Value) -> Result<(), String> {
        let answer = self
            .0
            .client
            .post(format!("{}/v1/sites/shop/messages", self.0.server))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.0.admin_token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(message.to_string())
            .send()
            .await
            .map_err(|error| error.without_url().to_string())?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("the push server answered {}", answer.status())) }
    }
}

/// `POST /orders` and `GET /orders/{id}`.
pub fn orders(backend: Backend) -> Router {
    Router::new().route("/orders", post(place)).route("/orders/{id}", get(look)).with_state(backend)
}

async fn place(
    State(backend): State<Backend>,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, Json<Order>), StatusCode> {
    let good = GOODS.into_iter().find(|(product, _)| *product == wish.product);
    let (product, name) = good.ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
    let order = backend.take(product);
    tokio::spawn(backend.send(order.id.clone(), name, wish.device));
    Ok((StatusCode::CREATED, Json(order)))
}

async fn look(State(backend): State<Backend>, Path(id): Path<String>) -> Result<Json<Order>, StatusCode> {
    let found = backend.orders().latest.iter().find(|order| order.id == id).cloned();
    found.map(Json).ok_or(StatusCode::NOT_FOUND)
}
