//! Reports: what browsers told us.

use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use super::many::{pieces, tuples};
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
    /// When it happened, by the browser's clock, in milliseconds since 1970.
    pub time: i64,
    /// When it came, by ours.
    pub received_at: i64,
    /// JSON text.
    pub data: Option<String>,
    /// Which prompt a report is about, for the funnel.
    pub variant: Option<String>,
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

/// Stores reports, in order; answers which of them are new. The first of two equal ones is new, the second is not.
pub async fn add(db: &mut Connection, reports: &[&Report]) -> Result<Vec<bool>, sqlx::Error> {
    let mut new = Vec::with_capacity(reports.len());
    for piece in pieces(reports) {
        let mut added = insert(db, piece).await?;
        new.extend(piece.iter().map(|report| {
            // Owned, because the set holds what the database answered.
            added.remove(&(report.source.clone(), report.id.clone(), report.scope.clone()))
        }));
    }
    Ok(new)
}

/// One statement; answers source, id and scope of what is new.
async fn insert(db: &mut Connection, reports: &[&Report]) -> Result<HashSet<(String, String, String)>, sqlx::Error> {
    let sql = format!(
        "INSERT INTO reports (source, id, scope, site, type, device_id, message_id, verified, time, received_at, data,
           variant)
         VALUES {} ON CONFLICT (source, id, scope) DO NOTHING RETURNING source, id, scope",
        tuples(reports.len(), COLUMNS)
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

/// Unverified reports of a site that arrived after `since`. Until the transaction ends nobody else counts.
pub async fn count_unverified(db: &mut Connection, site: &str, since: i64) -> Result<i64, sqlx::Error> {
    lock(db, &["unverified", site]).await?;
    sqlx::query_scalar("SELECT COUNT(*) FROM reports WHERE site = $1 AND verified = 0 AND received_at > $2")
        .bind(site)
        .bind(since)
        .fetch_one(db)
        .await
}
