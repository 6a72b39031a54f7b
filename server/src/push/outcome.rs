//! What a push service's answer means (RFC 8030; autopush, FCM and Apple documentation).

use std::time::{Duration, SystemTime};

/// What to do with a send after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The push service took it.
    Sent,
    /// The subscription is no more: forget it.
    Gone,
    /// Try again, not before this long has passed if the service said so.
    Retry(Option<Duration>, &'static str),
    /// Trying again would change nothing.
    Failed(&'static str),
}

/// Reads a status and `Retry-After`.
#[must_use]
pub fn of_answer(status: u16, retry_after: Option<&str>, now: SystemTime) -> Outcome {
    let wait = || retry_after.and_then(|text| delay(text, now));
    match status {
        200..=299 => Outcome::Sent,
        404 | 410 => Outcome::Gone,
        408 => Outcome::Retry(wait(), "timeout"),
        429 => Outcome::Retry(wait(), "rate_limited"),
        500..=599 => Outcome::Retry(wait(), "service_error"),
        413 => Outcome::Failed("too_large"),
        401 | 403 => Outcome::Failed("vapid_refused"),
        300..=399 => Outcome::Failed("redirected"),
        _ => Outcome::Failed("refused"),
    }
}

/// `Retry-After` in both its forms (RFC 9110, section 10.2.3); anything else counts as absent.
fn delay(text: &str, now: SystemTime) -> Option<Duration> {
    match text.trim().parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).ok(),
    }
}

/// How long to wait before try `attempts + 1`, in milliseconds: 5 s, 20 s, 80 s, … up to an hour; or what the
/// service asked for.
#[must_use]
pub fn wait(attempts: i64, asked: Option<Duration>) -> i64 {
    const FIRST: i64 = 5_000;
    const LONGEST: i64 = 3_600_000;
    let steps = u32::try_from(attempts.clamp(0, 10)).unwrap_or(10);
    let own = FIRST.saturating_mul(4_i64.saturating_pow(steps)).min(LONGEST);
    let asked = asked.map_or(0, |asked| i64::try_from(asked.as_millis()).unwrap_or(i64::MAX));
    if asked > 0 { asked } else { own }
}
