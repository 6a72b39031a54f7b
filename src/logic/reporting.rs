//! Reporting: the status to the site, state and reports to the server, memory to the device.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::border::{Members, Value};
use super::history::{History, Millis};
use super::prompt::{DAY, Verdict, Wish};
use super::ticket::Ticket;
use super::why::{Because, Why};
use super::{Client, Effect, Stage};
use crate::contract::{PushStatus, ReportType, StatusReason};

impl Client {
    /// The status for whoever uses this page.
    pub(super) fn status(&self) -> (PushStatus, Option<StatusReason>) {
        let (status, reason) = self.device_status();
        (if self.identifying.suspended { PushStatus::Suspended } else { status }, reason)
    }

    /// The status of the device, which may be another user's.
    pub(super) fn device_status(&self) -> (PushStatus, Option<StatusReason>) {
        super::status::status(self.platform, self.permission, self.history.opted_out)
    }

    /// Why unsupported or not reachable.
    fn reason(&self) -> Option<StatusReason> {
        let denied = (!self.platform.storage).then_some(StatusReason::StorageDenied);
        self.status().1.or(self.subscribing.reason()).or(denied)
    }

    pub(super) fn tell_status(&self, out: &mut Vec<Effect>) {
        let status = self.status().0;
        out.push(Effect::Status {
            status: status.as_str(),
            code: u64::from(status.code()),
            reason: self.reason().map_or("", StatusReason::as_str),
            permission: self.permission.as_str(),
            subscription: self.subscribing.word().as_str(),
            reachable: self.reachable && !self.identifying.suspended,
        });
    }

    /// The device's state as logic knows it; the subscription is added where it is born.
    pub(super) fn state(&self) -> Members {
        let status = self.device_status().0;
        vec![
            ("permission", Value::Word(self.permission.as_str())),
            ("status", Value::Word(status.as_str())),
            ("reason", self.reason().map_or(Value::Null, |reason| Value::Word(reason.as_str()))),
            ("locale", text(&self.locale)),
        ]
    }

    pub(super) fn patch(&self, out: &mut Vec<Effect>) {
        out.push(Effect::Patch { state: self.state() });
    }

    /// Reports, with the device's state before it: a device's first report is preceded by its first PUT.
    // Inlined, the kind is a text before the program runs: the table of all kinds, the worker's too, stays out.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn report(&self, kind: ReportType, data: Members, out: &mut Vec<Effect>) {
        self.report_text(kind.as_str(), data, out);
    }

    fn report_text(&self, kind: &'static str, data: Members, out: &mut Vec<Effect>) {
        self.patch(out);
        out.push(Effect::Report { kind, data });
        out.push(Effect::Flush {});
    }

    pub(super) fn track(&mut self, name: &str, properties: &str, now: Millis, out: &mut Vec<Effect>) {
        if self.stage == Stage::Unconfigured {
            return;
        }
        let mut data = vec![("name", text(name))];
        if !properties.is_empty() {
            data.push(("properties", Value::Json(String::from(properties))));
        }
        self.report(ReportType::EventTracked, data, out);
        if self.config.events.iter().any(|event| event == name) {
            self.event_seen = true;
            if let Stage::Open { .. } = self.stage {
                self.consider(Wish::Automatic, now, out);
            }
        }
    }

    /// Nothing can be kept: an answer would be forgotten, so nobody is asked by itself any more.
    pub(super) fn storage_failed(&mut self, out: &mut Vec<Effect>) {
        if core::mem::take(&mut self.platform.storage) {
            self.tell_status(out);
        }
    }

    pub(super) fn save_history(&self, out: &mut Vec<Effect>) {
        let history = History { permission: self.permission, ..self.history };
        out.push(Effect::SaveHistory { history: history.write() });
    }

    /// Writes the sleep ticket where nothing can happen for a while, and tears it up where something can.
    pub(super) fn save_ticket(&self, now: Millis, out: &mut Vec<Effect>) {
        let ticket = self.ticket(now).map_or_else(String::new, |ticket| ticket.write());
        out.push(Effect::SaveTicket { ticket });
    }

    fn ticket(&self, now: Millis) -> Option<Ticket<'_>> {
        // A page view that sleeps follows no press.
        if self.loses_presses() {
            return None;
        }
        let mut ticket = Ticket {
            written: now,
            until: now + DAY,
            views: 0,
            permission: self.permission,
            live: self.reachable,
            fingerprint: &self.fingerprint,
            user: self.history.user,
            events: &[],
        };
        match self.device_status().0 {
            PushStatus::Allowed if !self.reachable => return None,
            PushStatus::Ask => match self.verdict(Wish::Automatic, now) {
                Verdict::No(Because { why: Why::WaitingPageViews, .. }) => {
                    ticket.views = self.config.page_views.saturating_sub(self.history.views);
                }
                Verdict::No(Because { why: Why::WaitingEvent, .. }) => ticket.events = &self.config.events,
                Verdict::No(Because { why: Why::MaxAsks | Why::AutomaticOff, .. }) => {}
                Verdict::No(Because { next, .. }) if next > now => ticket.until = next,
                _ => return None,
            },
            _ => {}
        }
        Some(ticket)
    }
}

fn text(text: &str) -> Value {
    Value::Text(String::from(text))
}
