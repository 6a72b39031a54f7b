//! The sleep ticket: one short string that lets the loader sleep through page views on which nothing can happen.

use alloc::string::String;

use super::border::push_number;
use super::history::Millis;
use super::prompt::DAY;
use crate::contract::Permission;

/// Everything on a ticket that logic decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket<'a> {
    /// When it was written.
    pub written: Millis,
    /// Until when it holds; cut to 24 hours, so that no mistake lasts longer than a day.
    pub until: Millis,
    /// The permission it was written under: another one voids it.
    pub permission: Permission,
    /// The server reaches this device.
    pub live: bool,
    /// The loader's own mark of build and configuration.
    pub fingerprint: &'a str,
}

impl Ticket<'_> {
    /// `1|written|until|views|permission|live|fingerprint|userhash|events`; views, user and events come with the
    /// rules that need them.
    #[must_use]
    pub fn write(&self) -> String {
        let mut line = String::from("1|");
        push_number(&mut line, self.written);
        line.push('|');
        push_number(&mut line, self.until.min(self.written + DAY));
        line.push_str("||");
        line.push_str(self.permission.as_str());
        line.push_str(if self.live { "|1|" } else { "||" });
        line.push_str(self.fingerprint);
        line.push_str("||");
        line
    }
}
