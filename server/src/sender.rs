//! Empties the send queue: at once when rung, else when the next send is due. A push service that hangs holds up its
//! own sends only.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::b64;
use crate::push::client::{Push, PushClient};
use crate::push::encrypt::{EncryptError, Recipient};
use crate::push::endpoint::Endpoint;
use crate::push::outcome::{self, Outcome};
use crate::push::payload;
use crate::state::App;
use crate::store::sends::{self, Progress, Send};
use crate::store::{devices, messages};

/// Sends under way at once.
const WIDTH: usize = 64;
/// How long a send is out of the queue while it is under way, in milliseconds: longer than any exchange takes.
const LEASE: i64 = 60_000;
/// The longest sleep, in milliseconds, so that a clock set back does no harm.
const LONGEST_SLEEP: i64 = 60_000;
/// Pause after the database failed.
const PAUSE: Duration = Duration::from_secs(5);
/// How long after a message's end its reports are still taken, in seconds.
const REPORT_TIME: i64 = 30 * 86_400;

/// Runs until `stop`, then finishes what is under way.
pub async fn run(app: App, client: PushClient, stop: impl Future<Output = ()>) {
    let client = Arc::new(client);
    let mut tries = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            () = step(&app, &client, &mut tries) => {}
        }
    }
    while tries.join_next().await.is_some() {}
}

/// Starts what is due, or waits for something to do.
async fn step(app: &App, client: &Arc<PushClient>, tries: &mut JoinSet<()>) {
    while tries.try_join_next().is_some() {}
    if tries.len() >= WIDTH {
        tries.join_next().await;
        return;
    }
    match take_due(app, WIDTH - tries.len()).await {
        Ok(due) if due.is_empty() => rest(app).await,
        Ok(due) => {
            for send in due {
                let (app, client) = (app.clone(), client.clone());
                tries.spawn(async move { one(&app, &client, &send).await.unwrap_or_else(complain) });
            }
        }
        Err(error) => {
            complain(error);
            tokio::time::sleep(PAUSE).await;
        }
    }
}

#[allow(clippy::needless_pass_by_value)] // takes what `unwrap_or_else` gives
fn complain(error: sqlx::Error) {
    tracing::error!(%error, "send queue");
}

async fn take_due(app: &App, room: usize) -> Result<Vec<Send>, sqlx::Error> {
    let now = app.clock.millis();
    let mut db = app.store.write().await?;
    let limit = i64::try_from(room).unwrap_or(i64::MAX);
    let due = sends::take_due(&mut db, now, now + LEASE, limit).await?;
    db.commit().await?;
    Ok(due)
}

/// Waits for the bell or for the next send.
async fn rest(app: &App) {
    let next = match app.store.read().await {
        Ok(mut db) => sends::next_due(&mut db).await.unwrap_or_default(),
        Err(_) => None,
    };
    let sleep = next.map_or(LONGEST_SLEEP, |due| (due - app.clock.millis()).clamp(10, LONGEST_SLEEP));
    let sleep = Duration::from_millis(sleep.unsigned_abs());
    // Rung or not, the queue is looked at next.
    let _ = tokio::time::timeout(sleep, app.queued.notified()).await;
}

/// One try, and what it led to.
async fn one(app: &App, client: &PushClient, send: &Send) -> Result<(), sqlx::Error> {
    let (http_status, outcome, endpoint) = match prepare(app, send).await? {
        Ok(push) => {
            let endpoint = push.endpoint.url().to_string();
            let (status, outcome) = client.send(push).await;
            (status, outcome, Some(endpoint))
        }
        Err(code) => (None, Outcome::Failed(code), None),
    };
    let now = app.clock.millis();
    let progress = progress(send, http_status, outcome, now);
    tracing::info!(send = send.seq, state = progress.state, http_status, code = progress.code, "push");
    let mut db = app.store.write().await?;
    if let (Outcome::Gone, Some(endpoint)) = (outcome, endpoint) {
        devices::release(&mut db, &send.site, &send.device_id, &endpoint, Some(now)).await?;
    }
    sends::advance(&mut db, send.seq, &progress, now).await?;
    db.commit().await?;
    // It may be due earlier than its lease said.
    app.queued.notify_one();
    Ok(())
}

/// The encrypted push of a send, or the code why there is none.
async fn prepare(app: &App, send: &Send) -> Result<Result<Push, &'static str>, sqlx::Error> {
    let mut db = app.store.read().await?;
    let Some(address) = devices::address(&mut db, &send.site, &send.device_id).await? else {
        return Ok(Err("no_subscription"));
    };
    let Some(message) = messages::find(&mut db, &send.site, &send.message_id).await? else {
        return Ok(Err("no_message"));
    };
    Ok(build(app, send, &address, &message))
}

fn build(
    app: &App,
    send: &Send,
    address: &devices::Address,
    message: &messages::Message,
) -> Result<Push, &'static str> {
    let now = app.clock.seconds();
    let expires = send.expires_at / 1000;
    if expires <= now {
        return Err("expired");
    }
    // Checked at the PUT, and again now: the rules or the list may have changed.
    let endpoint = Endpoint::parse(&address.endpoint, &app.push_hosts).map_err(|_| "endpoint_not_allowed")?;
    let ids = b64::decode_array(&message.id).zip(b64::decode_array(&send.device_id));
    let (message_id, device_id) = ids.ok_or("id_invalid")?;
    let token = app.tokens.for_message(&send.site, &message_id, &device_id, expires + REPORT_TIME);
    let text = payload::compose(message, &token, expires, endpoint.is_apple());
    let body = Recipient::parse(&address.p256dh, &address.auth)
        .and_then(|recipient| recipient.encrypt(text.as_bytes()))
        .map_err(|error| match error {
            EncryptError::TooLong => "too_large",
            EncryptError::KeyInvalid => "subscription_keys_invalid",
            EncryptError::NoRandom => "no_random",
        })?;
    let authorization = app.signer.authorization(&endpoint.origin(), now.unsigned_abs()).map_err(|_| "vapid_failed")?;
    let (urgency, topic) = (message.urgency.clone(), message.collapse.clone());
    // A message that shall not wait (TTL 0) still has a while to leave the queue.
    Ok(Push { endpoint, authorization, body, ttl: message.ttl.min(expires - now), urgency, topic })
}

/// What to write down after a try.
fn progress(send: &Send, http_status: Option<u16>, outcome: Outcome, now: i64) -> Progress {
    let done = |state, code| Progress { state, due_at: None, http_status, code };
    match outcome {
        Outcome::Sent => done("sent", None),
        Outcome::Gone => done("gone", Some("subscription_gone")),
        Outcome::Failed(code) => done("failed", Some(code)),
        Outcome::Retry(asked, code) => {
            let due_at = now.saturating_add(outcome::wait(send.attempts, asked));
            if due_at >= send.expires_at {
                return done("failed", Some(code));
            }
            Progress { state: "queued", due_at: Some(due_at), http_status, code: Some(code) }
        }
    }
}
