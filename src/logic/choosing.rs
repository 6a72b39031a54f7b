//! Choosing: what the visitor decides beside the popup: push on or off here, and about what.
//!
//! ```text
//! allowed   -- optOut -->  opted_out  (unsubscribe; the permission stays)
//! opted_out -- optIn  -->  allowed    (subscribe again, without a prompt)
//! ask       -- optIn  -->  the popup, whatever the back-off says: the visitor asked for it
//! ```

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::border::{Leaves, Value};
use super::history::Millis;
use super::subscribing::Subscribing;
use super::{Client, Effect, Stage};
use crate::contract::limits::{ID_BYTES, TOPICS};
use crate::contract::{PushStatus, ReportType};

impl Client {
    pub(super) fn opt_out(&mut self, out: &mut Vec<Effect>) {
        if self.status().0 == PushStatus::Allowed {
            self.history.opted_out = true;
            self.save_history(out);
            out.push(Effect::Unsubscribe {});
        } else {
            settle("opt_out", "", out);
        }
    }

    pub(super) fn unsubscribed(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.subscribing = Subscribing::Idle;
        self.reachable = false;
        if self.history.opted_out {
            self.history.endpoint = 0;
            self.save_history(out);
            self.tell_status(out);
            let mut state = self.state();
            state.push(("subscription", Value::Null));
            out.push(Effect::Patch { state });
            self.report(ReportType::SubscriptionRemoved, Vec::new(), out);
            out.push(Effect::Emit { name: "subscription.removed" });
            self.save_ticket(now, out);
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
                self.history.opted_out = false;
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

    pub(super) fn set_topics(&mut self, json: &str, topics: &Leaves, out: &mut Vec<Effect>) {
        let code = if self.stage == Stage::Unconfigured {
            "config_invalid"
        } else if topics.0.len() > TOPICS {
            "topics_too_many"
        } else if topics.0.iter().any(|topic| topic.kind == "s" && !(1..=ID_BYTES).contains(&topic.text.len())) {
            "topic_invalid"
        } else {
            let mut state = self.state();
            state.push(("topics", Value::Json(String::from(json))));
            out.push(Effect::Patch { state });
            out.push(Effect::Flush {});
            ""
        };
        settle("set_topics", code, out);
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
