//! The body of `PUT /v1/sites/{site}/devices/{device_id}`: the whole state of a device.

use std::net::IpAddr;

use serde_json::Value;
use softbell::contract::limits::{ID_BYTES, TAGS, TOPICS};
use softbell::contract::{Permission, PushStatus};

use super::consent::ConsentEntry;
use super::json;
use super::members::Members;
use super::user_token::UserToken;
use crate::clock;
use crate::error::Error;

/// Bytes of `capabilities` as JSON.
const CAPABILITIES_BYTES: usize = 4096;
/// Consent entries in one PUT.
const CONSENTS: usize = 50;
/// Bytes of a language tag, a time zone name, or a reason.
const NAME_BYTES: usize = 64;
/// Bytes of an endpoint, and more than its keys need.
const ENDPOINT_BYTES: usize = 2048;

const STATUSES: [PushStatus; 6] = [
    PushStatus::Allowed,
    PushStatus::Ask,
    PushStatus::Blocked,
    PushStatus::Suspended,
    PushStatus::Unsupported,
    PushStatus::OptedOut,
];

/// A checked PUT.
#[derive(Clone, Copy)]
pub struct Put<'a> {
    /// The site's id.
    pub site: &'a str,
    /// The device's id.
    pub id: &'a str,
    /// SHA-256 of the secret, base64url.
    pub secret_hash: &'a str,
    /// The state.
    pub state: &'a DeviceState,
    /// Whether a listed origin asks, so that a device may be made.
    pub may_create: bool,
    /// The browser's address.
    pub client: Option<IpAddr>,
}

/// A device as it describes itself.
#[derive(Clone, Debug)]
pub struct DeviceState {
    /// Rises with every change of the state.
    pub revision: i64,
    /// What the browser says about notifications.
    pub permission: &'static str,
    /// The push status.
    pub status: &'static str,
    /// Why the device is not reachable, a word.
    pub reason: Option<String>,
    /// Where to send to; none = not reachable.
    pub subscription: Option<SubscriptionState>,
    /// Chosen topics, a JSON list of texts.
    pub topics: String,
    /// Tags, a JSON map to text, number or flag.
    pub tags: String,
    /// BCP 47 language tag.
    pub locale: Option<String>,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// What the browser can show, JSON.
    pub capabilities: String,
    /// Until when the visitor wants to hear nothing, in milliseconds since 1970.
    pub snoozed_until: Option<i64>,
    /// Lines for the consent ledger.
    pub consent_entries: Vec<ConsentEntry>,
    /// Who uses the device.
    pub user: UserMember,
}

/// The members `user` and `token`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserMember {
    /// No member: whoever it was.
    Unchanged,
    /// `null`: nobody.
    Detached,
    /// This user, proven by the token unless it is the one that the device has.
    Named {
        /// The site's own id.
        id: String,
        /// The proof.
        token: Option<UserToken>,
    },
}

/// A push subscription as the browser gives it.
#[derive(Clone, Debug)]
pub struct SubscriptionState {
    /// The capability URL.
    pub endpoint: String,
    /// The browser's public key, base64url.
    pub p256dh: String,
    /// The browser's auth secret, base64url.
    pub auth: String,
    /// The server key it was made with, base64url.
    pub vapid: String,
}

impl DeviceState {
    /// Reads and checks a body, all but the endpoint's host and keys, which `device.rs` in `http/` does.
    ///
    /// # Errors
    /// The first fault found, with the member's name.
    pub fn read(body: &[u8]) -> Result<Self, Error> {
        let mut members = Members::new(json::read(body)?, "")?;
        let state = Self {
            revision: members.count("revision")?,
            permission: permission(&mut members)?,
            status: status(&mut members)?,
            reason: reason(&mut members)?,
            subscription: members.any("subscription").map(SubscriptionState::read).transpose()?,
            topics: topics(&mut members)?,
            tags: tags(&mut members)?,
            locale: members.optional_text("locale", NAME_BYTES)?,
            time_zone: members.optional_text("time_zone", NAME_BYTES)?,
            capabilities: capabilities(&mut members)?,
            snoozed_until: snoozed_until(&mut members)?,
            consent_entries: consents(&mut members)?,
            user: user(&mut members)?,
        };
        members.finish()?;
        Ok(state)
    }
}

