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
use alloc::vec;
use alloc::vec::Vec;

use super::asking::Asking;
use super::border::{Leaves, Value};
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
                self.config = config;
                self.fetch_config(false, out);
                self.stage = Stage::Opening { started: false, vapid: None };
            }
            Err(field) => out.push(Effect::Fail { code: "config_invalid", field }),
        }
    }

    pub(super) fn fetch_config(&self, fresh: bool, out: &mut Vec<Effect>) {
        let mut url = self.config.server.clone();
        url.push_str("/v1/sites/");
        url.push_str(&self.config.site);
        url.push_str("/config");
        out.push(Effect::FetchConfig { url, fresh });
    }

    pub(super) fn start(&mut self, event: &Event, now: Millis, out: &mut Vec<Effect>) {
        let Stage::Opening { started, .. } = &mut self.stage else { return };
        *started = true;
        self.take_facts(event);
        let (was, requested) = (self.history.permission, self.history.requested);
        self.find_dismissal(now, out);
        self.save_history(out);
        self.tell_status(out);
        out.push(Effect::Ready {});
        if was != Permission::Unavailable && was != self.permission {
            self.permission_changed(requested == 0, out);
        }
        self.follow(out);
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
            path,
            ios_app,
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
                ios_app: *ios_app,
            };
            self.history = History::read(history);
            self.doubted = self.doubts(self.history.permission);
            if self.doubted {
                self.permission = Permission::Granted;
            }
            self.count_view(views_left(ticket));
            self.elsewhere = !self.config.allows(path);
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
        let requested = core::mem::take(&mut self.history.requested);
        if requested == 0 {
            return self.changed_consent(self.history.permission, out);
        }
        self.native_consent(requested, now, out);
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
        let key = leaves.iter().find(|leaf| leaf.path == "vapid" && leaf.kind == "s" && !leaf.text.is_empty());
        match (&mut self.stage, key) {
            (Stage::Opening { vapid, .. }, Some(key)) => {
                *vapid = Some(String::from(key.text));
                self.open(now, out);
            }
            (Stage::Open { vapid }, Some(key)) if vapid != key.text => {
                *vapid = String::from(key.text);
                self.renew(out);
            }
            // The same key again: whatever the server meant, a new subscription would be no better.
            (_, Some(_)) => {}
            (_, None) => self.remote_failed(now, out),
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
        if self.device_status().0 == PushStatus::Allowed {
            self.subscribe(out);
        } else if self.history.user > 0 {
            // A user's back end wants to know the status of the last session, push or no push (features.md A3).
            self.patch(out);
            out.push(Effect::Flush {});
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
        if !awake {
            return;
        }
        // A press may have brought an app to the front without taking it anywhere.
        self.follow(out);
        self.doubted = self.doubted && permission == Permission::Default;
        if permission == self.permission {
            return;
        }
        if self.history.requested > 0 {
            // Answered, but nobody told us: Firefox's promise need not settle.
            self.answered(word, now, out);
            return;
        }
        let was = core::mem::replace(&mut self.permission, permission);
        if self.doubts(was) {
            // The next page view asks for the subscription.
            self.permission = was;
            return;
        }
        // A subscription ends with its permission (Push API, permission revoked).
        self.subscribing = Subscribing::Idle;
        self.reachable = false;
        self.withdraw_popup(Why::PermissionChanged, out);
        self.asking = Asking::Idle { wish: None };
        self.opted_in(out);
        self.changed_consent(was, out);
        self.save_history(out);
        self.tell_status(out);
        if self.device_status().0 == PushStatus::Allowed {
            self.subscribe(out);
        }
        self.permission_changed(true, out);
        self.save_ticket(now, out);
    }

    /// Whether the permission cannot be what the browser says. An app on the iOS Home Screen that a notification opened
    /// may read `default` where the visitor has allowed (Apple's developer forum, thread 742877), and iOS's own settings
    /// offer only on and off. So it is believed when the subscription is gone too: see `subscribe_failed`.
    fn doubts(&self, was: Permission) -> bool {
        self.loses_presses() && was == Permission::Granted && self.permission == Permission::Default
    }

    /// Tells the site; and the server, where nothing else does.
    fn permission_changed(&self, unheard: bool, out: &mut Vec<Effect>) {
        if unheard {
            let data = vec![("permission", Value::Word(self.permission.as_str()))];
            self.report(ReportType::PermissionChanged, data, out);
        }
        out.push(Effect::Emit { name: "permission.changed" });
    }

    pub(super) fn page(&mut self, path: &str, now: Millis, out: &mut Vec<Effect>) {
        self.elsewhere = !self.config.allows(path);
        if self.elsewhere {
            self.withdraw_popup(Why::UrlExcluded, out);
        }
        if let Stage::Open { .. } = self.stage {
            self.history.views += 1;
            self.save_history(out);
            self.consider(Wish::Automatic, now, out);
            self.save_ticket(now, out);
        }
    }

    /// Another page of this site has gone on, beside this one or while this one was in the browser's memory. What was
    /// answered there must not be asked again here, nor be undone by writing the old history over the new one.
    pub(super) fn restored(&mut self, history: &str, out: &mut Vec<Effect>) {
        // Before `Start` nothing was read yet.
        if matches!(self.stage, Stage::Unconfigured | Stage::Opening { started: false, .. }) {
            return;
        }
        let mut history = History::read(history);
        if self.asking == Asking::Requesting {
            // The native prompt is this page's, and so is its answer.
            history.requested = self.history.requested;
        }
        let was = core::mem::replace(&mut self.history, history);
        if (was.answered_at, was.snoozed_until, was.opted_out)
            != (history.answered_at, history.snoozed_until, history.opted_out)
        {
            self.withdraw_popup(Why::Starting, out);
        }
        if was.opted_out != history.opted_out {
            self.subscribing = Subscribing::Idle;
            self.reachable = false;
            self.opted_in(out);
            self.tell_status(out);
            if self.device_status().0 == PushStatus::Allowed {
                self.subscribe(out);
            }
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
