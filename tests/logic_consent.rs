//! The consent ledger: a line for each Yes and each No, and none for what is no answer.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::{Effect, Event};
use support::{DAY, Device, has, reports, status};

/// The lines among the effects: value, source, withdrawal.
fn lines(effects: &[Effect]) -> Vec<(&'static str, &'static str, bool)> {
    let line = |effect: &Effect| match effect {
        Effect::Consent { val, source, withdrawal } => Some((*val, *source, *withdrawal)),
        _ => None,
    };
    effects.iter().filter_map(line).collect()
}

/// A device whose native prompt is open.
fn requested() -> Device {
    let mut device = Device::default();
    device.shown();
    device.press("yes");
    device
}

fn settings(device: &mut Device, permission: &'static str) -> Vec<Effect> {
    device.facts.permission = permission;
    device.tell(&Event::Looked { permission })
}

#[test]
fn f1_no_in_the_popup_is_a_no() {
    let mut device = Device::default();
    device.shown();
    assert_eq!(lines(&device.press("no")), [("n", "soft_popup", false)]);
}

#[test]
fn f1_closing_the_popup_or_saying_yes_to_it_is_no_answer_yet() {
    for control in ["close", "yes"] {
        let mut device = Device::default();
        device.shown();
        assert_eq!(lines(&device.press(control)), [], "{control}");
    }
}

#[test]
fn f1_the_native_prompt_is_answered_or_not() {
    for (permission, wanted) in [
        ("granted", vec![("y", "native_prompt", false)]),
        ("denied", vec![("n", "native_prompt", false)]),
        ("default", vec![]),
    ] {
        assert_eq!(lines(&requested().answer(permission)), wanted, "{permission}");
    }
}

#[test]
fn f1_the_line_goes_before_the_report_so_that_one_put_carries_it() {
    let effects = requested().answer("granted");
    let at = |wanted| effects.iter().position(|effect| support::name(effect) == wanted);
    assert!(at("Consent") < at("Patch") && at("Consent") < at("Flush"), "{effects:?}");
}

#[test]
fn f1_an_answer_that_only_the_next_page_view_finds_counts_once() {
    for (permission, val) in [("granted", "y"), ("denied", "n")] {
        let mut device = requested();
        device.facts.permission = permission;
        device.now += DAY;
        assert_eq!(lines(&device.view()), [(val, "native_prompt", false)]);
        assert_eq!(lines(&device.tell(&Event::Answered { permission })), []);
        assert_eq!(lines(&device.view()), []);
    }
}

#[test]
fn f1_an_answer_that_the_promise_does_not_tell_is_found_on_focus_and_counts_once() {
    let mut device = requested();
    device.timer("unanswered");
    device.now += 61_000;
    assert_eq!(lines(&settings(&mut device, "granted")), [("y", "native_prompt", false)]);
    assert_eq!(lines(&device.tell(&Event::Answered { permission: "granted" })), []);
}

#[test]
fn f1_incognitos_automatic_denial_blocks_without_a_line() {
    for (after, automatic) in [(500, false), (1000, true), (1100, true), (2050, true), (3000, false)] {
        let mut device = requested();
        device.now += after;
        let effects = device.answer("denied");
        assert_eq!(status(&effects).0, "blocked");
        assert_eq!(lines(&effects).is_empty(), automatic, "after {after} ms");
        assert_eq!(reports(&effects), ["permission.denied"]);
    }
}

#[test]
fn f1_a_denial_that_nobody_asked_for_is_nobodys_answer() {
    let mut device = Device::default();
    device.view();
    assert_eq!(lines(&settings(&mut device, "denied")), []);
    let mut incognito = Device::default();
    incognito.facts.permission = "denied";
    assert_eq!(lines(&incognito.view()), []);
    assert_eq!(lines(&incognito.view()), []);
}

#[test]
fn f1_a_permission_taken_back_in_the_browser_is_a_withdrawal() {
    for permission in ["default", "denied"] {
        let mut device = Device::default();
        device.subscribe();
        assert_eq!(lines(&settings(&mut device, permission)), [("n", "browser", true)]);
        assert_eq!(lines(&device.view()), [], "told once");
    }
}

#[test]
fn f1_a_permission_taken_back_between_page_views_is_a_withdrawal() {
    let mut device = Device::default();
    device.subscribe();
    assert_eq!(lines(&device.view()), []);
    device.facts.permission = "default";
    assert_eq!(lines(&device.view()), [("n", "browser", true)]);
    assert_eq!(lines(&device.view()), [], "told once");
    device.facts.permission = "granted";
    assert_eq!(lines(&device.view()), [("y", "browser", false)]);
}

#[test]
fn f1_a_permission_from_before_our_time_is_no_answer_to_us() {
    let mut device = Device::default();
    device.facts.permission = "granted";
    let effects = device.view();
    assert_eq!(lines(&effects), []);
    assert!(has(&effects, "RegisterWorker"));
}

#[test]
fn f1_opting_out_is_a_withdrawal_and_opting_in_again_a_yes() {
    let mut device = Device::default();
    device.subscribe();
    assert_eq!(lines(&device.tell(&Event::OptOut {})), [("n", "api", true)]);
    assert_eq!(lines(&device.tell(&Event::OptOut {})), []);
    assert_eq!(lines(&device.tell(&Event::Unsubscribed {})), []);
    assert_eq!(lines(&settings(&mut device, "default")), [], "nothing is left to take back");
    settings(&mut device, "granted");
    assert_eq!(lines(&device.tell(&Event::OptIn {})), [("y", "api", false)]);
    assert_eq!(lines(&device.tell(&Event::OptIn {})), []);
}

#[test]
fn a17_a_new_yes_ends_an_earlier_opt_out() {
    let mut device = Device::default();
    device.subscribe();
    device.tell(&Event::OptOut {});
    device.tell(&Event::Unsubscribed {});
    device.facts.permission = "default";
    device.now += 400 * DAY;
    device.shown();
    device.press("yes");
    let effects = device.answer("granted");
    assert_eq!(lines(&effects), [("y", "native_prompt", false)]);
    assert_eq!(status(&effects).0, "allowed");
}

#[test]
fn f6_an_erased_device_stays_off_where_it_was_on_and_is_new_where_it_was_not() {
    let mut device = Device::default();
    device.subscribe();
    device.history.clear();
    device.tell(&Event::Erased {});
    assert_eq!(status(&device.view()).0, "opted_out");
    let mut stranger = Device::default();
    stranger.shown();
    stranger.history.clear();
    stranger.tell(&Event::Erased {});
    assert_eq!(stranger.history, "", "nothing is kept");
}
