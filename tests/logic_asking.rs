//! The journey from popup to native prompt: every transition, and every rule about when not to ask.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::{Effect, Event};
use support::{DAY, Device, Facts, answered, has, name, reports, status};

#[test]
fn what_the_native_prompt_brings_counts_also_where_the_settings_had_answered_before() {
    let mut device = Device::default();
    device.shown();
    device.press("yes");
    device.tell(&Event::Looked { permission: "granted" });
    device.tell(&Event::Looked { permission: "default" });
    let effects = device.answer("granted");
    assert!(has(&effects, "RegisterWorker"));
    assert!(!has(&device.ask(true), "Draw"), "whoever has agreed is not asked");
}

#[test]
fn the_popup_waits_for_browser_and_server_in_either_order() {
    let mut device = Device::default();
    assert!(!has(&device.load(), "Draw"));
    assert!(has(&device.remote(), "Draw"));
}

#[test]
fn showing_draws_reports_and_remembers() {
    let mut device = Device::default();
    let effects = device.view();
    assert_eq!(reports(&effects), ["prompt.shown"]);
    assert!(has(&effects, "SaveHistory"));
    assert_eq!(device.why(), "shown");
}

#[test]
fn presses_within_half_a_second_do_nothing() {
    let mut device = Device::default();
    let effects = device.view();
    assert!(effects.contains(&Effect::StartTimer { timer: "ready", limit: 500 }));
    for control in ["yes", "no", "close"] {
        assert_eq!(device.press(control), []);
    }
    assert_eq!(device.timer("ready"), [Effect::Enable {}]);
    assert!(has(&device.press("yes"), "RequestPermission"));
}

#[test]
fn a6_a_press_that_no_person_made_does_nothing() {
    let mut device = Device::default();
    device.shown();
    assert_eq!(device.tell(&Event::Pressed { control: "yes", trusted: false }), []);
}

#[test]
fn a6_yes_opens_the_native_prompt_before_anything_else_and_once() {
    let mut device = Device::default();
    device.shown();
    let effects = device.press("yes");
    assert_eq!(effects.first(), Some(&Effect::RequestPermission {}));
    assert_eq!(reports(&effects), ["prompt.accepted", "permission.requested"]);
    assert!(has(&effects, "Erase"));
    assert_eq!(device.press("yes"), [], "a second press is no second prompt");
    assert_eq!(device.why(), "requesting");
}

#[test]
fn a7_the_three_native_answers() {
    let table = [
        ("granted", "permission.granted", "allowed", "already_allowed"),
        ("denied", "permission.denied", "blocked", "blocked"),
        ("default", "permission.dismissed", "ask", "dismissed_recently"),
    ];
    for (permission, report, status_now, code) in table {
        let mut device = Device::default();
        device.shown();
        device.press("yes");
        let effects = device.answer(permission);
        assert_eq!(reports(&effects).first(), Some(&report));
        assert_eq!(status(&effects).0, status_now);
        let outcome = if permission == "default" { "dismissed" } else { permission };
        assert_eq!(answered(&effects), Some((outcome, code)));
        assert_eq!(has(&effects, "RegisterWorker"), permission == "granted");
    }
}

#[test]
fn a7_a_prompt_that_never_answers_is_found_at_the_next_page_view() {
    let mut device = Device::default();
    device.shown();
    device.press("yes");
    let effects = device.view();
    assert_eq!(reports(&effects), ["permission.dismissed"]);
    assert!(!has(&effects, "Draw"));
    assert_eq!(device.why(), "dismissed_recently");
    assert_eq!(reports(&device.view()), [""; 0], "and reported once");
}

#[test]
fn a_minute_without_an_answer_ends_ask_but_a_late_answer_counts() {
    let mut device = Device::default();
    device.shown();
    let effects = device.press("yes");
    assert!(effects.contains(&Effect::StartTimer { timer: "unanswered", limit: 60_000 }));
    assert_eq!(answered(&device.timer("unanswered")), Some(("unanswered", "unanswered")));
    assert_eq!(device.why(), "dismissed_recently", "nobody is asked again by itself");
    assert_eq!(status(&device.answer("granted")).0, "allowed");
}

