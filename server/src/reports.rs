//! Takes a batch of reports in: who speaks is decided by the token alone, and everything counts once.

use serde_json::Value;

use crate::b64;
use crate::error::Error;
use crate::state::App;
use crate::store::Connection;
use crate::store::reports::{self, Report};
use crate::wire::event::{Event, EventFault};

/// Unverified reports a site stores in [`CAP_WINDOW`].
const UNVERIFIED_CAP: i64 = 10_000;
/// A day, in milliseconds.
const CAP_WINDOW: i64 = 86_400_000;
/// The scope of reports that speak for one message on one device.
const MESSAGE_SCOPE: &str = "message";

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Reports that are new.
    pub stored: usize,
    /// Reports that were known.
    pub duplicates: usize,
    /// Reports refused for good: place in the batch, and why.
    pub dropped: Vec<(usize, EventFault)>,
}

/// Stores what can be stored, in one transaction.
///
/// # Errors
/// [`Error::Internal`]; then nothing is stored.
pub async fn take(app: &App, site: &str, batch: &[Value]) -> Result<Outcome, Error> {
    let source = format!("softbell:{site}");
    let now = app.clock.millis();
    let mut outcome = Outcome::default();
    let mut good = Vec::with_capacity(batch.len());
    for (index, value) in batch.iter().enumerate() {
        match Event::read(value, &source) {
            Ok(event) => good.push((index, report(app, site, &source, event))),
            Err(fault) => outcome.dropped.push((index, fault)),
        }
    }
    if good.is_empty() {
        return Ok(outcome);
    }
    let mut db = app.store.write().await?;
    let mut room = room_for_unverified(&mut db, site, now).await?;
    for (index, report) in good {
        if report.scope.is_empty() && room <= 0 {
            outcome.dropped.push((index, EventFault::UnverifiedCap));
        } else if reports::add(&mut db, site, &report, now).await? {
            outcome.stored += 1;
            room -= i64::from(report.scope.is_empty());
        } else {
            outcome.duplicates += 1;
        }
    }
    db.commit().await?;
    outcome.dropped.sort_unstable_by_key(|(index, _)| *index);
    Ok(outcome)
}

async fn room_for_unverified(db: &mut Connection, site: &str, now: i64) -> Result<i64, sqlx::Error> {
    Ok(UNVERIFIED_CAP - reports::count_unverified(db, site, now - CAP_WINDOW).await?)
}

/// The row of an event: device and message come from the token, and from nowhere else.
fn report(app: &App, site: &str, source: &str, event: Event) -> Report {
    let now = app.clock.seconds();
    let speaker = event.token.as_deref().and_then(|token| app.tokens.read(site, token, now));
    let device = speaker.map(|speaker| b64::encode(&speaker.device));
    let message = speaker.and_then(|speaker| speaker.message).map(|id| b64::encode(&id));
    let (id, scope) = identity(device.as_deref(), message.as_deref(), &event);
    Report {
        source: source.to_owned(),
        id,
        scope,
        kind: event.kind.as_str(),
        device,
        message,
        time: event.time,
        data: event.data,
    }
}

/// Id and scope. What happens to a message happens once, whoever reports it: worker and landing page get the same
/// id. Other reports keep their own id, within their device.
fn identity(device: Option<&str>, message: Option<&str>, event: &Event) -> (String, String) {
    let kind = event.kind.as_str();
    match (device, message) {
        (Some(device), Some(message)) if kind.starts_with("notification.") => {
            (format!("{message}.{device}.{kind}.{}", event.action), MESSAGE_SCOPE.to_owned())
        }
        (Some(device), _) => (event.id.clone(), device.to_owned()),
        _ => (event.id.clone(), String::new()),
    }
}
