//! Choosing: what the visitor decides beside the popup: push on or off here, and about what.
//!
//! ```text
//! allowed   -- optOut -->  opted_out  (unsubscribe; the permission stays)
//! opted_out -- optIn  -->  allowed    (subscribe again, without a prompt)
//! ask       -- optIn  -->  the popup, whatever the back-off says: the visitor asked for it
//! any       -- snooze -->  the same, and no popup and no message until then
//! ```

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::border::Value;
use super::consenting::consent;
use super::history::{LAST_MOMENT, Millis};
use super::subscribing::Subscribing;
use super::why::Why;
use super::{Client, Effect, Stage};
use crate::contract::text::number;
use crate::contract::{PushStatus, ReportType};

impl Client {
    pub(super) fn opt_out(&mut self, out: &mut Vec<Effect>) {
        if self.status().0 == PushStatus::Allowed {
            self.history.opted_out = true;
            self.save_history(out);
            consent("n", "api", true, out);
            self.leave(out);
        } else if !self.leaving {
            settle("opt_out", "", out);
        }
    }

    /// Gives the subscription up; while that is under way nobody begins it anew.
    pub(super) fn leave(&mut self, out: &mut Vec<Effect>) {
        if !core::mem::replace(&mut self.leaving, true) {
            out.push(Effect::Unsubscribe {});
        }
    }

    pub(super) fn unsubscribed(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if !core::mem::take(&mut self.leaving) {
            return;
        }
        self.subscribing = Subscribing::Idle;
        self.reachable = false;
        if self.history.opted_out {
            // One that came too late was never told of.
            let known = core::mem::take(&mut self.history.endpoint) > 0;
            self.save_history(out);
            self.tell_status(out);
            let mut state = self.state();
            state.push(("subscription", Value::Null));
            out.push(Effect::Patch { state });
            if known {
                self.report(ReportType::SubscriptionRemoved, Vec::new(), out);
                out.push(Effect::Emit { name: "subscription.removed" });
            } else {
                out.push(Effect::Flush {});
            }
            self.save_ticket(now, out);
            // The visitor has changed his mind while the push service was asked.
            self.opted_in(out);
        } else {
            self.subscribe(out);
        }
        settle("opt_out", "", out);
    }

    pub(super) fn opt_in(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.opting_in = true;
        match self.status().0 {
            // Opted out and still live: the subscription is on its way out, and `unsubscribed()` makes the new one.
            PushStatus::OptedOut | PushStatus::Allowed
                if self.history.opted_out || self.subscribing != Subscribing::Live =>
            {
                if core::mem::take(&mut self.history.opted_out) {
                    consent("y", "api", false, out);
                }
                self.save_history(out);
                self.tell_status(out);
                self.subscribe(out);
                self.save_ticket(now, out);
            }
            PushStatus::Ask => self.ask(true, now, out),
            _ => self.opted_in(out),
        }
    }

    /// Answers `optIn()` once it is known what came of it.
    pub(super) fn opted_in(&mut self, out: &mut Vec<Effect>) {
        if core::mem::take(&mut self.opting_in) {
            settle("opt_in", "", out);
        }
    }

    /// Topics, tags or `snooze()`: the server hears of it with the device record.
    pub(super) fn chosen(&mut self, snoozed_until: &str, now: Millis, out: &mut Vec<Effect>) {
        if let Some(until) = number(snoozed_until, LAST_MOMENT) {
            self.history.snoozed_until = until;
            self.save_history(out);
            if until > now {
                self.withdraw_popup(Why::Snoozed, out);
            }
            self.save_ticket(now, out);
        }
        self.patch(out);
        out.push(Effect::Flush {});
    }

    pub(super) fn conversion(&mut self, data: &str, out: &mut Vec<Effect>) {
        if self.stage != Stage::Unconfigured {
            self.report(ReportType::Conversion, vec![("", Value::Json(String::from(data)))], out);
        }
    }
}

fn settle(call: &'static str, code: &'static str, out: &mut Vec<Effect>) {
    out.push(Effect::Settled { call, code });
}
