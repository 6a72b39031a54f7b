//! Messages: what is said to devices.

use sqlx::FromRow;

use super::Connection;

/// The content of a message.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Message {
    /// 128 bits, base64url.
    pub id: String,
    /// What it is for: `welcome`.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Text.
    pub body: String,
    /// Absolute address that a click opens.
    pub url: String,
    /// Absolute address of a picture.
    pub icon: Option<String>,
    /// Notifications of one tag replace each other.
    pub tag: Option<String>,
}

/// Stores a message, unless it is there.
pub async fn add(db: &mut Connection, site: &str, message: &Message, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO messages (site, id, kind, title, body, url, icon, tag, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (site, id) DO NOTHING",
    )
    .bind(site)
    .bind(&message.id)
    .bind(&message.kind)
    .bind(&message.title)
    .bind(&message.body)
    .bind(&message.url)
    .bind(&message.icon)
    .bind(&message.tag)
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}

/// The message with this id.
pub async fn find(db: &mut Connection, site: &str, id: &str) -> Result<Option<Message>, sqlx::Error> {
    sqlx::query_as("SELECT id, kind, title, body, url, icon, tag FROM messages WHERE site = $1 AND id = $2")
        .bind(site)
        .bind(id)
        .fetch_optional(db)
        .await
}
