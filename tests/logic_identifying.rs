//! Who uses this device: what is asked when, what the ticket says, and what an earlier user sees.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::border::Value;
use softbell::logic::{Effect, Event};
use support::{DAY, Device, Facts, has, status};

const U1: u64 = 7;
/// What JavaScript calls -5.
const U2: u64 = 0xffff_fffb;

fn put(ask: bool, token: bool) -> Effect {
    Effect::PutUser { ask, token }
}

impl Device {
    fn identify(&mut self, user: u64) -> Vec<Effect> {
        self.tell(&Event::Identify { user })
    }

    /// `identify()`, and the server agrees.
    fn agree(&mut self, user: u64) {
        self.identify(user);
        self.tell(&Event::UserAnswered { suspended: false });
    }

    fn userhash(&self) -> &str {
        self.ticket.split('|').nth(7).unwrap_or_default()
    }
}

fn subscriber() -> Device {
    let mut device = Device::default();
    device.subscribe();
    device
}

#[test]
fn a15_an_anonymous_subscriber_is_asked_about_with_a_token_and_then_sleeps_as_that_user() {
    let mut device = subscriber();
    assert_eq!(device.userhash(), "");
    let effects = device.identify(U1);
    assert!(effects.contains(&put(true, true)), "{effects:?}");
    assert!(!has(&effects, "RegisterWorker") && !has(&effects, "Unsubscribe"), "the subscription stays");
    assert_eq!(device.userhash(), "", "the server has not agreed yet");
    device.tell(&Event::UserAnswered { suspended: false });
    assert_eq!(device.userhash(), "7");
    device.agree(U2);
    assert_eq!(device.userhash(), "-5", "as the loader writes it");
}

#[test]
fn a15_who_was_agreed_on_costs_no_request_within_a_day_and_one_without_a_token_after_it() {
    let mut device = subscriber();
    device.agree(U1);
    for (ahead, ask) in [(0, false), (DAY - 1, false), (DAY, true)] {
        let mut later = subscriber();
        later.agree(U1);
        later.now += ahead;
        later.view();
        let effects = later.identify(U1);
        assert!(effects.contains(&put(ask, false)), "{ahead}: {effects:?}");
    }
    device.now -= 1;
    device.view();
    assert!(device.identify(U1).contains(&put(true, false)), "the clock went back");
}

#[test]
fn a15_a_token_from_before_the_subscription_does_not_prove_its_endpoint() {
    let mut device = Device::default();
    device.shown();
    device.agree(U1);
    device.press("yes");
    device.answer("granted");
    device.tell(&Event::WorkerActive {});
    device.tell(&Event::Subscribed { endpoint: "https://push.example.net/1", p256dh: "p", auth: "a" });
    let effects = device.tell(&Event::DeviceAcked { live: true });
    assert!(effects.contains(&put(true, true)), "{effects:?}");
    assert_eq!(device.userhash(), "");
    assert!(!has(&device.tell(&Event::DeviceAcked { live: true }), "PutUser"), "once for each endpoint");
    device.tell(&Event::UserAnswered { suspended: false });
    assert_eq!(device.userhash(), "7");
    assert!(!has(&device.tell(&Event::DeviceAcked { live: true }), "PutUser"));
}

#[test]
fn a15_a_new_endpoint_on_a_page_that_names_nobody_wakes_the_next_page_that_does() {
    let mut device = subscriber();
    device.agree(U1);
    device.now += DAY;
    device.view();
    device.tell(&Event::WorkerActive {});
    device.tell(&Event::Subscribed { endpoint: "https://push.example.net/2", p256dh: "p", auth: "a" });
    assert!(!has(&device.tell(&Event::DeviceAcked { live: true }), "PutUser"));
    assert_eq!(device.userhash(), "");
    device.view();
    assert!(device.identify(U1).contains(&put(true, true)));
}

