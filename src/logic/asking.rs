//! Asking: the soft popup, and the native prompt after a Yes.
//!
//! ```text
//! Idle       -- a wish the policy grants --> Shown       (draw; presses do nothing for half a second)
//! Idle       -- a wish with a delay      --> Waiting     (a timer)
//! Waiting    -- the timer                --> Shown
//! Shown      -- the half second          --> Shown, ready
//! Shown      -- Yes, trusted, ready      --> Requesting  (native prompt, in the same turn)
//! Shown      -- No or close              --> Idle        (remember; back off)
//! Requesting -- Answered                 --> Idle        (granted: go on to subscribing)
//! Requesting -- a minute                 --> Idle        (`ask()` answers `unanswered`; a late answer still counts)
//! ```

use alloc::vec::Vec;

use super::consenting::consent;
use super::history::{Answer, Millis};
use super::prompt::{Situation, Verdict, Wish, gate, judge};
use super::why::{Because, Why};
use super::{Client, Effect, Stage};
use crate::contract::{Permission, ReportType};
use crate::view::popup::popup;

/// How long the popup ignores presses after it appeared: a press in flight was meant for the page (rule 1).
pub const READY_AFTER: Millis = 500;
/// How long `ask()` waits for the native prompt: Firefox's promise never settles when the visitor turns away.
pub const UNANSWERED_AFTER: Millis = 60_000;

/// The state of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// Nothing to see.
    Idle {
        /// `ask()` was called before the page view was open.
        wish: Option<Wish>,
    },
    /// The configured delay runs.
    Waiting,
    /// The popup is visible.
    Shown {
        /// It takes presses.
        ready: bool,
    },
    /// The native prompt is open, or the browser hides it.
    Requesting,
}

impl Asking {
    /// The wish of an `ask()` that came too early.
    pub(super) fn pending_wish(self) -> Option<Wish> {
        if let Self::Idle { wish } = self { wish } else { None }
    }
}

impl Client {
    pub(super) fn ask(&mut self, force: bool, now: Millis, out: &mut Vec<Effect>) {
        let wish = if force { Wish::Forced } else { Wish::Manual };
        match self.stage {
            Stage::Opening { .. } => self.asking = Asking::Idle { wish: Some(wish) },
            Stage::Open { .. } => self.consider(wish, now, out),
            Stage::Unconfigured | Stage::Offline => {
                if let Some(why) = self.closed_because() {
                    self.ask_done("not_shown", why.into(), out);
                }
            }
        }
    }

    /// Judges a wish and shows the popup, waits, or answers why not.
    pub(super) fn consider(&mut self, wish: Wish, now: Millis, out: &mut Vec<Effect>) {
        if matches!(self.asking, Asking::Shown { .. } | Asking::Requesting) {
            // Whoever asks now waits for the answer that is on its way.
            return;
        }
        let called = matches!(wish, Wish::Manual | Wish::Forced);
        match self.verdict(wish, now) {
            Verdict::Show if self.paused.is_some() && !called => self.paused = Some(true),
            Verdict::Show => self.show(out),
            Verdict::Delay if self.asking == Asking::Waiting => {}
            Verdict::Delay => {
                self.asking = Asking::Waiting;
                out.push(Effect::StartTimer { timer: "delay", limit: self.config.delay });
            }
            Verdict::No(why) if called => {
                self.asking = Asking::Idle { wish: None };
                self.ask_done("not_shown", why, out);
            }
            Verdict::No(_) => {}
        }
    }

    /// `pausePrompts()` holds the popups back that come by themselves; `resumePrompts()` shows the first one missed.
    pub(super) fn pause(&mut self, paused: bool, now: Millis, out: &mut Vec<Effect>) {
        if paused {
            self.paused = self.paused.or(Some(false));
        } else if self.paused.take() == Some(true) {
            self.consider(Wish::Delayed, now, out);
        }
    }

