//! What became of messages: counts of sends and of verified reports, by message or by campaign and variant. Times are
//! those of arrival, as in the funnel.

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, FromRow};

use super::buttons::{FOLLOWER, FOLLOWS};
use super::conversions::Arrival;
use super::many::{pieces, placeholders};
use super::{Connection, Database};

/// What rows are made of.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// These messages.
    Message(&'a [String]),
    /// All messages, by campaign and variant.
    Campaign,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Of this site.
    pub site: &'a str,
    /// That came, or was done, then.
    pub arrival: Arrival,
    /// In these rows. Each is named by a message id and nothing; or by campaign and variant, where none is an empty text.
    pub by: By<'a>,
}

/// A message that something was heard of.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct HeardOf {
    pub id: String,
    pub kind: String,
    pub title: String,
    pub campaign: Option<String>,
    pub variant: Option<String>,
    pub created_at: i64,
}

/// Details of one type that are told apart at most, the most frequent ones: browsers name them.
const DETAILS: i64 = 20;

/// What is counted of each message.
const EACH: &str = "m.id AS id, r.type AS type, COUNT(*) AS number";
/// Which reports are about messages.
const NOTIFICATIONS: &str = "r.type LIKE 'notification.%'";

/// The newest messages that were made or sent, or of which a report came; or `only` one, if it is among them.
pub async fn messages(
    db: &mut Connection,
    site: &str,
    arrival: &Arrival,
    only: Option<&str>,
    limit: i64,
) -> Result<Vec<HeardOf>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, kind, title, campaign, variant, created_at FROM messages m
         WHERE site = $1 AND ($5 = '' OR id = $5) AND created_at < $3 AND (created_at >= $2
           OR EXISTS (SELECT 1 FROM reports r WHERE r.site = m.site AND r.message_id = m.id AND r.message_id IS NOT NULL
             AND r.received_at >= $2 AND r.received_at < $3)
           OR EXISTS (SELECT 1 FROM sends s WHERE s.site = m.site AND s.message_id = m.id
             AND s.state IN ('sent', 'gone', 'failed') AND s.done_at >= $2 AND s.done_at < $3))
         ORDER BY created_at DESC, id LIMIT $4",
    )
    .bind(site)
    .bind(arrival.start)
    .bind(arrival.end)
    .bind(limit)
    .bind(only.unwrap_or_default())
    .fetch_all(db)
    .await
}

/// Those of these messages that are still there, in any order.
pub async fn these(db: &mut Connection, site: &str, ids: &[String]) -> Result<Vec<HeardOf>, sqlx::Error> {
    let mut found = Vec::new();
    for piece in pieces(ids) {
        let sql = format!(
            "SELECT id, kind, title, campaign, variant, created_at FROM messages WHERE site = $1 AND id IN ({})",
            placeholders(2, piece.len())
        );
        let query = sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site);
        found.extend(piece.iter().fold(query, sqlx::query::QueryAs::bind).fetch_all(&mut *db).await?);
    }
    Ok(found)
}

/// Ends of sends: key, state and count. What waits in the queue has no end yet.
pub async fn sends(db: &mut Connection, asked: &Asked<'_>) -> Result<Vec<(String, String, String, i64)>, sqlx::Error> {
    ask(db, sends_sql(asked.by), asked).await
}

/// The question for the ends of sends.
#[must_use]
pub fn sends_sql(by: By<'_>) -> String {
    format!(
        "SELECT {}, s.state, COUNT(*)
         FROM messages m CROSS JOIN sends s
         WHERE m.site = $1 AND s.site = m.site AND s.message_id = m.id
           AND s.state IN ('sent', 'gone', 'failed') AND s.done_at >= $2 AND s.done_at < $3 {}
         GROUP BY 1, 2, 3",
        by.key(),
        by.only(),
    )
}

/// Reports: key, type and count.
pub async fn reports(
    db: &mut Connection,
    asked: &Asked<'_>,
) -> Result<Vec<(String, String, String, i64)>, sqlx::Error> {
    ask(db, reports_sql(asked.by), asked).await
}

