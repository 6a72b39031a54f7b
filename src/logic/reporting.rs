//! Reporting: the status to the site, state and reports to the server, memory to the device.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::border::{Members, Value};
use super::history::Millis;
use super::prompt::{DAY, Verdict, Wish, judge};
use super::ticket::Ticket;
use super::why::Why;
use super::{Client, Effect, Stage};
use crate::contract::{PushStatus, ReportType, StatusReason};

impl Client {
    pub(super) fn status(&self) -> (PushStatus, Option<StatusReason>) {
        super::status::status(self.platform, self.permission)
    }

    pub(super) fn tell_status(&self, out: &mut Vec<Effect>) {
        let (status, reason) = self.status();
        out.push(Effect::Status {
            status: status.as_str(),
            code: u64::from(status.code()),
            reason: reason.or(self.subscribing.reason()).map_or("", StatusReason::as_str),
            permission: self.permission.as_str(),
            subscription: self.subscribing.word().as_str(),
            reachable: self.reachable,
        });
    }

    /// The device's state as logic knows it; the subscription is added where it is born.
    pub(super) fn state(&self) -> Members {
        let (status, reason) = self.status();
        let reason = reason.or(self.subscribing.reason());
        vec![
            ("permission", Value::Word(self.permission.as_str())),
            ("status", Value::Word(status.as_str())),
            ("reason", reason.map_or(Value::Null, |reason| Value::Word(reason.as_str()))),
            ("locale", text(&self.locale)),
            ("time_zone", text(&self.time_zone)),
        ]
    }

    pub(super) fn patch(&self, out: &mut Vec<Effect>) {
        out.push(Effect::Patch { state: self.state() });
    }

    /// Reports, with the device's state before it: a device's first report is preceded by its first PUT.
    pub(super) fn report(&self, kind: ReportType, data: Members, out: &mut Vec<Effect>) {
        self.patch(out);
        out.push(Effect::Report { kind: kind.as_str(), data });
        out.push(Effect::Flush {});
    }

    pub(super) fn track(&mut self, name: &str, properties: &str, out: &mut Vec<Effect>) {
        if self.stage == Stage::Unconfigured {
            return;
        }
        let mut data = vec![("name", text(name))];
        if !properties.is_empty() {
            data.push(("properties", Value::Json(String::from(properties))));
        }
        self.report(ReportType::EventTracked, data, out);
    }

    pub(super) fn save_history(&self, out: &mut Vec<Effect>) {
        out.push(Effect::SaveHistory { history: self.history.write() });
    }

    /// Writes the sleep ticket where nothing can happen for a while, and tears it up where something can.
    pub(super) fn save_ticket(&self, now: Millis, out: &mut Vec<Effect>) {
        let ticket = self.sleep_until(now).map_or_else(String::new, |until| {
            let (written, permission, live) = (now, self.permission, self.reachable);
            Ticket { written, until, permission, live, fingerprint: &self.fingerprint }.write()
        });
        out.push(Effect::SaveTicket { ticket });
    }

    fn sleep_until(&self, now: Millis) -> Option<Millis> {
        match self.status().0 {
            PushStatus::Allowed => self.reachable.then_some(now + DAY),
            PushStatus::Ask => {
                let storage = self.platform.storage;
                match judge(Wish::Automatic, PushStatus::Ask, storage, &self.config, &self.history, now) {
                    Verdict::No(because) if because.next > now => Some(because.next),
                    Verdict::No(because) if matches!(because.why, Why::MaxAsks | Why::AutomaticOff) => Some(now + DAY),
                    _ => None,
                }
            }
            _ => Some(now + DAY),
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(String::from(text))
}
