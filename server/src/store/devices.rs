//! Devices: one row per browser profile and site.

use sqlx::FromRow;

use super::Connection;
use crate::wire::device::{DeviceState, SubscriptionState};

/// What a PUT is compared with.
#[derive(Clone, Debug, FromRow)]
pub struct Known {
    /// SHA-256 of the bearer secret, base64url.
    pub secret_hash: String,
    /// The highest revision accepted so far.
    pub revision: i64,
    /// When the device was welcomed, in milliseconds since 1970.
    pub welcomed_at: Option<i64>,
}

/// The device that holds an endpoint.
#[derive(Clone, Debug, FromRow)]
pub struct Holder {
    /// Its site.
    pub site: String,
    /// Its id.
    pub id: String,
    /// The keys that the endpoint came with.
    pub p256dh: String,
    /// See `p256dh`.
    pub auth: String,
    /// When the holder was welcomed.
    pub welcomed_at: Option<i64>,
}

/// The device, when it exists.
pub async fn find(db: &mut Connection, site: &str, id: &str) -> Result<Option<Known>, sqlx::Error> {
    sqlx::query_as("SELECT secret_hash, revision, welcomed_at FROM devices WHERE site = $1 AND id = $2")
        .bind(site)
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Makes the row of a new device: revision -1, so that its first state is news.
pub async fn create(db: &mut Connection, site: &str, id: &str, secret_hash: &str, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO devices (site, id, secret_hash, revision, permission, status, topics, tags, capabilities,
           created_at, updated_at, seen_at)
         VALUES ($1, $2, $3, -1, 'default', 'ask', '[]', '{}', '{}', $4, $4, $4)",
    )
    .bind(site)
    .bind(id)
    .bind(secret_hash)
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}

/// Writes the whole state of a device.
pub async fn update(
    db: &mut Connection,
    site: &str,
    id: &str,
    state: &DeviceState,
    now: i64,
) -> Result<(), sqlx::Error> {
    let subscription = state.subscription.as_ref();
    let part = |read: fn(&SubscriptionState) -> &String| subscription.map(read);
    sqlx::query(
        "UPDATE devices SET revision = $3, permission = $4, status = $5, reason = $6, endpoint = $7, p256dh = $8,
           auth = $9, vapid = $10, topics = $11, tags = $12, locale = $13, time_zone = $14, capabilities = $15,
           updated_at = $16, seen_at = $16
         WHERE site = $1 AND id = $2",
    )
    .bind(site)
    .bind(id)
    .bind(state.revision)
    .bind(state.permission)
    .bind(state.status)
    .bind(&state.reason)
    .bind(part(|s| &s.endpoint))
    .bind(part(|s| &s.p256dh))
    .bind(part(|s| &s.auth))
    .bind(part(|s| &s.vapid))
    .bind(&state.topics)
    .bind(&state.tags)
    .bind(&state.locale)
    .bind(&state.time_zone)
    .bind(&state.capabilities)
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}

/// Notes that the device was here.
pub async fn seen(db: &mut Connection, site: &str, id: &str, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE devices SET seen_at = $3 WHERE site = $1 AND id = $2")
        .bind(site)
        .bind(id)
        .bind(now)
        .execute(db)
        .await
        .map(drop)
}

/// Who holds this endpoint.
pub async fn holder(db: &mut Connection, endpoint: &str) -> Result<Option<Holder>, sqlx::Error> {
    sqlx::query_as("SELECT site, id, p256dh, auth, welcomed_at FROM devices WHERE endpoint = $1")
        .bind(endpoint)
        .fetch_optional(db)
        .await
}

/// Takes the subscription from a device, if it is still this one.
pub async fn release(
    db: &mut Connection,
    site: &str,
    id: &str,
    endpoint: &str,
    gone_at: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE devices SET endpoint = NULL, p256dh = NULL, auth = NULL, vapid = NULL,
           gone_at = COALESCE($4, gone_at)
         WHERE site = $1 AND id = $2 AND endpoint = $3",
    )
    .bind(site)
    .bind(id)
    .bind(endpoint)
    .bind(gone_at)
    .execute(db)
    .await
    .map(drop)
}

/// Notes the welcome; false when the device had one already.
pub async fn welcome(db: &mut Connection, site: &str, id: &str, at: i64) -> Result<bool, sqlx::Error> {
    sqlx::query("UPDATE devices SET welcomed_at = $3 WHERE site = $1 AND id = $2 AND welcomed_at IS NULL")
        .bind(site)
        .bind(id)
        .bind(at)
        .execute(db)
        .await
        .map(|done| done.rows_affected() == 1)
}
