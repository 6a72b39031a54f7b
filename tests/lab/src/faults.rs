//! Wrong answers on order: the push service says 404, 410, 413, 429, 500 or another status for a while.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// One order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The status to answer, 400 to 599.
    pub status: u16,
    /// `Retry-After`, as it stands: seconds, a date, or nonsense.
    #[serde(default)]
    pub retry_after: Option<String>,
    /// Only for this subscription; for all if omitted.
    #[serde(default)]
    pub token: Option<String>,
    /// How many requests it answers; until reset if omitted.
    #[serde(default)]
    pub count: Option<u32>,
}

/// The orders in force; the oldest that fits answers.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Adds an order.
    pub fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// Forgets all orders.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The orders in force.
    pub fn list(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// The wrong answer for a request to this subscription, if one is ordered.
    pub fn take(&self, token: &str) -> Option<Fault> {
        let mut faults = self.lock();
        let fits = |fault: &Fault| fault.token.as_deref().is_none_or(|wanted| wanted == token);
        let index = faults.iter().position(fits)?;
        let fault = faults.get_mut(index)?;
        let answer = fault.clone();
        if let Some(count) = &mut fault.count {
            *count = count.saturating_sub(1);
            if *count == 0 {
                faults.remove(index);
            }
        }
        Some(answer)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_counts_down_and_may_be_for_one_subscription() {
        let faults = Faults::default();
        let fault = |status, token: Option<&str>, count| Fault {
            status,
            retry_after: None,
            token: token.map(Into::into),
            count,
        };
        faults.add(fault(429, Some("a"), Some(2)));
        faults.add(fault(500, None, None));
        let status = |token| faults.take(token).map(|fault| fault.status);
        assert_eq!([status("a"), status("b"), status("a"), status("a")], [Some(429), Some(500), Some(429), Some(500)]);
        faults.clear();
        assert_eq!(status("a"), None);
    }
}
