//! Earlier users: whose device another user has taken over.

use super::Connection;

/// Earlier users that a device remembers. The computer of a library has no end of them.
const MOST: i64 = 20;

/// Notes that this user's device is another's now, and forgets those of long ago.
pub async fn add(db: &mut Connection, site: &str, device: &str, user: &str, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO earlier_users (site, device_id, user_id, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (site, device_id, user_id) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(site)
    .bind(device)
    .bind(user)
    .bind(now)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "DELETE FROM earlier_users WHERE site = $1 AND device_id = $2 AND user_id NOT IN (
           SELECT user_id FROM earlier_users WHERE site = $1 AND device_id = $2
           ORDER BY seen_at DESC, user_id LIMIT $3)",
    )
    .bind(site)
    .bind(device)
    .bind(MOST)
    .execute(db)
    .await
    .map(drop)
}

/// Notes that an earlier user is here; false when he is none.
pub async fn seen(db: &mut Connection, site: &str, device: &str, user: &str, now: i64) -> Result<bool, sqlx::Error> {
    sqlx::query("UPDATE earlier_users SET seen_at = $4 WHERE site = $1 AND device_id = $2 AND user_id = $3")
        .bind(site)
        .bind(device)
        .bind(user)
        .bind(now)
        .execute(db)
        .await
        .map(|done| done.rows_affected() == 1)
}

/// Forgets an earlier user, who has the device again.
pub async fn remove(db: &mut Connection, site: &str, device: &str, user: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM earlier_users WHERE site = $1 AND device_id = $2 AND user_id = $3")
        .bind(site)
        .bind(device)
        .bind(user)
        .execute(db)
        .await
        .map(drop)
}
