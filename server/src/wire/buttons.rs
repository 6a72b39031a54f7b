//! The member `actions` of a message: buttons, and what a press does (docs/worker.md).

use serde_json::{Map, Value, json};
use softbell::contract::limits::ID_BYTES;

use super::members::Members;
use super::message::{TEXT_BYTES, page, picture, refuse_unsupported, word};
use crate::error::Error;
use crate::settings::Site;
use crate::store::audience::Audience;

/// Buttons of a notification; no browser shows more.
const ACTIONS: usize = 4;
/// What a press can do, and whether it leads to a page (docs/worker.md). Left out it goes to the button's address, as
/// `deeplink` does.
const TYPES: [(&str, bool); 6] = [
    ("deeplink", true),
    ("weburl", true),
    ("background", false),
    ("dismiss", false),
    ("snooze", false),
    ("mute", false),
];
/// Minutes of a snooze: 30 days at most.
const MINUTES: core::ops::RangeInclusive<i64> = 1..=30 * 24 * 60;

/// Whether a button of this type opens nothing.
#[must_use]
pub fn is_quiet(kind: &str) -> bool {
    TYPES.contains(&(kind, false))
}

/// What buttons are checked against.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The site.
    pub site: &'a Site,
    /// Where the notification leads.
    pub url: &'a str,
    /// Whom it is for.
    pub audience: &'a Audience,
}

/// Reads and checks them. Each has a link: `WebKit` refuses a message with a button that leads nowhere.
///
/// # Errors
/// The first fault found, with the member's name.
pub fn read(value: Value, around: Around<'_>) -> Result<Value, Error> {
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
        // What the worker could not use must not be sent.
        if action.trim().is_empty() || names.contains(&action) {
            return Err(members.invalid("action"));
        }
        buttons.push(button(&mut members, &action, around)?);
        members.finish()?;
        names.push(action);
    }
    Ok(buttons.into())
}

fn button(members: &mut Members, action: &str, around: Around<'_>) -> Result<Value, Error> {
    refuse_unsupported(members)?;
    let title = members.text("title", TEXT_BYTES)?;
    if title.trim().is_empty() {
        return Err(members.invalid("title"));
    }
    let kind = word(members, "type", &TYPES.map(|(name, _)| name))?;
    let own = page(members, "url", around.site)?;
    if own.is_some() && kind.is_some_and(is_quiet) {
        return Err(members.invalid("url"));
    }
    let target = own.unwrap_or_else(|| around.url.to_owned());
    let mut button = json!({"action": action, "title": title, "navigate": target});
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            button[name] = value;
        }
    };
    put("icon", picture(members, "icon")?.map(Value::from));
    put("type", kind.map(Value::from));
    put("topic", topic(members, kind, around)?.map(Value::from));
    put("minutes", minutes(members, kind)?.map(Value::from));
    for name in ["done", "failed"] {
        put(name, members.optional_text(name, TEXT_BYTES)?.map(Value::from));
    }
    Ok(button)
}

/// What `mute` takes off the device: its own topic, else the one that the message is for.
fn topic(members: &mut Members, kind: Option<&str>, around: Around<'_>) -> Result<Option<String>, Error> {
    let own = members.optional_text("topic", ID_BYTES)?;
    if kind != Some("mute") {
        return if own.is_none() { Ok(None) } else { Err(members.invalid("topic")) };
    }
    let topic = match (own, around.audience) {
        (Some(topic), _) => topic,
        (None, Audience::Topic(topic)) => topic.clone(),
        _ => return Err(Error::MuteTopicMissing),
    };
    // Nobody could choose it, so taking it off would change nothing.
    if around.site.topics.iter().any(|known| known.id == topic) { Ok(Some(topic)) } else { Err(Error::TopicUnknown) }
}

fn minutes(members: &mut Members, kind: Option<&str>) -> Result<Option<i64>, Error> {
    let Some(value) = members.any("minutes") else { return Ok(None) };
    let minutes = value.as_i64().filter(|minutes| kind == Some("snooze") && MINUTES.contains(minutes));
    minutes.map(Some).ok_or_else(|| members.invalid("minutes"))
}

/// The words that a press can show, for who looks through them.
pub fn words(extras: &Map<String, Value>) -> impl Iterator<Item = (String, &str)> {
    let buttons = extras.get("actions").and_then(Value::as_array).into_iter().flatten().enumerate();
    buttons.flat_map(|(at, button)| {
        let word = move |name: &str| Some((format!("actions[{at}].{name}"), button.get(name)?.as_str()?));
        ["title", "done", "failed"].into_iter().filter_map(word)
    })
}
