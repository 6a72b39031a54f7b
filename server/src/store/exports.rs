//! What is kept about a device, for who asks what that is.

use sqlx::{AssertSqlSafe, FromRow};

use super::audience::REACH;
use super::lists::{REPORT, REPORTS, ReportRow};
use super::{Connection, Database};

/// Everything about a device but its secret, endpoint and keys.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct DeviceData {
    pub id: String,
    pub user_id: Option<String>,
    pub revision: i64,
    pub permission: String,
    pub status: String,
    pub reason: Option<String>,
    /// Where it stands: see [`REACH`].
    pub reach: String,
    /// The whole endpoint, of which only the host is shown.
    pub endpoint: Option<String>,
    pub topics: String,
    pub tags: String,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    pub capabilities: String,
    pub snoozed_until: Option<i64>,
    pub welcomed_at: Option<i64>,
    pub gone_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub seen_at: i64,
}

/// A message that was sent.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct SentMessage {
    pub message_id: String,
    pub device_id: String,
    /// The user that it was for alone.
    pub user_id: Option<String>,
    pub personal: i64,
    /// 1: its words are personal or private.
    pub is_hidden: i64,
    pub title: String,
    pub body: String,
    pub url: String,
    pub state: String,
    pub code: Option<String>,
    pub created_at: i64,
    pub done_at: Option<i64>,
}

/// The device.
pub async fn device(db: &mut Connection, site: &str, id: &str) -> Result<Option<DeviceData>, sqlx::Error> {
    let sql = format!(
        "SELECT id, user_id, revision, permission, status, reason, {REACH} AS reach, endpoint, topics, tags, locale,
           time_zone, capabilities, snoozed_until, welcomed_at, gone_at, created_at, updated_at, seen_at
         FROM devices WHERE site = $1 AND id = $2"
    );
    sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site).bind(id).fetch_optional(db).await
}

/// The earlier users of a device, and when they were there last.
pub async fn earlier_users(db: &mut Connection, site: &str, id: &str) -> Result<Vec<(String, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT user_id, seen_at FROM earlier_users WHERE site = $1 AND device_id = $2 ORDER BY seen_at DESC, user_id",
    )
    .bind(site)
    .bind(id)
    .fetch_all(db)
    .await
}

/// Whose messages or reports.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Those of a device.
    Device(&'a str),
    /// Messages that were for a user alone; reports of devices that were his when the reports came, late ones left out.
    User(&'a str),
}

impl<'a> Whose<'a> {
    /// The column, of sends and of reports, and its value.
    pub(super) fn column(self) -> (&'static str, &'a str) {
        match self {
            Self::Device(id) => ("device_id", id),
            Self::User(id) => ("user_id", id),
        }
    }
}

/// A report, and whose it is.
#[derive(Clone, Debug, FromRow)]
pub struct OwnReport {
    /// As in lists.
    #[sqlx(flatten)]
    pub row: ReportRow,
    /// The user that the device had when it came; empty: somebody before him.
    pub user_id: Option<String>,
    /// 1: its message is personal or private.
    pub is_hidden: i64,
}

/// The reports that came last, newest first.
pub async fn reports(
    db: &mut Connection,
    site: &str,
    whose: Whose<'_>,
    limit: i64,
) -> Result<Vec<OwnReport>, sqlx::Error> {
    let (column, value) = whose.column();
    let sql = format!(
        "SELECT {REPORT}, r.user_id,
           CASE WHEN m.sensitivity = 'private' THEN 1 ELSE COALESCE(m.personal, 0) END AS is_hidden FROM {REPORTS}
         WHERE r.site = $1 AND r.{column} = $2 ORDER BY r.seq DESC LIMIT $3"
    );
    sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site).bind(value).bind(limit).fetch_all(db).await
}

/// The messages sent last, newest first.
pub async fn messages(
    db: &mut Connection,
    site: &str,
    whose: Whose<'_>,
    limit: i64,
) -> Result<Vec<SentMessage>, sqlx::Error> {
    let (column, value) = whose.column();
    let sql = format!(
        "SELECT s.message_id, s.device_id, s.user_id, m.personal, m.title, m.body, m.url, s.state, s.code, s.created_at,
           s.done_at, CASE WHEN m.sensitivity = 'private' THEN 1 ELSE m.personal END AS is_hidden
         FROM sends s JOIN messages m ON m.site = s.site AND m.id = s.message_id
         WHERE s.site = $1 AND s.{column} = $2 ORDER BY s.seq DESC LIMIT $3"
    );
    sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site).bind(value).bind(limit).fetch_all(db).await
}
