//! A page view for tests: tells the client what happened and remembers what it wanted done.
#![allow(dead_code, clippy::struct_excessive_bools)]

use softbell::logic::border::UNIT;
use softbell::logic::{Client, Effect, Event};

/// 20 November 2026, noon.
pub const NOON: u64 = 1_795_176_000_000;
pub const DAY: u64 = 86_400_000;

/// The browser's facts of one page view.
#[derive(Clone)]
pub struct Facts {
    pub permission: &'static str,
    pub secure: bool,
    pub workers: bool,
    pub push: bool,
    pub top: bool,
    pub ios_tab: bool,
    pub ios_app: bool,
    pub storage: bool,
    pub locale: &'static str,
    pub path: &'static str,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            permission: "default",
            secure: true,
            workers: true,
            push: true,
            top: true,
            ios_tab: false,
            ios_app: false,
            storage: true,
            locale: "en",
            path: "/",
        }
    }
}

/// One page view after the other on one device: what is kept is what `SaveHistory` and `SaveTicket` said.
pub struct Device {
    pub config: Vec<(&'static str, &'static str, &'static str)>,
    pub facts: Facts,
    pub history: String,
    pub ticket: String,
    pub now: u64,
    /// The native prompt waits for an answer.
    pub prompt_open: bool,
    /// There was a page view.
    pub begun: bool,
    pub client: Client,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            config: vec![("site", "s", "shop"), ("server", "s", "https://push.example.com")],
            facts: Facts::default(),
            history: String::new(),
            ticket: String::new(),
            now: NOON,
            prompt_open: false,
            begun: false,
            client: Client::default(),
        }
    }
}

impl Device {
    /// A device on a site with these settings beside `site` and `server`.
    pub fn with(settings: &[(&'static str, &'static str, &'static str)]) -> Self {
        let mut device = Self::default();
        device.config.extend_from_slice(settings);
        device
    }

    /// Tells one event and keeps what is to be kept.
    pub fn tell(&mut self, event: &Event) -> Vec<Effect> {
        let effects = self.client.update(event, self.now);
        for effect in &effects {
            match effect {
                Effect::SaveHistory { history } => self.history.clone_from(history),
                Effect::SaveTicket { ticket } => self.ticket.clone_from(ticket),
                Effect::RequestPermission {} => self.prompt_open = true,
                _ => {}
            }
        }
        effects
    }

    /// A new page view up to the facts: a new client that remembers only what was kept.
    pub fn load(&mut self) -> Vec<Effect> {
        self.client = Client::default();
        self.prompt_open = false;
        self.begun = true;
        let unit = UNIT.to_string();
        let config = self.config.iter().map(|(path, kind, text)| [*path, kind, text].join(&unit));
        let config = config.collect::<Vec<_>>().join(&unit);
        let mut effects = self.tell(&Event::read(1, &config).expect("Configure"));
        let history = self.history.clone();
        let ticket = self.ticket.clone();
        let facts = self.facts.clone();
        effects.extend(self.tell(&Event::Start {
            permission: facts.permission,
            secure: facts.secure,
            workers: facts.workers,
            push: facts.push,
            top: facts.top,
            ios_tab: facts.ios_tab,
            storage: facts.storage,
            history: &history,
            ticket: &ticket,
            fingerprint: "f1",
            locale: facts.locale,
            path: facts.path,
            ios_app: facts.ios_app,
        }));
        effects
    }

    /// The server's configuration arrives.
    pub fn remote(&mut self) -> Vec<Effect> {
        self.remote_with("BKey")
    }

    /// The same, with this key.
    pub fn remote_with(&mut self, key: &str) -> Vec<Effect> {
        let text = ["vapid", "s", key].join(&UNIT.to_string());
        self.tell(&Event::read(3, &text).expect("Remote"))
    }

    /// A whole page view, up to the decision whether to ask.
    pub fn view(&mut self) -> Vec<Effect> {
        let mut effects = self.load();
        effects.extend(self.remote());
        effects
    }

    /// A page view that shows the popup, until it takes presses.
    pub fn shown(&mut self) {
        assert!(has(&self.view(), "Draw"), "the popup was not shown");
        self.timer("ready");
    }

    pub fn timer(&mut self, timer: &str) -> Vec<Effect> {
        self.tell(&Event::Timer { timer })
    }

    /// A press by a person.
    pub fn press(&mut self, control: &str) -> Vec<Effect> {
        self.tell(&Event::Pressed { control, trusted: true })
    }

    pub fn answer(&mut self, permission: &'static str) -> Vec<Effect> {
        self.facts.permission = permission;
        self.prompt_open = false;
        self.tell(&Event::Answered { permission })
    }

    pub fn ask(&mut self, force: bool) -> Vec<Effect> {
        self.tell(&Event::Ask { force })
    }

    /// Everything was erased: what was kept goes, but what logic keeps after that; the site's client is a new one.
    pub fn erased(&mut self) -> Vec<Effect> {
        self.history.clear();
        self.ticket.clear();
        let mut effects = self.tell(&Event::Erased {});
        effects.extend(self.view());
        effects
    }

    /// The stable code of `explain()`.
    pub fn why(&mut self) -> &'static str {
        match self.tell(&Event::Explain {}).as_slice() {
            [Effect::Explained { code, .. }] => code,
            other => panic!("explain() said {other:?}"),
        }
    }

    /// Allowed, subscribed, acknowledged.
    pub fn subscribe(&mut self) {
        self.shown();
        self.press("yes");
        self.answer("granted");
        self.tell(&Event::WorkerActive {});
        self.tell(&Event::Subscribed { endpoint: "https://push.example.net/1", p256dh: "p", auth: "a" });
        self.tell(&Event::DeviceAcked { live: true });
    }
}

/// The effect's name, as in `Effect`.
pub fn name(effect: &Effect) -> String {
    let text = format!("{effect:?}");
    text.split([' ', '{']).next().unwrap_or_default().to_owned()
}

pub fn has(effects: &[Effect], wanted: &str) -> bool {
    effects.iter().any(|effect| name(effect) == wanted)
}

/// The types of the reports among the effects.
pub fn reports(effects: &[Effect]) -> Vec<&'static str> {
    let kind = |effect: &Effect| if let Effect::Report { kind, .. } = effect { Some(*kind) } else { None };
    effects.iter().filter_map(kind).collect()
}

/// The last status among the effects: status, reason, subscription, reachable.
pub fn status(effects: &[Effect]) -> (&'static str, &'static str, &'static str, bool) {
    let last = effects.iter().rev().find_map(|effect| match effect {
        Effect::Status { status, reason, subscription, reachable, .. } => {
            Some((*status, *reason, *subscription, *reachable))
        }
        _ => None,
    });
    last.expect("no status was told")
}

/// What `ask()`, or a refused `requestPermission()`, answered: outcome and code.
pub fn answered(effects: &[Effect]) -> Option<(&'static str, &'static str)> {
    effects.iter().find_map(|effect| match effect {
        Effect::AskDone { outcome: "refused", code, .. } => Some(("not_shown", *code)),
        Effect::AskDone { outcome, code, .. } => Some((*outcome, *code)),
        _ => None,
    })
}