#[test]
fn an_answer_that_only_the_browser_knows_is_found_on_focus() {
    let mut device = Device::default();
    device.shown();
    device.press("yes");
    let effects = device.tell(&Event::Looked { permission: "granted" });
    assert_eq!(reports(&effects), ["permission.granted"]);
    assert!(has(&effects, "RegisterWorker"));
    assert_eq!(device.answer("granted"), [], "counted once");
}

#[test]
fn after_a_minute_without_an_answer_a_new_press_asks_again() {
    let mut device = Device::default();
    device.shown();
    device.press("yes");
    device.timer("unanswered");
    assert!(has(&device.ask(true), "Draw"));
    device.timer("ready");
    // The old prompt goes away at last: the popup of now is another matter.
    assert_eq!(reports(&device.answer("default")), ["permission.dismissed"]);
    assert_eq!(device.why(), "shown");
    assert!(has(&device.press("yes"), "RequestPermission"));
}

#[test]
fn no_and_close_are_two_answers() {
    for (control, report, outcome, code, days) in [
        ("no", "prompt.declined", "declined", "declined_recently", 3),
        ("close", "prompt.closed", "closed", "closed_recently", 1),
    ] {
        let mut device = Device::default();
        device.shown();
        let effects = device.press(control);
        assert_eq!(reports(&effects), [report]);
        assert_eq!(answered(&effects), Some((outcome, code)));
        assert!(!has(&effects, "RequestPermission"));
        device.now += days * DAY - 1;
        assert!(!has(&device.view(), "Draw"), "{control}: a millisecond too early");
        device.now += 1;
        assert!(has(&device.view(), "Draw"), "{control}: time is up");
    }
}

#[test]
fn b4_no_backs_off_three_seven_and_thirty_days_and_the_last_repeats() {
    let mut device = Device::with(&[("prompt.maxAsks", "n", "10")]);
    for days in [3, 7, 30, 30] {
        device.shown();
        device.press("no");
        device.now += days * DAY - 1;
        assert!(!has(&device.view(), "Draw"), "before {days} days");
        device.now += 1;
    }
}

#[test]
fn b4_configured_days_count() {
    let mut device = Device::with(&[("prompt.backoffDays.0", "n", "1"), ("prompt.backoffDays.1", "n", "2")]);
    for days in [1, 2, 2] {
        device.shown();
        device.press("no");
        device.now += days * DAY;
    }
    device.shown();
}

#[test]
fn the_popup_shows_no_more_often_than_max_asks() {
    let mut device = Device::with(&[("prompt.maxAsks", "n", "1")]);
    device.shown();
    device.press("close");
    device.now += 400 * DAY;
    device.view();
    assert_eq!(device.why(), "max_asks");
}

#[test]
fn b2_the_gate_holds_even_against_force() {
    for (permission, code) in [("granted", "already_allowed"), ("denied", "blocked"), ("", "unsupported")] {
        let mut device = Device { facts: Facts { permission, ..Facts::default() }, ..Device::default() };
        device.view();
        for force in [false, true] {
            let effects = device.ask(force);
            assert_eq!(answered(&effects), Some(("not_shown", code)));
            assert!(!has(&effects, "Draw") && !has(&effects, "RequestPermission"));
        }
    }
}

#[test]
fn ask_respects_back_off_and_force_does_not() {
    let mut device = Device::default();
    device.shown();
    device.press("no");
    device.view();
    assert_eq!(answered(&device.ask(false)), Some(("not_shown", "declined_recently")));
    assert!(has(&device.ask(true), "Draw"));
}

#[test]
fn an_early_ask_is_answered_once_the_page_view_is_open() {
    for setting in [("prompt", "b", ""), ("prompt.delaySeconds", "n", "30")] {
        let mut device = Device::with(&[setting]);
        device.load();
        assert_eq!(device.ask(false), []);
        assert!(has(&device.remote(), "Draw"), "waits for no trigger: {setting:?}");
    }
}

#[test]
fn prompt_false_leaves_the_popup_to_ask() {
    let mut device = Device::with(&[("prompt", "b", "")]);
    assert!(!has(&device.view(), "Draw"));
    assert_eq!(device.why(), "automatic_off");
    assert!(has(&device.ask(false), "Draw"));
}

#[test]
fn b3_delay_and_page_views_are_waited_for() {
    let mut device = Device::with(&[("prompt.delaySeconds", "n", "5"), ("prompt.pageViews", "n", "2")]);
    device.view();
    assert_eq!(device.why(), "waiting_page_views");
    let effects = device.view();
    assert!(effects.contains(&Effect::StartTimer { timer: "delay", limit: 5000 }));
    assert!(!has(&effects, "Draw"));
    assert_eq!(device.why(), "waiting_delay");
    assert!(has(&device.timer("delay"), "Draw"));
}

