//! Messages: what is said to devices.

use sqlx::FromRow;

use super::Connection;

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
    /// Whom a personal message is for.
    pub user_id: Option<String>,
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
        let (icon, tag, collapse, personal, user_id, campaign, variant) = Default::default();
        Self {
            id,
            kind,
            title,
            body,
            url,
            icon,
            tag,
            extras,
            urgency,
            collapse,
            ttl,
            personal,
            user_id,
            campaign,
            variant,
        }
    }
}

/// Stores a message, unless it is there.
pub async fn add(db: &mut Connection, site: &str, message: &Message, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO messages (site, id, kind, title, body, url, icon, tag, extras, urgency, collapse, ttl, personal,
           user_id, campaign, variant, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
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
    .bind(&message.user_id)
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
        "SELECT id, kind, title, body, url, icon, tag, extras, urgency, collapse, ttl, personal, user_id, campaign,
           variant
         FROM messages WHERE site = $1 AND id = $2",
    )
    .bind(site)
    .bind(id)
    .fetch_optional(db)
    .await
}
