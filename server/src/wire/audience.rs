//! The member `audience` of a message: whom it is for.

use serde_json::Value;
use softbell::contract::limits::ID_BYTES;

use super::members::Members;
use super::message::language;
use crate::error::Error;
use crate::store::audience::Audience;

/// `{"all": true}`, or one of the others.
///
/// # Errors
/// The first fault found, with the member's name.
pub fn read(members: &mut Members) -> Result<Audience, Error> {
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
