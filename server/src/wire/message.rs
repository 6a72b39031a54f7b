//! The body of `POST /v1/sites/{site}/messages`: what to say, and to whom.

use serde_json::{Map, Value};
use softbell::contract::limits::ID_BYTES;
use url::Url;

use super::buttons::Around;
use super::members::Members;
use super::{audience, buttons};
use crate::clock;
use crate::error::Error;
use crate::landing;
use crate::lint::{self, Warning};
use crate::settings::{Site, is_local};
use crate::store::audience::Audience;
use crate::store::messages::Message;
use crate::utm;

/// Bytes of a text as it comes; how long a message may be altogether is seen later.
pub(super) const TEXT_BYTES: usize = 64 * 1024;
/// Seconds a push service keeps a message: its default, and what FCM allows at most (28 days).
const TTL: i64 = 86_400;
const LONGEST_TTL: i64 = 2_419_200;
/// Characters of the `Topic` header (RFC 8030, section 5.4).
const COLLAPSE: usize = 32;
/// Characters of a language tag (RFC 5646, section 4.4.1).
const LANGUAGE: usize = 35;
/// Bytes of `data` as JSON: half of what a push can carry.
const DATA_BYTES: usize = 2048;
/// Parts of a vibration, and their milliseconds (Chromium's limits; it drops what is longer).
const VIBRATIONS: core::ops::RangeInclusive<usize> = 1..=99;
const VIBRATION: core::ops::RangeInclusive<u64> = 0..=10_000;
/// The largest whole number that every JSON reader keeps exact.
const SAFE: u64 = (1 << 53) - 1;
const URGENCIES: [&str; 4] = ["very-low", "low", "normal", "high"];
const DIRECTIONS: [&str; 3] = ["auto", "ltr", "rtl"];
const SENSITIVITIES: [&str; 3] = ["public", "private", "secret"];

/// A checked body.
#[derive(Clone, Debug)]
pub struct MessageRequest {
    /// The message, without an id.
    pub message: Message,
    /// Whom it is for.
    pub audience: Audience,
    /// Whether only to say what would be sent.
    pub dry_run: bool,
    /// What the sender may want to look at again.
    pub warnings: Vec<Warning>,
}

impl MessageRequest {
    /// Reads and checks a body.
    ///
    /// # Errors
    /// The first fault found, with the member's name.
    pub fn read(value: Value, site: &Site) -> Result<Self, Error> {
        let mut members = Members::new(value, "")?;
        refuse_unsupported(&mut members)?;
        let audience = audience::read(&mut members)?;
        let mut message = message(&mut members, site, &audience)?;
        let dry_run = flag(&mut members, "dry_run")?;
        members.finish()?;
        let is_single = matches!(audience, Audience::User(_) | Audience::Device(_));
        if message.personal == 1 && !is_single {
            return Err(Error::MemberInvalid("personal".to_owned()));
        }
        message.jitter = if is_single { 0 } else { site.received_jitter.into() };
        let warnings = lint::warnings(&message);
        Ok(Self { message, audience, dry_run, warnings })
    }
}

/// What people ask for, and what web notifications do not have.
pub(super) fn refuse_unsupported(members: &mut Members) -> Result<(), Error> {
    for (name, error) in [
        ("video", Error::VideoNotSupported),
        ("sound", Error::SoundNotSupported),
        ("geofence", Error::GeofenceNotSupported),
    ] {
        if members.any(name).is_some() {
            return Err(error);
        }
    }
    // Other senders have these inside; the refusal of the whole would hide what to do.
    if let Some(inner) = members.any("notification") {
        if let Ok(mut inner) = Members::new(inner, "notification.") {
            refuse_unsupported(&mut inner)?;
        }
        return Err(Error::MemberUnknown("notification".to_owned()));
    }
    Ok(())
}

