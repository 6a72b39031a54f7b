//! An app on the iOS Home Screen that a notification opened may read `default` where the visitor has allowed.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::{Effect, Event};
use support::{DAY, Device, Facts, has, reports, status};

const ENDPOINT: Event = Event::Subscribed { endpoint: "https://push.example.net/1", p256dh: "p", auth: "a" };
/// `subscribe()` was refused, and `getSubscription()` found nothing either.
const GONE: Event = Event::SubscribeFailed { error: "NotAllowedError" };

/// A subscribed device whose browser says `default` from now on.
fn forgetful(ios_app: bool) -> Device {
    let mut device = Device { facts: Facts { ios_app, ..Facts::default() }, ..Device::default() };
    device.subscribe();
    device.now += 400 * DAY;
    device.facts.permission = "default";
    device
}

fn lines(effects: &[Effect]) -> Vec<(&'static str, &'static str)> {
    let line = |effect: &Effect| match effect {
        Effect::Consent { val, source, .. } => Some((*val, *source)),
        _ => None,
    };
    effects.iter().filter_map(line).collect()
}

fn changed(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Emit { name: "permission.changed" })
}

#[test]
fn a5_a8_f1_an_ios_app_that_forgets_its_permission_takes_nothing_back_and_asks_nobody() {
    let mut device = forgetful(true);
    let mut effects = device.view();
    assert_eq!(status(&effects).0, "allowed");
    effects.extend(device.tell(&Event::WorkerActive {}));
    effects.extend(device.tell(&ENDPOINT));
    effects.extend(device.tell(&Event::DeviceAcked { live: true }));
    assert_eq!(status(&effects), ("allowed", "", "live", true));
    effects.extend(device.tell(&Event::Looked { permission: "default" }));
    // The next page view reads it rightly.
    device.facts.permission = "granted";
    effects.extend(device.view());
    assert_eq!((lines(&effects), reports(&effects), changed(&effects)), (vec![], vec![], false));
    assert!(!has(&effects, "Draw"));
}

#[test]
fn a5_an_ios_app_that_comes_to_the_front_with_another_permission_waits_for_the_next_page_view() {
    let mut device = forgetful(true);
    device.facts.permission = "granted";
    device.view();
    let effects = device.tell(&Event::Looked { permission: "default" });
    assert_eq!((lines(&effects), changed(&effects), has(&effects, "Status")), (vec![], false, false));
    let effects = device.tell(&Event::Looked { permission: "denied" });
    assert_eq!((lines(&effects), changed(&effects)), (vec![("n", "browser")], true), "iOS's settings say it so");
}

#[test]
fn a5_f1_an_ios_app_without_its_subscription_has_no_permission_and_may_be_asked_again() {
    let mut device = forgetful(true);
    device.view();
    device.tell(&Event::WorkerActive {});
    let effects = device.tell(&GONE);
    assert_eq!((lines(&effects), reports(&effects)), (vec![("n", "browser")], vec!["permission.changed"]));
    assert_eq!((status(&effects).0, changed(&effects)), ("ask", true));
    assert!(has(&device.ask(true), "Draw"));
    let next = device.view();
    assert_eq!((lines(&next), changed(&next)), (vec![], false), "told once");
}

#[test]
fn a17_opting_in_while_an_ios_app_is_in_doubt_ends_in_the_popup_where_the_subscription_is_gone() {
    let mut device = forgetful(true);
    device.view();
    device.tell(&Event::OptIn {});
    device.tell(&Event::WorkerActive {});
    assert!(has(&device.tell(&GONE), "Draw"));
}

#[test]
fn a5_a_permission_that_comes_back_while_it_is_in_doubt_is_no_longer_in_doubt() {
    let mut device = forgetful(true);
    device.view();
    device.tell(&Event::WorkerActive {});
    assert_eq!(device.tell(&Event::Looked { permission: "granted" }), [Effect::Follow {}]);
    let effects = device.tell(&GONE);
    assert_eq!((lines(&effects), status(&effects)), (vec![], ("allowed", "policy_blocked", "failed", false)));
}

#[test]
fn f1_any_other_browser_is_believed_at_once_and_so_is_an_app_that_never_subscribed() {
    let effects = forgetful(false).view();
    assert_eq!((lines(&effects), status(&effects).0), (vec![("n", "browser")], "ask"));
    let mut device = Device { facts: Facts { ios_app: true, ..Facts::default() }, ..Device::default() };
    device.facts.permission = "granted";
    device.view();
    device.facts.permission = "default";
    assert_eq!(status(&device.view()).0, "ask");
}
