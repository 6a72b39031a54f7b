//! Two pages of one site: what is decided on one holds on the other, beside it or in the browser's memory.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use core::mem::{swap, take};

use softbell::logic::{Client, Effect, Event};
use support::{Device, answered, has, name, reports, status};

/// The device's page beside another one, which was opened before or after it.
struct Pages {
    device: Device,
    other: Client,
}

impl Pages {
    /// This page stays open, and the other one is opened.
    fn open(mut device: Device) -> Self {
        let first = take(&mut device.client);
        device.view();
        Self { device, other: first }
    }

    /// From now on `device` is the other page, which hears what was kept on this one.
    fn turn(&mut self) -> Vec<Effect> {
        swap(&mut self.device.client, &mut self.other);
        let history = self.device.history.clone();
        self.device.tell(&Event::Restored { history: &history })
    }
}

fn subscribed() -> Device {
    let mut device = Device::default();
    device.subscribe();
    device
}

fn says_so(effects: &[Effect], wanted: &'static str) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Settled { call, .. } if *call == wanted))
}

#[test]
fn a17_push_that_was_switched_off_on_one_page_is_off_on_the_other_and_stays_off() {
    let mut pages = Pages::open(subscribed());
    pages.device.tell(&Event::OptOut {});
    pages.device.tell(&Event::Unsubscribed {});
    assert_eq!(status(&pages.turn()), ("opted_out", "", "none", false));
    pages.device.tell(&Event::Page { path: "/basket" });
    assert_eq!(status(&pages.device.view()).0, "opted_out");
}

#[test]
fn a17_what_one_page_switched_off_the_other_switches_on_again() {
    let mut pages = Pages::open(subscribed());
    pages.device.tell(&Event::OptOut {});
    pages.device.tell(&Event::Unsubscribed {});
    pages.turn();
    assert!(has(&pages.device.tell(&Event::OptIn {}), "RegisterWorker"));
    assert!(has(&pages.turn(), "RegisterWorker"), "and the first page with it");
}

#[test]
fn b4_who_has_answered_the_popup_on_one_page_is_not_asked_on_the_other() {
    let mut first = Device::default();
    first.shown();
    let mut pages = Pages::open(first);
    pages.device.timer("ready");
    pages.device.press("no");
    let effects = pages.turn();
    assert!(has(&effects, "Erase"));
    assert_eq!(answered(&effects), Some(("not_shown", "starting")));
    assert_eq!(pages.device.why(), "declined_recently");
}

#[test]
fn b15_a_page_view_elsewhere_leaves_the_popup_alone() {
    let mut first = Device::default();
    first.shown();
    let mut pages = Pages::open(first);
    assert_eq!(pages.turn(), []);
    assert!(has(&pages.device.press("yes"), "RequestPermission"));
}

#[test]
fn a5_the_native_prompt_of_one_page_is_answered_there_whatever_another_page_makes_of_it() {
    let mut first = Device::default();
    first.shown();
    first.press("yes");
    // The page that is opened beside it takes the prompt for dismissed.
    let mut pages = Pages::open(first);
    assert_eq!(pages.turn(), []);
    let effects = pages.device.answer("granted");
    assert_eq!(answered(&effects).map(|(outcome, _)| outcome), Some("granted"));
    assert_eq!(reports(&effects), ["permission.granted"]);
}

#[test]
fn a17_opting_in_ends_when_the_visitor_opts_out_again_or_takes_the_permission_back() {
    let wait = || {
        let mut device = subscribed();
        device.tell(&Event::OptOut {});
        device.tell(&Event::Unsubscribed {});
        device.tell(&Event::OptIn {});
        device
    };
    let mut device = wait();
    device.tell(&Event::OptOut {});
    assert!(says_so(&device.tell(&Event::Unsubscribed {}), "opt_in"));
    let mut device = wait();
    assert!(says_so(&device.tell(&Event::Looked { permission: "denied" }), "opt_in"));
}

#[test]
fn j3_who_signed_out_on_one_page_is_named_anew_after_the_other_went_on() {
    let mut first = subscribed();
    first.tell(&Event::Identify { user: 7 });
    first.tell(&Event::UserAnswered { suspended: false });
    let mut pages = Pages::open(first);
    pages.device.tell(&Event::Logout {});
    pages.turn();
    pages.device.tell(&Event::Page { path: "/basket" });
    pages.device.view();
    let effects = pages.device.tell(&Event::Identify { user: 7 });
    let names: Vec<_> = effects.iter().map(name).collect();
    assert!(effects.contains(&Effect::PutUser { ask: true, token: true }), "{names:?}");
}
