//! Devices: one row per browser profile and site.

use sqlx::{AssertSqlSafe, FromRow};

use super::Connection;
use super::many::placeholders;
use crate::secret;
use crate::wire::device::{Put, SubscriptionState};

/// The user of a device, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The site's id of the user.
    pub user: Option<String>,
    /// Since when personal messages may go to the endpoint, in milliseconds since 1970; none: not before the next
    /// proof.
    pub personal_from: Option<i64>,
    /// Reports of then or before, in milliseconds since 1970, are of somebody before; none: nobody was there before.
    pub owned_from: Option<i64>,
}

/// What a PUT is compared with.
#[derive(Clone, Debug, FromRow)]
pub struct Known {
    /// SHA-256 of the bearer secret, base64url.
    pub secret_hash: String,
    /// The highest revision accepted so far.
    pub revision: i64,
    /// When the device was welcomed, in milliseconds since 1970.
    pub welcomed_at: Option<i64>,
    /// The endpoint, while there is one.
    pub endpoint: Option<String>,
    /// When the push service called the endpoint gone.
    pub gone_at: Option<i64>,
    /// SHA-256 of that endpoint.
    pub gone_endpoint: Option<String>,
    /// Who uses the device.
    pub user_id: Option<String>,
    /// See [`Owner`].
    pub personal_from: Option<i64>,
    /// See [`Owner`].
    pub owned_from: Option<i64>,
}

impl Known {
    /// Whose it is.
    #[must_use]
    pub fn owner(&self) -> Owner {
        Owner { user: self.user_id.clone(), personal_from: self.personal_from, owned_from: self.owned_from }
    }

    /// A device that has just been made: its first state is news.
    #[must_use]
    pub fn new(secret_hash: &str) -> Self {
        Self {
            secret_hash: secret_hash.to_owned(),
            revision: -1,
            welcomed_at: None,
            endpoint: None,
            gone_at: None,
            gone_endpoint: None,
            user_id: None,
            personal_from: None,
            owned_from: None,
        }
    }
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
    sqlx::query_as(
        "SELECT secret_hash, revision, welcomed_at, endpoint, gone_at, gone_endpoint, user_id, personal_from,
           owned_from
         FROM devices WHERE site = $1 AND id = $2",
    )
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

/// Writes the whole state of a device. `gone_at` is only kept while no new endpoint comes.
pub async fn update(
    db: &mut Connection,
    put: &Put<'_>,
    owner: &Owner,
    gone_at: Option<i64>,
    now: i64,
) -> Result<(), sqlx::Error> {
    let Put { site, id, state, .. } = put;
    let subscription = state.subscription.as_ref();
    let part = |read: fn(&SubscriptionState) -> &String| subscription.map(read);
    sqlx::query(
        "UPDATE devices SET revision = $3, permission = $4, status = $5, reason = $6, endpoint = $7, p256dh = $8,
           auth = $9, vapid = $10, topics = $11, tags = $12, locale = $13, time_zone = $14, capabilities = $15,
           updated_at = $16, seen_at = $16, user_id = $17, personal_from = $18, gone_at = $19,
           snoozed_until = $20, owned_from = $21, vapid_retired = 0
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
    .bind(&owner.user)
    .bind(owner.personal_from)
    .bind(gone_at.filter(|_| subscription.is_none()))
    .bind(state.snoozed_until)
    .bind(owner.owned_from)
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

/// Writes down whose device it is.
pub async fn own(db: &mut Connection, site: &str, id: &str, owner: &Owner) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE devices SET user_id = $3, personal_from = $4, owned_from = $5 WHERE site = $1 AND id = $2")
        .bind(site)
        .bind(id)
        .bind(&owner.user)
        .bind(owner.personal_from)
        .bind(owner.owned_from)
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

/// Takes the subscription from a device, if it is still this one. `gone_at`: the push service called it gone.
pub async fn release(
    db: &mut Connection,
    site: &str,
    id: &str,
    endpoint: &str,
    gone_at: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE devices SET endpoint = NULL, p256dh = NULL, auth = NULL, vapid = NULL,
           gone_at = COALESCE($4, gone_at), gone_endpoint = COALESCE($5, gone_endpoint)
         WHERE site = $1 AND id = $2 AND endpoint = $3",
    )
    .bind(site)
    .bind(id)
    .bind(endpoint)
    .bind(gone_at)
    .bind(gone_at.map(|_| secret::hash(endpoint)))
    .execute(db)
    .await
    .map(drop)
}

/// Marks the subscriptions that were made with none of these keys, and no others; answers how many changed.
pub async fn mark_retired(db: &mut Connection, keys: &[&str]) -> Result<u64, sqlx::Error> {
    let retired = format!("CASE WHEN vapid IN ({}) THEN 0 ELSE 1 END", placeholders(1, keys.len()));
    let sql = format!(
        "UPDATE devices SET vapid_retired = {retired} WHERE endpoint IS NOT NULL AND vapid_retired <> {retired}"
    );
    let query = sqlx::query(AssertSqlSafe(sql));
    keys.iter().fold(query, |query, key| query.bind(*key)).execute(db).await.map(|done| done.rows_affected())
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
