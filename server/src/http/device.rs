//! `PUT /v1/sites/{site}/devices/{device_id}`: the whole state of a device, as often as one likes.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};
use softbell::contract::PushStatus;

use super::client::Client;
use super::{body, origin};
use crate::b64;
use crate::device;
use crate::error::Error;
use crate::limiter::Act;
use crate::push::encrypt::Recipient;
use crate::push::endpoint::Endpoint;
use crate::secret;
use crate::state::App;
use crate::wire::device::{DeviceState, Put, SubscriptionState};
use crate::wire::token::ID;

/// Bytes of a body: the largest state that the limits allow, with room.
const BODY_BYTES: usize = 64 * 1024;
/// Characters of a secret: 256 bits take 43 in base64url.
const SECRET: core::ops::RangeInclusive<usize> = 32..=128;

/// Answers `{revision, report_token, status?}`; `status` is `suspended` for an earlier user of the device.
pub async fn put(
    State(app): State<App>,
    Path((site, id)): Path<(String, String)>,
    Client(client): Client,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Error> {
    app.limiter.take(Act::Put, client, &site)?;
    let raw_id: [u8; ID] = b64::decode_array(&id).ok_or(Error::DeviceIdInvalid)?;
    let secret_hash = secret_hash(&headers)?;
    let state = DeviceState::read(&body::read(body, BODY_BYTES).await?)?;
    if let Some(subscription) = &state.subscription {
        check_subscription(&app, subscription)?;
    }
    let may_create = origin::is_named(&headers);
    let put = Put { site: &site, id: &id, secret_hash: &secret_hash, state: &state, may_create, client };
    let outcome = device::put(&app, put).await?;
    let report_token = app.tokens.for_device(&site, &raw_id, app.clock.seconds());
    let mut answer = json!({"revision": outcome.revision, "report_token": report_token});
    if outcome.is_suspended {
        answer["status"] = PushStatus::Suspended.as_str().into();
    }
    Ok(Json(answer))
}

/// The hash of the bearer secret.
pub fn secret_hash(headers: &HeaderMap) -> Result<String, Error> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or(Error::SecretMissing)?;
    if !scheme.eq_ignore_ascii_case("bearer") || !SECRET.contains(&token.len()) {
        return Err(Error::SecretMissing);
    }
    Ok(secret::hash(token))
}

fn check_subscription(app: &App, subscription: &SubscriptionState) -> Result<(), Error> {
    Endpoint::parse(&subscription.endpoint, &app.push_hosts).map_err(|_| Error::EndpointNotAllowed)?;
    // Encrypting nothing proves that the point lies on the curve.
    Recipient::parse(&subscription.p256dh, &subscription.auth)
        .and_then(|recipient| recipient.encrypt(&[]))
        .map_err(|_| Error::SubscriptionKeysInvalid)?;
    if subscription.vapid == app.signer.public() { Ok(()) } else { Err(Error::VapidChanged) }
}
