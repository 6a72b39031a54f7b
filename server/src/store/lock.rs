//! Locks on names, where the database lets many write at once.

use ring::digest::{SHA256, digest};

use super::Connection;

/// Makes every other transaction that locks the same name wait until this one ends. `SQLite` has one writer, so there it
/// is done already. Two names may share a lock: then somebody waits without need.
pub async fn lock(db: &mut Connection, name: &[&str]) -> Result<(), sqlx::Error> {
    if !is_postgres(db) {
        return Ok(());
    }
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(key(name)).execute(db).await.map(drop)
}

/// The same for many at once, who only must not meet one that has the name for itself.
pub async fn share(db: &mut Connection, name: &[&str]) -> Result<(), sqlx::Error> {
    if !is_postgres(db) {
        return Ok(());
    }
    sqlx::query("SELECT pg_advisory_xact_lock_shared($1)").bind(key(name)).execute(db).await.map(drop)
}

fn key(name: &[&str]) -> i64 {
    let hash = digest(&SHA256, name.join("\n").as_bytes());
    hash.as_ref().iter().take(8).fold(0, |key, byte| (key << 8) | i64::from(*byte))
}

/// Whether many may write at once.
pub(super) fn is_postgres(db: &Connection) -> bool {
    db.backend_name() == "PostgreSQL"
}
