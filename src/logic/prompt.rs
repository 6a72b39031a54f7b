//! Prompt policy: whether the popup may show now, and if not, why not and when.

use super::config::Config;
use super::history::{Answer, History, Millis};
use super::why::{Because, Why};
use crate::contract::PushStatus;

/// Milliseconds of a day.
pub const DAY: Millis = 86_400_000;
/// Days until the popup shows again after it was closed without an answer: less than after a No.
const CLOSED_DAYS: u64 = 1;
/// Days after a dismissed native prompt. Chrome stops asking for a week after the third one ("permission embargo").
const DISMISSED_DAYS: u64 = 7;

/// What the policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Show it now.
    Show,
    /// Show it after the configured delay.
    Delay,
    /// Do not show it.
    No(Because),
}

/// Who wants the popup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The page view itself: every rule holds.
    Automatic,
    /// The page view itself, and the delay is over.
    Delayed,
    /// `ask()`: triggers do not hold, back-off does.
    Manual,
    /// `ask({force: true})` or the site's own button: only the status gate holds.
    Forced,
}

/// The status gate: nobody may pass it, not even a forced wish (rule B2).
#[must_use]
pub fn gate(status: PushStatus) -> Option<Why> {
    Some(match status {
        PushStatus::Ask => return None,
        PushStatus::Allowed => Why::AlreadyAllowed,
        PushStatus::Blocked => Why::Blocked,
        PushStatus::Suspended => Why::Suspended,
        PushStatus::Unsupported => Why::Unsupported,
        PushStatus::OptedOut => Why::OptedOut,
    })
}

/// What a page view knows when it asks whether to show the popup.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The push status.
    pub status: PushStatus,
    /// The device can remember an answer; without that the popup would come back on every page.
    pub storage: bool,
    /// One of the configured events has happened on this page view.
    pub event_seen: bool,
    /// The configuration lets no popup come by itself at this address.
    pub elsewhere: bool,
    /// The configuration.
    pub config: &'a Config,
    /// The memory.
    pub history: &'a History,
    /// Now.
    pub now: Millis,
}

/// Judges a wish.
#[must_use]
pub fn judge(wish: Wish, situation: &Situation) -> Verdict {
    let Situation { status, storage, config, history, now, .. } = *situation;
    if let Some(why) = gate(status) {
        return Verdict::No(why.into());
    }
    if wish == Wish::Forced {
        return Verdict::Show;
    }
    if !storage {
        return Verdict::No(Why::StorageDenied.into());
    }
    if let Some(why) = back_off(config, history, now) {
        return Verdict::No(why);
    }
    if wish == Wish::Manual { Verdict::Show } else { triggers(wish, situation) }
}

fn back_off(config: &Config, history: &History, now: Millis) -> Option<Because> {
    if history.snoozed_until > now {
        return Some(Because { why: Why::Snoozed, next: history.snoozed_until });
    }
    if history.asks >= config.max_asks {
        return Some(Why::MaxAsks.into());
    }
    let (days, why) = match history.answer {
        Answer::None => return None,
        Answer::Declined => (declined_days(config, history.declines), Why::DeclinedRecently),
        Answer::Closed => (CLOSED_DAYS, Why::ClosedRecently),
        Answer::Dismissed => (DISMISSED_DAYS, Why::DismissedRecently),
    };
    // A clock that went back must not lock the popup for years: an answer from the future counts as given now.
    let next = history.answered_at.min(now) + days * DAY;
    (now < next).then_some(Because { why, next })
}

/// The days after this many times No: the last configured number repeats.
fn declined_days(config: &Config, declines: u64) -> u64 {
    let last = config.backoff_days.len().saturating_sub(1);
    let at = usize::try_from(declines.saturating_sub(1)).unwrap_or(last).min(last);
    config.backoff_days.get(at).copied().unwrap_or(30)
}

fn triggers(wish: Wish, &Situation { event_seen, elsewhere, config, history, .. }: &Situation) -> Verdict {
    if !config.automatic {
        return Verdict::No(Why::AutomaticOff.into());
    }
    if history.views < config.page_views {
        return Verdict::No(Why::WaitingPageViews.into());
    }
    if !event_seen && !config.events.is_empty() {
        return Verdict::No(Why::WaitingEvent.into());
    }
    if elsewhere {
        return Verdict::No(Why::UrlExcluded.into());
    }
    if config.delay > 0 && wish == Wish::Automatic { Verdict::Delay } else { Verdict::Show }
}
