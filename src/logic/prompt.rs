//! Prompt policy: whether the popup may show now, and if not, why not and when.

use super::config::Config;
use super::history::{Answer, History, Millis};
use crate::contract::PushStatus;

/// Milliseconds of a day.
pub const DAY: Millis = 86_400_000;
/// Days until the popup shows again after it was closed without an answer: less than after a No.
const CLOSED_DAYS: u64 = 1;
/// Days after a dismissed native prompt. Chrome stops asking for a week after the third one ("permission embargo").
const DISMISSED_DAYS: u64 = 7;

/// Why the popup shows or does not show now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Why {
    /// Stable code.
    pub code: &'static str,
    /// One sentence for a developer.
    pub text: &'static str,
    /// When it may show again, or 0 where time alone will not change it.
    pub next: Millis,
}

impl Why {
    /// A reason that time alone does not change.
    #[must_use]
    pub const fn new(code: &'static str, text: &'static str) -> Self {
        Self { code, text, next: 0 }
    }
}

/// What the policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Show it now.
    Show,
    /// Show it after the configured delay.
    Delay,
    /// Do not show it.
    No(Why),
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
        PushStatus::Allowed => {
            Why::new("already_allowed", "Notifications are allowed already; there is nothing to ask.")
        }
        PushStatus::Blocked => {
            Why::new("blocked", "The visitor blocked notifications; only the browser's own settings can change that.")
        }
        PushStatus::Suspended => Why::new("suspended", "Another user of this device is signed in."),
        PushStatus::Unsupported => Why::new("unsupported", "This page cannot do push; getStatus() gives the reason."),
        PushStatus::OptedOut => {
            Why::new("opted_out", "The visitor switched push off here; optIn() switches it on again.")
        }
    })
}

/// Judges a wish. `storage`: the device can remember an answer; without it the popup would come back on every page.
#[must_use]
pub fn judge(
    wish: Wish,
    status: PushStatus,
    storage: bool,
    config: &Config,
    history: &History,
    now: Millis,
) -> Verdict {
    if let Some(why) = gate(status) {
        return Verdict::No(why);
    }
    if wish == Wish::Forced {
        return Verdict::Show;
    }
    if !storage {
        return Verdict::No(Why::new(
            "storage_denied",
            "The page may not store anything, so an answer could not be kept.",
        ));
    }
    if let Some(why) = back_off(config, history, now) {
        return Verdict::No(why);
    }
    if wish == Wish::Manual { Verdict::Show } else { triggers(wish, config, history) }
}

fn back_off(config: &Config, history: &History, now: Millis) -> Option<Why> {
    if history.asks >= config.max_asks {
        return Some(Why::new("max_asks", "The popup was shown as often as prompt.maxAsks allows."));
    }
    let (days, code, text) = match history.answer {
        Answer::None => return None,
        Answer::Declined => (
            declined_days(config, history.declines),
            "declined_recently",
            "The visitor said No; the popup waits as long as prompt.backoffDays says.",
        ),
        Answer::Closed => (CLOSED_DAYS, "closed_recently", "The visitor closed the popup; it waits a day."),
        Answer::Dismissed => {
            (DISMISSED_DAYS, "dismissed_recently", "The browser's prompt went away unanswered; the popup waits a week.")
        }
    };
    // A clock that went back must not lock the popup for years: an answer from the future counts as given now.
    let next = history.answered_at.min(now) + days * DAY;
    (now < next).then_some(Why { code, text, next })
}

/// The days after this many times No: the last configured number repeats.
fn declined_days(config: &Config, declines: u64) -> u64 {
    let last = config.backoff_days.len().saturating_sub(1);
    let at = usize::try_from(declines.saturating_sub(1)).unwrap_or(last).min(last);
    config.backoff_days.get(at).copied().unwrap_or(30)
}

fn triggers(wish: Wish, config: &Config, history: &History) -> Verdict {
    if !config.automatic {
        return Verdict::No(Why::new("automatic_off", "prompt is false: only ask() opens the popup."));
    }
    if history.views < config.page_views {
        return Verdict::No(Why::new("waiting_page_views", "The visitor has seen fewer pages than prompt.pageViews."));
    }
    if config.delay > 0 && wish == Wish::Automatic { Verdict::Delay } else { Verdict::Show }
}