impl SubscriptionState {
    fn read(value: Value) -> Result<Self, Error> {
        let mut members =
            Members::new(value, "subscription.").map_err(|_| Error::MemberInvalid("subscription".to_owned()))?;
        let subscription = Self {
            endpoint: members.text("endpoint", ENDPOINT_BYTES)?,
            p256dh: members.text("p256dh", ID_BYTES)?,
            auth: members.text("auth", ID_BYTES)?,
            vapid: members.text("vapid", ID_BYTES)?,
        };
        members.finish()?;
        Ok(subscription)
    }
}

fn permission(members: &mut Members) -> Result<&'static str, Error> {
    let word = members.text("permission", NAME_BYTES)?;
    let known = Permission::parse(&word).as_str();
    if known == word { Ok(known) } else { Err(members.invalid("permission")) }
}

fn status(members: &mut Members) -> Result<&'static str, Error> {
    let word = members.text("status", NAME_BYTES)?;
    let known = STATUSES.iter().map(|status| status.as_str()).find(|known| *known == word);
    known.ok_or_else(|| members.invalid("status"))
}

/// Any word: a newer client may know more reasons than this server.
fn reason(members: &mut Members) -> Result<Option<String>, Error> {
    let word = members.optional_text("reason", NAME_BYTES)?;
    let is_word = |text: &String| text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if word.as_ref().is_none_or(is_word) { Ok(word) } else { Err(members.invalid("reason")) }
}

fn topics(members: &mut Members) -> Result<String, Error> {
    let list = match members.any("topics") {
        None => Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(members.invalid("topics")),
    };
    if list.len() > TOPICS {
        return Err(Error::TopicsTooMany);
    }
    if list.iter().all(|topic| topic.as_str().is_some_and(is_id)) {
        Ok(Value::Array(list).to_string())
    } else {
        Err(members.invalid("topics"))
    }
}

fn tags(members: &mut Members) -> Result<String, Error> {
    let map = match members.any("tags") {
        None => serde_json::Map::new(),
        Some(Value::Object(map)) => map,
        Some(_) => return Err(members.invalid("tags")),
    };
    if map.len() > TAGS {
        return Err(Error::TagsTooMany);
    }
    let plain = |value: &Value| match value {
        Value::String(text) => text.len() <= ID_BYTES,
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    };
    if map.iter().all(|(name, value)| is_id(name) && plain(value)) {
        Ok(Value::Object(map).to_string())
    } else {
        Err(members.invalid("tags"))
    }
}

fn capabilities(members: &mut Members) -> Result<String, Error> {
    match members.any("capabilities") {
        None => Ok("{}".to_owned()),
        Some(value @ (Value::Object(_) | Value::Array(_))) => {
            let text = value.to_string();
            if text.len() <= CAPABILITIES_BYTES { Ok(text) } else { Err(members.invalid("capabilities")) }
        }
        Some(_) => Err(members.invalid("capabilities")),
    }
}

fn snoozed_until(members: &mut Members) -> Result<Option<i64>, Error> {
    let Some(text) = members.optional_text("snoozed_until", NAME_BYTES)? else { return Ok(None) };
    clock::millis(&text).filter(|time| *time >= 0).map(Some).ok_or_else(|| members.invalid("snoozed_until"))
}

fn consents(members: &mut Members) -> Result<Vec<ConsentEntry>, Error> {
    let list = match members.any("consent_entries") {
        None => Vec::new(),
        Some(Value::Array(list)) if list.len() <= CONSENTS => list,
        Some(_) => return Err(members.invalid("consent_entries")),
    };
    list.into_iter().map(ConsentEntry::read).collect()
}

/// A token proves the user it comes with, so without one it is out of place. Its length is checked where it is read.
fn user(members: &mut Members) -> Result<UserMember, Error> {
    let is_null = members.is_null("user");
    let user = members.optional_text("user", ID_BYTES)?;
    let token = members.optional_text("token", usize::MAX)?.map(UserToken::new);
    match (user, token) {
        (Some(id), token) => Ok(UserMember::Named { id, token }),
        (None, Some(_)) => Err(Error::MemberMissing("user".to_owned())),
        (None, None) if is_null => Ok(UserMember::Detached),
        (None, None) => Ok(UserMember::Unchanged),
    }
}

fn is_id(text: &str) -> bool {
    (1..=ID_BYTES).contains(&text.len())
}
