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
    Page,
    WorkerActive,
    Subscribed,
    Unsubscribed,
    Fails(&'static str),
    Acked(bool),
    Refused(&'static str),
    StorageFailed,
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
        1 => Just(Step::Page),
        2 => Just(Step::WorkerActive),
        2 => Just(Step::Subscribed),
        1 => Just(Step::Unsubscribed),
        1 => prop::sample::select(&["AbortError", "NotAllowedError"][..]).prop_map(Step::Fails),
        1 => any::<bool>().prop_map(Step::Acked),
        1 => prop::sample::select(&["endpoint_taken", "secret_wrong"][..]).prop_map(Step::Refused),
        1 => Just(Step::StorageFailed),
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
        Step::Page => device.tell(&Event::Page {}),
        Step::WorkerActive => device.tell(&Event::WorkerActive {}),
        Step::Subscribed => {
            device.tell(&Event::Subscribed { endpoint: "https://push.example.net/1", p256dh: "p", auth: "a" })
        }
        Step::Unsubscribed => device.tell(&Event::Unsubscribed {}),
        Step::Fails(error) => device.tell(&Event::SubscribeFailed { error }),
        Step::Acked(live) => device.tell(&Event::DeviceAcked { live }),
        Step::Refused(code) => device.tell(&Event::DeviceRefused { code }),
        Step::StorageFailed => device.tell(&Event::StorageFailed {}),
    }
}

/// What a ticket says: until when, and under which permission.
fn ticket(device: &Device) -> Option<(u64, String)> {
    let parts: Vec<&str> = device.ticket.split('|').collect();
    Some((parts.get(2)?.parse().ok()?, (*parts.get(4)?).to_owned()))
}

fn config() -> impl Strategy<Value = Vec<(&'static str, &'static str, &'static str)>> {
    prop::sample::subsequence(
        vec![("prompt.delaySeconds", "n", "5"), ("prompt.events.0", "s", "cart"), ("prompt.pageViews", "n", "2")],
        0..=3,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_asked_who_must_not_be(settings in config(), steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::with(&settings);
        let (mut presses, mut prompts, mut ready) = (0u32, 0u32, false);
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
            // The popup: never where the answer is known, and it takes no press for half a second.
            if has(&effects, "Draw") {
                prop_assert_eq!(device.facts.permission, "default");
                let half_a_second = Effect::StartTimer { timer: "ready", limit: 500 };
                prop_assert!(effects.contains(&half_a_second));
            }
            ready = (ready || has(&effects, "Enable"))
                && !has(&effects, "Draw") && !has(&effects, "Erase") && !matches!(step, Step::View(_));
        }
    }

    #[test]
    fn nobody_is_asked_by_itself_before_the_tickets_time(steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::default();
        for step in &steps {
            let held = ticket(&device);
            let effects = perform(&mut device, step);
            let by_itself = matches!(step, Step::View(_) | Step::Page | Step::Timer(_) | Step::Track(_));
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
    fn any_text_for_any_event_is_taken_without_a_panic(code in 0u32..40, text in "[\\PC\u{1f}\u{1e}]{0,80}", then in 0u32..40) {
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
