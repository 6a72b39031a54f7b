//! What the console looks at: the latest of everything.

use sqlx::{AssertSqlSafe, FromRow};

use super::audience::REACH;
use super::{Connection, Database};

/// A device for the list.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct DeviceRow {
    pub id: String,
    pub user_id: Option<String>,
    pub permission: String,
    pub status: String,
    pub reason: Option<String>,
    /// Where it stands: see [`REACH`].
    pub reach: String,
    pub endpoint: Option<String>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    pub topics: String,
    pub created_at: i64,
    pub seen_at: i64,
}

/// A report for the list.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct ReportRow {
    pub seq: i64,
    #[sqlx(rename = "type")]
    pub kind: String,
    pub time: i64,
    pub received_at: i64,
    pub device_id: Option<String>,
    pub message_id: Option<String>,
    pub verified: i64,
    pub data: Option<String>,
    /// Of the message, as are campaign and variant: reports repeat neither.
    pub campaign: Option<String>,
    pub variant: Option<String>,
}

/// The columns of a [`ReportRow`], and where they come from.
pub(super) const REPORT: &str =
    "r.seq, r.type, r.time, r.received_at, r.device_id, r.message_id, r.verified, r.data, m.campaign, m.variant";
/// See [`REPORT`].
pub(super) const REPORTS: &str = "reports r LEFT JOIN messages m ON m.site = r.site AND m.id = r.message_id";

/// How many devices a site has, and how many of them can be reached.
pub async fn count_devices(db: &mut Connection, site: &str) -> Result<(i64, i64), sqlx::Error> {
    let sql =
        format!("SELECT COUNT(*), COUNT(CASE WHEN {REACH} = 'reachable' THEN 1 END) FROM devices WHERE site = $1");
    sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site).fetch_one(db).await
}

/// The devices made last, newest first.
pub async fn latest_devices(db: &mut Connection, site: &str, limit: i64) -> Result<Vec<DeviceRow>, sqlx::Error> {
    devices(db, site, "created_at DESC, id", limit).await
}

/// The devices that were here last, newest first.
pub async fn present_devices(db: &mut Connection, site: &str, limit: i64) -> Result<Vec<DeviceRow>, sqlx::Error> {
    devices(db, site, "seen_at DESC, id", limit).await
}

async fn devices(
    db: &mut Connection,
    site: &str,
    order: &'static str,
    limit: i64,
) -> Result<Vec<DeviceRow>, sqlx::Error> {
    let sql = format!(
        "SELECT id, user_id, permission, status, reason, {REACH} AS reach, endpoint, locale, time_zone, topics,
           created_at, seen_at
         FROM devices WHERE site = $1 ORDER BY {order} LIMIT $2"
    );
    sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site).bind(limit).fetch_all(db).await
}

/// The reports that came last, and after one of them, newest first.
pub async fn latest_reports(
    db: &mut Connection,
    site: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<ReportRow>, sqlx::Error> {
    let sql = format!("SELECT {REPORT} FROM {REPORTS} WHERE r.site = $1 AND r.seq > $2 ORDER BY r.seq DESC LIMIT $3");
    sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site).bind(after).bind(limit).fetch_all(db).await
}
