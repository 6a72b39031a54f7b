//! The HTTP API with which a test watches and directs the lab.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query as UrlQuery, State, rejection::QueryRejection},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    answer::{Answer, ControlError, read},
    desktop::Desktop,
    faults::Fault,
    journal::{Journal, Query},
    push::Push,
    record::SubscriptionState,
};

/// What the routes work on.
#[derive(Debug, Clone)]
pub struct Control {
    /// What the lab printed at its start.
    pub ready: Value,
    /// Both push services.
    pub push: Arc<Push>,
    /// The desktop.
    pub desktop: Arc<Desktop>,
}

type Lab = State<Control>;
type Wanted = Result<UrlQuery<Query>, QueryRejection>;

/// All routes.
pub fn router(control: Control) -> Router {
    Router::new()
        .route("/", get(async |lab: Lab| Json(lab.ready.clone())))
        .route("/clock", post(clock))
        .merge(desktop_routes())
        .merge(push_routes())
        .fallback(async || ControlError::new(404, "not_found", "there is no such route"))
        .method_not_allowed_fallback(async || {
            ControlError::new(405, "method_not_allowed", "the route has other methods")
        })
        .with_state(control)
}

fn desktop_routes() -> Router<Control> {
    Router::new()
        .route("/notifications", get(notifications))
        .route("/notifications/{id}/click", post(click))
        .route("/notifications/{id}/action", post(action))
        .route("/notifications/{id}/close", post(close))
        .route("/notifications/{id}/reply", post(reply))
}

fn push_routes() -> Router<Control> {
    Router::new()
        .route("/push/browsers", get(browsers))
        .route("/push/browsers/{browser}/forget", post(forget))
        .route("/push/browsers/{browser}/hang_up", post(hang_up))
        .route("/push/subscriptions", get(subscriptions))
        .route("/push/subscriptions/{token}/expire", post(expire))
        .route("/push/deliveries", get(deliveries))
        .route("/push/faults", get(list_faults).post(add_fault).delete(clear_faults))
        .route("/push/down", post(async |lab: Lab| set_gate(&lab, false)))
        .route("/push/up", post(async |lab: Lab| set_gate(&lab, true)))
}

/// A list with the number to pass as `after` next time.
async fn list<T: Clone + Serialize>(name: &str, journal: &Journal<T>, wanted: Wanted) -> Answer {
    let UrlQuery(query) = wanted.map_err(|error| ControlError::bad(&error.body_text()))?;
    let (seq, found) = journal.wait(&query).await;
    Ok(Json(json!({"seq": seq, name: found})))
}

async fn notifications(State(lab): Lab, wanted: Wanted) -> Answer {
    list("notifications", &lab.desktop.notifications, wanted).await
}

async fn browsers(State(lab): Lab, wanted: Wanted) -> Answer {
    list("browsers", &lab.push.browsers, wanted).await
}

async fn subscriptions(State(lab): Lab, wanted: Wanted) -> Answer {
    list("subscriptions", &lab.push.subscriptions, wanted).await
}

