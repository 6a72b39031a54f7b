//! Messages: what is said to devices.

use sqlx::{AssertSqlSafe, FromRow};

use super::many::placeholders;
use super::{Connection, Database};

/// The content of a message, and how it is sent.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Message {
    /// 128 bits, base64url.
    pub id: String,
    /// What it is for: `welcome`, or `message` from the admin API.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Text, or empty.
    pub body: String,
    /// Absolute address that a click opens.
    pub url: String,
    /// Absolute address of a picture.
    pub icon: Option<String>,
    /// Notifications of one tag replace each other.
    pub tag: Option<String>,
    /// Members of the notification beyond these, a JSON map as it stands in the payload.
    pub extras: String,
    /// `high`, `normal`, `low` or `very-low`.
    pub urgency: String,
    /// A later push with the same word replaces one that waits: the `Topic` header.
    pub collapse: Option<String>,
    /// Seconds a push service keeps it for an absent device.
    pub ttl: i64,
    /// 1: for one person's eyes.
    pub personal: i64,
    /// The campaign it belongs to.
    pub campaign: Option<String>,
    /// Which of the campaign's texts it is.
    pub variant: Option<String>,
}

impl Default for Message {
    fn default() -> Self {
        let (id, kind, title, body, url) = Default::default();
        let extras = "{}".to_owned();
        let (urgency, ttl) = ("normal".to_owned(), 86_400);
        let (icon, tag, collapse, personal, campaign, variant) = Default::default();
        Self { id, kind, title, body, url, icon, tag, extras, urgency, collapse, ttl, personal, campaign, variant }
    }
}

/// Stores a message, unless it is there.
pub async fn add(db: &mut Connection, site: &str, message: &Message, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO messages (site, id, kind, title, body, url, icon, tag, extras, urgency, collapse, ttl, personal,
           campaign, variant, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT (site, id) DO NOTHING",
    )
    .bind(site)
    .bind(&message.id)
    .bind(&message.kind)
    .bind(&message.title)
    .bind(&message.body)
    .bind(&message.url)
    .bind(&message.icon)
    .bind(&message.tag)
    .bind(&message.extras)
    .bind(&message.urgency)
    .bind(&message.collapse)
    .bind(message.ttl)
    .bind(message.personal)
    .bind(&message.campaign)
    .bind(&message.variant)
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}

/// The message with this id.
pub async fn find(db: &mut Connection, site: &str, id: &str) -> Result<Option<Message>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, kind, title, body, url, icon, tag, extras, urgency, collapse, ttl, personal, campaign, variant
         FROM messages WHERE site = $1 AND id = $2",
    )
    .bind(site)
    .bind(id)
    .fetch_optional(db)
    .await
}

/// A message for the list.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct MessageRow {
    pub id: String,
    pub kind: String,
    pub title: String,
    pub body: String,
    pub url: String,
    pub icon: Option<String>,
    pub campaign: Option<String>,
    pub variant: Option<String>,
    pub created_at: i64,
}

/// The messages made last, newest first.
pub async fn latest(db: &mut Connection, site: &str, limit: i64) -> Result<Vec<MessageRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, kind, title, body, url, icon, campaign, variant, created_at FROM messages
         WHERE site = $1 ORDER BY created_at DESC, id LIMIT $2",
    )
    .bind(site)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// One message for the list.
pub async fn row(db: &mut Connection, site: &str, id: &str) -> Result<Option<MessageRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, kind, title, body, url, icon, campaign, variant, created_at FROM messages
         WHERE site = $1 AND id = $2",
    )
    .bind(site)
    .bind(id)
    .fetch_optional(db)
    .await
}

/// What became of messages: message, word and count. Words are the states of sends and the types of reports.
pub async fn counts(
    db: &mut Connection,
    site: &str,
    ids: &[String],
) -> Result<Vec<(String, String, i64)>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = placeholders(2, ids.len());
    let sql = format!(
        "SELECT message_id, state, COUNT(*) FROM sends WHERE site = $1 AND message_id IN ({list}) GROUP BY 1, 2
         UNION ALL
         SELECT message_id, type, COUNT(*) FROM reports
         WHERE site = $1 AND message_id IS NOT NULL AND message_id IN ({list}) AND type LIKE 'notification.%'
         GROUP BY 1, 2"
    );
    let mut query = sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site);
    for id in ids {
        query = query.bind(id);
    }
    query.fetch_all(db).await
}

/// Why sends of a message came to nothing: code and count.
pub async fn failures(db: &mut Connection, site: &str, id: &str) -> Result<Vec<(String, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT COALESCE(code, 'unknown'), COUNT(*) FROM sends
         WHERE site = $1 AND message_id = $2 AND state IN ('failed', 'gone') GROUP BY 1",
    )
    .bind(site)
    .bind(id)
    .fetch_all(db)
    .await
}
