//! Conversions, and which message led to each: found anew whenever somebody looks, because a click may arrive after the
//! purchase that it led to.
//!
//! The last click of the same device within a window before the conversion takes it (`direct`), else the last display
//! within another (`influenced`). "Before" is by the browser's clock, which is the same for both; of two at one
//! millisecond the one that came first was first.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Connection, Database};
use crate::wire::conversion::PARTS;

/// How long after it a click, or a display, may still lead to a conversion; milliseconds, 0: never.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    /// After a click.
    pub click: i64,
    /// After a display.
    pub display: i64,
}

/// When the conversions came: from one moment up to before another, in milliseconds since 1970.
pub type Arrival = core::ops::Range<i64>;

/// A conversion for the list.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct ConversionRow {
    pub seq: i64,
    pub time: i64,
    pub received_at: i64,
    pub device_id: Option<String>,
    pub name: Option<String>,
    /// In millionths.
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub data: Option<String>,
    /// `direct`, `influenced` or `none`.
    pub attribution: String,
    pub message_id: Option<String>,
    pub campaign: Option<String>,
    pub variant: Option<String>,
}

/// Conversions of one kind, added up.
#[derive(Clone, Debug, FromRow)]
pub struct Sum {
    /// The message that led to them.
    pub message_id: Option<String>,
    /// Its campaign.
    pub campaign: Option<String>,
    /// Its variant.
    pub variant: Option<String>,
    /// `direct`, `influenced` or `none`.
    pub attribution: String,
    /// None: without a value, or without a currency.
    pub currency: Option<String>,
    /// How many.
    pub number: i64,
    /// How many of them have a value.
    pub valued: i64,
    /// Their values: whole units …
    pub units: i64,
    /// … and millionths. Two sums, because one of all millionths could leave 64 bits.
    pub parts: i64,
}

/// Conversions with what led to them. Parameters: site, arrival from and to, the windows of click and display, 1 for
/// those that a token vouches for or 0 for the others, which are of no device. What was erased is of none either, and
/// counts no more.
const CONVERSIONS: &str = "
    SELECT v.seq, v.time, v.received_at, v.device_id, v.detail AS name, v.amount, v.currency, v.data,
      CASE WHEN t.seq IS NULL THEN 'none' WHEN t.type = 'notification.displayed' THEN 'influenced' ELSE 'direct' END
        AS attribution,
      t.message_id, m.campaign, m.variant
    FROM (
      SELECT r.*, COALESCE(
        (SELECT c.seq FROM reports c
         WHERE c.site = r.site AND c.device_id = r.device_id AND c.time <= r.time AND c.time > r.time - $4
           AND c.type IN ('notification.clicked', 'notification.action') AND c.message_id IS NOT NULL
           AND (c.time < r.time OR c.seq < r.seq)
           AND NOT EXISTS (SELECT 1 FROM quiet_buttons q
             WHERE q.site = c.site AND q.message_id = c.message_id AND q.action = c.detail)
         ORDER BY c.time DESC, c.seq DESC LIMIT 1),
        (SELECT d.seq FROM reports d
         WHERE d.site = r.site AND d.device_id = r.device_id AND d.time <= r.time AND d.time > r.time - $5
           AND d.type = 'notification.displayed' AND d.message_id IS NOT NULL
           AND (d.time < r.time OR d.seq < r.seq)
         ORDER BY d.time DESC, d.seq DESC LIMIT 1)) AS touch
      FROM reports r
      WHERE r.site = $1 AND r.type = 'conversion' AND r.verified = $6 AND r.received_at >= $2 AND r.received_at < $3
        AND r.scope <> 'erased') v
    LEFT JOIN reports t ON t.seq = v.touch
    LEFT JOIN messages m ON m.site = v.site AND m.id = t.message_id";

/// The question for the list of them: after `$7`, `$8` rows.
#[must_use]
pub fn list_sql() -> String {
    format!("SELECT * FROM ({CONVERSIONS}) AS conversions WHERE seq > $7 ORDER BY seq LIMIT $8")
}

/// The question for their sums.
#[must_use]
pub fn sums_sql() -> String {
    format!(
        "SELECT message_id, campaign, variant, attribution, currency, COUNT(*) AS number, COUNT(amount) AS valued,
           CAST(COALESCE(SUM(amount / {PARTS}), 0) AS BIGINT) AS units,
           CAST(COALESCE(SUM(amount % {PARTS}), 0) AS BIGINT) AS parts
         FROM ({CONVERSIONS}) AS conversions GROUP BY 1, 2, 3, 4, 5"
    )
}

/// Which conversions, and how far back to look for what led to them.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Of this site.
    pub site: &'a str,
    /// That came then.
    pub arrival: Arrival,
    /// See [`Windows`].
    pub windows: Windows,
    /// Those that a token vouches for, or the others.
    pub is_verified: bool,
}

/// Conversions after a row, in the order of their arrival.
pub async fn list(
    db: &mut Connection,
    asked: &Asked<'_>,
    after: i64,
    limit: i64,
) -> Result<Vec<ConversionRow>, sqlx::Error> {
    let query = sqlx::query_as::<Database, _>(AssertSqlSafe(list_sql()));
    let query = query.bind(asked.site).bind(asked.arrival.start).bind(asked.arrival.end);
    let query = query.bind(asked.windows.click).bind(asked.windows.display).bind(i64::from(asked.is_verified));
    query.bind(after).bind(limit).fetch_all(db).await
}

/// Conversions added up by what led to them, and currency.
pub async fn sums(db: &mut Connection, asked: &Asked<'_>) -> Result<Vec<Sum>, sqlx::Error> {
    let query = sqlx::query_as::<Database, _>(AssertSqlSafe(sums_sql()));
    let query = query.bind(asked.site).bind(asked.arrival.start).bind(asked.arrival.end);
    let query = query.bind(asked.windows.click).bind(asked.windows.display).bind(i64::from(asked.is_verified));
    query.fetch_all(db).await
}