    pub(super) fn verdict(&self, wish: Wish, now: Millis) -> Verdict {
        judge(
            wish,
            &Situation {
                status: self.status().0,
                storage: self.platform.storage,
                event_seen: self.event_seen,
                elsewhere: self.elsewhere,
                config: &self.config,
                history: &self.history,
                now,
            },
        )
    }

    fn show(&mut self, out: &mut Vec<Effect>) {
        self.asking = Asking::Shown { ready: false };
        self.history.asks += 1;
        let nodes = popup(&self.config.texts, &self.locale, self.config.theme);
        out.push(Effect::Draw { nodes });
        out.push(Effect::StartTimer { timer: "ready", limit: READY_AFTER });
        self.save_history(out);
        self.report(ReportType::PromptShown, Vec::new(), out);
        out.push(Effect::Emit { name: "prompt.shown" });
    }

    pub(super) fn timer(&mut self, timer: &str, now: Millis, out: &mut Vec<Effect>) {
        match (timer, self.asking) {
            ("delay", Asking::Waiting) => {
                self.asking = Asking::Idle { wish: None };
                self.consider(Wish::Delayed, now, out);
            }
            ("ready", Asking::Shown { .. }) => {
                self.asking = Asking::Shown { ready: true };
                out.push(Effect::Enable {});
            }
            ("unanswered", Asking::Requesting) => {
                // The visitor may press again; a late answer of this prompt still counts (`history.requested`).
                self.asking = Asking::Idle { wish: None };
                self.history.note(Answer::Dismissed, now);
                self.save_history(out);
                self.ask_done("unanswered", Why::Unanswered.into(), out);
            }
            _ => {}
        }
    }

    pub(super) fn pressed(&mut self, control: &str, trusted: bool, now: Millis, out: &mut Vec<Effect>) {
        if self.asking != (Asking::Shown { ready: true }) || !trusted {
            return;
        }
        match control {
            "yes" => self.accept(now, out),
            "no" => self.turn_down(Answer::Declined, now, out),
            "close" => self.turn_down(Answer::Closed, now, out),
            _ => {}
        }
    }

    fn accept(&mut self, now: Millis, out: &mut Vec<Effect>) {
        // The native prompt comes first: the press's activation must not be spent on anything else.
        self.asking = Asking::Requesting;
        out.push(Effect::RequestPermission {});
        out.push(Effect::Erase {});
        // Before the report: the topics of a Yes reach the server with it, whatever the native prompt brings.
        out.push(Effect::Emit { name: "prompt.accepted" });
        self.report(ReportType::PromptAccepted, Vec::new(), out);
        self.requested(now, out);
    }

    /// `requestPermission()`: the native prompt from the site's own button, without the popup.
    pub(super) fn request(&mut self, active: bool, now: Millis, out: &mut Vec<Effect>) {
        let refused = self.closed_because().or_else(|| gate(self.status().0));
        match refused.or((!active).then_some(Why::GestureNeeded)) {
            // An `ask()` that waits is another matter.
            Some(why) => out.push(Effect::AskDone { outcome: "refused", code: why.code(), next: 0 }),
            None if self.asking == Asking::Requesting => {}
            None => {
                let shown = matches!(self.asking, Asking::Shown { .. });
                self.asking = Asking::Requesting;
                out.push(Effect::RequestPermission {});
                if shown {
                    out.push(Effect::Erase {});
                }
                self.requested(now, out);
            }
        }
    }

    fn requested(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.history.requested = now.max(1);
        self.save_history(out);
        out.push(Effect::StartTimer { timer: "unanswered", limit: UNANSWERED_AFTER });
        self.report(ReportType::PermissionRequested, Vec::new(), out);
    }

