//! Reports: what browsers told us.

use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use super::landings::Use;
use super::many::{pieces, placeholders};
use super::{Connection, lock};

/// One report, ready to be stored.
#[derive(Clone, Debug)]
pub struct Report {
    /// `softbell:{site}`.
    pub source: String,
    /// The id that counts once within its scope.
    pub id: String,
    /// `message`, a device id, or empty for an unverified report.
    pub scope: String,
    /// The site's id.
    pub site: String,
    /// The report type on the wire.
    pub kind: &'static str,
    /// From the token.
    pub device: Option<String>,
    /// From the token.
    pub message: Option<String>,
    /// When it happened, by the browser's clock, in milliseconds since 1970; not after it came.
    pub time: i64,
    /// When it came, by ours.
    pub received_at: i64,
    /// JSON text.
    pub data: Option<String>,
    /// Which prompt a report is about, for the funnel.
    pub variant: Option<String>,
    /// What reports of its type are told apart by: the button, the reason, the conversion's name.
    pub detail: Option<String>,
    /// What a conversion was worth, in millionths.
    pub amount: Option<i64>,
    /// Of what currency.
    pub currency: Option<String>,
    /// The landing that it is the click of, if a page reports it.
    pub landing: Option<Use>,
}

impl Report {
    /// Whether a token vouches for it.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        !self.scope.is_empty()
    }
}

/// Parameters of a row.
const COLUMNS: usize = 12;
/// Where among them the site is, counted from 0.
const SITE: usize = 3;
/// And the device.
const DEVICE: usize = 5;
/// And the time.
const TIME: usize = 8;

/// Stores reports, in order; answers which of them are new. The first of two equal ones is new, the second is not.
pub async fn add(db: &mut Connection, reports: &[&Report]) -> Result<Vec<bool>, sqlx::Error> {
    let mut new = Vec::with_capacity(reports.len());
    for piece in pieces(reports) {
        let mut added = insert(db, piece).await?;
        for report in piece {
            // Owned, because the set holds what the database answered.
            let is_new = added.remove(&(report.source.clone(), report.id.clone(), report.scope.clone()));
            if is_new && report.detail.is_some() {
                tell_apart(db, report).await?;
            }
            new.push(is_new);
        }
    }
    Ok(new)
}

/// Adds what few reports have, presses and conversions above all, so that the many others cost nothing more.
async fn tell_apart(db: &mut Connection, report: &Report) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE reports SET detail = $1, amount = $2, currency = $3 WHERE source = $4 AND id = $5 AND scope = $6",
    )
    .bind(&report.detail)
    .bind(report.amount)
    .bind(&report.currency)
    .bind(&report.source)
    .bind(&report.id)
    .bind(&report.scope)
    .execute(db)
    .await
    .map(drop)
}

/// One statement; answers source, id and scope of what is new.
async fn insert(db: &mut Connection, reports: &[&Report]) -> Result<HashSet<(String, String, String)>, sqlx::Error> {
    let sql = format!(
        "INSERT INTO reports (source, id, scope, site, type, device_id, message_id, verified, time, received_at, data,
           variant, user_id)
         VALUES {} ON CONFLICT (source, id, scope) DO NOTHING RETURNING source, id, scope",
        rows(reports.len())
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql));
    for report in reports {
        query = query
            .bind(&report.source)
            .bind(&report.id)
            .bind(&report.scope)
            .bind(&report.site)
            .bind(report.kind)
            .bind(&report.device)
            .bind(&report.message)
            .bind(i64::from(report.is_verified()))
            .bind(report.time)
            .bind(report.received_at)
            .bind(&report.data)
            .bind(&report.variant);
    }
    Ok(query.fetch_all(db).await?.into_iter().collect())
}

/// `($1, …, $12, (SELECT …)), …`: last the user that the device has now, who is not always the next one. What happened
/// before he came is of somebody before: no user's id is empty, so nobody who uses the device is shown it.
fn rows(count: usize) -> String {
    let row = |row: usize| {
        let first = row * COLUMNS + 1;
        let (site, device, time) = (first + SITE, first + DEVICE, first + TIME);
        let user = format!(
            "SELECT CASE WHEN ${time} <= owned_from THEN '' ELSE user_id END FROM devices
             WHERE site = ${site} AND id = ${device}"
        );
        format!("({}, ({user}))", placeholders(first, COLUMNS))
    };
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

/// Unverified reports of a site that arrived after `since`. Until the transaction ends nobody else counts.
pub async fn count_unverified(db: &mut Connection, site: &str, since: i64) -> Result<i64, sqlx::Error> {
    lock(db, &["unverified", site]).await?;
    sqlx::query_scalar("SELECT COUNT(*) FROM reports WHERE site = $1 AND verified = 0 AND received_at > $2")
        .bind(site)
        .bind(since)
        .fetch_one(db)
        .await
}