fn message(members: &mut Members, site: &Site, audience: &Audience) -> Result<Message, Error> {
    let for_page = for_page(members)?;
    let title = members.text("title", TEXT_BYTES)?;
    if title.trim().is_empty() {
        // Safari takes no message without a title, and ours would say that there is news.
        return Err(members.invalid("title"));
    }
    let body = members.optional_text("body", TEXT_BYTES)?.unwrap_or_default();
    let front = site.origins.first().map(|origin| format!("{origin}/")).unwrap_or_default();
    let url = page(members, "url", site)?.unwrap_or(front);
    let tag = members.optional_text("tag", ID_BYTES)?;
    let extras = extras(members, tag.is_some(), Around { site, url: &url, audience })?;
    let [sensitivity, public_title, public_body] = sensitivity(members)?;
    Ok(Message {
        kind: "message".to_owned(),
        title,
        body,
        icon: picture(members, "icon")?,
        extras: Value::Object(extras).to_string(),
        url,
        tag,
        urgency: word(members, "urgency", &URGENCIES)?.unwrap_or("normal").to_owned(),
        collapse: collapse(members)?,
        ttl: ttl(members)?,
        personal: i64::from(flag(members, "personal")?),
        campaign: members.optional_text("campaign", ID_BYTES)?,
        variant: members.optional_text("variant", ID_BYTES)?,
        sensitivity: sensitivity.unwrap_or_default(),
        public_title,
        public_body,
        for_page: i64::from(for_page),
        utm: utm::read(members)?,
        ..Message::default()
    })
}

/// Whether a page in front may take the message. It needs a title all the same: what no page takes is shown.
fn for_page(members: &mut Members) -> Result<bool, Error> {
    let is_silent_data = flag(members, "silent_data")?;
    if is_silent_data && members.is_blank("title") {
        return Err(Error::HiddenPushNotSupported);
    }
    Ok(word(members, "foreground", &["page"])?.is_some() || is_silent_data)
}

/// How much of it may be seen on a locked screen, and what instead of its words.
fn sensitivity(members: &mut Members) -> Result<[Option<String>; 3], Error> {
    let word = word(members, "sensitivity", &SENSITIVITIES)?.unwrap_or("public");
    if word == "secret" {
        return Err(Error::SecretNotPushed);
    }
    let title = members.optional_text("public_title", TEXT_BYTES)?.filter(|title| !title.trim().is_empty());
    let body = members.optional_text("public_body", TEXT_BYTES)?;
    if word == "private" && title.is_none() {
        return Err(Error::MemberMissing("public_title".to_owned()));
    }
    // Who gives words for the screen means the others to stay off it.
    if word == "public" && (title.is_some() || body.is_some()) {
        return Err(members.invalid("sensitivity"));
    }
    Ok([Some(word.to_owned()), title, body])
}

/// The members that travel in the payload just as they are (Notifications API, `NotificationOptions`).
fn extras(members: &mut Members, has_tag: bool, around: Around<'_>) -> Result<Map<String, Value>, Error> {
    let mut extras = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            extras.insert(name.to_owned(), value);
        }
    };
    for name in ["image", "badge"] {
        put(name, picture(members, name)?.map(Value::from));
    }
    put("lang", language(members, "lang")?.map(Value::from));
    put("dir", word(members, "dir", &DIRECTIONS)?.map(Value::from));
    let renotifies = flag(members, "renotify")?;
    // Without a tag there is nothing to notify of again, and engines refuse the message.
    if renotifies && !has_tag {
        return Err(members.invalid("renotify"));
    }
    let is_silent = flag(members, "silent")?;
    let vibration = vibration(members)?;
    // Engines refuse the two together.
    if is_silent && vibration.is_some() {
        return Err(Error::VibrateOfSilent);
    }
    let stays = flag(members, "require_interaction")?;
    for (name, is_set) in [("renotify", renotifies), ("silent", is_silent), ("requireInteraction", stays)] {
        put(name, is_set.then(|| true.into()));
    }
    put("vibrate", vibration);
    put("timestamp", timestamp(members)?);
    put("app_badge", badge(members)?);
    put("data", data(members)?);
    put("actions", members.any("actions").map(|actions| buttons::read(actions, around)).transpose()?);
    Ok(extras)
}

