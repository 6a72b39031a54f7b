//! Takes a batch of reports in: who speaks is decided by the token alone, and everything counts once.

use std::collections::BTreeMap;

use serde_json::Value;
use softbell::contract::ReportType;

use crate::b64;
use crate::error::Error;
use crate::state::App;
use crate::store::reports::{self, Report};
use crate::store::{Connection, Write};
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

/// The reports of a batch that are worth storing.
pub struct Batch(Vec<Report>);

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Stored,
    /// It was known.
    Duplicate,
    /// The site has had too many that nobody vouches for.
    OverCap,
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
            Ok(event) => {
                places.push(index);
                reports.push(report(app, site, &source, event));
            }
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
            Fate::OverCap => outcome.dropped.push((index, EventFault::UnverifiedCap)),
        }
    }
    app.metrics.reports(outcome.stored, outcome.duplicates, outcome.dropped.len());
    outcome.dropped.sort_unstable_by_key(|(index, _)| *index);
    Ok(outcome)
}

impl Write for Batch {
    type Answer = Vec<Fate>;

    async fn write(db: &mut Connection, all: &[Self]) -> Result<Vec<Vec<Fate>>, sqlx::Error> {
        let reports: Vec<&Report> = all.iter().flat_map(|batch| &batch.0).collect();
        let mut fates = store(db, &reports).await?.into_iter();
        Ok(all.iter().map(|batch| fates.by_ref().take(batch.0.len()).collect()).collect())
    }
}

/// Stores reports of any sites, and says of each what became of it.
async fn store(db: &mut Connection, reports: &[&Report]) -> Result<Vec<Fate>, sqlx::Error> {
    let full = full_sites(db, reports).await?;
    if full.is_empty() {
        return Ok(reports::add(db, reports).await?.into_iter().map(fate).collect());
    }
    // Which of the unverified ones still fit depends on which of the earlier ones are new, so they go one by one.
    let is_free = |report: &Report| report.is_verified() || !full.contains_key(report.site.as_str());
    let free: Vec<&Report> = reports.iter().copied().filter(|report| is_free(report)).collect();
    let mut added = reports::add(db, &free).await?.into_iter();
    let mut room = full;
    let mut fates = Vec::with_capacity(reports.len());
    for report in reports {
        fates.push(match room.get_mut(report.site.as_str()) {
            Some(room) if !report.is_verified() => one_unverified(db, report, room).await?,
            _ => fate(added.next().unwrap_or_default()),
        });
    }
    Ok(fates)
}

/// The sites that may have no room for all their unverified reports, and how much room they have.
async fn full_sites<'a>(db: &mut Connection, reports: &[&'a Report]) -> Result<BTreeMap<&'a str, i64>, sqlx::Error> {
    let mut wanted: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for report in reports.iter().filter(|report| !report.is_verified()) {
        let (count, now) = wanted.entry(&report.site).or_default();
        *count += 1;
        *now = report.received_at;
    }
    let mut full = BTreeMap::new();
    for (site, (count, now)) in wanted {
        let room = UNVERIFIED_CAP - reports::count_unverified(db, site, now - CAP_WINDOW).await?;
        if room < count {
            full.insert(site, room);
        }
    }
    Ok(full)
}

async fn one_unverified(db: &mut Connection, report: &Report, room: &mut i64) -> Result<Fate, sqlx::Error> {
    if *room <= 0 {
        return Ok(Fate::OverCap);
    }
    let new = reports::add(db, &[report]).await?.contains(&true);
    *room -= i64::from(new);
    Ok(fate(new))
}

fn fate(is_new: bool) -> Fate {
    if is_new { Fate::Stored } else { Fate::Duplicate }
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
        site: site.to_owned(),
        kind: event.kind.as_str(),
        device,
        message,
        time: event.time,
        received_at: app.clock.millis(),
        data: event.data,
        variant: event.variant,
    }
}

/// Id and scope. What happens to a message happens once, whoever reports it: worker and landing page get the same
/// id. Other reports keep their own id, within their device.
fn identity(device: Option<&str>, message: Option<&str>, event: &Event) -> (String, String) {
    let kind = event.kind.as_str();
    match (device, message) {
        (Some(device), Some(message)) if kind.starts_with("notification.") => {
            // Only a button has an action; elsewhere anybody could make up one after the other.
            let action = if event.kind == ReportType::NotificationAction { event.action.as_str() } else { "" };
            (format!("{message}.{device}.{kind}.{action}"), MESSAGE_SCOPE.to_owned())
        }
        (Some(device), _) => (event.id.clone(), device.to_owned()),
        _ => (event.id.clone(), String::new()),
    }
}