/// The question for reports.
#[must_use]
pub fn reports_sql(by: By<'_>) -> String {
    // Message by message first: many short things to sort are quicker sorted than one long one.
    let (each, key) = (format!("{} GROUP BY m.id, r.type", reports_of(by, EACH, NOTIFICATIONS)), by.key());
    format!(
        "SELECT {key}, c.type, CAST(SUM(c.number) AS BIGINT)
         FROM ({each}) AS c JOIN messages m ON m.site = $1 AND m.id = c.id GROUP BY 1, 2, 3"
    )
}

/// Buttons pressed, and reasons: key, type, detail and count.
pub async fn details(
    db: &mut Connection,
    asked: &Asked<'_>,
) -> Result<Vec<(String, String, String, String, i64)>, sqlx::Error> {
    ask(db, details_sql(asked.by), asked).await
}

/// The question for buttons and reasons.
#[must_use]
pub fn details_sql(by: By<'_>) -> String {
    let counted = counted(
        by,
        "r.type AS type, r.detail AS detail, COUNT(*) AS number",
        "r.type IN ('notification.action', 'notification.failed', 'notification.suppressed') AND r.detail IS NOT NULL",
    );
    format!(
        "SELECT name, variant, type, detail, number FROM (
           SELECT name, variant, type, detail, number,
             ROW_NUMBER() OVER (PARTITION BY name, variant, type ORDER BY number DESC, detail) AS place
           FROM ({counted} GROUP BY 1, 2, 3, 4) AS counted) AS placed
         WHERE place <= {DETAILS}"
    )
}

/// On how many devices messages were followed to the site.
pub async fn followed(db: &mut Connection, asked: &Asked<'_>) -> Result<Vec<(String, String, i64)>, sqlx::Error> {
    ask(db, followed_sql(asked.by), asked).await
}

/// The question for who followed.
#[must_use]
pub fn followed_sql(by: By<'_>) -> String {
    format!("{} GROUP BY 1, 2", counted(by, &format!("COUNT(DISTINCT {FOLLOWER})"), FOLLOWS))
}

/// A question about reports of messages by the key of their row.
fn counted(by: By<'_>, what: &str, which: &str) -> String {
    reports_of(by, &format!("{}, {what}", by.key()), which)
}

/// A question about reports of messages; only tokens name messages, so these are verified. A cross join keeps `SQLite` from
/// beginning with the reports: it would read those of all time, where the index has those of a message in their order.
fn reports_of(by: By<'_>, what: &str, which: &str) -> String {
    format!(
        "SELECT {what}
         FROM messages m CROSS JOIN reports r
         WHERE m.site = $1 AND r.site = m.site AND r.message_id = m.id AND r.message_id IS NOT NULL
           AND r.received_at >= $2 AND r.received_at < $3 AND {which} {}",
        by.only()
    )
}

impl By<'_> {
    fn key(self) -> &'static str {
        match self {
            Self::Message(_) => "m.id AS name, '' AS variant",
            Self::Campaign => "COALESCE(m.campaign, '') AS name, COALESCE(m.variant, '') AS variant",
        }
    }

    fn only(self) -> String {
        match self {
            Self::Message(ids) => format!("AND m.id IN ({})", placeholders(4, ids.len())),
            Self::Campaign => String::new(),
        }
    }
}

async fn ask<O>(db: &mut Connection, sql: String, asked: &Asked<'_>) -> Result<Vec<O>, sqlx::Error>
where
    O: Send + Unpin + for<'r> FromRow<'r, AnyRow>,
{
    let ids = match asked.by {
        By::Message([]) => return Ok(Vec::new()),
        By::Message(ids) => ids,
        By::Campaign => &[],
    };
    let query = sqlx::query_as::<Database, O>(AssertSqlSafe(sql));
    let query = query.bind(asked.site).bind(asked.arrival.start).bind(asked.arrival.end);
    ids.iter().fold(query, sqlx::query::QueryAs::bind).fetch_all(db).await
}
