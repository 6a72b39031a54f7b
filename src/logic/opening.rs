//! Opening: from nothing known to everything known.
//!
//! ```text
//! Unconfigured -- Configure, good --> Opening   (fetch the server's configuration)
//! Unconfigured -- Configure, bad  --> Unconfigured   (tell the developer)
//! Opening      -- Start           --> Opening   (status known, `ready`)
//! Opening      -- Remote + Start  --> Open      (go on to asking, or to subscribing)
//! Opening      -- RemoteFailed    --> Offline   (nobody is asked)
//! ```

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::border::Leaves;
use super::config::{Config, is_locale};
use super::history::{Answer, History, Millis};
use super::prompt::Wish;
use super::status::Platform;
use super::subscribing::Subscribing;
use super::ticket::views_left;
use super::why::Why;
use super::{Client, Effect, Event, Stage};
use crate::contract::{Permission, PushStatus, ReportType};

impl Client {
    pub(super) fn configure(&mut self, leaves: &Leaves, out: &mut Vec<Effect>) {
        match Config::read(leaves) {
            // One page view has one configuration.
            Ok(_) if self.stage != Stage::Unconfigured => {}
            Ok(config) => {
                let mut url = config.server.clone();
                url.push_str("/v1/sites/");
                url.push_str(&config.site);
                url.push_str("/config");
                out.push(Effect::FetchConfig { url });
                self.config = config;
                self.stage = Stage::Opening { started: false, vapid: None };
            }
            Err(field) => out.push(Effect::Fail { code: "config_invalid", field }),
        }
    }

    pub(super) fn start(&mut self, event: &Event, now: Millis, out: &mut Vec<Effect>) {
        let Stage::Opening { started, .. } = &mut self.stage else { return };
        *started = true;
        self.take_facts(event);
        self.find_dismissal(now, out);
        self.save_history(out);
        self.tell_status(out);
        out.push(Effect::Ready {});
        self.open(now, out);
    }

    fn take_facts(&mut self, event: &Event) {
        if let Event::Start {
            permission,
            secure,
            workers,
            push,
            top,
            ios_tab,
            storage,
            history,
            ticket,
            fingerprint,
            locale,
        } = event
        {
            self.permission = Permission::parse(permission);
            self.platform = Platform {
                secure: *secure,
                workers: *workers,
                push: *push,
                top: *top,
                ios_tab: *ios_tab,
                storage: *storage,
            };
            self.history = History::read(history);
            self.count_view(views_left(ticket));
            (*fingerprint).clone_into(&mut self.fingerprint);
            let locale = if self.config.locale.is_empty() { locale } else { self.config.locale.as_str() };
            if is_locale(locale) { locale } else { "en" }.clone_into(&mut self.locale);
        }
    }

    /// Counts this page view, and those that the loader slept through: it counted the ticket's page views down.
    fn count_view(&mut self, left: Option<u64>) {
        let slept = left.map_or(0, |left| self.config.page_views.saturating_sub(left));
        self.history.views = slept.max(self.history.views + 1);
    }

    /// Firefox, and Chrome's quiet prompt, never answer when the visitor turns away: the next page view finds out.
    fn find_dismissal(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if !self.history.requested {
            return;
        }
        self.history.requested = false;
        match self.permission {
            Permission::Default => {
                self.history.note(Answer::Dismissed, now);
                self.report(ReportType::PermissionDismissed, Vec::new(), out);
            }
            Permission::Granted => self.report(ReportType::PermissionGranted, Vec::new(), out),
            Permission::Denied => self.report(ReportType::PermissionDenied, Vec::new(), out),
            Permission::Unavailable => {}
        }
    }

    pub(super) fn remote(&mut self, leaves: &Leaves, now: Millis, out: &mut Vec<Effect>) {
        if let Stage::Opening { vapid, .. } = &mut self.stage {
            let key = leaves.0.iter().find(|leaf| leaf.path == "vapid" && leaf.kind == "s" && !leaf.text.is_empty());
            match key {
                Some(key) => {
                    *vapid = Some(String::from(key.text));
                    self.open(now, out);
                }
                None => self.remote_failed(now, out),
            }
        }
    }

    pub(super) fn remote_failed(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if let Stage::Opening { .. } = self.stage {
            self.stage = Stage::Offline;
            self.ask_done("not_shown", Why::ServerUnavailable.into(), out);
            self.explain_if_wanted(now, out);
        }
    }

    /// Goes on once both the browser and the server have been heard.
    fn open(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let Stage::Opening { started: true, vapid: Some(vapid) } = &mut self.stage else { return };
        self.stage = Stage::Open { vapid: core::mem::take(vapid) };
        if self.status().0 == PushStatus::Allowed {
            self.subscribe(out);
        }
        // What the page view may do by itself, an `ask()` may too: one wish decides, and no delay swallows the other.
        let wish = self.asking.pending_wish().unwrap_or(Wish::Automatic);
        self.consider(wish, now, out);
        self.save_ticket(now, out);
        self.explain_if_wanted(now, out);
    }

    fn explain_if_wanted(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if self.explain_later {
            self.explain(now, out);
        }
    }

    /// The permission may change behind our back, in the browser's own settings.
    pub(super) fn looked(&mut self, word: &str, now: Millis, out: &mut Vec<Effect>) {
        let permission = Permission::parse(word);
        let awake = matches!(self.stage, Stage::Open { .. } | Stage::Offline);
        if !awake || permission == self.permission {
            return;
        }
        if self.asking.is_requesting() {
            // Answered, but nobody told us: Firefox's promise need not settle.
            self.answered(word, now, out);
            return;
        }
        self.permission = permission;
        // A subscription ends with its permission (Push API, permission revoked).
        self.subscribing = Subscribing::Idle;
        self.reachable = false;
        self.withdraw_popup(out);
        self.tell_status(out);
        out.push(Effect::Emit { name: "permission.changed" });
        if self.status().0 == PushStatus::Allowed {
            self.subscribe(out);
        }
        self.patch(out);
        out.push(Effect::Flush {});
        self.save_ticket(now, out);
    }

    pub(super) fn page(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if let Stage::Open { .. } = self.stage {
            self.history.views += 1;
            self.save_history(out);
            self.consider(Wish::Automatic, now, out);
            self.save_ticket(now, out);
        }
    }

    /// Why a page view that has not opened does not ask; `None` once it is open.
    pub(super) fn closed_because(&self) -> Option<Why> {
        Some(match &self.stage {
            Stage::Unconfigured => Why::ConfigInvalid,
            Stage::Opening { .. } => Why::Starting,
            Stage::Offline => Why::ServerUnavailable,
            Stage::Open { .. } => return None,
        })
    }
}
