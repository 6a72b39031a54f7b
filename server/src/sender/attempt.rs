//! One try of one send: from the row to what the push service said.

use std::time::Duration;

use super::Sender;
use super::lot::Job;
use super::recipient;
use super::record::Tried;
use crate::b64;
use crate::landing;
use crate::push::client::Push;
use crate::push::encrypt::{EncryptError, Recipient};
use crate::push::endpoint::Endpoint;
use crate::push::outcome::{self, Outcome};
use crate::push::payload::{self, Seal};
use crate::state::App;
use crate::store::messages::Message;
use crate::store::sends::{Progress, Send};
use crate::wire::token::REPORT_TIME;

/// Pause before writing down again what could not be written.
const PAUSE: Duration = Duration::from_secs(1);

/// Sends; back when the outcome is on the disk.
pub async fn run(sender: &Sender, job: &Job) {
    let app = &sender.app;
    let built = recipient::check(app, job).await.and_then(|()| build(app, job).map_err(Outcome::Failed));
    let (http_status, outcome) = match built {
        Ok(push) => sender.client.send(push).await,
        Err(outcome) => (None, outcome),
    };
    let now = app.clock.millis();
    let progress = progress(&job.send, http_status, outcome, now);
    tracing::debug!(send = job.send.seq, state = progress.state, http_status, code = progress.code, "push");
    app.metrics.send(progress.state);
    let is_queued = progress.state == "queued";
    let tried = Tried::new(&job.send, progress, outcome == Outcome::Gone, now);
    // What is not written down goes out again when its lease ends; so until then.
    while sender.records.write(tried.clone()).await.is_err() && app.clock.millis() < job.lease {
        tokio::time::sleep(PAUSE).await;
    }
    if is_queued {
        // It may be due earlier than its lease said.
        app.queued.notify_one();
    }
}

/// The encrypted push, or the code why there is none.
fn build(app: &App, job: &Job) -> Result<Push, &'static str> {
    let send = &job.send;
    let (Some(endpoint), Some(p256dh), Some(auth)) = (&send.endpoint, &send.p256dh, &send.auth) else {
        return Err("no_subscription");
    };
    let message = job.message.as_deref().ok_or("no_message")?;
    let now = app.clock.seconds();
    let expires = send.expires_at / 1000;
    if expires <= now {
        return Err("expired");
    }
    if send.snoozed_until.is_some_and(|until| until > app.clock.millis()) {
        return Err("snoozed");
    }
    // Checked at the PUT, and again now: the rules or the list may have changed.
    let endpoint = Endpoint::parse(endpoint, &app.push_hosts).map_err(|_| "endpoint_not_allowed")?;
    let text = text(app, send, message, &endpoint)?;
    let body =
        Recipient::parse(p256dh, auth).and_then(|recipient| recipient.encrypt(text.as_bytes())).map_err(|error| {
            match error {
                EncryptError::TooLong => "too_large",
                EncryptError::KeyInvalid => "subscription_keys_invalid",
                EncryptError::NoRandom => "no_random",
            }
        })?;
    let signer = send.vapid.as_deref().and_then(|key| app.signer_of(key)).ok_or("vapid_retired")?;
    let authorization = signer.authorization(&endpoint.origin(), now.unsigned_abs()).map_err(|_| "vapid_failed")?;
    // The push service reads the Topic header.
    let cover = |word: String| if message.is_private() { app.tokens.cover(&send.site, &word) } else { word };
    let (urgency, topic) = (message.urgency.clone(), message.collapse.clone().map(cover));
    // A message that shall not wait (TTL 0) still has a while to leave the queue.
    Ok(Push { endpoint, authorization, body, ttl: message.ttl.min(expires - now), urgency, topic })
}

/// What the worker reads.
fn text(app: &App, send: &Send, message: &Message, endpoint: &Endpoint) -> Result<String, &'static str> {
    let expires = send.expires_at / 1000;
    let ids = b64::decode_array(&message.id).zip(b64::decode_array(&send.device_id));
    let (message_id, device_id) = ids.ok_or("id_invalid")?;
    let token = app.tokens.for_message(&send.site, &message_id, &device_id, expires + REPORT_TIME);
    let mark = send.user_id.as_ref().map(|user| payload::user_mark(&send.device_id, user));
    let user = mark.as_deref().filter(|_| message.personal == 1);
    let landing = landing::is_wanted(message, endpoint)
        .then(|| app.tokens.landing(&send.site, &send.message_id, &send.device_id));
    let seal = Seal { token: &token, user, expires, landing: landing.as_deref() };
    Ok(payload::compose(message, seal, endpoint.is_apple()))
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