fn vibration(members: &mut Members) -> Result<Option<Value>, Error> {
    let Some(value) = members.any("vibrate") else { return Ok(None) };
    let is_part = |part: &Value| part.as_u64().is_some_and(|part| VIBRATION.contains(&part));
    let fits = |list: &Vec<Value>| VIBRATIONS.contains(&list.len()) && list.iter().all(is_part);
    if value.as_array().is_some_and(fits) { Ok(Some(value)) } else { Err(members.invalid("vibrate")) }
}

/// When it happened; in the payload in milliseconds since 1970.
fn timestamp(members: &mut Members) -> Result<Option<Value>, Error> {
    let Some(value) = members.any("timestamp") else { return Ok(None) };
    let time = value.as_str().and_then(clock::millis).filter(|time| *time >= 0);
    time.map(|time| Some(time.into())).ok_or_else(|| members.invalid("timestamp"))
}

/// What is unread, on the icon of an installed app; 0 clears it.
fn badge(members: &mut Members) -> Result<Option<Value>, Error> {
    let Some(value) = members.any("app_badge") else { return Ok(None) };
    if value.as_u64().is_some_and(|count| count <= SAFE) { Ok(Some(value)) } else { Err(members.invalid("app_badge")) }
}

/// What the site's own pages read of a message.
fn data(members: &mut Members) -> Result<Option<Value>, Error> {
    let Some(value) = members.any("data") else { return Ok(None) };
    let Value::Object(map) = &value else { return Err(members.invalid("data")) };
    // Ours is there.
    if map.contains_key("softbell") {
        return Err(members.invalid("data.softbell"));
    }
    if value.to_string().len() <= DATA_BYTES { Ok(Some(value)) } else { Err(members.invalid("data")) }
}

/// An absolute address on one of the site's origins: the worker follows no other.
pub(super) fn page(members: &mut Members, name: &str, site: &Site) -> Result<Option<String>, Error> {
    let Some(url) = address(members, name)? else { return Ok(None) };
    // A page looks for the first `softbell` in its address, which must be ours.
    if site.origins.contains(&url.origin().ascii_serialization()) && !landing::is_taken(&url) {
        Ok(Some(url.into()))
    } else {
        Err(members.invalid(name))
    }
}

/// An absolute address of a picture, anywhere: https, because a picture that is not would not load (http for localhost).
pub(super) fn picture(members: &mut Members, name: &str) -> Result<Option<String>, Error> {
    let Some(url) = address(members, name)? else { return Ok(None) };
    if url.scheme() == "https" || is_local(url.as_str()) { Ok(Some(url.into())) } else { Err(members.invalid(name)) }
}

fn address(members: &mut Members, name: &str) -> Result<Option<Url>, Error> {
    let Some(text) = members.optional_text(name, TEXT_BYTES)? else { return Ok(None) };
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    // A password in an address would be shown to every device.
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
    url.map(Some).ok_or_else(|| members.invalid(name))
}

pub(super) fn language(members: &mut Members, name: &str) -> Result<Option<String>, Error> {
    let tag = members.optional_text(name, LANGUAGE)?;
    let plain = |tag: &String| tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && !tag.starts_with('-');
    if tag.as_ref().is_none_or(plain) { Ok(tag) } else { Err(members.invalid(name)) }
}

fn collapse(members: &mut Members) -> Result<Option<String>, Error> {
    let word = members.optional_text("collapse", COLLAPSE)?;
    let plain = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if word.as_ref().is_none_or(plain) { Ok(word) } else { Err(members.invalid("collapse")) }
}

fn ttl(members: &mut Members) -> Result<i64, Error> {
    let Some(value) = members.any("ttl") else { return Ok(TTL) };
    value.as_i64().filter(|ttl| (0..=LONGEST_TTL).contains(ttl)).ok_or_else(|| members.invalid("ttl"))
}

fn flag(members: &mut Members, name: &str) -> Result<bool, Error> {
    match members.any(name) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(_) => Err(members.invalid(name)),
    }
}

pub(super) fn word(members: &mut Members, name: &str, known: &[&'static str]) -> Result<Option<&'static str>, Error> {
    let Some(text) = members.any(name) else { return Ok(None) };
    let word = known.iter().find(|known| text == **known);
    word.copied().map(Some).ok_or_else(|| members.invalid(name))
}
