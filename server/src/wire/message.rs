//! The body of `POST /v1/sites/{site}/messages`: what to say, and to whom.

use serde_json::{Map, Value, json};
use softbell::contract::limits::ID_BYTES;
use url::Url;

use super::members::Members;
use crate::error::Error;
use crate::settings::Site;
use crate::store::audience::Audience;
use crate::store::messages::Message;

/// Bytes of a text as it comes; how long a message may be altogether is seen later.
const TEXT_BYTES: usize = 64 * 1024;
/// Seconds a push service keeps a message: its default, and what FCM allows at most (28 days).
const TTL: i64 = 86_400;
const LONGEST_TTL: i64 = 2_419_200;
/// Buttons of a notification; no browser shows more.
const ACTIONS: usize = 4;
/// Characters of the `Topic` header (RFC 8030, section 5.4).
const COLLAPSE: usize = 32;
/// Characters of a language tag (RFC 5646, section 4.4.1).
const LANGUAGE: usize = 35;
const URGENCIES: [&str; 4] = ["very-low", "low", "normal", "high"];
const DIRECTIONS: [&str; 3] = ["auto", "ltr", "rtl"];

/// A checked body.
#[derive(Clone, Debug)]
pub struct MessageRequest {
    /// The message, without an id.
    pub message: Message,
    /// Whom it is for.
    pub audience: Audience,
    /// Whether only to say what would be sent.
    pub dry_run: bool,
}

impl MessageRequest {
    /// Reads and checks a body.
    ///
    /// # Errors
    /// The first fault found, with the member's name.
    pub fn read(value: Value, site: &Site) -> Result<Self, Error> {
        let mut members = Members::new(value, "")?;
        refuse_unsupported(&mut members)?;
        let audience = audience(&mut members)?;
        let message = message(&mut members, site)?;
        let dry_run = flag(&mut members, "dry_run")?;
        members.finish()?;
        if message.personal == 1 && !matches!(audience, Audience::User(_) | Audience::Device(_)) {
            return Err(Error::MemberInvalid("personal".to_owned()));
        }
        Ok(Self { message, audience, dry_run })
    }
}

/// What people ask for, and what web notifications do not have.
fn refuse_unsupported(members: &mut Members) -> Result<(), Error> {
    for (name, error) in [
        ("video", Error::VideoNotSupported),
        ("sound", Error::SoundNotSupported),
        ("geofence", Error::GeofenceNotSupported),
    ] {
        if members.any(name).is_some() {
            return Err(error);
        }
    }
    Ok(())
}

fn message(members: &mut Members, site: &Site) -> Result<Message, Error> {
    let title = members.text("title", TEXT_BYTES)?;
    if title.trim().is_empty() {
        // Safari takes no message without a title, and ours would say that there is news.
        return Err(members.invalid("title"));
    }
    let body = members.optional_text("body", TEXT_BYTES)?.unwrap_or_default();
    let front = site.origins.first().map(|origin| format!("{origin}/")).unwrap_or_default();
    let url = page(members, "url", site)?.unwrap_or(front);
    let tag = members.optional_text("tag", ID_BYTES)?;
    let extras = extras(members, site, &url, tag.is_some())?;
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
        ..Message::default()
    })
}

/// The members that travel in the payload just as they are (Notifications API, `NotificationOptions`).
fn extras(members: &mut Members, site: &Site, url: &str, has_tag: bool) -> Result<Map<String, Value>, Error> {
    let mut extras = Map::new();
    for name in ["image", "badge"] {
        if let Some(picture) = picture(members, name)? {
            extras.insert(name.to_owned(), picture.into());
        }
    }
    if let Some(lang) = language(members, "lang")? {
        extras.insert("lang".to_owned(), lang.into());
    }
    if let Some(direction) = word(members, "dir", &DIRECTIONS)? {
        extras.insert("dir".to_owned(), direction.into());
    }
    for (name, sent) in [("renotify", "renotify"), ("silent", "silent"), ("require_interaction", "requireInteraction")]
    {
        if flag(members, name)? {
            extras.insert(sent.to_owned(), true.into());
        }
    }
    // Without a tag there is nothing to notify of again, and engines refuse the message.
    if extras.contains_key("renotify") && !has_tag {
        return Err(members.invalid("renotify"));
    }
    if let Some(actions) = members.any("actions") {
        extras.insert("actions".to_owned(), buttons(actions, site, url)?);
    }
    Ok(extras)
}

