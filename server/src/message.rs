//! Sending: from a checked request to rows of the queue, in one transaction, once per `Idempotency-Key`.

use std::collections::BTreeMap;

use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};
use softbell::contract::limits::PAYLOAD_BYTES;

use crate::b64;
use crate::error::{Error, Oversize};
use crate::lint::Warning;
use crate::push::{payload, platforms};
use crate::state::App;
use crate::store::audience::{self, REACHABLE, Selection};
use crate::store::messages::{self, Message};
use crate::store::{Connection, answers, share};
use crate::wire::message::MessageRequest;

/// How long a message has at least to leave the queue, in seconds: with a TTL of 0 it shall not wait at the push
/// service, but it may wait here for its turn.
const SHORTEST: i64 = 60;
/// How long the answer to an `Idempotency-Key` is kept, in milliseconds.
const KEPT: i64 = 7 * 86_400_000;
/// How many of the biggest members are named when a message is too long.
const NAMED: usize = 3;

/// What would be sent to whom, or is.
#[derive(Clone, Debug)]
struct Reach {
    /// How many devices.
    reach: i64,
    /// How many of the audience are left out, by code.
    excluded: BTreeMap<String, i64>,
}

/// Says what a message would do; nothing is stored.
///
/// # Errors
/// [`Error::MessageTooLarge`], [`Error::Internal`].
pub async fn try_out(app: &App, site: &str, request: &MessageRequest) -> Result<Value, Error> {
    // Every id is as long as any other.
    let bytes = payload_bytes(&Message { id: new_id()?, ..request.message.clone() })?;
    let mut db = app.store.read().await?;
    let reach = reach(&mut db, site, &selection(request, app.clock.millis())).await?;
    let mut answer = remarks(request);
    answer["reach"] = reach.reach.into();
    answer["excluded"] = json!(reach.excluded);
    answer["payload_bytes"] = bytes.into();
    Ok(answer)
}

/// Queues a message; the same key with the same body (`digest`) gets the first answer and sends nothing.
///
/// # Errors
/// [`Error::MessageTooLarge`], [`Error::IdempotencyKeyReused`], [`Error::Internal`].
pub async fn send(
    app: &App,
    site: &str,
    request: &MessageRequest,
    key: Option<&str>,
    digest: &str,
) -> Result<Value, Error> {
    let message = Message { id: new_id()?, ..request.message.clone() };
    let bytes = payload_bytes(&message)?;
    let now = app.clock.millis();
    let mut db = app.store.write().await?;
    if let Some(key) = key {
        answers::forget(&mut db, site, now - KEPT).await?;
        // Of two at once the second waits here until the first is done.
        if !answers::claim(&mut db, site, key, digest, now).await? {
            return first_answer(&mut db, site, key, digest).await;
        }
    }
    // A device that is erased meanwhile would leave a send without a device.
    share(&mut db, &["queue", site]).await?;
    messages::add(&mut db, site, &message, now).await?;
    let expires_at = now + message.ttl.max(SHORTEST) * 1000;
    let selection = selection(request, now);
    let queued = audience::queue(&mut db, site, &message.id, &selection, expires_at).await?;
    let excluded = reach(&mut db, site, &selection).await?.excluded;
    let mut answer = remarks(request);
    answer["id"] = message.id.as_str().into();
    answer["reach"] = queued.into();
    answer["excluded"] = json!(excluded);
    answer["payload_bytes"] = bytes.into();
    if let Some(key) = key {
        answers::keep(&mut db, site, key, &answer.to_string()).await?;
    }
    db.commit().await?;
    app.queued.notify_one();
    Ok(answer)
}

/// What every answer says: warnings, and what each browser leaves out.
fn remarks(request: &MessageRequest) -> Value {
    let warnings: Vec<Value> = request.warnings.iter().map(Warning::json).collect();
    json!({"warnings": warnings, "platforms": platforms::previews(&payload::shown(&request.message))})
}

fn selection(request: &MessageRequest, now: i64) -> Selection<'_> {
    Selection {
        audience: &request.audience,
        personal: request.message.personal == 1,
        private: request.message.is_private(),
        now,
    }
}

async fn first_answer(db: &mut Connection, site: &str, key: &str, digest: &str) -> Result<Value, Error> {
    let (known, answer) = answers::find(db, site, key).await?;
    if known != digest {
        return Err(Error::IdempotencyKeyReused);
    }
    serde_json::from_str(&answer).map_err(|_| Error::Internal)
}

async fn reach(db: &mut Connection, site: &str, selection: &Selection<'_>) -> Result<Reach, Error> {
    let mut excluded: BTreeMap<String, i64> = audience::count(db, site, selection).await?.into_iter().collect();
    let reach = excluded.remove(REACHABLE).unwrap_or_default();
    Ok(Reach { reach, excluded })
}

fn new_id() -> Result<String, Error> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::Internal)?;
    Ok(b64::encode(&bytes))
}

/// The bytes of the payload where it is longest; refused above the limit, with the names of what is big.
fn payload_bytes(message: &Message) -> Result<usize, Error> {
    let bytes = payload::longest(message);
    if bytes <= PAYLOAD_BYTES { Ok(bytes) } else { Err(Error::MessageTooLarge(oversize(message, bytes))) }
}

fn oversize(message: &Message, bytes: usize) -> Oversize {
    let of = |name: &str| match name {
        "title" | "body" if message.is_private() => format!("public_{name}"),
        "requireInteraction" => "require_interaction".to_owned(),
        _ => name.to_owned(),
    };
    let shown = payload::shown(message);
    let mut sizes: Vec<(String, usize)> =
        shown.iter().map(|(name, value)| (of(name), value.to_string().len())).collect();
    let texts = [
        ("url", Some(&message.url)),
        ("campaign", message.campaign.as_ref()),
        ("variant", message.variant.as_ref()),
        ("utm", message.utm.as_ref().filter(|_| !message.is_private())),
    ];
    let json = |text: &String| Value::from(text.as_str()).to_string().len();
    sizes.extend(texts.iter().filter_map(|(name, text)| Some(((*name).to_owned(), json((*text)?)))));
    sizes.sort_by_key(|(_, bytes)| core::cmp::Reverse(*bytes));
    sizes.truncate(NAMED);
    Oversize { bytes, biggest: sizes }
}
