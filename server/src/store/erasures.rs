//! Erasing: what is left says nothing about anybody.

use sqlx::AssertSqlSafe;

use super::exports::Whose;
use super::many::{pieces, placeholders};
use super::{Connection, Database};
use crate::secret;

/// Remembers that a device was erased, so that its secret opens nothing any more. Its id is random, and only the hash is
/// kept.
pub async fn remember(db: &mut Connection, site: &str, device: &str, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO erased_devices (site, id_hash, erased_at) VALUES ($1, $2, $3)
         ON CONFLICT (site, id_hash) DO NOTHING",
    )
    .bind(site)
    .bind(secret::hash(device))
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}

/// Whether a device was erased.
pub async fn is_erased(db: &mut Connection, site: &str, device: &str) -> Result<bool, sqlx::Error> {
    let sql = "SELECT COUNT(*) FROM erased_devices WHERE site = $1 AND id_hash = $2";
    let count: i64 = sqlx::query_scalar(sql).bind(site).bind(secret::hash(device)).fetch_one(db).await?;
    Ok(count > 0)
}

/// Which of these hashes are those of erased devices, with their sites.
pub async fn erased(db: &mut Connection, hashes: &[String]) -> Result<Vec<(String, String)>, sqlx::Error> {
    let mut found = Vec::new();
    for piece in pieces(hashes) {
        let list = placeholders(1, piece.len());
        let sql = format!("SELECT site, id_hash FROM erased_devices WHERE id_hash IN ({list})");
        let query = sqlx::query_as::<Database, _>(AssertSqlSafe(sql));
        found.extend(piece.iter().fold(query, sqlx::query::QueryAs::bind).fetch_all(&mut *db).await?);
    }
    Ok(found)
}

/// Deletes sends, and the messages that were written for the person, or are private, and are nobody else's.
pub async fn sends(db: &mut Connection, site: &str, whose: Whose<'_>) -> Result<(), sqlx::Error> {
    let (column, value) = whose.column();
    let sql = format!(
        "SELECT DISTINCT s.message_id FROM sends s JOIN messages m ON m.site = s.site AND m.id = s.message_id
         WHERE s.site = $1 AND s.{column} = $2 AND (s.user_id IS NOT NULL OR m.sensitivity = 'private')"
    );
    let messages: Vec<String> =
        sqlx::query_scalar::<Database, _>(AssertSqlSafe(sql)).bind(site).bind(value).fetch_all(&mut *db).await?;
    let sql = format!("DELETE FROM sends WHERE site = $1 AND {column} = $2");
    sqlx::query(AssertSqlSafe(sql)).bind(site).bind(value).execute(&mut *db).await?;
    for piece in pieces(&messages) {
        let list = placeholders(2, piece.len());
        let sql = format!(
            "DELETE FROM messages WHERE site = $1 AND id IN ({list})
             AND NOT EXISTS (SELECT 1 FROM sends WHERE sends.site = messages.site AND message_id = messages.id)"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(site);
        piece.iter().fold(query, sqlx::query::Query::bind).execute(&mut *db).await?;
    }
    Ok(())
}

/// Takes the person out of reports. They still count for their messages and prompts, by the site's own words for buttons
/// and the worker's for reasons; a conversion is only somebody's, so nothing is left to count.
pub async fn reports(db: &mut Connection, site: &str, whose: Whose<'_>) -> Result<(), sqlx::Error> {
    let (column, value) = whose.column();
    // The ids of message reports hold the device's.
    let sql = format!(
        "UPDATE reports SET device_id = NULL, user_id = NULL, scope = 'erased', id = CAST(seq AS TEXT), data = NULL,
           detail = CASE WHEN type = 'conversion' THEN NULL ELSE detail END, amount = NULL, currency = NULL
         WHERE site = $1 AND {column} = $2"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(site).bind(value).execute(db).await.map(drop)
}

/// Deletes a device, of which nothing else is left.
pub async fn device(db: &mut Connection, site: &str, id: &str) -> Result<bool, sqlx::Error> {
    sqlx::query("DELETE FROM earlier_users WHERE site = $1 AND device_id = $2")
        .bind(site)
        .bind(id)
        .execute(&mut *db)
        .await?;
    let deleted =
        sqlx::query("DELETE FROM devices WHERE site = $1 AND id = $2").bind(site).bind(id).execute(db).await?;
    Ok(deleted.rows_affected() == 1)
}

/// Forgets a user on the devices of others.
pub async fn earlier_user(db: &mut Connection, site: &str, user: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM earlier_users WHERE site = $1 AND user_id = $2")
        .bind(site)
        .bind(user)
        .execute(db)
        .await
        .map(drop)
}

/// The devices that a user has, in any order: for an order `SQLite` would read every device of the site.
pub async fn devices_of(db: &mut Connection, site: &str, user: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM devices WHERE site = $1 AND user_id = $2")
        .bind(site)
        .bind(user)
        .fetch_all(db)
        .await
}
