//! Rate limits, in memory: per client address and per site (GCRA, ATM Forum TM 4.0: one number per client says when
//! its next request would be on time).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::error::Error;
use crate::settings::Limits;

/// Clients remembered: some 10 MB at most.
const CLIENTS: usize = 100_000;
/// How often a full memory is swept, in milliseconds.
const SWEEP: u64 = 1000;
const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Making a device.
    Create,
    /// Any PUT of a device.
    Put,
    /// A batch of reports.
    Batch,
    /// Looking at one's own data, or erasing it.
    Own,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Who {
    Client(IpAddr),
    Site(String),
}

/// So many in so long, in milliseconds.
#[derive(Clone, Copy)]
struct Rate {
    count: u32,
    window: u64,
}

/// Counts requests.
pub struct Limiter {
    limits: Limits,
    began: Instant,
    seen: Mutex<Seen>,
}

/// When the next request of each would be on time, in microseconds since the start.
#[derive(Default)]
struct Seen {
    due: HashMap<(Act, Who), u64>,
    swept_at: u64,
}

impl Limiter {
    /// With nobody seen yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, began: Instant::now(), seen: Mutex::default() }
    }

    /// Counts one act. A client whose address is unknown (a call inside the process) counts for the site only.
    ///
    /// # Errors
    /// [`Error::RateLimited`]; then the act does not count.
    pub fn take(&self, act: Act, client: Option<IpAddr>, site: &str) -> Result<(), Error> {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.take_at(act, client, site, now)
    }

    /// `now`: milliseconds since the start.
    fn take_at(&self, act: Act, client: Option<IpAddr>, site: &str, now: u64) -> Result<(), Error> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // The client first: one that is too loud must not use up what the others share.
        if let Some(address) = client {
            seen.take(act, Who::Client(network(address)), self.client_rate(act), now)?;
        }
        seen.take(act, Who::Site(site.to_owned()), self.site_rate(act), now)
    }

    const fn client_rate(&self, act: Act) -> Rate {
        match act {
            Act::Create => Rate { count: self.limits.devices_per_hour, window: HOUR },
            Act::Put => Rate { count: self.limits.puts_per_minute, window: MINUTE },
            Act::Batch => Rate { count: self.limits.batches_per_minute, window: MINUTE },
            Act::Own => Rate { count: self.limits.exports_per_minute, window: MINUTE },
        }
    }

    const fn site_rate(&self, act: Act) -> Rate {
        match act {
            Act::Create => Rate { count: self.limits.site_devices_per_hour, window: HOUR },
            Act::Put => Rate { count: self.limits.site_puts_per_minute, window: MINUTE },
            Act::Batch => Rate { count: self.limits.site_batches_per_minute, window: MINUTE },
            Act::Own => Rate { count: self.limits.site_exports_per_minute, window: MINUTE },
        }
    }
}

impl Seen {
    fn take(&mut self, act: Act, who: Who, rate: Rate, now: u64) -> Result<(), Error> {
        if rate.count == 0 {
            return Ok(());
        }
        let key = (act, who);
        let now = now.saturating_mul(1000);
        let window = rate.window * 1000;
        let due = self.due.get(&key).copied().unwrap_or(0).max(now) + window / u64::from(rate.count);
        let early = due.saturating_sub(now + window);
        if early > 0 {
            return Err(Error::RateLimited(early.div_ceil(1_000_000)));
        }
        if self.has_room(&key, now) {
            self.due.insert(key, due);
        }
        Ok(())
    }

    /// Whether a client may be remembered. In a full memory those go first whose limit is whole again; if that makes
    /// no room, a flood comes from more addresses than can be told apart, and the site's own limit has to do.
    fn has_room(&mut self, key: &(Act, Who), now: u64) -> bool {
        if self.due.len() < CLIENTS || matches!(key.1, Who::Site(_)) || self.due.contains_key(key) {
            return true;
        }
        if now >= self.swept_at + SWEEP * 1000 {
            self.swept_at = now;
            self.due.retain(|_, due| *due > now);
        }
        self.due.len() < CLIENTS
    }
}

/// One IPv6 client has a /64, so that is what counts.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, CLIENTS, Limiter, MINUTE};
    use crate::error::Error;
    use crate::settings::Limits;
    use std::net::{IpAddr, Ipv4Addr};

    fn limiter(puts_per_minute: u32, site_puts_per_minute: u32) -> Limiter {
        Limiter::new(Limits { puts_per_minute, site_puts_per_minute, ..Limits::default() })
    }

    fn client(n: u32) -> IpAddr {
        Ipv4Addr::from_bits(n).into()
    }

    #[test]
    fn a_client_gets_its_number_at_once_and_then_one_after_the_other() {
        let limiter = limiter(3, 0);
        let put = |now: u64| limiter.take_at(Act::Put, Some(client(1)), "shop", now);
        for _ in 0..3 {
            assert_eq!(put(0), Ok(()));
        }
        assert_eq!(put(0), Err(Error::RateLimited(20)));
        assert_eq!(put(19_500), Err(Error::RateLimited(1)), "whole seconds, rounded up");
        assert_eq!(put(20_000), Ok(()));
        assert_eq!(put(20_000), Err(Error::RateLimited(20)), "a refusal does not count");
        assert_eq!(
            limiter.take_at(Act::Batch, Some(client(1)), "shop", 0),
            Ok(()),
            "other acts have limits of their own"
        );
        for _ in 0..3 {
            assert_eq!(put(10 * MINUTE), Ok(()));
        }
        assert!(put(10 * MINUTE).is_err(), "what was not used is not saved up");
    }

    #[test]
    fn a_loud_client_stops_itself_only() {
        let limiter = limiter(2, 4);
        let put = |n: u32| limiter.take_at(Act::Put, Some(client(n)), "shop", 0).is_ok();
        assert_eq!([1, 1, 1, 1, 2, 2, 3].map(put), [true, true, false, false, true, true, false]);
        assert!(limiter.take_at(Act::Put, Some(client(3)), "other", 0).is_ok(), "another site is not full");
        assert!(limiter.take_at(Act::Put, None, "other", 0).is_ok());
    }

    #[test]
    fn zero_is_no_limit() {
        let limiter = limiter(0, 0);
        assert!((0..10_000).all(|_| limiter.take_at(Act::Put, Some(client(1)), "shop", 0).is_ok()));
    }

    #[test]
    fn neighbours_in_a_64_are_one_client() {
        let limiter = limiter(1, 0);
        let put = |text: &str| limiter.take_at(Act::Put, text.parse().ok(), "shop", 0).is_ok();
        assert!(put("2001:db8::1"));
        assert!(!put("2001:db8::ffff:0:0:2"));
        assert!(put("2001:db8:0:1::1"));
        assert!(put("192.0.2.1"));
        assert!(!put("::ffff:192.0.2.1"));
    }

    #[test]
    fn memory_is_bounded_and_comes_free() {
        let limiter = limiter(1, 0);
        let count = u32::try_from(CLIENTS).unwrap();
        for n in 0..count + 1000 {
            assert!(limiter.take_at(Act::Put, Some(client(n)), "shop", 0).is_ok(), "a newcomer is served");
        }
        let seen = || limiter.seen.lock().unwrap().due.len();
        assert_eq!(seen(), CLIENTS);
        assert!(limiter.take_at(Act::Put, Some(client(7)), "shop", 0).is_err(), "who is known stays known");
        assert!(limiter.take_at(Act::Put, Some(client(count + 1)), "shop", 2 * MINUTE).is_ok());
        assert_eq!(seen(), 1);
    }
}
