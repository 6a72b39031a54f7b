//! The sleep ticket: one short string that lets the loader sleep through page views on which nothing can happen.

use alloc::string::String;

use super::border::push_number;
use super::history::Millis;
use super::prompt::DAY;
use crate::contract::Permission;
use crate::contract::text::pieces;

/// Everything on a ticket that logic decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket<'a> {
    /// When it was written.
    pub written: Millis,
    /// Until when it holds; cut to 24 hours, so that no mistake lasts longer than a day.
    pub until: Millis,
    /// Page views until something can happen, the one in which it happens included; 0 where they do not matter.
    pub views: u64,
    /// The permission it was written under: another one voids it.
    pub permission: Permission,
    /// The server reaches this device.
    pub live: bool,
    /// The loader's own mark of build and configuration.
    pub fingerprint: &'a str,
    /// Names of the events that a rule waits for.
    pub events: &'a [String],
}

impl Ticket<'_> {
    /// `1|written|until|views|permission|live|fingerprint|userhash|events`; the user comes with `identify()`.
    #[must_use]
    pub fn write(&self) -> String {
        let mut line = String::from("1|");
        push_number(&mut line, self.written);
        line.push('|');
        push_number(&mut line, self.until.min(self.written + DAY));
        line.push('|');
        if self.views > 0 {
            push_number(&mut line, self.views);
        }
        for part in ["|", self.permission.as_str(), if self.live { "|1|" } else { "||" }, self.fingerprint, "||"] {
            line.push_str(part);
        }
        for (at, event) in self.events.iter().enumerate() {
            if at > 0 {
                line.push(',');
            }
            line.push_str(event);
        }
        line
    }
}

/// Page views that are left on a ticket; `None` where they did not matter.
#[must_use]
pub fn views_left(ticket: &str) -> Option<u64> {
    pieces(ticket, '|').nth(3)?.parse().ok()
}
