//! The RFC 8030 endpoint where senders post, one for both services.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};

use crate::{
    faults::Fault,
    mozilla,
    push::Push,
    record::{self, Delivery, Message, Service, Subscription, SubscriptionState},
    refusal::Refusal,
    rules::{self, Orders},
    token,
    vapid::Court,
};

/// The origins of Google's endpoints: branded Chrome has the first, other builds of Chromium the second.
pub const GOOGLE_ORIGINS: [&str; 2] = ["https://fcm.googleapis.com", "https://jmt17.google.com"];

/// The paths of both services' endpoints.
pub fn router(push: Arc<Push>) -> Router {
    Router::new()
        .route("/fcm/send/{token}", post(google))
        .route("/wp/{token}", post(google))
        .route("/wpush/v1/{token}", post(mozilla))
        .route("/wpush/v2/{token}", post(mozilla))
        .with_state(push)
}

async fn google(state: State<Arc<Push>>, token: Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&state, Service::Google, &token, &headers, &body)
}

async fn mozilla(state: State<Arc<Push>>, token: Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&state, Service::Mozilla, &token, &headers, &body)
}

fn answer(push: &Push, service: Service, token: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    if let Some(fault) = push.faults.take(token) {
        push.say(format_args!("endpoint: {} by order", fault.status));
        return ordered(&fault, service);
    }
    match accept(push, service, token, headers, body) {
        Ok(response) => response,
        Err(refusal) => {
            push.say(format_args!("endpoint: {refusal:?}"));
            refusal.response(service)
        }
    }
}

fn accept(push: &Push, service: Service, token: &str, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
    let subscription = find(push, service, token)?;
    let orders = rules::read(service, headers, body)?;
    let origins: &[&str] = match service {
        Service::Google => &GOOGLE_ORIGINS,
        Service::Mozilla => &[mozilla::ORIGIN],
    };
    if let Some(key) = &subscription.key {
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        Court { service, origins, key, now: push.now() }.judge(authorization)?;
    }
    let delivery = delivery(push, &subscription, orders, body);
    let origin = origins.first().unwrap_or(&mozilla::ORIGIN);
    let location = format!("{origin}/m/{}", delivery.id);
    let ttl = delivery.ttl.to_string();
    push.submit(delivery);
    Ok((StatusCode::CREATED, [("location", location), ("ttl", ttl)]).into_response())
}

fn find(push: &Push, service: Service, token: &str) -> Result<Subscription, Refusal> {
    let plausible = match service {
        Service::Google => token::looks_google(token),
        Service::Mozilla => token::looks_mozilla(token),
    };
    if !plausible {
        return Err(Refusal::new(404, 102, "this is no endpoint"));
    }
    push.subscription(token)
        .filter(|found| found.service == service && found.state == SubscriptionState::Live)
        .ok_or(Refusal::new(410, 103, "the subscription has been unsubscribed or has expired"))
}

fn delivery(push: &Push, subscription: &Subscription, orders: Orders, body: &[u8]) -> Delivery {
    let id = match subscription.service {
        Service::Google => format!("0:{}%{}", push.now(), token::hex()),
        Service::Mozilla => token::text::<33>(),
    };
    let encoding = orders.crypto.first().map(|(_, encoding)| encoding.clone());
    Delivery {
        id: id.clone(),
        token: subscription.token.clone(),
        service: subscription.service,
        state: record::State::Queued,
        ack: None,
        ttl: orders.ttl,
        urgency: orders.urgency,
        topic: orders.topic,
        encoding,
        size: body.len(),
        expires: push.now() + orders.ttl,
        message: Arc::new(Message {
            id,
            browser: subscription.browser.clone(),
            channel: subscription.channel.clone(),
            app: subscription.app.clone(),
            sender: subscription.sender.clone(),
            headers: orders.crypto,
            body: body.to_vec(),
            ttl: orders.ttl,
        }),
    }
}

/// The wrong answer that the test ordered.
fn ordered(fault: &Fault, service: Service) -> Response {
    let errno = match fault.status {
        404 => 102,
        410 => 103,
        413 => 104,
        401 | 403 => 109,
        503 => 201,
        _ => 999,
    };
    let mut response = Refusal::new(fault.status, errno, "the lab was told to refuse").response(service);
    if let Some(wait) = fault.retry_after.as_ref().and_then(|wait| wait.parse().ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}
