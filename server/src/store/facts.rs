//! What is known of a user, from the devices that he has and had.

use sqlx::{AssertSqlSafe, FromRow};

use super::audience::{REACH, REACHABLE};
use super::{Connection, Database};

/// A device of a user.
#[derive(Clone, Debug, FromRow)]
pub struct UserDevice {
    /// Its id.
    pub id: String,
    /// The push status; `suspended` where another user has taken it over.
    pub status: String,
    /// Where it stands: see [`REACH`].
    pub reach: String,
    /// When the user was there last, in milliseconds since 1970.
    pub seen_at: i64,
}

impl UserDevice {
    /// Whether the user can be reached there.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.reach == REACHABLE
    }

    /// Whether another user has taken it over.
    #[must_use]
    pub fn is_earlier(&self) -> bool {
        self.reach == EARLIER
    }
}

/// In the place of [`REACH`] on a device that another user has.
const EARLIER: &str = "earlier";

/// The devices that a user has and had, the one that was here last first.
pub async fn devices(db: &mut Connection, site: &str, user: &str) -> Result<Vec<UserDevice>, sqlx::Error> {
    let sql = format!(
        "SELECT id, status, {REACH} AS reach, seen_at FROM devices WHERE site = $1 AND user_id = $2
         UNION ALL
         SELECT device_id, 'suspended', '{EARLIER}', seen_at FROM earlier_users WHERE site = $1 AND user_id = $2"
    );
    let query = sqlx::query_as::<Database, UserDevice>(AssertSqlSafe(sql)).bind(site).bind(user);
    let mut devices = query.fetch_all(db).await?;
    // Sorted here: to find them in this order SQLite would read every device of the site.
    devices.sort_by(|one, other| other.seen_at.cmp(&one.seen_at).then_with(|| one.id.cmp(&other.id)));
    Ok(devices)
}
