//! What time it is: the only place that asks the system.

use std::time::{SystemTime, UNIX_EPOCH};

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// A clock that tests may set forward or back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Milliseconds added to the system's time.
    pub offset: i64,
}

impl Clock {
    /// Milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX).saturating_add(self.offset)
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.millis() / 1000
    }
}

/// RFC 3339 as milliseconds since 1970; none also when it cannot be written in UTC, where a year has four digits.
#[must_use]
pub fn millis(text: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    time.checked_to_offset(UtcOffset::UTC)?.format(&Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

/// Milliseconds since 1970 as RFC 3339, in UTC.
#[must_use]
pub fn rfc3339(millis: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000);
    time.ok().and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}
