//! Rules of identity that hold for any sequence of page, browser, server and clock, against a server that keeps its books.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use proptest::prelude::*;
use softbell::logic::border::Value;
use softbell::logic::{Effect, Event};
use support::{DAY, Device, status};

/// One thing that can happen.
#[derive(Clone, Debug)]
enum Step {
    View,
    /// The clock moves by quarters of a day, ahead or back.
    Clock(i64),
    Identify(u64),
    Logout,
    /// The server hears the question that is on its way; does the page hear the answer?
    Hears(Verdict, bool),
    /// The push service gives this endpoint.
    Endpoint(usize),
    Acked,
    Settings(&'static str),
    OptOut,
    OptIn,
}

/// What the server says of the user it is asked about.
#[derive(Clone, Copy, Debug)]
enum Verdict {
    Agrees,
    Suspends,
    Refuses,
}

const ENDPOINTS: [&str; 3] = ["https://push.example.net/1", "https://push.example.net/2", "https://push.example.net/3"];
const USERS: [u64; 3] = [1, 2, 0xffff_ffff];

fn step() -> impl Strategy<Value = Step> {
    let verdict = prop::sample::select(&[Verdict::Agrees, Verdict::Agrees, Verdict::Suspends, Verdict::Refuses][..]);
    prop_oneof![
        3 => Just(Step::View),
        1 => (-4i64..8).prop_map(Step::Clock),
        6 => prop::sample::select(&USERS[..]).prop_map(Step::Identify),
        1 => Just(Step::Logout),
        6 => (verdict, prop::bool::weighted(0.8)).prop_map(|(verdict, told)| Step::Hears(verdict, told)),
        4 => (0usize..3).prop_map(Step::Endpoint),
        3 => Just(Step::Acked),
        1 => prop::sample::select(&["default", "granted", "denied"][..]).prop_map(Step::Settings),
        1 => Just(Step::OptOut),
        1 => Just(Step::OptIn),
    ]
}

/// The device as the server knows it, and what is on its way there.
#[derive(Default)]
struct Server {
    user: Option<u64>,
    endpoint: String,
    /// The endpoint that the user's token came with.
    proven: String,
    question: Option<Question>,
}

struct Question {
    user: u64,
    token: bool,
    endpoint: String,
}

struct World {
    device: Device,
    server: Server,
    /// Whom the page has named.
    named: u64,
}

impl World {
    /// What the shell does with the effects, as far as the server can notice.
    fn perform(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Patch { state } => {
                    for (path, value) in state {
                        match (*path, value) {
                            ("subscription.endpoint", Value::Text(endpoint)) => {
                                self.server.endpoint.clone_from(endpoint);
                            }
                            ("subscription", Value::Null) => self.server.endpoint.clear(),
                            _ => {}
                        }
                    }
                }
                Effect::PutUser { ask: true, token } => {
                    let endpoint = self.server.endpoint.clone();
                    self.server.question = Some(Question { user: self.named, token: *token, endpoint });
                }
                Effect::Detach {} => self.server.user = None,
                _ => {}
            }
        }
    }

    fn tell(&mut self, event: &Event) -> Vec<Effect> {
        let effects = self.device.tell(event);
        self.perform(&effects);
        effects
    }

    fn hear(&mut self, verdict: Verdict, told: bool) {
        let Some(Question { user, token, endpoint }) = self.server.question.take() else { return };
        // Without a token the server agrees on the user it has, and on nobody else.
        let agrees = matches!(verdict, Verdict::Agrees) && (token || self.server.user == Some(user));
        if agrees && token {
            self.server.user = Some(user);
            self.server.proven = endpoint;
        }
        let suspended = matches!(verdict, Verdict::Suspends) && self.server.user != Some(user);
        if told && (agrees || suspended) && self.named == user {
            self.tell(&Event::UserAnswered { suspended });
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::View => {
                self.named = 0;
                let mut effects = self.device.view();
                effects.extend(self.device.tell(&Event::WorkerActive {}));
                self.perform(&effects);
            }
            Step::Clock(quarters) => {
                let quarter = i64::try_from(DAY / 4).expect("a quarter of a day");
                self.device.now = self.device.now.saturating_add_signed(quarters * quarter);
            }
            Step::Identify(user) => {
                self.named = user;
                self.tell(&Event::Identify { user });
            }
            Step::Logout => {
                self.named = 0;
                self.tell(&Event::Logout {});
            }
            Step::Hears(verdict, told) => self.hear(verdict, told),
            Step::Endpoint(at) => {
                self.tell(&Event::Subscribed { endpoint: ENDPOINTS[at], p256dh: "p", auth: "a" });
            }
            Step::Acked => {
                self.tell(&Event::DeviceAcked { live: true });
            }
            Step::Settings(permission) => {
                self.device.facts.permission = permission;
                self.tell(&Event::Looked { permission });
            }
            Step::OptOut => {
                self.tell(&Event::OptOut {});
                self.tell(&Event::Unsubscribed {});
            }
            Step::OptIn => {
                self.tell(&Event::OptIn {});
            }
        }
    }

    /// The user on the ticket.
    fn userhash(&self) -> Option<u64> {
        let text = self.device.ticket.split('|').nth(7)?;
        let number: i32 = text.parse().ok()?;
        Some(u64::from(number.cast_unsigned()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(5000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a13_a15_a16_no_ticket_lets_a_user_sleep_whom_the_server_does_not_have(steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::default();
        device.facts.permission = "granted";
        device.view();
        let mut world = World { device, server: Server::default(), named: 0 };
        world.tell(&Event::WorkerActive {});
        for step in &steps {
            world.step(step);
            if let Some(user) = world.userhash() {
                prop_assert_eq!(Some(user), world.server.user, "after {:?}", step);
                let Server { endpoint, proven, .. } = &world.server;
                prop_assert!(endpoint.is_empty() || endpoint == proven, "not proven after {step:?}");
            }
        }
    }

    #[test]
    fn a13_only_a_user_whom_the_page_has_named_is_suspended(steps in prop::collection::vec(step(), 1..60)) {
        let mut device = Device::default();
        device.facts.permission = "granted";
        device.view();
        let mut world = World { device, server: Server::default(), named: 0 };
        for step in &steps {
            world.step(step);
            let effects = world.tell(&Event::Logout {});
            prop_assert_ne!(status(&effects).0, "suspended", "nobody is named after {:?}", step);
            world.named = 0;
        }
    }
}
