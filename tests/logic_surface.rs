//! Status and calls of the public surface as logic decides them: every state, every way back, and nobody asked too soon.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::{Effect, Event};
use support::{DAY, Device, Facts, answered, has, reports, status};

const SUBSCRIBED: Event = Event::Subscribed { endpoint: "https://push.example.net/1", p256dh: "p", auth: "a" };

fn with(facts: Facts) -> Device {
    Device { facts, ..Device::default() }
}

fn granted() -> Device {
    with(Facts { permission: "granted", ..Facts::default() })
}

fn emitted(effects: &[Effect], wanted: &str) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Emit { name } if *name == wanted)).count()
}

fn settled(effects: &[Effect], wanted: &str) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Settled { call, .. } if *call == wanted)).count()
}

fn page(path: &str) -> Event<'_> {
    Event::Page { path }
}

#[test]
fn a1_every_permission_has_its_word_and_its_number() {
    let table = [("default", "ask", 1), ("granted", "allowed", 0), ("denied", "blocked", 2), ("", "unsupported", 4)];
    for (permission, word, number) in table {
        let effects = with(Facts { permission, ..Facts::default() }).view();
        let told: Vec<_> = effects.iter().filter(|effect| matches!(effect, Effect::Status { .. })).collect();
        assert!(
            matches!(told.first(), Some(Effect::Status { status, code, .. }) if *status == word && *code == number)
        );
        assert_eq!(has(&effects, "Draw"), word == "ask", "B2: {word}");
    }
    let mut off = Device::default();
    off.subscribe();
    off.tell(&Event::OptOut {});
    let effects = off.tell(&Event::Unsubscribed {});
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Status { status: "opted_out", code: 5, .. })));
}

#[test]
fn a2_each_lack_has_a_reason_of_its_own() {
    let full = Facts::default;
    let lacks = [
        Facts { secure: false, ..full() },
        Facts { top: false, ..full() },
        Facts { ios_tab: true, ..full() },
        Facts { workers: false, ..full() },
        Facts { push: false, ..full() },
        Facts { permission: "", ..full() },
    ];
    let mut seen: Vec<&str> = lacks.into_iter().map(|facts| status(&with(facts).view()).1).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 6, "{seen:?}");
}

#[test]
fn a5_a_permission_flipped_in_a_running_page_is_told_and_reported_once() {
    let mut device = Device::with(&[("prompt", "b", "")]);
    device.view();
    let effects = device.tell(&Event::Looked { permission: "denied" });
    assert_eq!(emitted(&effects, "permission.changed"), 1);
    assert_eq!(reports(&effects), ["permission.changed"]);
    assert_eq!(device.tell(&Event::Looked { permission: "denied" }), [], "focus and visibilitychange come together");
    device.facts.permission = "denied";
    let next = device.view();
    assert_eq!((emitted(&next, "permission.changed"), reports(&next).len()), (0, 0), "known already");
}

#[test]
fn a5_the_next_page_view_finds_what_changed_while_no_page_was_open() {
    let mut device = Device::with(&[("prompt", "b", "")]);
    assert_eq!(emitted(&device.view(), "permission.changed"), 0, "the first page view knows nothing to compare with");
    device.facts.permission = "denied";
    let effects = device.view();
    assert_eq!((emitted(&effects, "permission.changed"), reports(&effects)), (1, vec!["permission.changed"]));
    assert_eq!(emitted(&device.view(), "permission.changed"), 0);
}

#[test]
fn a5_an_answer_to_our_own_prompt_is_no_change_behind_our_back() {
    let mut device = Device::default();
    device.shown();
    device.press("yes");
    device.facts.permission = "denied";
    // The page was left before the answer came.
    assert_eq!(reports(&device.view()), ["permission.denied"]);
}

#[test]
fn a7_a_dismissed_prompt_is_not_repeated_for_a_week() {
    let mut device = Device::default();
    device.shown();
    device.press("yes");
    assert_eq!(reports(&device.answer("default")), ["permission.dismissed"]);
    for (later, shows) in [(7 * DAY - 1, false), (1, true)] {
        device.now += later;
        assert_eq!(has(&device.view(), "Draw"), shows);
    }
}

#[test]
fn a8_a_second_opt_in_in_one_session_asks_nobody_anything() {
    let mut device = Device::default();
    device.subscribe();
    assert_eq!(device.tell(&Event::OptIn {}), [Effect::Settled { call: "opt_in", code: "" }]);
}

#[test]
fn a12_granted_without_a_subscription_is_mended_without_a_popup() {
    let mut device = Device::default();
    device.subscribe();
    // The browser took it back, with all storage.
    device.history.clear();
    device.ticket.clear();
    let mut effects = device.view();
    assert!(has(&effects, "RegisterWorker"));
    effects.extend(device.tell(&Event::WorkerActive {}));
    effects.extend(device.tell(&SUBSCRIBED));
    assert_eq!(reports(&effects), ["subscription.created"]);
    assert!(!has(&effects, "Draw") && !has(&effects, "RequestPermission"));
    assert_eq!(status(&effects), ("allowed", "", "live", false));
}

#[test]
fn a17_a_second_opt_out_waits_for_the_first() {
    let mut device = Device::default();
    device.subscribe();
    assert_eq!(settled(&device.tell(&Event::OptOut {}), "opt_out"), 0);
    assert_eq!(device.tell(&Event::OptOut {}), [], "the subscription is still there");
    let effects = device.tell(&Event::Unsubscribed {});
    assert_eq!(settled(&effects, "opt_out"), 1, "both are answered at once");
    assert_eq!(reports(&effects), ["subscription.removed"]);
    assert_eq!(device.tell(&Event::Unsubscribed {}), [], "and once");
}

