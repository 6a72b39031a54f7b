//! Stores the reports of many requests together, and says of each what became of it.

use std::collections::{BTreeMap, BTreeSet};

use super::landings::{self, Use};
use super::reports::{self, Report};
use super::{Connection, Write, erasures, share};
use crate::secret;

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
    /// Its device was erased.
    Erased,
    /// Its landing speaks for another report.
    Spent,
}

impl Write for Batch {
    type Answer = Vec<Fate>;

    async fn write(db: &mut Connection, all: &[Self]) -> Result<Vec<Vec<Fate>>, sqlx::Error> {
        let reports: Vec<&Report> = all.iter().flat_map(|batch| &batch.0).collect();
        // Who is being erased is gone first, or not yet.
        let sites: BTreeSet<&str> = reports.iter().map(|report| report.site.as_str()).collect();
        for site in sites {
            share(db, &["reports", site]).await?;
        }
        let erased = erased(db, &reports).await?;
        let is_erased = |report: &Report| erased.contains(&key(report));
        let mut kept: Vec<&Report> = reports.into_iter().filter(|report| !is_erased(report)).collect();
        let spent = spent(db, &kept).await?;
        let is_spent = |report: &Report| report.landing.as_ref().is_some_and(|using| spent.contains(using));
        kept.retain(|report| !is_spent(report));
        let mut fates = store(db, &kept).await?.into_iter();
        let mut next = |report| match report {
            report if is_erased(report) => Some(Fate::Erased),
            report if is_spent(report) => Some(Fate::Spent),
            _ => fates.next(),
        };
        Ok(all.iter().map(|batch| batch.0.iter().filter_map(&mut next).collect()).collect())
    }
}

/// Uses up the landings of reports; answers those that other reports have used. In one order for everybody, so that no two
/// servers wait for each other.
async fn spent<'a>(db: &mut Connection, reports: &[&'a Report]) -> Result<BTreeSet<&'a Use>, sqlx::Error> {
    let mut uses: Vec<(&str, &Use)> =
        reports.iter().filter_map(|report| Some((report.site.as_str(), report.landing.as_ref()?))).collect();
    // Of two reports in one batch the first one has it, so only the order of the landings counts.
    uses.sort_by_key(|(site, using)| (*site, &using.hash));
    let mut spent = BTreeSet::new();
    for (site, using) in uses {
        if !landings::spend(db, site, using).await? {
            spent.insert(using);
        }
    }
    Ok(spent)
}

/// Site and device of those that were erased. Their browsers may not know it yet.
async fn erased<'a>(db: &mut Connection, reports: &[&'a Report]) -> Result<BTreeSet<(&'a str, &'a str)>, sqlx::Error> {
    let named: BTreeSet<(&str, &str)> =
        reports.iter().filter(|report| report.device.is_some()).map(|report| key(report)).collect();
    let hashes: Vec<String> = named.iter().map(|(_, device)| secret::hash(device)).collect();
    let found = erasures::erased(db, &hashes).await?;
    let is_found = |site: &str, hash: &str| found.iter().any(|(of, known)| of == site && known == hash);
    Ok(named.into_iter().zip(&hashes).filter(|((site, _), hash)| is_found(site, hash)).map(|(key, _)| key).collect())
}

fn key(report: &Report) -> (&str, &str) {
    (&report.site, report.device.as_deref().unwrap_or_default())
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
