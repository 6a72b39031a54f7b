//! The send queue. A send is `queued` until the push service took it (`sent`), said the subscription is no more
//! (`gone`), or sending makes no sense any longer (`failed`, with a code). After a crash a queued send goes out
//! again: at least once, and the worker shows a duplicate under the same tag.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Connection, lock};

/// One message to one device, waiting.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Send {
    /// Place in the queue.
    pub seq: i64,
    /// The site.
    pub site: String,
    /// The message.
    pub message_id: String,
    /// The device.
    pub device_id: String,
    /// Tries so far.
    pub attempts: i64,
    /// When the message is worth nothing any more, in milliseconds since 1970.
    pub expires_at: i64,
}

/// Where a send stands after a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// `queued`, `sent`, `gone` or `failed`.
    pub state: &'static str,
    /// When to try again, in milliseconds since 1970; for a queued send.
    pub due_at: Option<i64>,
    /// The push service's answer, if there was one.
    pub http_status: Option<u16>,
    /// Why it failed or waits.
    pub code: Option<&'static str>,
}

/// Queues a message for a device, once.
pub async fn queue(
    db: &mut Connection,
    site: &str,
    message: &str,
    device: &str,
    now: i64,
    expires_at: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO sends (site, message_id, device_id, state, attempts, due_at, expires_at, created_at)
         VALUES ($1, $2, $3, 'queued', 0, $4, $5, $4) ON CONFLICT (site, message_id, device_id) DO NOTHING",
    )
    .bind(site)
    .bind(message)
    .bind(device)
    .bind(now)
    .bind(expires_at)
    .execute(db)
    .await
    .map(drop)
}

/// Takes the queued sends that are due, oldest first, and puts them off until `lease` (milliseconds since 1970), so
/// that nobody takes them twice, and a crash does not lose them.
pub async fn take_due(db: &mut Connection, now: i64, lease: i64, limit: i64) -> Result<Vec<Send>, sqlx::Error> {
    // Two servers that ask at once each get sends of their own.
    let skip = if lock::is_postgres(db) { "FOR UPDATE SKIP LOCKED" } else { "" };
    sqlx::query_as(AssertSqlSafe(format!(
        "WITH due AS (SELECT seq FROM sends WHERE state = 'queued' AND due_at <= $1 ORDER BY due_at, seq LIMIT $3 {skip})
         UPDATE sends SET due_at = $2 WHERE seq IN (SELECT seq FROM due)
         RETURNING seq, site, message_id, device_id, attempts, expires_at",
    )))
    .bind(now)
    .bind(lease)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// When the next queued send is due, in milliseconds since 1970.
pub async fn next_due(db: &mut Connection) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT MIN(due_at) FROM sends WHERE state = 'queued'").fetch_one(db).await
}

/// Writes down how a try went.
pub async fn advance(db: &mut Connection, seq: i64, progress: &Progress, now: i64) -> Result<(), sqlx::Error> {
    let done_at = (progress.state != "queued").then_some(now);
    sqlx::query(
        "UPDATE sends SET state = $2, attempts = attempts + 1, due_at = COALESCE($3, due_at), http_status = $4,
           code = $5, done_at = $6
         WHERE seq = $1",
    )
    .bind(seq)
    .bind(progress.state)
    .bind(progress.due_at)
    .bind(progress.http_status.map(i64::from))
    .bind(progress.code)
    .bind(done_at)
    .execute(db)
    .await
    .map(drop)
}
