//! Everything that is kept about a device or a user, as one JSON value. Never a secret, an endpoint, or a key.

use serde_json::{Map, Value, json};

use crate::clock::rfc3339;
use crate::error::Error;
use crate::rows;
use crate::store::Connection;
use crate::store::audience::REACHABLE;
use crate::store::consents::{self, Filter, Line};
use crate::store::exports::{self, DeviceData, OwnReport, SentMessage, Whose};
use crate::store::facts::{self, UserDevice};

/// Rows of each list at most; `complete` says whether that was all.
const ROWS: i64 = 10_000;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The admin: everything.
    Admin,
    /// A user by way of the admin: nothing of others who used the device.
    User,
    /// Who holds the device's secret. That may be the next visitor of the same browser, or who copied it: nothing of
    /// others, and no texts and campaigns that were for one person's eyes, or are told after the click alone.
    Secret,
}

/// A device; none when there is no such device.
///
/// # Errors
/// [`Error::Internal`].
pub async fn device(db: &mut Connection, site: &str, id: &str, view: View) -> Result<Option<Value>, Error> {
    let Some(device) = exports::device(db, site, id).await? else { return Ok(None) };
    let messages = exports::messages(db, site, Whose::Device(id), ROWS).await?;
    let filter = Filter { device: Some(id.to_owned()), ..Filter::default() };
    let lines = consents::list(db, site, &filter, ROWS).await?;
    let reports = exports::reports(db, site, Whose::Device(id), ROWS).await?;
    let is_complete = is_all(messages.len()) && is_all(lines.len()) && is_all(reports.len());
    let is_seen = |user: &Option<String>| view == View::Admin || user.is_none() || *user == device.user_id;
    let messages: Vec<Value> =
        messages.iter().filter(|sent| is_seen(&sent.user_id)).map(|sent| message(sent, view)).collect();
    let lines: Vec<&Line> = lines.iter().filter(|line| is_seen(&line.user_id)).collect();
    let mut answer = json!({
        "device": device_row(&device),
        "consent": latest(&lines),
        "consents": lines.into_iter().map(rows::consent).collect::<Vec<_>>(),
        "messages": messages,
        "reports": reports.iter().filter(|own| is_seen(&own.user_id)).map(|own| report(own, view)).collect::<Vec<_>>(),
        "complete": is_complete,
    });
    if view == View::Admin {
        let earlier = exports::earlier_users(db, site, id).await?;
        answer["earlier_users"] =
            earlier.iter().map(|(user, at)| json!({"user": user, "seen_at": rfc3339(*at)})).collect();
    }
    Ok(Some(answer))
}

/// What is known of a user: [`facts`], as JSON.
///
/// # Errors
/// [`Error::Internal`].
pub async fn facts(db: &mut Connection, site: &str, user: &str) -> Result<Value, Error> {
    Ok(facts_row(user, &facts::devices(db, site, user).await?))
}

/// A user: the facts, the devices that he has, and what was for him alone, wherever that was.
///
/// # Errors
/// [`Error::Internal`].
pub async fn user(db: &mut Connection, site: &str, user: &str) -> Result<Value, Error> {
    let devices = facts::devices(db, site, user).await?;
    let mut exported = Vec::new();
    for mine in devices.iter().filter(|device| !device.is_earlier()) {
        exported.extend(device(db, site, &mine.id, View::User).await?);
    }
    let messages = exports::messages(db, site, Whose::User(user), ROWS).await?;
    let filter = Filter { user: Some(user.to_owned()), ..Filter::default() };
    let lines = consents::list(db, site, &filter, ROWS).await?;
    let reports = exports::reports(db, site, Whose::User(user), ROWS).await?;
    let is_complete = is_all(messages.len())
        && is_all(lines.len())
        && is_all(reports.len())
        && exported.iter().all(|device: &Value| device["complete"] == json!(true));
    Ok(json!({
        "user": facts_row(user, &devices),
        "devices": exported,
        "consents": lines.iter().map(rows::consent).collect::<Vec<_>>(),
        "messages": messages.iter().map(|sent| message(sent, View::User)).collect::<Vec<_>>(),
        "reports": reports.iter().map(|own| report(own, View::User)).collect::<Vec<_>>(),
        "complete": is_complete,
    }))
}

/// `push_enabled`: whether the user can be reached anywhere. `last_session`: how it stands where he was last.
fn facts_row(user: &str, devices: &[UserDevice]) -> Value {
    let last =
        devices.first().map(|last| json!({"device": last.id, "status": last.status, "at": rfc3339(last.seen_at)}));
    let row = |device: &UserDevice| {
        json!({
            "id": device.id, "status": device.status, "reachable": device.is_reachable(),
            "seen_at": rfc3339(device.seen_at),
        })
    };
    json!({
        "id": user,
        "push_enabled": devices.iter().any(UserDevice::is_reachable),
        "last_session": last,
        "devices": devices.iter().map(row).collect::<Vec<_>>(),
    })
}

fn is_all(count: usize) -> bool {
    i64::try_from(count).is_ok_and(|count| count < ROWS)
}

/// The answer that holds for each channel: the latest by its time, and of two at once the one that came later.
fn latest(lines: &[&Line]) -> Value {
    let mut latest: Map<String, Value> = Map::new();
    let mut sorted = lines.to_vec();
    sorted.sort_by_key(|line| (line.time, line.seq));
    for line in sorted {
        latest.insert(line.channel.clone(), json!({"val": line.val, "time": rfc3339(line.time)}));
    }
    latest.into()
}

/// The site's own words for a campaign may say as much as the text.
fn report(own: &OwnReport, view: View) -> Value {
    let mut row = rows::report(&own.row);
    if view == View::Secret && own.is_hidden == 1 {
        row["campaign"] = Value::Null;
        row["variant"] = Value::Null;
    }
    row
}

fn message(sent: &SentMessage, view: View) -> Value {
    let is_hidden = view == View::Secret && sent.is_hidden == 1;
    let text = |text: &String| if is_hidden { Value::Null } else { text.as_str().into() };
    json!({
        "id": sent.message_id,
        "device": sent.device_id,
        "user": sent.user_id,
        "personal": sent.personal == 1,
        "title": text(&sent.title),
        "body": text(&sent.body),
        "url": text(&sent.url),
        "state": sent.state,
        "code": sent.code,
        "created_at": rfc3339(sent.created_at),
        "done_at": sent.done_at.map(rfc3339),
    })
}

fn device_row(device: &DeviceData) -> Value {
    let json = |text: &String| serde_json::from_str::<Value>(text).unwrap_or_default();
    json!({
        "id": device.id,
        "user": device.user_id,
        "revision": device.revision,
        "permission": device.permission,
        "status": device.status,
        "reason": device.reason,
        "reachable": device.reach == REACHABLE,
        "service": rows::service(device.endpoint.as_deref()),
        "topics": json(&device.topics),
        "tags": json(&device.tags),
        "locale": device.locale,
        "time_zone": device.time_zone,
        "capabilities": json(&device.capabilities),
        "snoozed_until": device.snoozed_until.map(rfc3339),
        "welcomed_at": device.welcomed_at.map(rfc3339),
        "gone_at": device.gone_at.map(rfc3339),
        "created_at": rfc3339(device.created_at),
        "updated_at": rfc3339(device.updated_at),
        "seen_at": rfc3339(device.seen_at),
    })
}
