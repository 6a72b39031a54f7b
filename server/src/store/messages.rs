//! Messages: what is said to devices.

use sqlx::{AssertSqlSafe, FromRow};

use super::buttons::{self, FOLLOWER, FOLLOWS};
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
    /// `public`, or `private`: only the public words travel, and the others wait for the click.
    pub sensitivity: String,
    /// First line of what a private message shows.
    pub public_title: Option<String>,
    /// Text of what a private message shows.
    pub public_body: Option<String>,
    /// 1: for a page rather than the screen.
    pub for_page: i64,
    /// Seconds that the report of the receipt may wait, so that not all devices report at once.
    pub jitter: i64,
    /// Parameters of the addresses that it leads to, as they stand in a query.
    pub utm: Option<String>,
}

impl Message {
    /// Whether its words must not travel.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.sensitivity == "private"
    }
}

/// The columns of [`Message`] but for the id, in the order of its members.
const COLUMNS: &str = "kind, title, body, url, icon, tag, extras, urgency, collapse, ttl, personal, campaign, variant,
  sensitivity, public_title, public_body, for_page, jitter, utm";

impl Default for Message {
    fn default() -> Self {
        let (id, kind, title, body, url) = Default::default();
        let extras = "{}".to_owned();
        let (urgency, ttl) = ("normal".to_owned(), 86_400);
        let sensitivity = "public".to_owned();
        let (icon, tag, collapse, personal, campaign, variant) = Default::default();
        let (public_title, public_body, for_page, jitter, utm) = Default::default();
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
            campaign,
            variant,
            sensitivity,
            public_title,
            public_body,
            for_page,
            jitter,
            utm,
        }
    }
}

/// Stores a message, unless it is there.
pub async fn add(db: &mut Connection, site: &str, message: &Message, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query::<Database>(AssertSqlSafe(format!(
        "INSERT INTO messages (site, id, {COLUMNS}, created_at) VALUES ({}) ON CONFLICT (site, id) DO NOTHING",
        placeholders(1, 22)
    )))
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
    .bind(&message.sensitivity)
    .bind(&message.public_title)
    .bind(&message.public_body)
    .bind(message.for_page)
    .bind(message.jitter)
    .bind(&message.utm)
    .bind(now)
    .execute(&mut *db)
    .await?;
    buttons::remember(db, site, message).await
}

/// The message with this id.
pub async fn find(db: &mut Connection, site: &str, id: &str) -> Result<Option<Message>, sqlx::Error> {
    let sql = format!("SELECT id, {COLUMNS} FROM messages WHERE site = $1 AND id = $2");
    sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site).bind(id).fetch_optional(db).await
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

/// What became of messages: message, word and count. Words are the states of sends, the types of reports, and `followed`.
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
         GROUP BY 1, 2
         UNION ALL
         SELECT r.message_id, 'followed', COUNT(DISTINCT {FOLLOWER}) FROM reports r
         WHERE r.site = $1 AND r.message_id IN ({list}) AND {FOLLOWS}
         GROUP BY 1"
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
