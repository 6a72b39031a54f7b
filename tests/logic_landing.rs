//! Page views that a press on a notification led to.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::{Effect, Event};
use support::{Device, Facts, has};

const LANDED: Event = Event::Landed { id: "AAAAAAAAAAAAAAAAAAAAAA" };

fn land() -> Effect {
    Effect::Land { id: "AAAAAAAAAAAAAAAAAAAAAA".into() }
}

fn app() -> Device {
    Device { facts: Facts { ios_app: true, ..Facts::default() }, ..Device::default() }
}

#[test]
fn c16_a_device_that_can_be_sent_to_lands_before_the_server_has_said_a_word() {
    let mut device = Device::default();
    device.subscribe();
    device.load();
    assert_eq!(device.tell(&LANDED), [land()]);
    device.remote();
    assert_eq!(device.tell(&LANDED), [land()], "a view of a single-page app");
    device.tell(&Event::RemoteFailed {});
    assert_eq!(device.tell(&LANDED), [land()]);
}

#[test]
fn c16_whoever_never_subscribed_got_the_address_from_somebody_else() {
    let mut device = Device::default();
    assert_eq!(device.tell(&LANDED), [], "nothing is configured");
    device.view();
    assert_eq!(device.tell(&LANDED), []);
    let mut off = Device::default();
    off.subscribe();
    off.tell(&Event::OptOut {});
    off.tell(&Event::Unsubscribed {});
    off.view();
    assert_eq!(off.tell(&LANDED), []);
}

#[test]
fn c16_a_landing_opens_no_popup_and_takes_none_away() {
    let mut waits = Device::with(&[("prompt.pageViews", "n", "2")]);
    waits.view();
    assert_eq!((waits.tell(&LANDED), waits.why()), (vec![], "waiting_page_views"));
    let mut shows = Device::default();
    shows.shown();
    assert_eq!((shows.tell(&LANDED), shows.why()), (vec![], "shown"));
}

#[test]
fn c7_an_app_on_an_iphone_looks_where_the_press_leads_when_it_opens_and_when_it_comes_to_the_front() {
    let mut device = app();
    assert!(!has(&device.view(), "Follow"), "nobody has sent anything yet");
    device.subscribe();
    assert!(has(&device.load(), "Follow"));
    device.remote();
    assert_eq!(device.tell(&Event::Looked { permission: "granted" }), [Effect::Follow {}]);
    device.facts.ios_app = false;
    assert!(!has(&device.view(), "Follow"));
    assert_eq!(device.tell(&Event::Looked { permission: "granted" }), []);
}

#[test]
fn c7_an_app_that_may_have_lost_a_press_never_sleeps() {
    let mut device = app();
    device.subscribe();
    assert_eq!(device.ticket, "", "reachable, and awake all the same");
    let mut elsewhere = Device::default();
    elsewhere.subscribe();
    assert_ne!(elsewhere.ticket, "");
    let mut stranger = app();
    stranger.config.push(("prompt", "b", ""));
    stranger.view();
    assert_ne!(stranger.ticket, "", "without a subscription nothing can be pressed");
}
