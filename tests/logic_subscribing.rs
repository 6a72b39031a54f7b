//! From a granted permission to a device the server can reach, and the ticket that lets the loader sleep.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::border::Value;
use softbell::logic::{Effect, Event};
use support::{DAY, Device, Facts, NOON, has, reports, status};

const SUBSCRIBED: Event = Event::Subscribed { endpoint: "https://push.example.net/1", p256dh: "p", auth: "a" };

fn granted() -> Device {
    Device { facts: Facts { permission: "granted", ..Facts::default() }, ..Device::default() }
}

#[test]
fn a8_worker_then_push_service_then_server() {
    let mut device = granted();
    let effects = device.view();
    let worker = Effect::RegisterWorker { url: "/softbell/sw.js".into(), scope: "/softbell/".into(), limit: 20_000 };
    assert!(effects.contains(&worker));
    assert_eq!(status(&effects).2, "pending");
    let effects = device.tell(&Event::WorkerActive {});
    assert_eq!(effects, [Effect::Subscribe { vapid: "BKey".into(), limit: 30_000 }]);
    let effects = device.tell(&SUBSCRIBED);
    assert_eq!(reports(&effects), ["subscription.created"]);
    assert_eq!(status(&effects), ("allowed", "", "live", false), "live, but nobody has acknowledged it");
    assert_eq!(status(&device.tell(&Event::DeviceAcked { live: true })), ("allowed", "", "live", true));
}

#[test]
fn the_device_carries_the_whole_subscription() {
    let mut device = granted();
    device.view();
    device.tell(&Event::WorkerActive {});
    let effects = device.tell(&SUBSCRIBED);
    let Some(Effect::Patch { state }) = effects.first() else { panic!("{effects:?}") };
    let member = |path: &str| state.iter().find(|(found, _)| *found == path).map(|(_, value)| value.clone());
    for (path, text) in [
        ("subscription.endpoint", "https://push.example.net/1"),
        ("subscription.p256dh", "p"),
        ("subscription.auth", "a"),
        ("subscription.vapid", "BKey"),
    ] {
        assert_eq!(member(path), Some(Value::Text(text.into())), "{path}");
    }
    assert_eq!(member("status"), Some(Value::Word("allowed")));
    assert_eq!(member("reason"), Some(Value::Null));
}

#[test]
fn a8_the_same_endpoint_found_again_is_no_news() {
    let mut device = granted();
    for expected in [vec!["subscription.created"], vec![]] {
        device.view();
        device.tell(&Event::WorkerActive {});
        assert_eq!(reports(&device.tell(&SUBSCRIBED)), expected);
    }
    device.view();
    device.tell(&Event::WorkerActive {});
    let other = Event::Subscribed { endpoint: "https://push.example.net/2", p256dh: "p", auth: "a" };
    assert_eq!(reports(&device.tell(&other)), ["subscription.created"]);
}

#[test]
fn failures_say_why_and_are_tried_again_at_the_next_page_view_without_a_prompt() {
    let table = [
        (true, "AbortError", "push_service_unavailable"),
        (true, "TimeoutError", "push_service_unavailable"),
        (true, "NotAllowedError", "policy_blocked"),
        (false, "SecurityError", "policy_blocked"),
        (false, "TrustedTypes", "trusted_types"),
        (false, "TypeError", "no_service_worker"),
        (false, "TimeoutError", "no_service_worker"),
    ];
    for (worker_started, error, reason) in table {
        let mut device = granted();
        device.view();
        let effects = if worker_started {
            device.tell(&Event::WorkerActive {});
            device.tell(&Event::SubscribeFailed { error })
        } else {
            device.tell(&Event::WorkerFailed { error })
        };
        assert_eq!(status(&effects), ("allowed", reason, "failed", false), "{error}");
        assert_eq!(reports(&effects), ["subscription.failed"]);
        let again = device.view();
        assert!(has(&again, "RegisterWorker") && !has(&again, "Draw") && !has(&again, "RequestPermission"));
    }
}

#[test]
fn events_that_come_too_late_do_nothing() {
    let mut device = granted();
    device.view();
    assert_eq!(device.tell(&SUBSCRIBED), [], "before the worker is active");
    device.tell(&Event::WorkerActive {});
    device.tell(&SUBSCRIBED);
    assert_eq!(device.tell(&Event::SubscribeFailed { error: "AbortError" }), [], "after it worked out");
    assert_eq!(device.tell(&Event::WorkerActive {}), []);
}

/// `version|written|until|views|permission|live|fingerprint|userhash|events|flushed`
fn ticket(until: u64, permission: &str, live: &str) -> String {
    format!("1|{NOON}|{until}||{permission}|{live}|f1|||0000000")
}

#[test]
fn a_subscriber_lets_the_loader_sleep_for_a_day() {
    let mut device = Device::default();
    device.subscribe();
    assert_eq!(device.ticket, ticket(NOON + DAY, "granted", "1"));
}

#[test]
fn nothing_sleeps_while_something_can_happen() {
    let mut device = Device::default();
    device.shown();
    assert_eq!(device.ticket, "", "the popup is open");
    device.press("yes");
    device.answer("granted");
    assert_eq!(device.ticket, "", "the subscription is still to come");
}