#[test]
fn a13_an_earlier_user_is_suspended_here_until_he_takes_the_device_over() {
    let mut device = subscriber();
    device.agree(U2);
    device.view();
    device.tell(&Event::WorkerActive {});
    device.tell(&Event::Subscribed { endpoint: "https://push.example.net/1", p256dh: "p", auth: "a" });
    device.tell(&Event::DeviceAcked { live: true });
    device.identify(U1);
    let effects = device.tell(&Event::UserAnswered { suspended: true });
    assert_eq!(status(&effects), ("suspended", "", "live", false));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Status { code: 3, .. })));
    assert_eq!(device.why(), "suspended");
    assert_eq!(device.userhash(), "");
    let effects = device.tell(&Event::Track { name: "x", properties: "" });
    let Some(Effect::Patch { state }) = effects.first() else { unreachable!("{effects:?}") };
    assert!(state.contains(&("status", Value::Word("allowed"))), "the device is another's, and allowed");
    device.agree(U1);
    assert_eq!(status(&device.tell(&Event::UserAnswered { suspended: false })).0, "allowed");
}

#[test]
fn a13_an_earlier_user_is_not_asked() {
    let mut device = Device::default();
    device.shown();
    device.identify(U1);
    let effects = device.tell(&Event::UserAnswered { suspended: true });
    assert!(has(&effects, "Erase"), "a Yes would be another's");
    assert_eq!(support::answered(&effects), Some(("not_shown", "suspended")));
    assert_eq!(support::answered(&device.ask(true)), Some(("not_shown", "suspended")));
}

#[test]
fn a13_a_page_that_is_left_before_the_answer_leaves_nobody_known() {
    let mut device = subscriber();
    device.agree(U1);
    device.identify(U2);
    assert_eq!(device.userhash(), "", "the device may be another's by now");
    device.view();
    assert!(device.identify(U1).contains(&put(true, true)));
}

#[test]
fn a16_logout_detaches_the_device_or_keeps_it_as_configured() {
    for (word, detached) in [("detach", true), ("keep", false)] {
        let mut device = Device::with(&[("logout", "s", word)]);
        device.subscribe();
        device.agree(U1);
        let effects = device.tell(&Event::Logout {});
        assert_eq!(has(&effects, "Detach"), detached, "{word}");
        assert_eq!(status(&effects), ("allowed", "", "live", true), "the subscription stays");
        assert_eq!(device.userhash(), if detached { "" } else { "7" }, "{word}");
    }
    let mut device = subscriber();
    assert!(has(&device.tell(&Event::Logout {}), "Detach"), "that is what happens unless it is configured");
}

#[test]
fn a16_an_earlier_user_who_leaves_does_not_take_the_present_one_along() {
    let mut device = subscriber();
    device.identify(U1);
    device.tell(&Event::UserAnswered { suspended: true });
    let effects = device.tell(&Event::Logout {});
    assert!(!has(&effects, "Detach"));
    assert_eq!(status(&effects).0, "allowed");
}

#[test]
fn a16_an_answer_that_comes_after_the_logout_changes_nothing() {
    let mut device = subscriber();
    device.identify(U1);
    device.tell(&Event::Logout {});
    for suspended in [false, true] {
        assert_eq!(device.tell(&Event::UserAnswered { suspended }), []);
    }
}

#[test]
fn a3_the_status_of_a_known_user_is_told_without_a_subscription_too() {
    for (known, told) in [(true, true), (false, false)] {
        let mut device = Device::default();
        device.view();
        if known {
            device.agree(U1);
        }
        device.facts = Facts { permission: "denied", ..Facts::default() };
        device.load();
        let effects = device.remote();
        assert_eq!(has(&effects, "Patch") && has(&effects, "Flush"), told, "known: {known}");
        assert_eq!(device.ticket.split('|').nth(2), Some((device.now + DAY).to_string().as_str()), "and so every day");
    }
}
