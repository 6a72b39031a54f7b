//! Reports: what browsers told us.

use super::Connection;

/// One report, ready to be stored.
#[derive(Clone, Debug)]
pub struct Report {
    /// `softbell:{site}`.
    pub source: String,
    /// The id that counts once within its scope.
    pub id: String,
    /// `message`, a device id, or empty for an unverified report.
    pub scope: String,
    /// The report type on the wire.
    pub kind: &'static str,
    /// From the token.
    pub device: Option<String>,
    /// From the token.
    pub message: Option<String>,
    /// When it happened, by the browser's clock, in milliseconds since 1970.
    pub time: i64,
    /// JSON text.
    pub data: Option<String>,
}

/// Stores a report; false when it is known already.
pub async fn add(db: &mut Connection, site: &str, report: &Report, now: i64) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "INSERT INTO reports (source, id, scope, site, type, device_id, message_id, verified, time, received_at, data)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (source, id, scope) DO NOTHING",
    )
    .bind(&report.source)
    .bind(&report.id)
    .bind(&report.scope)
    .bind(site)
    .bind(report.kind)
    .bind(&report.device)
    .bind(&report.message)
    .bind(i64::from(!report.scope.is_empty()))
    .bind(report.time)
    .bind(now)
    .bind(&report.data)
    .execute(db)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Unverified reports of a site that arrived after `since`.
pub async fn count_unverified(db: &mut Connection, site: &str, since: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM reports WHERE site = $1 AND verified = 0 AND received_at > $2")
        .bind(site)
        .bind(since)
        .fetch_one(db)
        .await
}
