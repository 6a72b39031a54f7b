//! Takes a batch of reports in: who speaks is decided by the token alone, and everything counts once.

use serde_json::Value;
use softbell::contract::ReportType;

use crate::b64;
use crate::error::Error;
use crate::landing;
use crate::state::App;
use crate::store::batch::{Batch, Fate};
use crate::store::reports::Report;
use crate::wire::event::{Event, EventFault};
use crate::wire::token::Speaker;

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

/// Stores what can be stored; back when it is on the disk.
///
/// # Errors
/// [`Error::Internal`]; then nothing is stored.
pub async fn take(app: &App, site: &str, batch: &[Value]) -> Result<Outcome, Error> {
    let source = format!("softbell:{site}");
    let mut outcome = Outcome::default();
    let (mut places, mut reports) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
    for (index, value) in batch.iter().enumerate() {
        match Event::read(value, &source) {
            Ok(event) => match landing::speaker(app, site, &event).await? {
                Ok((speaker, landing)) => {
                    places.push(index);
                    reports.push(Report { landing, ..report(app, site, &source, event, speaker) });
                }
                Err(fault) => outcome.dropped.push((index, fault)),
            },
            Err(fault) => outcome.dropped.push((index, fault)),
        }
    }
    if reports.is_empty() {
        return Ok(outcome);
    }
    for (index, fate) in places.into_iter().zip(app.reports.write(Batch(reports)).await?) {
        match fate {
            Fate::Stored => outcome.stored += 1,
            Fate::Duplicate => outcome.duplicates += 1,
            Fate::Spent => outcome.dropped.push((index, EventFault::TokenSpent)),
            Fate::Erased => outcome.dropped.push((index, EventFault::DeviceErased)),
            Fate::OverCap => outcome.dropped.push((index, EventFault::UnverifiedCap)),
        }
    }
    app.metrics.reports(outcome.stored, outcome.duplicates, outcome.dropped.len());
    outcome.dropped.sort_unstable_by_key(|(index, _)| *index);
    Ok(outcome)
}

/// The row of an event: device and message come from the token, and from nowhere else.
fn report(app: &App, site: &str, source: &str, event: Event, speaker: Option<Speaker>) -> Report {
    let now = app.clock.millis();
    let device = speaker.map(|speaker| b64::encode(&speaker.device));
    let message = speaker.and_then(|speaker| speaker.message).map(|id| b64::encode(&id));
    let (id, scope) = identity(device.as_deref(), message.as_deref(), &event);
    let detail = detail(&event);
    let worth = event.conversion.and_then(|conversion| conversion.worth);
    Report {
        source: source.to_owned(),
        id,
        scope,
        site: site.to_owned(),
        kind: event.kind.as_str(),
        device,
        message,
        // A browser whose clock is ahead must not make a click of today follow the purchases of next year.
        time: event.time.min(now),
        received_at: now,
        data: event.data,
        variant: event.variant,
        detail,
        amount: worth.as_ref().map(|worth| worth.amount),
        currency: worth.and_then(|worth| worth.currency),
        landing: None,
    }
}

/// What reports of one type are told apart by when they are counted.
fn detail(event: &Event) -> Option<String> {
    match event.kind {
        ReportType::NotificationAction => Some(event.action.clone()).filter(|action| !action.is_empty()),
        ReportType::NotificationFailed | ReportType::NotificationSuppressed => event.reason.clone(),
        ReportType::Conversion => event.conversion.as_ref().map(|conversion| conversion.name.clone()),
        _ => None,
    }
}

/// Id and scope. What happens to a message happens once, whoever reports it: worker and landing page get the same
/// id. Other reports keep their own id, within their device, but for conversions with one of the site's.
fn identity(device: Option<&str>, message: Option<&str>, event: &Event) -> (String, String) {
    let kind = event.kind.as_str();
    match (device, message) {
        (Some(device), Some(message)) if kind.starts_with("notification.") => {
            // Only a button has an action; elsewhere anybody could make up one after the other.
            let action = if event.kind == ReportType::NotificationAction { event.action.as_str() } else { "" };
            (format!("{message}.{device}.{kind}.{action}"), MESSAGE_SCOPE.to_owned())
        }
        (Some(device), _) => (order(event).unwrap_or_else(|| event.id.clone()), device.to_owned()),
        _ => (event.id.clone(), String::new()),
    }
}

/// The id of a conversion that the site gave one: the page after an order, opened again, is no second order.
fn order(event: &Event) -> Option<String> {
    Some(format!("conversion.{}", event.conversion.as_ref()?.id.as_ref()?))
}
