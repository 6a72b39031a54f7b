//! A consent entry: what a visitor answered, when and how, and what exactly was shown.

use serde_json::Value;
use softbell::contract::Permission;
use softbell::contract::limits::ID_BYTES;

use super::members::Members;
use crate::b64;
use crate::clock;
use crate::error::Error;

/// Bytes of an entry as JSON: it quotes what was shown.
const ENTRY_BYTES: usize = 4096;
/// Bytes of the visitor's reason (XDM).
const REASON_BYTES: usize = 255;
/// Bytes of a word, a language tag, or a version.
const NAME_BYTES: usize = 64;
/// Bytes of an entry's id: 128 bits.
const ID: usize = 16;
/// What stands before names in errors.
const PATH: &str = "consent_entries.";

/// What the answer is about.
const CHANNELS: [&str; 5] = ["push", "in_app", "email", "sms", "whatsapp"];
/// XDM's words: yes, no, pending, unknown, default yes, default no.
const VALUES: [&str; 6] = ["y", "n", "p", "u", "dy", "dn"];
/// How the answer was given.
const SOURCES: [&str; 5] = ["soft_popup", "native_prompt", "preference_center", "api", "browser"];
/// The texts of `shown`.
const SHOWN: [&str; 4] = ["title", "text", "yes", "no"];

/// A checked entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEntry {
    /// 128 bits, base64url.
    pub id: String,
    /// What it is about.
    pub channel: &'static str,
    /// The answer.
    pub val: &'static str,
    /// When, by the browser's clock, in milliseconds since 1970.
    pub time: i64,
    /// The whole, as it came: JSON.
    pub text: String,
}

impl ConsentEntry {
    /// Reads and checks an entry.
    ///
    /// # Errors
    /// The first fault found, with the member's name.
    pub fn read(value: Value) -> Result<Self, Error> {
        let text = value.to_string();
        let whole = || Error::MemberInvalid("consent_entries".to_owned());
        if text.len() > ENTRY_BYTES {
            return Err(whole());
        }
        let mut members = Members::new(value, PATH).map_err(|_| whole())?;
        let entry = Self {
            id: id(&mut members)?,
            channel: one_of(&mut members, "channel", &CHANNELS)?,
            val: one_of(&mut members, "val", &VALUES)?,
            time: time(&mut members)?,
            text,
        };
        one_of(&mut members, "source", &SOURCES)?;
        check_rest(&mut members)?;
        members.finish()?;
        Ok(entry)
    }
}

/// Everything that is kept as it came.
fn check_rest(members: &mut Members) -> Result<(), Error> {
    members.optional_text("reason", REASON_BYTES)?;
    for name in ["text_version", "locale", "form"] {
        members.optional_text(name, NAME_BYTES)?;
    }
    members.optional_text("variant", ID_BYTES)?;
    for name in ["withdrawal", "gpc"] {
        if members.any(name).is_some_and(|value| !value.is_boolean()) {
            return Err(members.invalid(name));
        }
    }
    let permission = members.optional_text("permission", NAME_BYTES)?;
    if permission.is_some_and(|word| Permission::parse(&word).as_str() != word) {
        return Err(members.invalid("permission"));
    }
    match members.any("shown") {
        None => Ok(()),
        Some(Value::Object(shown))
            if shown.iter().all(|(name, text)| SHOWN.contains(&name.as_str()) && text.is_string()) =>
        {
            Ok(())
        }
        Some(_) => Err(members.invalid("shown")),
    }
}

fn id(members: &mut Members) -> Result<String, Error> {
    let id = members.text("id", NAME_BYTES)?;
    if b64::decode_array::<ID>(&id).is_some() { Ok(id) } else { Err(members.invalid("id")) }
}

fn time(members: &mut Members) -> Result<i64, Error> {
    let text = members.text("time", NAME_BYTES)?;
    clock::millis(&text).filter(|time| *time >= 0).ok_or_else(|| members.invalid("time"))
}

fn one_of<const N: usize>(members: &mut Members, name: &str, words: &[&'static str; N]) -> Result<&'static str, Error> {
    let word = members.text(name, NAME_BYTES)?;
    words.iter().find(|known| **known == word).copied().ok_or_else(|| members.invalid(name))
}
