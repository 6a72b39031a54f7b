//! The funnel: how many got from the soft popup to a click, counted by the database in buckets of equal length.

use sqlx::AssertSqlSafe;

use super::buttons::{FOLLOWER, FOLLOWS};
use super::{Connection, Database};

/// A range of time, cut into buckets; milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// The first moment.
    pub from: i64,
    /// The moment after the last.
    pub to: i64,
    /// Where the first bucket begins: at or before `from`.
    pub start: i64,
    /// The length of a bucket.
    pub bucket: i64,
}

/// Variants that are told apart at most: browsers name them, and a hostile one without end.
const VARIANTS: i64 = 50;

/// Verified reports by type and bucket. Times are those of arrival, by the server's clock: a browser's may
/// be wrong, and a bucket that is over changes no more. What happened to notifications counts if a message's token
/// vouches for it, as in the results: who has a device's token could make up any number of displays.
pub async fn reports(db: &mut Connection, site: &str, range: Range) -> Result<Vec<(String, i64, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT type, (received_at - $4) / $5, COUNT(*) FROM reports
         WHERE site = $1 AND verified = 1 AND received_at >= $2 AND received_at < $3
           AND (type IN ('prompt.shown', 'prompt.accepted', 'permission.granted', 'subscription.created')
             OR type IN ('notification.displayed', 'notification.clicked', 'notification.action')
               AND message_id IS NOT NULL)
         GROUP BY 1, 2",
    )
    .bind(site)
    .bind(range.from)
    .bind(range.to)
    .bind(range.start)
    .bind(range.bucket)
    .fetch_all(db)
    .await
}

/// On how many devices messages were followed to the site, by bucket: that of the first time.
pub async fn followed(db: &mut Connection, site: &str, range: Range) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    let sql = format!(
        "SELECT (first - $4) / $5, COUNT(*) FROM (
           SELECT MIN(r.received_at) AS first FROM reports r
           WHERE r.site = $1 AND r.verified = 1 AND r.received_at >= $2 AND r.received_at < $3 AND {FOLLOWS}
           GROUP BY {FOLLOWER}) AS followed
         GROUP BY 1"
    );
    let query = sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site).bind(range.from).bind(range.to);
    query.bind(range.start).bind(range.bucket).fetch_all(db).await
}

/// Verified reports about prompts by variant and type, of the variants with the most reports.
pub async fn variants(
    db: &mut Connection,
    site: &str,
    range: Range,
) -> Result<Vec<(String, String, i64)>, sqlx::Error> {
    sqlx::query_as(
        "WITH prompts AS (
           SELECT COALESCE(variant, 'default') AS variant, type, COUNT(*) AS number FROM reports
           WHERE site = $1 AND verified = 1 AND received_at >= $2 AND received_at < $3
             AND type IN ('prompt.shown', 'prompt.accepted', 'permission.granted', 'subscription.created')
           GROUP BY 1, 2)
         SELECT variant, type, number FROM prompts WHERE variant IN (
           SELECT variant FROM prompts GROUP BY variant ORDER BY SUM(number) DESC, variant LIMIT $4)",
    )
    .bind(site)
    .bind(range.from)
    .bind(range.to)
    .bind(VARIANTS)
    .fetch_all(db)
    .await
}

/// Unverified reports: anybody can send those, so they are shown apart.
pub async fn unverified(db: &mut Connection, site: &str, range: Range) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM reports WHERE site = $1 AND verified = 0 AND received_at >= $2 AND received_at < $3",
    )
    .bind(site)
    .bind(range.from)
    .bind(range.to)
    .fetch_one(db)
    .await
}

/// Sends that a push service took, by bucket.
pub async fn sends(db: &mut Connection, site: &str, range: Range) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT (done_at - $4) / $5, COUNT(*) FROM sends
         WHERE site = $1 AND state = 'sent' AND done_at IS NOT NULL AND done_at >= $2 AND done_at < $3
         GROUP BY 1",
    )
    .bind(site)
    .bind(range.from)
    .bind(range.to)
    .bind(range.start)
    .bind(range.bucket)
    .fetch_all(db)
    .await
}
