//! Rules that hold for any sequence of visitor, browser, server and clock: nobody is asked who must not be asked.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use proptest::prelude::*;
use softbell::logic::{Effect, Event};
use support::{DAY, Device, has};

/// One thing that can happen.
#[derive(Clone, Debug)]
enum Step {
    /// A page view: does the server answer?
    View(bool),
    /// The clock moves, ahead or back.
    Clock(i64),
    Timer(&'static str),
    Press(&'static str, bool),
    /// The browser answers the native prompt, if it is open; or anything answers out of turn.
    Answer(&'static str),
    /// The visitor changes the browser's own settings and comes back.
    Settings(&'static str),
    Ask(bool),
    Request(bool),
    OptIn,
    OptOut,
    Track(&'static str),
    Page(&'static str),
    Pause(bool),
    /// Days from now, or the end of a snooze.
    Snooze(u64),
    WorkerActive,
    Subscribed,
    Unsubscribed,
    Fails(&'static str),
    Acked(bool),
    Refused(&'static str),
    StorageFailed,
    /// The configuration comes anew, with this key.
    Remote(&'static str),
    Identify(u64),
    UserAnswered(bool),
    Logout,
    Erased,
    Landed,
}

const PERMISSIONS: [&str; 3] = ["default", "granted", "denied"];

fn step() -> impl Strategy<Value = Step> {
    let permission = || prop::sample::select(&PERMISSIONS[..]);
    prop_oneof![
        3 => any::<bool>().prop_map(Step::View),
        2 => (-40i64..400).prop_map(Step::Clock),
        4 => prop::sample::select(&["ready", "delay", "unanswered"][..]).prop_map(Step::Timer),
        6 => (prop::sample::select(&["yes", "no", "close"][..]), prop::bool::weighted(0.8))
            .prop_map(|(control, trusted)| Step::Press(control, trusted)),
        3 => permission().prop_map(Step::Answer),
        1 => permission().prop_map(Step::Settings),
        2 => any::<bool>().prop_map(Step::Ask),
        1 => any::<bool>().prop_map(Step::Request),
        1 => Just(Step::OptIn),
        1 => Just(Step::OptOut),
        1 => prop::sample::select(&["cart", "other"][..]).prop_map(Step::Track),
        1 => prop::sample::select(&["/", "/pay"][..]).prop_map(Step::Page),
        1 => any::<bool>().prop_map(Step::Pause),
        1 => (0u64..3).prop_map(Step::Snooze),
        2 => Just(Step::WorkerActive),
        2 => Just(Step::Subscribed),
        1 => Just(Step::Unsubscribed),
        1 => prop::sample::select(&["AbortError", "NotAllowedError"][..]).prop_map(Step::Fails),
        1 => any::<bool>().prop_map(Step::Acked),
        1 => prop::sample::select(&["endpoint_taken", "vapid_changed", "secret_wrong"][..]).prop_map(Step::Refused),
        1 => Just(Step::StorageFailed),
        1 => prop::sample::select(&["BKey", "BNew"][..]).prop_map(Step::Remote),
        1 => (1u64..3).prop_map(Step::Identify),
        1 => any::<bool>().prop_map(Step::UserAnswered),
        1 => Just(Step::Logout),
        1 => Just(Step::Erased),
        1 => Just(Step::Landed),
    ]
}

fn perform(device: &mut Device, step: &Step) -> Vec<Effect> {
    match *step {
        Step::View(true) => device.view(),
        Step::View(false) => {
            let mut effects = device.load();
            effects.extend(device.tell(&Event::RemoteFailed {}));
            effects
        }
        Step::Clock(days) => {
            device.now = device.now.saturating_add_signed(days * i64::try_from(DAY / 4).expect("a quarter of a day"));
            vec![]
        }
        Step::Timer(timer) => device.timer(timer),
        Step::Press(control, trusted) => device.tell(&Event::Pressed { control, trusted }),
        // Only a prompt that is open can be answered; out of turn the browser says what it said before.
        Step::Answer(permission) if device.prompt_open => device.answer(permission),
        Step::Answer(_) => device.tell(&Event::Answered { permission: device.facts.permission }),
        Step::Settings(permission) => {
            device.facts.permission = permission;
            device.tell(&Event::Looked { permission })
        }
        Step::Ask(force) => device.ask(force),
        Step::Request(active) => device.tell(&Event::Request { active }),
        Step::OptIn => device.tell(&Event::OptIn {}),
        Step::OptOut => device.tell(&Event::OptOut {}),
        Step::Track(name) => device.tell(&Event::Track { name, properties: "" }),
        Step::Page(path) => device.tell(&Event::Page { path }),
        Step::Pause(paused) => device.tell(&Event::Pause { paused }),
        Step::Snooze(days) => {
            let until = if days == 0 { 0 } else { device.now + days * DAY };
            device.tell(&Event::Chosen { snoozed_until: &until.to_string() })
        }
        Step::WorkerActive => device.tell(&Event::WorkerActive {}),
        Step::Subscribed => {
            device.tell(&Event::Subscribed { endpoint: "https://push.example.net/1", p256dh: "p", auth: "a" })
        }
        Step::Unsubscribed => device.tell(&Event::Unsubscribed {}),
        Step::Fails(error) => device.tell(&Event::SubscribeFailed { error }),
        Step::Acked(live) => device.tell(&Event::DeviceAcked { live }),
        Step::Refused(code) => device.tell(&Event::DeviceRefused { code }),
        Step::StorageFailed => device.tell(&Event::StorageFailed {}),
        Step::Remote(key) => device.remote_with(key),
        Step::Identify(user) => device.tell(&Event::Identify { user }),
        Step::UserAnswered(suspended) => device.tell(&Event::UserAnswered { suspended }),
        Step::Logout => device.tell(&Event::Logout {}),
        // Nobody erases before the first page view has begun: `eraseData()` waits for it.
        Step::Erased if !device.begun => vec![],
        Step::Erased => device.erased(),
        Step::Landed => device.tell(&Event::Landed { id: "AAAAAAAAAAAAAAAAAAAAAA" }),
    }
}

/// What a ticket says: until when, and under which permission.
fn ticket(device: &Device) -> Option<(u64, String)> {
    let parts: Vec<&str> = device.ticket.split('|').collect();
    Some((parts.get(2)?.parse().ok()?, (*parts.get(4)?).to_owned()))
}

fn config() -> impl Strategy<Value = Vec<(&'static str, &'static str, &'static str)>> {
    prop::sample::subsequence(
        vec![
            ("prompt.delaySeconds", "n", "5"),
            ("prompt.events.0", "s", "cart"),
            ("prompt.pageViews", "n", "2"),
            ("prompt.urls.deny.0", "s", "/pay"),
        ],
        0..=4,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(5000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_asked_who_must_not_be(ios_app in any::<bool>(), settings in config(), steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::with(&settings);
        device.facts.ios_app = ios_app;
        let (mut presses, mut prompts, mut ready, mut told) = (0u32, 0u32, false, "");
        for step in &steps {
            let before = device.facts.permission;
            let effects = perform(&mut device, step);
            let pressed = matches!(step, Step::Press("yes", true)) && ready || matches!(step, Step::Request(true));
            presses += u32::from(pressed);
            let asked = effects.iter().filter(|effect| **effect == Effect::RequestPermission {}).count();
            prompts += u32::try_from(asked).expect("a few");

            // The native prompt: only in a press of the visitor, first of all, never where the answer is known.
            prop_assert!(asked <= usize::from(pressed), "{step:?} opened the native prompt");
            prop_assert!(prompts <= presses);
            if asked > 0 {
                prop_assert_eq!(&effects[0], &Effect::RequestPermission {});
                prop_assert_eq!(before, "default");
            }
            // The popup: never where the answer is known or an earlier user is here, and it takes no press for half a
            // second.
            for effect in &effects {
                match effect {
                    Effect::Status { status, .. } => told = status,
                    Effect::Draw { .. } => prop_assert_eq!(told, "ask"),
                    _ => {}
                }
            }
            // Who comes by a notification is asked, or left alone, as everybody else.
            if matches!(step, Step::Landed) {
                prop_assert!(effects.iter().all(|effect| matches!(effect, Effect::Land { .. })), "{step:?} did more");
            }
            if has(&effects, "Draw") {
                prop_assert_eq!(device.facts.permission, "default");
                let half_a_second = Effect::StartTimer { timer: "ready", limit: 500 };
                prop_assert!(effects.contains(&half_a_second));
            }
            ready = (ready || has(&effects, "Enable"))
                && !has(&effects, "Draw") && !has(&effects, "Erase") && !matches!(step, Step::View(_) | Step::Erased);
        }
    }

    #[test]
    fn f1_one_answer_never_gives_two_lines(ios_app in any::<bool>(), settings in config(), steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::with(&settings);
        device.facts.ios_app = ios_app;
        // How often the permission changed, and at which of these changes a line told of it last.
        let (mut changes, mut told, mut off) = (1u32, 0u32, false);
        for step in &steps {
            let before = device.facts.permission;
            let begun = device.begun;
            let effects = perform(&mut device, step);
            changes += u32::from(before != device.facts.permission);
            if begun && matches!(step, Step::Erased) {
                // Who agreed before stays out, and nothing else is remembered.
                off = device.facts.permission == "granted";
            }
            let lines = effects.iter().filter_map(|effect| match effect {
                Effect::Consent { val, source, .. } => Some((*val, *source)),
                _ => None,
            });
            let lines: Vec<_> = lines.collect();
            prop_assert!(lines.len() <= 1, "{step:?} gave {lines:?}");
            match lines.first() {
                Some((_, "soft_popup")) => prop_assert!(matches!(step, Step::Press("no", true))),
                Some((val, "api")) => {
                    prop_assert!(matches!(step, Step::OptIn | Step::OptOut));
                    prop_assert!((*val == "n") != off, "{val} twice");
                    off = *val == "n";
                }
                Some((val, source)) => {
                    prop_assert!(changes > told, "{source} told twice of {}", device.facts.permission);
                    prop_assert_eq!(*val == "y", device.facts.permission == "granted");
                    told = changes;
                    // A new Yes in the native prompt ends an opt-out.
                    off = off && (*val, *source) != ("y", "native_prompt");
                }
                None => {}
            }
        }
    }

    #[test]
    fn no_popup_comes_by_itself_where_the_site_or_the_visitor_does_not_want_one(steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::with(&[("prompt.urls.deny.0", "s", "/pay")]);
        let (mut paused, mut snoozed_until, mut path) = (false, 0, "/");
        for step in &steps {
            match *step {
                Step::View(_) => (paused, path) = (false, "/"),
                Step::Erased => (paused, path, snoozed_until) = (false, "/", 0),
                Step::Page(to) => path = to,
                Step::Pause(now) => paused = now,
                Step::Snooze(days) => snoozed_until = if days == 0 { 0 } else { device.now + days * DAY },
                _ => {}
            }
            let called = matches!(step, Step::Ask(_) | Step::OptIn | Step::View(_) | Step::Erased);
            let effects = perform(&mut device, step);
            if has(&effects, "Draw") && !called {
                prop_assert!(!paused, "{step:?} while popups are paused");
                prop_assert!(path != "/pay", "{step:?} at an address that is denied");
                prop_assert!(device.now >= snoozed_until, "{step:?} while the visitor sleeps");
            }
        }
    }

    #[test]
    fn every_call_that_waits_is_answered_or_still_under_way(steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::default();
        let mut leaving = false;
        for step in &steps {
            let effects = perform(&mut device, step);
            let settled = effects.iter().any(|effect| matches!(effect, Effect::Settled { call: "opt_out", .. }));
            leaving = (leaving || has(&effects, "Unsubscribe")) && !matches!(step, Step::Unsubscribed | Step::View(_) | Step::Erased);
            if matches!(step, Step::OptOut) {
                prop_assert!(settled != leaving, "optOut() is answered when the subscription is gone, not before");
            }
            // A permission that changed behind our back is told once a change.
            let told = effects.iter().filter(|effect| matches!(effect, Effect::Emit { name: "permission.changed" })).count();
            prop_assert!(told <= 1);
        }
    }

    #[test]
    fn nobody_is_asked_by_itself_before_the_tickets_time(steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::default();
        for step in &steps {
            let held = ticket(&device);
            let effects = perform(&mut device, step);
            let by_itself = matches!(step, Step::View(_) | Step::Page(_) | Step::Timer(_) | Step::Track(_) | Step::Pause(_));
            if let Some((until, permission)) = held.filter(|_| by_itself && has(&effects, "Draw")) {
                prop_assert!(device.now >= until || permission != device.facts.permission, "{} < {until}", device.now);
            }
        }
    }

    #[test]
    fn a_ticket_holds_for_a_day_at_most(steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::default();
        for step in &steps {
            perform(&mut device, step);
            if let Some((until, _)) = ticket(&device) {
                let written: u64 = device.ticket.split('|').nth(1).and_then(|n| n.parse().ok()).expect("written");
                prop_assert!(until <= written + DAY);
            }
        }
    }

    #[test]
    fn any_text_for_any_event_is_taken_without_a_panic(code in 0u32..70, text in "[\\PC\u{1f}\u{1e}]{0,80}", then in 0u32..70) {
        let mut client = softbell::logic::Client::default();
        for code in [1, code, 2, then] {
            softbell::dispatch(&mut client, code, 1e12, &text);
        }
    }

    #[test]
    fn any_number_is_a_time(now in any::<f64>()) {
        let mut client = softbell::logic::Client::default();
        for (code, text) in [(1, "site\u{1f}s\u{1f}a\u{1f}server\u{1f}s\u{1f}https://a"), (2, "default\u{1f}1\u{1f}1\u{1f}1\u{1f}1"), (3, "vapid\u{1f}s\u{1f}k"), (13, "1")] {
            softbell::dispatch(&mut client, code, now, text);
        }
    }
}
