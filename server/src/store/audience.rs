//! Whom a message is for, and who of them can be reached: one spelling for counting, listing and queueing.

use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::{Connection, Database, lock};

/// Where a device stands: `reachable`, or the code of why it is left out.
pub const REACH: &str = "CASE
  WHEN status = 'opted_out' THEN 'opted_out'
  WHEN permission = 'denied' OR status = 'blocked' THEN 'blocked'
  WHEN status = 'suspended' THEN 'suspended'
  WHEN permission = 'unavailable' OR status = 'unsupported' THEN 'unsupported'
  WHEN endpoint IS NOT NULL AND vapid_retired = 1 THEN 'vapid_retired'
  WHEN endpoint IS NOT NULL AND permission = 'granted' AND status = 'allowed' THEN 'reachable'
  WHEN endpoint IS NULL AND gone_at IS NOT NULL THEN 'gone'
  ELSE 'not_subscribed' END";

/// The word of [`REACH`] for who gets a message.
pub const REACHABLE: &str = "reachable";

/// A message's audience, and how careful to be.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// Whom it is for.
    pub audience: &'a Audience,
    /// Whether it is for the eyes of the device's present user alone.
    pub personal: bool,
    /// Whether its words wait for the click, and then for whoever the device's user is now.
    pub private: bool,
    /// Milliseconds since 1970.
    pub now: i64,
}

impl Selection<'_> {
    /// [`REACH`], and what keeps a message from a device that could be reached: `snoozed`, and for personal messages
    /// `not_identified`: nobody has proven who uses the device since its endpoint changed. For the devices that a user
    /// had before another one: `suspended`. The parameter `$number` is the audience's.
    fn reach(&self, number: usize) -> String {
        let suspended = match self.audience {
            Audience::User(_) => format!("WHEN user_id IS NULL OR user_id <> ${number} THEN 'suspended' "),
            _ => String::new(),
        };
        let unproven = if self.personal {
            format!("WHEN {REACH} = 'reachable' AND (user_id IS NULL OR personal_from IS NULL) THEN 'not_identified' ")
        } else {
            String::new()
        };
        let now = self.now;
        format!(
            "CASE {suspended}WHEN {REACH} = 'reachable' AND snoozed_until > {now} THEN 'snoozed' {unproven}ELSE {REACH} END"
        )
    }

    /// Whether sends know their user, so that they can be dropped should another one come.
    fn is_for_user(&self) -> bool {
        self.personal || self.private || matches!(self.audience, Audience::User(_))
    }
}

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every device of the site.
    All,
    /// The devices of a user.
    User(String),
    /// One device.
    Device(String),
    /// Who chose a topic.
    Topic(String),
    /// Who reads a language: `de` is `de-AT` too.
    Locale(String),
    /// Who carries a tag: its name, and its value as JSON.
    Tag(String, Value),
}

impl Audience {
    /// The condition on `devices`; its one value is the parameter `$number`.
    ///
    /// Topics are a JSON list and tags a JSON map, as `serde_json` writes them: an entry begins after `[`, `{` or
    /// `,`, and a quote inside of a text is always `\"`, so that the texts below are found there. (A device whose own
    /// words end and begin with commas can seem to have the word `,`: it fools nobody but itself.)
    /// REPLACE tells letters apart by case in both databases, which LIKE does not.
    fn condition(&self, number: usize) -> String {
        match self {
            Self::All => "1 = 1".to_owned(),
            // Each half has its index; with OR the second database looks at every device.
            Self::User(_) => format!(
                "id IN (SELECT id FROM devices WHERE site = $1 AND user_id = ${number}
                   UNION ALL SELECT device_id FROM earlier_users WHERE site = $1 AND user_id = ${number})"
            ),
            Self::Device(_) => format!("id = ${number}"),
            Self::Topic(_) => has("topics", number),
            Self::Locale(_) => format!("SUBSTR(LOWER(locale) || '-', 1, LENGTH(${number})) = ${number}"),
            Self::Tag(..) => has("tags", number),
        }
    }

    /// The value of the parameter.
    fn value(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::User(id) | Self::Device(id) => Some(id.clone()),
            Self::Topic(id) => Some(format!(",{},", Value::from(id.as_str()))),
            Self::Locale(locale) => Some(format!("{}-", locale.to_ascii_lowercase())),
            Self::Tag(name, value) => Some(format!(",{}:{value},", Value::from(name.as_str()))),
        }
    }
}

/// Whether a JSON list or map has an entry, which comes as `,entry,`.
fn has(column: &str, number: usize) -> String {
    // Brackets become commas, so that every entry stands between two.
    let entries = format!("',' || SUBSTR({column}, 2, LENGTH({column}) - 2) || ','");
    format!("REPLACE({entries}, ${number}, '') <> {entries}")
}

/// How many of an audience stand where.
pub async fn count(
    db: &mut Connection,
    site: &str,
    selection: &Selection<'_>,
) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let (reach, condition) = (selection.reach(2), selection.audience.condition(2));
    let sql = format!(
        "SELECT reach, COUNT(*) FROM (SELECT {reach} AS reach FROM devices WHERE site = $1 AND {condition}) AS classed
         GROUP BY reach ORDER BY reach"
    );
    let mut query = sqlx::query_as::<Database, _>(AssertSqlSafe(sql)).bind(site);
    if let Some(value) = selection.audience.value() {
        query = query.bind(value);
    }
    query.fetch_all(db).await
}

/// Queues a message for everybody of an audience who can be reached; answers how many that is. One statement,
/// however many there are. A send for a user knows him, so that it can be dropped should another one come.
///
/// In order of ids, as who writes down dead endpoints: on a server each new send locks its device, and two that lock many
/// in different orders would wait for each other.
pub async fn queue(
    db: &mut Connection,
    site: &str,
    message: &str,
    selection: &Selection<'_>,
    expires_at: i64,
) -> Result<u64, sqlx::Error> {
    let (reach, condition) = (selection.reach(5), selection.audience.condition(5));
    let user = if selection.is_for_user() { "user_id" } else { "CAST(NULL AS TEXT)" };
    let order = if lock::is_postgres(db) { " ORDER BY id COLLATE \"C\"" } else { "" };
    let sql = format!(
        "INSERT INTO sends (site, message_id, device_id, state, attempts, due_at, expires_at, created_at, user_id)
         SELECT site, $2, id, 'queued', 0, $3, $4, $3, {user} FROM devices
         WHERE site = $1 AND {condition} AND {reach} = 'reachable'{order}"
    );
    let mut query =
        sqlx::query::<Database>(AssertSqlSafe(sql)).bind(site).bind(message).bind(selection.now).bind(expires_at);
    if let Some(value) = selection.audience.value() {
        query = query.bind(value);
    }
    query.execute(db).await.map(|done| done.rows_affected())
}