#[test]
fn a_refused_request_leaves_an_ask_that_waits_alone() {
    let mut device = Device::default();
    device.view();
    assert_eq!(device.ask(false), [], "the popup is open, its answer is waited for");
    let effects = device.tell(&Event::Request { active: false });
    assert_eq!(effects, [Effect::AskDone { outcome: "refused", code: "gesture_needed", next: 0 }]);
}

#[test]
fn b6_paused_popups_stay_away_and_the_first_missed_one_comes_once() {
    let mut device = Device::with(&[("prompt.events.0", "s", "cart")]);
    device.view();
    device.tell(&Event::Pause { paused: true });
    let track = Event::Track { name: "cart", properties: "" };
    for _ in 0..2 {
        assert!(!has(&device.tell(&track), "Draw"));
        assert!(!has(&device.tell(&page("/")), "Draw"));
    }
    assert_eq!(device.why(), "paused");
    assert!(has(&device.tell(&Event::Pause { paused: false }), "Draw"));
    device.timer("ready");
    device.press("close");
    device.tell(&Event::Pause { paused: true });
    assert_eq!(device.tell(&Event::Pause { paused: false }), [], "nothing was missed this time");
}

#[test]
fn b6_ask_opens_a_popup_while_others_are_paused() {
    let mut device = Device::with(&[("prompt", "b", "")]);
    device.view();
    device.tell(&Event::Pause { paused: true });
    assert!(has(&device.ask(false), "Draw"));
}

#[test]
fn b3_the_popup_keeps_to_its_addresses() {
    let rules = [
        ("prompt.urls.allow.0", "s", "/shop*"),
        ("prompt.urls.deny.0", "s", "/shop/checkout*"),
        ("prompt.urls.deny.1", "s", "/shop/terms"),
    ];
    for (path, shows) in [
        ("/", false),
        ("/shop", true),
        ("/shop/a", true),
        ("/shop/checkout/2", false),
        ("/shop/terms", false),
        ("/shop/terms/x", true),
    ] {
        let mut device = Device::with(&rules);
        device.facts.path = path;
        assert_eq!(has(&device.view(), "Draw"), shows, "{path}");
        assert_eq!(device.why(), if shows { "shown" } else { "url_excluded" }, "{path}");
        // Nothing sleeps: the next address may be the right one.
        assert_eq!(device.ticket, "", "{path}");
    }
    let mut denied = Device::with(&[("prompt.urls.deny.0", "s", "/pay")]);
    denied.facts.path = "/pay";
    assert!(!has(&denied.view(), "Draw"));
    assert!(has(&denied.tell(&page("/thanks")), "Draw"), "a view of a single-page app");
    assert!(has(&denied.tell(&page("/pay")), "Erase"), "and back");
}

#[test]
fn e4_a_snooze_takes_the_popup_away_and_ends_by_itself() {
    let mut device = Device::default();
    device.shown();
    device.ask(false);
    let until = (device.now + DAY).to_string();
    let effects = device.tell(&Event::Chosen { snoozed_until: &until });
    assert_eq!(answered(&effects), Some(("not_shown", "snoozed")));
    assert!(has(&effects, "Erase") && has(&effects, "Patch") && has(&effects, "Flush"));
    device.now += DAY - 1;
    assert!(!has(&device.view(), "Draw"));
    assert_eq!(device.why(), "snoozed");
    assert!(device.ticket.contains(&until), "the loader sleeps until then: {}", device.ticket);
    device.now += 1;
    assert!(has(&device.view(), "Draw"));
}

#[test]
fn e4_a_snooze_can_be_ended() {
    let mut device = Device::with(&[("prompt", "b", "")]);
    device.view();
    device.tell(&Event::Chosen { snoozed_until: &(device.now + DAY).to_string() });
    assert_eq!(answered(&device.ask(false)), Some(("not_shown", "snoozed")));
    device.tell(&Event::Chosen { snoozed_until: "0" });
    assert!(has(&device.ask(false), "Draw"));
}

#[test]
fn what_a_worker_of_the_sites_own_needs_is_taken_as_it_is() {
    let good = [
        ("allowedOrigins.0", "s", "https://pay.example"),
        ("foreground", "s", "both"),
        ("nonce", "s", "abc"),
        ("worker.registration", "o", ""),
        ("prompt.form", "s", "banner"),
        ("prompt.topics.0", "s", "news"),
        ("prompt.urls", "o", ""),
    ];
    for setting in good {
        assert!(has(&Device::with(&[setting]).load(), "FetchConfig"), "{setting:?}");
    }
    let bad = [
        ("allowedOrigins.0", "s", "https://pay.example/path"),
        ("foreground", "s", "loud"),
        ("prompt.form", "s", "fullscreen"),
        ("prompt.topics.0", "s", ""),
        ("prompt.urls.allow.0", "s", "shop"),
        ("worker.registration", "s", "x"),
        ("nonce", "n", "1"),
    ];
    for setting in bad {
        assert!(has(&Device::with(&[setting]).load(), "Fail"), "{setting:?}");
    }
}

#[test]
fn b3_a_delay_that_runs_out_elsewhere_shows_nothing() {
    let mut device = Device::with(&[("prompt.delaySeconds", "n", "5"), ("prompt.urls.deny.0", "s", "/pay")]);
    device.view();
    device.tell(&page("/pay"));
    assert!(!has(&device.timer("delay"), "Draw"));
    assert!(!has(&granted().view(), "Draw"));
}
