//! Stores the reports of many requests together, and says of each what became of it.

use std::collections::BTreeMap;

use super::reports::{self, Report};
use super::{Connection, Write};

/// Unverified reports a site stores in [`CAP_WINDOW`].
const UNVERIFIED_CAP: i64 = 10_000;
/// A day, in milliseconds.
const CAP_WINDOW: i64 = 86_400_000;
/// The reports of a batch that are worth storing.
pub struct Batch(pub Vec<Report>);

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
