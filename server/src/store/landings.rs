//! Landings: ids in the addresses that messages lead to, each of one message on one device.

use sqlx::{AssertSqlSafe, FromRow};

use super::exports::Whose;
use super::many::{pieces, placeholders};
use super::{Connection, Database, lock};

/// Columns that a new one has.
const COLUMNS: usize = 6;
/// Rows that are looked at in one step of deleting.
const ROWS: i64 = 1000;

/// A new one.
#[derive(Clone, Debug)]
pub struct Landing {
    /// The site's id.
    pub site: String,
    /// SHA-256 of the id.
    pub hash: String,
    /// The message.
    pub message: String,
    /// The device.
    pub device: String,
    /// The user that the send is for alone.
    pub user: Option<String>,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// What an id stands for.
#[derive(Clone, Debug, FromRow)]
pub struct Known {
    /// The message.
    pub message_id: String,
    /// The device.
    pub device_id: String,
    /// The id of the report that used it.
    pub spent_by: Option<String>,
}

/// A report that uses an id up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// SHA-256 of the id.
    pub hash: String,
    /// The report's own id.
    pub by: String,
}

/// The message behind a click.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct Clicked {
    pub message_id: String,
    pub title: String,
    pub body: String,
    pub url: String,
    pub extras: String,
    pub utm: Option<String>,
    /// When the click was counted, if it was, in milliseconds since 1970.
    pub counted_at: Option<i64>,
}

/// Stores those that are not there yet.
pub async fn add(db: &mut Connection, landings: &[Landing]) -> Result<(), sqlx::Error> {
    for piece in pieces(landings) {
        let row = |row: usize| format!("({})", placeholders(row * COLUMNS + 1, COLUMNS));
        let sql = format!(
            "INSERT INTO landings (site, id_hash, message_id, device_id, user_id, expires_at) VALUES {}
             ON CONFLICT (site, id_hash) DO NOTHING",
            (0..piece.len()).map(row).collect::<Vec<_>>().join(", ")
        );
        let mut query = sqlx::query::<Database>(AssertSqlSafe(sql));
        for landing in piece {
            let Landing { site, hash, message, device, user, expires_at } = landing;
            query = query.bind(site).bind(hash).bind(message).bind(device).bind(user).bind(expires_at);
        }
        query.execute(&mut *db).await?;
    }
    Ok(())
}

/// What an id stands for, until it expires.
pub async fn find(db: &mut Connection, site: &str, hash: &str, now: i64) -> Result<Option<Known>, sqlx::Error> {
    sqlx::query_as(
        "SELECT message_id, device_id, spent_by FROM landings WHERE site = $1 AND id_hash = $2 AND expires_at > $3",
    )
    .bind(site)
    .bind(hash)
    .bind(now)
    .fetch_optional(db)
    .await
}

/// Uses an id up; false when another report was first.
pub async fn spend(db: &mut Connection, site: &str, using: &Use) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "UPDATE landings SET spent_by = $3
         WHERE site = $1 AND id_hash = $2 AND (spent_by IS NULL OR spent_by = $3)",
    )
    .bind(site)
    .bind(&using.hash)
    .bind(&using.by)
    .execute(db)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// The message that this device was led to, unless it was for another user than the device has now. The click was
/// counted when its report came, from the page or from the worker: both give it the id of `reports.rs`.
pub async fn clicked(
    db: &mut Connection,
    site: &str,
    hash: &str,
    device: &str,
    now: i64,
) -> Result<Option<Clicked>, sqlx::Error> {
    sqlx::query_as(
        "SELECT m.id AS message_id, m.title, m.body, m.url, m.extras, m.utm,
           (SELECT MIN(r.received_at) FROM reports r WHERE r.source = 'softbell:' || l.site AND r.scope = 'message'
              AND r.id = l.message_id || '.' || l.device_id || '.notification.clicked.') AS counted_at
         FROM landings l JOIN devices d ON d.site = l.site AND d.id = l.device_id
           JOIN messages m ON m.site = l.site AND m.id = l.message_id
         WHERE l.site = $1 AND l.id_hash = $2 AND l.device_id = $3 AND l.expires_at > $4
           AND (l.user_id IS NULL OR l.user_id = d.user_id)",
    )
    .bind(site)
    .bind(hash)
    .bind(device)
    .bind(now)
    .fetch_optional(db)
    .await
}

/// Deletes those of a device or a user. After their sends, with which new ones come.
pub async fn erase(db: &mut Connection, site: &str, whose: Whose<'_>) -> Result<(), sqlx::Error> {
    let (column, value) = whose.column();
    let sql = format!("DELETE FROM landings WHERE site = $1 AND {column} = $2");
    sqlx::query::<Database>(AssertSqlSafe(sql)).bind(site).bind(value).execute(db).await.map(drop)
}

/// Deletes some that have expired; answers how many.
pub async fn sweep(db: &mut Connection, now: i64) -> Result<u64, sqlx::Error> {
    // Two servers that delete the same rows could wait for each other.
    lock(db, &["sweep"]).await?;
    sqlx::query(
        "DELETE FROM landings WHERE (site, id_hash) IN
           (SELECT site, id_hash FROM landings WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    )
    .bind(now)
    .bind(ROWS)
    .execute(db)
    .await
    .map(|done| done.rows_affected())
}