#[test]
fn tickets_of_those_who_are_not_asked() {
    let mut blocked = Device { facts: Facts { permission: "denied", ..Facts::default() }, ..Device::default() };
    blocked.view();
    assert_eq!(blocked.ticket, ticket(NOON + DAY, "denied", ""));

    let mut declined = Device::default();
    declined.shown();
    declined.press("no");
    assert_eq!(declined.ticket, ticket(NOON + DAY, "default", ""), "three days, but never more than 24 hours at once");

    let mut off = Device::with(&[("prompt", "b", "")]);
    off.view();
    assert_eq!(off.ticket, ticket(NOON + DAY, "default", ""));

    let mut views = Device::with(&[("prompt.pageViews", "n", "3")]);
    views.view();
    assert_eq!(views.ticket, format!("1|{NOON}|{}|2|default||f1|||0000000", NOON + DAY), "two more page views");

    let mut events = Device::with(&[("prompt.events.0", "s", "cart"), ("prompt.events.1", "s", "wish")]);
    events.view();
    assert_eq!(events.ticket, format!("1|{NOON}|{}||default||f1||cart,wish,|0000000", NOON + DAY));
}

#[test]
fn page_views_that_the_loader_slept_through_count() {
    let mut device = Device::with(&[("prompt.pageViews", "n", "4")]);
    device.view();
    assert_eq!(device.ticket.split('|').nth(3), Some("3"));
    // The loader counts the second and third page view down, and wakes for the fourth.
    device.ticket = device.ticket.replace("|3|default", "|0|default");
    assert!(has(&device.view(), "Draw"));
}

#[test]
fn a_device_woken_early_has_not_seen_what_it_did_not_see() {
    let mut device = Device::with(&[("prompt.pageViews", "n", "4")]);
    device.view();
    // Woken on the second page view, by a press.
    device.ticket = device.ticket.replace("|3|default", "|2|default");
    assert!(!has(&device.view(), "Draw"));
    assert_eq!(device.ticket.split('|').nth(3), Some("2"));
}

#[test]
fn a_subscription_that_the_server_refuses_is_made_anew_once() {
    for code in ["endpoint_taken", "endpoint_gone"] {
        let mut device = granted();
        device.view();
        device.tell(&Event::WorkerActive {});
        device.tell(&SUBSCRIBED);
        assert_eq!(device.tell(&Event::DeviceRefused { code }), [Effect::Unsubscribe {}]);
        assert!(has(&device.tell(&Event::Unsubscribed {}), "RegisterWorker"));
        device.tell(&Event::WorkerActive {});
        let other = Event::Subscribed { endpoint: "https://push.example.net/2", p256dh: "p", auth: "a" };
        assert_eq!(reports(&device.tell(&other)), ["subscription.created"]);
        assert_eq!(device.tell(&Event::DeviceRefused { code }), [], "no loop");
    }
}

#[test]
fn a9_a_refused_key_is_fetched_anew_before_anything_is_given_up() {
    let refused = || {
        let mut device = Device::default();
        device.subscribe();
        let effects = device.tell(&Event::DeviceRefused { code: "vapid_changed" });
        let url = "https://push.example.com/v1/sites/shop/config".into();
        assert_eq!(effects, [Effect::FetchConfig { url, fresh: true }]);
        device
    };
    assert_eq!(refused().remote(), [], "the same key: a new subscription would be no better");
    assert_eq!(refused().tell(&Event::RemoteFailed {}), [], "the old subscription still works");

    let mut device = refused();
    assert_eq!(device.remote_with("BNew"), [Effect::Unsubscribe {}]);
    device.tell(&Event::Unsubscribed {});
    assert_eq!(device.tell(&Event::WorkerActive {}), [Effect::Subscribe { vapid: "BNew".into(), limit: 30_000 }]);
    let other = Event::Subscribed { endpoint: "https://push.example.net/2", p256dh: "p", auth: "a" };
    assert_eq!(reports(&device.tell(&other)), ["subscription.created"]);
    assert_eq!(device.tell(&Event::DeviceRefused { code: "vapid_changed" }), [], "no loop");

    let mut left = refused();
    left.tell(&Event::OptOut {});
    left.tell(&Event::Unsubscribed {});
    assert_eq!(left.remote_with("BNew"), [], "who opted out meanwhile stays out");
}

#[test]
fn other_refusals_are_not_answered_with_a_new_subscription() {
    let mut device = granted();
    device.view();
    device.tell(&Event::WorkerActive {});
    device.tell(&SUBSCRIBED);
    assert_eq!(device.tell(&Event::DeviceRefused { code: "secret_wrong" }), []);
}

#[test]
fn an_acknowledged_device_without_a_subscription_is_not_reachable() {
    let mut device = granted();
    device.view();
    assert!(!has(&device.tell(&Event::DeviceAcked { live: false }), "Status"));
    assert_eq!(device.ticket, "");
}

#[test]
fn a_subscription_ends_with_its_permission_and_comes_back_with_it() {
    let mut device = Device::default();
    device.subscribe();
    assert_eq!(status(&device.tell(&Event::Looked { permission: "denied" })), ("blocked", "", "none", false));
    assert!(has(&device.tell(&Event::Looked { permission: "granted" }), "RegisterWorker"));
}
