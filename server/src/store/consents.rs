//! The consent ledger: lines are added, and never changed but by an erasure.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, FromRow};

use super::{Connection, Database};
use crate::wire::consent::ConsentEntry;

/// Whose answer a line is, and under which words of the site's.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'a> {
    /// The site's id.
    pub site: &'a str,
    /// The device's id.
    pub device: &'a str,
    /// Whom the device has.
    pub user: Option<&'a str>,
    /// The site's controller, purposes and link, JSON.
    pub privacy: &'a str,
    /// When the entry came, in milliseconds since 1970.
    pub received_at: i64,
}

/// Adds a line, unless this device sent it before. A browser whose clock is ahead must not have the last word for years,
/// so an answer counts from its arrival at the latest.
pub async fn add(db: &mut Connection, witness: &Witness<'_>, entry: &ConsentEntry) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO consent_entries (site, device_id, id, user_id, channel, val, time, entry, privacy, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (site, device_id, id) DO NOTHING",
    )
    .bind(witness.site)
    .bind(witness.device)
    .bind(&entry.id)
    .bind(witness.user)
    .bind(entry.channel)
    .bind(entry.val)
    .bind(entry.time.min(witness.received_at))
    .bind(&entry.text)
    .bind(witness.privacy)
    .bind(witness.received_at)
    .execute(db)
    .await
    .map(drop)
}

/// A line of the ledger.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs)] // the columns of the same names
pub struct Line {
    pub seq: i64,
    pub device_id: Option<String>,
    pub user_id: Option<String>,
    pub channel: String,
    pub val: String,
    pub time: i64,
    pub entry: String,
    pub privacy: String,
    pub received_at: i64,
    pub erased_at: Option<i64>,
}

/// Which lines.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those of this device.
    pub device: Option<String>,
    /// Those of this user.
    pub user: Option<String>,
    /// Those that came at or after this, in milliseconds since 1970.
    pub from: Option<i64>,
    /// Those that came before this.
    pub to: Option<i64>,
    /// Those after this line.
    pub after: i64,
}

/// Lines of the ledger, in the order of their arrival.
pub async fn list(db: &mut Connection, site: &str, filter: &Filter, limit: i64) -> Result<Vec<Line>, sqlx::Error> {
    let texts = [("device_id", &filter.device), ("user_id", &filter.user)];
    let texts: Vec<_> = texts.into_iter().filter_map(|(column, value)| Some((column, value.as_ref()?))).collect();
    let mut conditions = format!("site = $1 AND seq > {}", filter.after);
    for (number, (column, _)) in (2..).zip(&texts) {
        let _ = write!(conditions, " AND {column} = ${number}");
    }
    for (word, time) in [(">=", filter.from), ("<", filter.to)] {
        if let Some(time) = time {
            let _ = write!(conditions, " AND received_at {word} {time}");
        }
    }
    let sql = format!(
        "SELECT seq, device_id, user_id, channel, val, time, entry, privacy, received_at, erased_at
         FROM consent_entries WHERE {conditions} ORDER BY seq LIMIT {limit}"
    );
    let mut query = sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site);
    for (_, value) in texts {
        query = query.bind(value);
    }
    query.fetch_all(db).await
}

/// Takes the person out of a line. What was shown and answered stays, as proof that consent is asked for as it should be.
pub async fn erase(db: &mut Connection, seq: i64, entry: &str, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE consent_entries SET device_id = NULL, user_id = NULL, entry = $2, erased_at = $3 WHERE seq = $1",
    )
    .bind(seq)
    .bind(entry)
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}