    fn turn_down(&mut self, answer: Answer, now: Millis, out: &mut Vec<Effect>) {
        let (kind, outcome) = match answer {
            Answer::Declined => (ReportType::PromptDeclined, "declined"),
            _ => (ReportType::PromptClosed, "closed"),
        };
        self.asking = Asking::Idle { wish: None };
        self.history.note(answer, now);
        if answer == Answer::Declined {
            consent("n", "soft_popup", false, out);
        }
        out.push(Effect::Erase {});
        self.save_history(out);
        self.report(kind, Vec::new(), out);
        let why = self.why(now);
        self.ask_done(outcome, why, out);
        out.push(Effect::Emit { name: kind.as_str() });
        self.save_ticket(now, out);
    }

    /// Takes the popup away without an answer, because the question is settled elsewhere.
    pub(super) fn withdraw_popup(&mut self, why: Why, out: &mut Vec<Effect>) {
        if let Asking::Shown { .. } = self.asking {
            self.asking = Asking::Idle { wish: None };
            out.push(Effect::Erase {});
            self.ask_done("not_shown", why.into(), out);
        }
    }

    pub(super) fn answered(&mut self, word: &str, now: Millis, out: &mut Vec<Effect>) {
        let requested = core::mem::take(&mut self.history.requested);
        if requested == 0 {
            // A prompt that stayed open while the browser's settings had answered already: what it brings counts, too.
            return self.looked(word, now, out);
        }
        let late = self.asking != Asking::Requesting;
        self.permission = Permission::parse(word);
        if late && self.permission == Permission::Default {
            // It went away after all; whatever the visitor does meanwhile goes on.
            self.save_history(out);
            self.report(ReportType::PermissionDismissed, Vec::new(), out);
            return;
        }
        self.withdraw_popup(Why::PermissionChanged, out);
        self.asking = Asking::Idle { wish: None };
        let (kind, outcome) = match self.permission {
            Permission::Granted => (ReportType::PermissionGranted, "granted"),
            Permission::Denied => (ReportType::PermissionDenied, "denied"),
            Permission::Default | Permission::Unavailable => (ReportType::PermissionDismissed, "dismissed"),
        };
        if outcome == "dismissed" {
            self.history.note(Answer::Dismissed, now);
        }
        self.native_consent(requested, now, out);
        self.save_history(out);
        self.tell_status(out);
        self.report(kind, Vec::new(), out);
        if outcome == "granted" {
            self.subscribe(out);
        }
        let why = self.why(now);
        self.ask_done(outcome, why, out);
        if outcome != "dismissed" {
            out.push(Effect::Emit { name: "permission.changed" });
        }
        self.save_ticket(now, out);
    }

    /// Answers once it is decided whether this page view asks: before that, every answer would be stale at once.
    pub(super) fn explain(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.explain_later = matches!(self.stage, Stage::Opening { .. });
        if self.explain_later {
            return;
        }
        let Because { why, next } = self.why(now);
        out.push(Effect::Explained { code: why.code(), next });
    }

    /// Why the popup shows or does not show now.
    pub(super) fn why(&self, now: Millis) -> Because {
        if let Some(why) = self.closed_because() {
            return why.into();
        }
        match (self.asking, self.verdict(Wish::Automatic, now)) {
            (Asking::Shown { .. }, _) => Why::Shown.into(),
            (Asking::Requesting, _) => Why::Requesting.into(),
            (_, Verdict::No(because)) => because,
            (_, Verdict::Show) if self.paused.is_some() => Why::Paused.into(),
            (_, Verdict::Delay | Verdict::Show) => Why::WaitingDelay.into(),
        }
    }

    /// Answers the calls of `ask()` and `requestPermission()` that wait, and `optIn()` where it ended without a Yes.
    pub(super) fn ask_done(&mut self, outcome: &'static str, because: Because, out: &mut Vec<Effect>) {
        out.push(Effect::AskDone { outcome, code: because.why.code(), next: because.next });
        if outcome != "granted" {
            self.opted_in(out);
        }
    }
}
