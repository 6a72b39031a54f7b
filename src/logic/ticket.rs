//! The sleep ticket: one short string that lets the loader sleep through page views on which nothing can happen.

use alloc::string::String;

use super::border::push_number;
use super::history::{LAST_MOMENT, Millis};
use super::prompt::DAY;
use crate::contract::Permission;
use crate::contract::text::{number, pieces};

/// Where the loader notes in which quarter of an hour since 1970 it last had the worker send what waits: not yet. As long
/// as what it writes, seven digits until 2255: its write never needs room that the site may have filled meanwhile.
const NOT_FLUSHED: &str = "|0000000";

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
    /// The loader's hash of the user whom pages may go on naming without waking anybody, or 0.
    pub user: u64,
    /// Names of the events that a rule waits for.
    pub events: &'a [String],
}

impl Ticket<'_> {
    /// `1|written|until|views|permission|live|fingerprint|userhash|events|flushed`.
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
        let permission = if self.permission == Permission::Unavailable { "" } else { self.permission.as_str() };
        for part in ["|", permission, if self.live { "|1|" } else { "||" }, self.fingerprint, "|"] {
            line.push_str(part);
        }
        self.write_user(&mut line);
        line.push('|');
        for event in self.events {
            line.push_str(event);
            line.push(',');
        }
        line.push_str(NOT_FLUSHED);
        line
    }

    /// As JavaScript writes a number of 32 bits with a sign.
    fn write_user(&self, line: &mut String) {
        if self.user > 0x7fff_ffff {
            line.push('-');
            push_number(line, (1 << 32) - self.user.min(1 << 32));
        } else if self.user > 0 {
            push_number(line, self.user);
        }
    }
}

/// Page views that are left on a ticket; `None` where they did not matter.
#[must_use]
pub fn views_left(ticket: &str) -> Option<u64> {
    number(pieces(ticket, '|').nth(3)?, LAST_MOMENT)
}