async fn deliveries(State(lab): Lab, wanted: Wanted) -> Answer {
    list("deliveries", &lab.push.deliveries, wanted).await
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Gesture {
    keep: bool,
    key: Option<String>,
    label: Option<String>,
    reason: Option<u32>,
    text: Option<String>,
}

async fn click(State(lab): Lab, Path(id): Path<String>, body: Bytes) -> Answer {
    let gesture: Gesture = read(&body)?;
    lab.desktop.click(number(&id)?, gesture.keep).await?;
    shown(&lab, &id)
}

async fn action(State(lab): Lab, Path(id): Path<String>, body: Bytes) -> Answer {
    let gesture: Gesture = read(&body)?;
    if gesture.key.is_some() == gesture.label.is_some() {
        return Err(ControlError::bad("give either the key or the label of a button"));
    }
    let fits = |action: &crate::desktop::Action| {
        gesture.key.as_ref().is_none_or(|key| *key == action.key)
            && gesture.label.as_ref().is_none_or(|label| *label == action.label)
    };
    lab.desktop.press(number(&id)?, fits, gesture.keep).await?;
    shown(&lab, &id)
}

async fn close(State(lab): Lab, Path(id): Path<String>, body: Bytes) -> Answer {
    let reason = read::<Gesture>(&body)?.reason.unwrap_or(crate::desktop::DISMISSED);
    if !(1..=3).contains(&reason) {
        return Err(ControlError::bad("the reason is 1 expired, 2 dismissed, or 3 closed by the program"));
    }
    let id_number = number(&id)?;
    lab.desktop.open(id_number)?;
    lab.desktop.close(id_number, reason).await?;
    shown(&lab, &id)
}

async fn reply(State(lab): Lab, Path(id): Path<String>, body: Bytes) -> Answer {
    let gesture: Gesture = read(&body)?;
    let text = gesture.text.ok_or_else(|| ControlError::bad("give the text to reply"))?;
    lab.desktop.reply(number(&id)?, &text, gesture.keep).await?;
    shown(&lab, &id)
}

/// The notification after the gesture.
fn shown(lab: &Control, id: &str) -> Answer {
    let id = number(id)?;
    let found = lab.desktop.notifications.latest(|notification| notification.id == id);
    Ok(Json(json!({"notification": found})))
}

fn number(id: &str) -> Result<u32, ControlError> {
    id.parse().map_err(|_| ControlError::new(404, "unknown_notification", "there never was such a notification"))
}

async fn forget(State(lab): Lab, Path(browser): Path<String>) -> Answer {
    if !lab.push.forget(&browser) {
        return Err(ControlError::new(404, "unknown_browser", "no such browser said hello"));
    }
    Ok(Json(json!({"browser": lab.push.browsers.latest(|known| known.name == browser)})))
}

async fn hang_up(State(lab): Lab, Path(browser): Path<String>) -> Answer {
    if !lab.push.knows(&browser) {
        return Err(ControlError::new(404, "unknown_browser", "no such browser said hello"));
    }
    Ok(Json(json!({"cut": lab.push.hang_up(&browser)})))
}

async fn expire(State(lab): Lab, Path(token): Path<String>) -> Answer {
    lab.push.end(SubscriptionState::Expired, |subscription| subscription.token == token);
    let found = lab.push.subscription(&token);
    let found = found.ok_or(ControlError::new(404, "unknown_subscription", "there never was such a subscription"))?;
    Ok(Json(json!({"subscription": found})))
}

async fn list_faults(State(lab): Lab) -> Answer {
    Ok(Json(json!({"faults": lab.push.faults.list()})))
}

async fn add_fault(State(lab): Lab, body: Bytes) -> Answer {
    let fault: Fault = serde_json::from_slice(&body).map_err(|error| ControlError::bad(&error.to_string()))?;
    if !(400..=599).contains(&fault.status) || fault.count == Some(0) {
        return Err(ControlError::bad("the status is 400 to 599, and a count is at least 1"));
    }
    if fault.token.as_ref().is_some_and(|token| lab.push.subscription(token).is_none()) {
        return Err(ControlError::new(404, "unknown_subscription", "there never was such a subscription"));
    }
    lab.push.faults.add(fault);
    list_faults(State(lab)).await
}

async fn clear_faults(State(lab): Lab) -> Answer {
    lab.push.faults.clear();
    list_faults(State(lab)).await
}

fn set_gate(lab: &Control, up: bool) -> Json<Value> {
    lab.push.gate.set(up);
    Json(json!({"up": up}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    offset_seconds: i64,
}

async fn clock(State(lab): Lab, body: Bytes) -> Answer {
    let clock: Clock = serde_json::from_slice(&body).map_err(|error| ControlError::bad(&error.to_string()))?;
    lab.push.set_clock_offset(clock.offset_seconds);
    Ok(Json(json!({"now": lab.push.now()})))
}
