//! What both push services know: browsers, their subscriptions, and the messages on their way.

use std::{
    collections::HashMap,
    fmt::Display,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    faults::Faults,
    gate::Gate,
    journal::Journal,
    record::{Ack, Browser, BrowserState, Delivery, Message, Service, State, Subscription, SubscriptionState},
};

/// The open line of each browser: its number, and where to put messages.
type Lines = HashMap<String, (u64, UnboundedSender<Arc<Message>>)>;

/// The push services' memory, shared by their front ends and by the control API.
#[derive(Debug, Default)]
pub struct Push {
    /// Browsers that ever said hello.
    pub browsers: Journal<Browser>,
    /// Subscriptions, ended ones too.
    pub subscriptions: Journal<Subscription>,
    /// Messages that senders posted and we accepted.
    pub deliveries: Journal<Delivery>,
    /// Answers that the test ordered instead of the right ones.
    pub faults: Faults,
    /// Up or down, for browsers and senders alike.
    pub gate: Gate,
    /// Whether to tell on stderr what browsers and senders say.
    verbose: bool,
    connections: Mutex<Lines>,
    next_connection: AtomicU64,
    clock_offset: AtomicI64,
}

/// An open line to a browser; dropping it is how the line ends.
#[derive(Debug)]
pub struct Line {
    push: Arc<Push>,
    browser: String,
    number: u64,
    /// Messages to write to the browser; ends when the lab hangs up or the browser calls anew.
    pub messages: UnboundedReceiver<Arc<Message>>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.push.disconnect(&self.browser, self.number);
    }
}

impl Push {
    /// Empty, up, and with the right time.
    #[must_use]
    pub fn new(verbose: bool) -> Self {
        Self { verbose, ..Self::default() }
    }

    /// A line for the person who watches, if one asked for it.
    pub fn say(&self, line: impl Display) {
        if self.verbose {
            eprintln!("{line}");
        }
    }

    /// Seconds since 1970 as the services see them: the real clock plus the test's offset.
    pub fn now(&self) -> i64 {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        i64::try_from(real).unwrap_or(i64::MAX) + self.clock_offset.load(Ordering::Relaxed)
    }

    /// Moves the services' clock, to follow a server under test that moved its own.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.clock_offset.store(seconds, Ordering::Relaxed);
    }

    /// A browser is on the line: what waited for it goes out at once.
    pub fn connect(self: &Arc<Self>, service: Service, browser: &str) -> Line {
        let number = self.next_connection.fetch_add(1, Ordering::Relaxed);
        let (sender, messages) = unbounded_channel();
        let known = self.browsers.update(|known| known.name == browser && known.turn(BrowserState::Connected));
        if known == 0 && !self.knows(browser) {
            self.browsers.add(Browser { name: browser.into(), service, state: BrowserState::Connected });
        }
        self.lines().insert(browser.into(), (number, sender));
        self.requeue(browser);
        self.dispatch(browser);
        Line { push: self.clone(), browser: browser.into(), number, messages }
    }

    /// Whether this browser said hello before and was not forgotten.
    pub fn knows(&self, browser: &str) -> bool {
        self.browsers.latest(|known| known.name == browser).is_some_and(|known| known.state != BrowserState::Forgotten)
    }

    /// Forgets a browser: its subscriptions end, and its next hello is a stranger's. False if unknown.
    pub fn forget(&self, browser: &str) -> bool {
        let found = self.browsers.update(|known| known.name == browser && known.turn(BrowserState::Forgotten)) > 0;
        self.end(SubscriptionState::Expired, |subscription| subscription.browser == browser);
        self.lines().remove(browser);
        found
    }

    /// Cuts a browser's line; it is free to call again. False if it had none.
    pub fn hang_up(&self, browser: &str) -> bool {
        self.lines().remove(browser).is_some()
    }

    /// Ends the live subscriptions that match; returns how many there were.
    pub fn end(&self, state: SubscriptionState, matches: impl Fn(&Subscription) -> bool) -> usize {
        self.subscriptions.update(|subscription| {
            let hit = subscription.state == SubscriptionState::Live && matches(subscription);
            if hit {
                subscription.state = state;
            }
            hit
        })
    }

    /// The subscription behind a token, whatever its state.
    pub fn subscription(&self, token: &str) -> Option<Subscription> {
        self.subscriptions.latest(|subscription| subscription.token == token)
    }

    /// Takes a message from a sender: it replaces a waiting one of its topic, then goes out or waits.
    pub fn submit(&self, delivery: Delivery) {
        let browser = delivery.message.browser.clone();
        if delivery.topic.is_some() {
            self.deliveries.update(|old| {
                let replaced = old.token == delivery.token && old.topic == delivery.topic;
                replaced && old.state == State::Queued && old.turn(State::Replaced)
            });
        }
        self.deliveries.add(delivery);
        self.dispatch(&browser);
    }

    /// Notes what a browser said about a message.
    pub fn acknowledge(&self, browser: &str, message: &str, ack: &Ack) {
        self.deliveries.update(|delivery| {
            let hit = delivery.message.browser == browser
                && delivery.message.id == message
                && !matches!(delivery.state, State::Acked);
            if hit {
                delivery.ack = Some(ack.clone());
                delivery.turn(State::Acked);
            }
            hit
        });
    }

    /// Sends what waits for a browser; without a line, messages that may not wait are dropped.
    fn dispatch(&self, browser: &str) {
        let lines = self.lines();
        let line = lines.get(browser).map(|(_, line)| line);
        let now = self.now();
        self.deliveries.update(|delivery| {
            if delivery.state != State::Queued || delivery.message.browser != browser {
                return false;
            }
            match line {
                _ if delivery.ttl > 0 && delivery.expires < now => delivery.turn(State::Expired),
                Some(line) if line.send(delivery.message.clone()).is_ok() => delivery.turn(State::Sent),
                _ if delivery.ttl == 0 => delivery.turn(State::Dropped),
                _ => false,
            }
        });
    }

    /// A line ended, which matters unless a newer one took over.
    fn disconnect(&self, browser: &str, number: u64) {
        let mut lines = self.lines();
        match lines.get(browser) {
            Some((current, _)) if *current != number => return,
            _ => lines.remove(browser),
        };
        drop(lines);
        self.browsers.update(|known| {
            known.name == browser && known.state == BrowserState::Connected && known.turn(BrowserState::Away)
        });
        self.requeue(browser);
    }

    /// What was sent but not acknowledged may be lost: it waits again, if it may wait.
    fn requeue(&self, browser: &str) {
        self.deliveries.update(|delivery| {
            let lost = delivery.state == State::Sent && delivery.message.browser == browser;
            lost && delivery.turn(if delivery.ttl == 0 { State::Dropped } else { State::Queued })
        });
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
