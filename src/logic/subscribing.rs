//! Subscribing: worker, push service, server.
//!
//! ```text
//! Idle, Failed -- permission granted  --> Registering  (register the worker)
//! Registering  -- WorkerActive        --> Asking       (`subscribe()`, with a time limit)
//! Asking       -- Subscribed          --> Live         (the device's state goes to the server)
//! Registering, Asking -- an error     --> Failed       (repaired at the next page view, without a prompt)
//! Live         -- DeviceAcked         --> Live, reachable
//! Asking, in doubt -- NotAllowedError --> Idle          (the permission is gone, as the browser said: `doubts`)
//! ```

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::border::Value;
use super::history::{Millis, fnv1a};
use super::{Client, Effect, Stage};
use crate::contract::{ReportType, StatusReason, Subscription};

/// How long the worker may take to become active.
pub const WORKER_LIMIT: Millis = 20_000;
/// How long `subscribe()` may take: without a network Chromium's never settles.
pub const SUBSCRIBE_LIMIT: Millis = 30_000;

/// The state of subscribing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subscribing {
    /// Not wanted, or not begun.
    Idle,
    /// The worker is being registered.
    Registering,
    /// The push service is being asked.
    Asking,
    /// There is an endpoint.
    Live,
    /// It did not work out, this time.
    Failed(Option<StatusReason>),
}

impl Subscribing {
    pub(super) fn word(self) -> Subscription {
        match self {
            Self::Idle => Subscription::None,
            Self::Registering | Self::Asking => Subscription::Pending,
            Self::Live => Subscription::Live,
            Self::Failed(_) => Subscription::Failed,
        }
    }

    pub(super) fn reason(self) -> Option<StatusReason> {
        if let Self::Failed(reason) = self { reason } else { None }
    }
}

impl Client {
    /// Begins, or begins again. `subscribe()` gives the same subscription back where there is one, so that the daily
    /// check and the repair of a lost subscription are one and the same step (features.md A8, A10, A12).
    pub(super) fn subscribe(&mut self, out: &mut Vec<Effect>) {
        match self.stage {
            Stage::Open { .. } if matches!(self.subscribing, Subscribing::Idle | Subscribing::Failed(_)) => {}
            // Without the server's key there is nothing to subscribe with on this page view.
            Stage::Offline => return self.opted_in(out),
            // It is under way, or begins once the key is here.
            _ => return,
        }
        self.subscribing = Subscribing::Registering;
        out.push(Effect::RegisterWorker {
            url: self.config.worker_url.clone(),
            scope: self.config.worker_scope.clone(),
            limit: WORKER_LIMIT,
        });
        self.tell_status(out);
    }

    pub(super) fn worker_active(&mut self, out: &mut Vec<Effect>) {
        let Stage::Open { vapid } = &self.stage else { return };
        if self.subscribing == Subscribing::Registering {
            self.subscribing = Subscribing::Asking;
            out.push(Effect::Subscribe { vapid: vapid.clone(), limit: SUBSCRIBE_LIMIT });
        }
    }

    pub(super) fn subscribed(&mut self, endpoint: &str, p256dh: &str, auth: &str, out: &mut Vec<Effect>) {
        let Stage::Open { vapid } = &self.stage else { return };
        if self.subscribing != Subscribing::Asking {
            // The visitor has switched push off while the push service was asked, here or in another tab.
            if self.history.opted_out {
                self.leave(out);
            }
            return;
        }
        self.subscribing = Subscribing::Live;
        let mut state = self.state();
        state.extend([
            ("subscription.endpoint", Value::Text(String::from(endpoint))),
            ("subscription.p256dh", Value::Text(String::from(p256dh))),
            ("subscription.auth", Value::Text(String::from(auth))),
            ("subscription.vapid", Value::Text(vapid.clone())),
        ]);
        out.push(Effect::Patch { state });
        self.report_new_endpoint(endpoint, out);
        out.push(Effect::Flush {});
        self.tell_status(out);
        self.opted_in(out);
    }

    /// The daily check finds the same endpoint again and again: only a new one is worth a report.
    fn report_new_endpoint(&mut self, endpoint: &str, out: &mut Vec<Effect>) {
        let mark = fnv1a(endpoint);
        if mark != self.history.endpoint {
            self.history.endpoint = mark;
            // His token came before this endpoint: he has to be proven anew.
            self.history.user = 0;
            self.save_history(out);
            out.push(Effect::Report { kind: ReportType::SubscriptionCreated.as_str(), data: Vec::new() });
            out.push(Effect::Emit { name: "subscription.created" });
        }
    }

    pub(super) fn subscribe_failed(&mut self, error: &str, now: Millis, out: &mut Vec<Effect>) {
        if !matches!(self.subscribing, Subscribing::Registering | Subscribing::Asking) {
            return;
        }
        if self.doubted && self.subscribing == Subscribing::Asking && error == "NotAllowedError" {
            return self.lost(now, out);
        }
        let reason = match (self.subscribing, error) {
            // Chromium: "AbortError: Registration failed - push service error"; silence is TimeoutError, ours.
            (Subscribing::Asking, "AbortError" | "TimeoutError" | "NetworkError") => {
                StatusReason::PushServiceUnavailable
            }
            // The shell's name for a page whose Trusted Types refuse our policy.
            (Subscribing::Registering, "TrustedTypes") => StatusReason::TrustedTypes,
            (Subscribing::Registering, "SecurityError") => StatusReason::PolicyBlocked,
            // The script could not be fetched, is none, or did not start.
            (Subscribing::Registering, _) => StatusReason::NoServiceWorker,
            _ => StatusReason::PolicyBlocked,
        };
        self.subscribing = Subscribing::Failed(Some(reason));
        self.tell_status(out);
        let data = vec![("reason", Value::Word(reason.as_str())), ("error", Value::Text(String::from(error)))];
        self.report(ReportType::SubscriptionFailed, data, out);
        self.opted_in(out);
    }

    /// The subscription is gone as well: the browser was right when it said `default`.
    fn lost(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.history.endpoint = 0;
        let opting_in = core::mem::take(&mut self.opting_in);
        self.looked("default", now, out);
        if opting_in {
            self.opt_in(now, out);
        }
    }

    /// The endpoint belongs to another device, is forgotten by its push service, or was made with another key of the
    /// server: a new one, once a page view. The new key comes first: browsers keep the configuration for a while, and what
    /// is subscribed with the old key again is refused again.
    pub(super) fn device_refused(&mut self, code: &str, out: &mut Vec<Effect>) {
        let rekeyed = code == "vapid_changed";
        let anew =
            (rekeyed || matches!(code, "endpoint_taken" | "endpoint_gone")) && self.subscribing == Subscribing::Live;
        if !anew || core::mem::replace(&mut self.renewed, true) {
            return;
        }
        if rekeyed {
            self.fetch_config(true, out);
        } else {
            self.renew(out);
        }
    }

    /// Gives the subscription up for a new one, where there is one.
    pub(super) fn renew(&mut self, out: &mut Vec<Effect>) {
        if self.subscribing == Subscribing::Live {
            self.history.endpoint = 0;
            self.leave(out);
        }
    }

    pub(super) fn device_acked(&mut self, live: bool, now: Millis, out: &mut Vec<Effect>) {
        let reachable = live && self.subscribing == Subscribing::Live;
        if reachable != self.reachable {
            self.reachable = reachable;
            self.tell_status(out);
        }
        if live {
            self.prove_endpoint(now, out);
        }
        self.save_ticket(now, out);
    }
}