#[test]
fn without_storage_nobody_is_asked_by_itself() {
    let mut device = Device { facts: Facts { storage: false, ..Facts::default() }, ..Device::default() };
    assert!(!has(&device.view(), "Draw"));
    assert_eq!(device.why(), "storage_denied");
}

#[test]
fn without_the_server_nobody_is_asked() {
    let mut device = Device::default();
    device.load();
    device.tell(&Event::RemoteFailed {});
    assert_eq!(device.why(), "server_unavailable");
    assert_eq!(answered(&device.ask(true)), Some(("not_shown", "server_unavailable")));
}

#[test]
fn a_server_without_a_key_is_no_server() {
    let mut device = Device::default();
    device.load();
    device.tell(&Event::read(3, "topics\u{1f}o\u{1f}").expect("Remote"));
    assert_eq!(device.why(), "server_unavailable");
}

#[test]
fn explain_waits_until_it_is_decided() {
    let mut device = Device::default();
    device.load();
    assert_eq!(device.tell(&Event::Explain {}), []);
    assert!(has(&device.remote(), "Explained"));
}

#[test]
fn a5_a_permission_changed_behind_our_back_takes_the_popup_away() {
    let mut device = Device::default();
    device.shown();
    let effects = device.tell(&Event::Looked { permission: "denied" });
    assert_eq!(effects.first().map(name).as_deref(), Some("Erase"));
    assert_eq!(status(&effects).0, "blocked");
    assert!(effects.contains(&Effect::Emit { name: "permission.changed" }));
    assert_eq!(device.tell(&Event::Looked { permission: "denied" }), [], "told once");
}

#[test]
fn a_clock_that_went_back_does_not_lock_the_popup() {
    let mut device = Device::default();
    device.shown();
    device.press("no");
    device.now -= 365 * DAY;
    device.view();
    let effects = device.tell(&Event::Explain {});
    let Some(Effect::Explained { next, .. }) = effects.first() else { panic!("{effects:?}") };
    assert_eq!(*next, device.now + 3 * DAY);
}

#[test]
fn b3_a_named_event_opens_the_popup() {
    let mut device = Device::with(&[("prompt.events.0", "s", "cart_opened")]);
    device.view();
    assert_eq!(device.why(), "waiting_event");
    let track = |name| Event::Track { name, properties: "" };
    assert!(!has(&device.tell(&track("page_scrolled")), "Draw"));
    let effects = device.tell(&track("cart_opened"));
    assert!(has(&effects, "Draw"));
    assert_eq!(reports(&effects), ["event.tracked", "prompt.shown"]);
}

#[test]
fn an_event_before_the_page_view_is_open_counts_when_it_opens() {
    let mut device = Device::with(&[("prompt.events.0", "s", "cart_opened")]);
    device.load();
    device.tell(&Event::Track { name: "cart_opened", properties: "" });
    assert!(has(&device.remote(), "Draw"));
}

#[test]
fn request_permission_needs_a_press_and_passes_no_gate() {
    let mut device = Device::default();
    device.view();
    assert_eq!(answered(&device.tell(&Event::Request { active: false })), Some(("not_shown", "gesture_needed")));
    let effects = device.tell(&Event::Request { active: true });
    assert_eq!(effects.first(), Some(&Effect::RequestPermission {}));
    assert!(has(&effects, "Erase"), "the popup would ask the same thing");
    assert_eq!(reports(&effects), ["permission.requested"]);
    assert_eq!(device.tell(&Event::Request { active: true }), [], "one prompt at a time");
    assert_eq!(answered(&device.answer("denied")), Some(("denied", "blocked")));
    assert_eq!(answered(&device.tell(&Event::Request { active: true })), Some(("not_shown", "blocked")));
}

#[test]
fn storage_that_fails_later_ends_asking_by_itself() {
    let mut device = Device::with(&[("prompt.delaySeconds", "n", "5")]);
    device.view();
    assert_eq!(status(&device.tell(&Event::StorageFailed {})).1, "storage_denied");
    assert!(!has(&device.timer("delay"), "Draw"));
    assert_eq!(device.why(), "storage_denied");
}
