//! Answers to requests with an `Idempotency-Key`.

use super::Connection;

/// Takes a key; false when it is taken already. The answer follows in the same transaction: see [`keep`].
pub async fn claim(db: &mut Connection, site: &str, key: &str, digest: &str, now: i64) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "INSERT INTO answers (site, key, digest, answer, created_at) VALUES ($1, $2, $3, '', $4)
         ON CONFLICT (site, key) DO NOTHING",
    )
    .bind(site)
    .bind(key)
    .bind(digest)
    .bind(now)
    .execute(db)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Keeps the answer to a key.
pub async fn keep(db: &mut Connection, site: &str, key: &str, answer: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE answers SET answer = $3 WHERE site = $1 AND key = $2")
        .bind(site)
        .bind(key)
        .bind(answer)
        .execute(db)
        .await
        .map(drop)
}

/// The digest of the body that a key came with, and the answer.
pub async fn find(db: &mut Connection, site: &str, key: &str) -> Result<(String, String), sqlx::Error> {
    sqlx::query_as("SELECT digest, answer FROM answers WHERE site = $1 AND key = $2")
        .bind(site)
        .bind(key)
        .fetch_one(db)
        .await
}

/// Forgets what is older.
pub async fn forget(db: &mut Connection, site: &str, before: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM answers WHERE site = $1 AND created_at < $2")
        .bind(site)
        .bind(before)
        .execute(db)
        .await
        .map(drop)
}
