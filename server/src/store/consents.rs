//! The consent ledger.

use super::Connection;

/// Adds a line, unless this device sent the very same before.
pub async fn add(
    db: &mut Connection,
    site: &str,
    device: &str,
    digest: &str,
    entry: &str,
    now: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO consents (site, device_id, digest, entry, received_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (site, device_id, digest) DO NOTHING",
    )
    .bind(site)
    .bind(device)
    .bind(digest)
    .bind(entry)
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}