/// Buttons with links of their own. Each has one: `WebKit` refuses a message with a button that leads nowhere.
fn buttons(value: Value, site: &Site, url: &str) -> Result<Value, Error> {
    let invalid = || Error::MemberInvalid("actions".to_owned());
    let Value::Array(list) = value else { return Err(invalid()) };
    if list.len() > ACTIONS {
        return Err(invalid());
    }
    let mut names = Vec::with_capacity(list.len());
    let mut buttons = Vec::with_capacity(list.len());
    for value in list {
        let mut members = Members::new(value, "actions.").map_err(|_| invalid())?;
        let action = members.text("action", ID_BYTES)?;
        let title = members.text("title", TEXT_BYTES)?;
        // What the worker could not use must not be sent.
        if action.trim().is_empty() || names.contains(&action) {
            return Err(members.invalid("action"));
        }
        if title.trim().is_empty() {
            return Err(members.invalid("title"));
        }
        let target = page(&mut members, "url", site)?.unwrap_or_else(|| url.to_owned());
        let mut button = json!({"action": action, "title": title, "navigate": target});
        if let Some(icon) = picture(&mut members, "icon")? {
            button["icon"] = icon.into();
        }
        members.finish()?;
        names.push(action);
        buttons.push(button);
    }
    Ok(buttons.into())
}

/// `{"all": true}`, or one of the others.
fn audience(members: &mut Members) -> Result<Audience, Error> {
    let value = members.any("audience").ok_or_else(|| Error::MemberMissing("audience".to_owned()))?;
    let invalid = || Error::MemberInvalid("audience".to_owned());
    if value.as_object().is_none_or(|map| map.len() != 1) {
        return Err(invalid());
    }
    let mut members = Members::new(value, "audience.").map_err(|_| invalid())?;
    let mut kind = None;
    if members.any("all").is_some_and(|all| all == Value::Bool(true)) {
        kind = Some(Audience::All);
    }
    for (name, make) in
        [("user", Audience::User as fn(String) -> Audience), ("device", Audience::Device), ("topic", Audience::Topic)]
    {
        if let Some(text) = members.optional_text(name, ID_BYTES)? {
            kind = Some(make(text));
        }
    }
    if let Some(locale) = language(&mut members, "locale")? {
        kind = Some(Audience::Locale(locale));
    }
    if let Some(value) = members.any("tag") {
        kind = Some(tag(value)?);
    }
    members.finish()?;
    kind.ok_or_else(invalid)
}

fn tag(value: Value) -> Result<Audience, Error> {
    let mut members =
        Members::new(value, "audience.tag.").map_err(|_| Error::MemberInvalid("audience.tag".to_owned()))?;
    let name = members.text("name", ID_BYTES)?;
    let value = members.any("value").ok_or_else(|| Error::MemberMissing("audience.tag.value".to_owned()))?;
    let fits = match &value {
        Value::String(text) => text.len() <= ID_BYTES,
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    };
    if !fits {
        return Err(members.invalid("value"));
    }
    members.finish()?;
    Ok(Audience::Tag(name, value))
}

/// An absolute address on one of the site's origins: the worker follows no other.
fn page(members: &mut Members, name: &str, site: &Site) -> Result<Option<String>, Error> {
    let Some(url) = address(members, name)? else { return Ok(None) };
    if site.origins.contains(&url.origin().ascii_serialization()) {
        Ok(Some(url.into()))
    } else {
        Err(members.invalid(name))
    }
}

/// An absolute address of a picture, anywhere.
fn picture(members: &mut Members, name: &str) -> Result<Option<String>, Error> {
    Ok(address(members, name)?.map(Into::into))
}

fn address(members: &mut Members, name: &str) -> Result<Option<Url>, Error> {
    let Some(text) = members.optional_text(name, TEXT_BYTES)? else { return Ok(None) };
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    // A password in an address would be shown to every device.
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
    url.map(Some).ok_or_else(|| members.invalid(name))
}

fn language(members: &mut Members, name: &str) -> Result<Option<String>, Error> {
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

fn word(members: &mut Members, name: &str, known: &[&'static str]) -> Result<Option<&'static str>, Error> {
    let Some(text) = members.any(name) else { return Ok(None) };
    let word = known.iter().find(|known| text == **known);
    word.copied().map(Some).ok_or_else(|| members.invalid(name))
}
