//! What the visitor decides beside the popup: push on or off here, and about what.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::border::Value;
use softbell::logic::{Effect, Event};
use support::{Device, answered, has, name, reports, status};

fn settled(effects: &[Effect]) -> Option<(&'static str, &'static str)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Settled { call, code } => Some((*call, *code)),
        _ => None,
    })
}

fn member<'a>(effects: &'a [Effect], path: &str) -> Option<&'a Value> {
    effects.iter().find_map(|effect| match effect {
        Effect::Patch { state } => state.iter().find(|(found, _)| *found == path).map(|(_, value)| value),
        _ => None,
    })
}

fn opted_out() -> Device {
    let mut device = Device::default();
    device.subscribe();
    device.tell(&Event::OptOut {});
    device.tell(&Event::Unsubscribed {});
    device
}

#[test]
fn a17_opting_out_unsubscribes_and_keeps_the_permission() {
    let mut device = Device::default();
    device.subscribe();
    assert!(has(&device.tell(&Event::OptOut {}), "Unsubscribe"));
    let effects = device.tell(&Event::Unsubscribed {});
    assert_eq!(status(&effects), ("opted_out", "", "none", false));
    assert_eq!(reports(&effects), ["subscription.removed"]);
    assert_eq!(member(&effects, "subscription"), Some(&Value::Null));
    assert_eq!(settled(&effects), Some(("opt_out", "")));
    assert!(effects.contains(&Effect::Emit { name: "subscription.removed" }));
}

#[test]
fn a17_an_opted_out_device_stays_so_and_is_not_asked() {
    let mut device = opted_out();
    let effects = device.view();
    assert_eq!(status(&effects).0, "opted_out");
    assert!(!has(&effects, "RegisterWorker") && !has(&effects, "Draw"));
    assert_eq!(answered(&device.ask(true)), Some(("not_shown", "opted_out")));
}

#[test]
fn a17_opting_in_again_needs_no_prompt() {
    let mut device = opted_out();
    device.view();
    let effects = device.tell(&Event::OptIn {});
    assert!(has(&effects, "RegisterWorker") && !has(&effects, "RequestPermission"));
    assert_eq!(settled(&effects), None, "it is not on yet");
    device.tell(&Event::WorkerActive {});
    let effects = device.tell(&Event::Subscribed { endpoint: "https://push.example.net/2", p256dh: "p", auth: "a" });
    assert_eq!(settled(&effects), Some(("opt_in", "")));
    assert_eq!(reports(&effects), ["subscription.created"]);
    assert_eq!(status(&effects).0, "allowed");
}

#[test]
fn opting_in_where_nobody_was_asked_opens_the_popup_and_waits_for_its_end() {
    let mut device = Device::default();
    device.shown();
    device.press("no");
    device.view();
    let effects = device.tell(&Event::OptIn {});
    assert!(has(&effects, "Draw"), "the visitor asked for it: no back-off");
    assert_eq!(settled(&effects), None);
    device.timer("ready");
    assert_eq!(settled(&device.press("close")), Some(("opt_in", "")));
}

#[test]
fn the_last_wish_counts_while_the_old_subscription_is_still_going() {
    let mut device = Device::default();
    device.subscribe();
    device.tell(&Event::OptOut {});
    assert_eq!(settled(&device.tell(&Event::OptIn {})), None);
    let effects = device.tell(&Event::Unsubscribed {});
    assert_eq!(settled(&effects), Some(("opt_out", "")), "nobody waits for ever");
    assert!(has(&effects, "RegisterWorker") && reports(&effects).is_empty());
    device.tell(&Event::WorkerActive {});
    let effects = device.tell(&Event::Subscribed { endpoint: "https://push.example.net/2", p256dh: "p", auth: "a" });
    assert_eq!(settled(&effects), Some(("opt_in", "")));
    assert_eq!(status(&effects).0, "allowed");
}

#[test]
fn opting_in_waits_for_the_servers_key() {
    let mut device = opted_out();
    device.load();
    assert!(!has(&device.tell(&Event::OptIn {}), "RegisterWorker"));
    assert!(has(&device.remote(), "RegisterWorker"));
}

#[test]
fn opting_in_without_the_server_is_answered_all_the_same() {
    let mut device = opted_out();
    device.load();
    device.tell(&Event::RemoteFailed {});
    let effects = device.tell(&Event::OptIn {});
    assert_eq!(settled(&effects), Some(("opt_in", "")));
    assert_eq!(status(&effects), ("allowed", "", "none", false), "the next page view subscribes");
}

#[test]
fn what_is_so_already_is_answered_at_once() {
    let mut device = Device::default();
    device.subscribe();
    assert_eq!(settled(&device.tell(&Event::OptIn {})), Some(("opt_in", "")));
    let mut stranger = Device::default();
    stranger.shown();
    assert_eq!(settled(&stranger.tell(&Event::OptOut {})), Some(("opt_out", "")));
}

#[test]
fn what_the_visitor_chose_reaches_the_server_with_the_device() {
    let mut device = Device::default();
    device.view();
    assert_eq!(
        device.tell(&Event::Chosen { snoozed_until: "" }).iter().map(name).collect::<Vec<_>>(),
        ["Patch", "Flush"]
    );
}

#[test]
fn a_conversion_is_a_report() {
    let mut device = Device::default();
    device.view();
    assert_eq!(reports(&device.tell(&Event::Conversion { data: "{\"name\":\"order\"}" })), ["conversion"]);
}
