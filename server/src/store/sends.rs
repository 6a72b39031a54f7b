//! The send queue. A send is `queued` until the push service took it (`sent`), said the subscription is no more
//! (`gone`), or sending makes no sense any longer (`failed`, with a code). While a server has it under way it carries the
//! id of a lot and is due only when that server must be dead. After a crash it goes out again: at least once, and the
//! worker shows a duplicate under the same tag.

use sqlx::{AssertSqlSafe, FromRow};

use super::many::{pieces, placeholders};
use super::{Connection, lock};

/// One message to one device, waiting; with the device's address, if it has one.
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
    /// The user that it is for alone; none: whoever uses the device.
    pub user_id: Option<String>,
    /// Until when the visitor wants to hear nothing, in milliseconds since 1970.
    pub snoozed_until: Option<i64>,
    /// The whole endpoint; never logged. With `p256dh` and `auth`, or all three are missing.
    pub endpoint: Option<String>,
    /// The browser's public key.
    pub p256dh: Option<String>,
    /// The browser's auth secret.
    pub auth: Option<String>,
    /// The server key that the subscription was made with.
    pub vapid: Option<String>,
}

/// Who would get a send now.
#[derive(Clone, Debug, FromRow)]
pub struct Recipient {
    /// The user of the device.
    pub user_id: Option<String>,
    /// See [`super::devices::Owner`].
    pub personal_from: Option<i64>,
    /// The device's endpoint.
    pub endpoint: Option<String>,
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

/// Takes the queued sends that are due, oldest first, under the id of a new lot, and puts them off until `lease`
/// (milliseconds since 1970), so that nobody takes them twice, and a crash does not lose them.
pub async fn take(db: &mut Connection, lot: &str, now: i64, lease: i64, limit: i64) -> Result<Vec<Send>, sqlx::Error> {
    let due = due(lock::is_postgres(db));
    let taken = sqlx::query(AssertSqlSafe(format!(
        "WITH due AS ({due}) UPDATE sends SET due_at = $3, lot = $4 WHERE seq IN (SELECT seq FROM due)",
    )))
    .bind(now)
    .bind(limit)
    .bind(lease)
    .bind(lot)
    .execute(&mut *db)
    .await?;
    if taken.rows_affected() == 0 {
        return Ok(Vec::new());
    }
    // `due_at` is what the index knows; the lot is the id.
    sqlx::query_as(
        "SELECT s.seq, s.site, s.message_id, s.device_id, s.attempts, s.expires_at, s.user_id, d.snoozed_until,
           d.endpoint, d.p256dh, d.auth, d.vapid
         FROM sends s LEFT JOIN devices d ON d.site = s.site AND d.id = s.device_id
         WHERE s.state = 'queued' AND s.due_at = $1 AND s.lot = $2 ORDER BY s.seq",
    )
    .bind(lease)
    .bind(lot)
    .fetch_all(db)
    .await
}

/// The sends that are due at `$1`, oldest first, `$2` of them.
#[must_use]
pub fn due(is_postgres: bool) -> String {
    // By `due_at` alone, which the index has in order: a message to all is due at one moment, and `PostgreSQL` would sort
    // the whole of it for every lot. Two servers that ask at once each get sends of their own.
    let skip = if is_postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    format!("SELECT seq FROM sends WHERE state = 'queued' AND due_at <= $1 ORDER BY due_at LIMIT $2{skip}")
}

/// Who would get a send now.
pub async fn recipient(db: &mut Connection, seq: i64) -> Result<Option<Recipient>, sqlx::Error> {
    sqlx::query_as(
        "SELECT d.user_id, d.personal_from, d.endpoint
         FROM sends s JOIN devices d ON d.site = s.site AND d.id = s.device_id WHERE s.seq = $1",
    )
    .bind(seq)
    .fetch_optional(db)
    .await
}

/// Puts back sends that were taken and not begun.
pub async fn give_back(db: &mut Connection, seqs: &[i64], now: i64) -> Result<(), sqlx::Error> {
    for piece in pieces(seqs) {
        let sql = format!(
            "UPDATE sends SET due_at = $1, lot = NULL WHERE state = 'queued' AND seq IN ({})",
            placeholders(2, piece.len())
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(now);
        piece.iter().fold(query, |query, seq| query.bind(*seq)).execute(&mut *db).await?;
    }
    Ok(())
}

/// Puts back whatever a server had taken that is no more. Only for a server that has the database for itself.
pub async fn resume(db: &mut Connection, now: i64) -> Result<u64, sqlx::Error> {
    sqlx::query("UPDATE sends SET due_at = $1, lot = NULL WHERE state = 'queued' AND lot IS NOT NULL")
        .bind(now)
        .execute(db)
        .await
        .map(|done| done.rows_affected())
}

/// When the next queued send is due, in milliseconds since 1970.
pub async fn next_due(db: &mut Connection) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT MIN(due_at) FROM sends WHERE state = 'queued'").fetch_one(db).await
}

/// Writes down how a try of these sends went, the same for all. Who comes so late that another server has finished the
/// send meanwhile changes nothing.
pub async fn advance(db: &mut Connection, seqs: &[i64], progress: &Progress, now: i64) -> Result<(), sqlx::Error> {
    let done_at = (progress.state != "queued").then_some(now);
    for piece in pieces(seqs) {
        let sql = format!(
            "UPDATE sends SET state = $1, attempts = attempts + 1, due_at = COALESCE($2, due_at), http_status = $3,
               code = $4, done_at = $5, lot = NULL
             WHERE state = 'queued' AND seq IN ({})",
            placeholders(6, piece.len())
        );
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(progress.state)
            .bind(progress.due_at)
            .bind(progress.http_status.map(i64::from))
            .bind(progress.code)
            .bind(done_at);
        piece.iter().fold(query, |query, seq| query.bind(*seq)).execute(&mut *db).await?;
    }
    Ok(())
}

/// How many sends wait.
pub async fn count_queued(db: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM sends WHERE state = 'queued'").fetch_one(db).await
}
