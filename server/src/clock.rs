//! What time it is: the only place that asks the system.

use std::time::{SystemTime, UNIX_EPOCH};

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
