//! What this device remembers between page views, as one short line of text.

use alloc::string::String;

use super::border::push_number;
use crate::contract::Permission;
use crate::contract::text::{number, pieces};

/// Milliseconds since 1970.
pub type Millis = u64;

/// The last moment that a JavaScript Date knows (ECMA-262, 21.4.1.1): nothing that is added to it overflows.
pub const LAST_MOMENT: Millis = 8_640_000_000_000_000;

/// Version of the line; another version reads as nothing remembered.
const VERSION: &str = "1";

/// The memory of one device for one site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Page views seen.
    pub views: u64,
    /// How often the popup was shown.
    pub asks: u64,
    /// How often the visitor said No.
    pub declines: u64,
    /// How often the visitor closed the popup without an answer.
    pub closes: u64,
    /// How often the native prompt went away without an answer.
    pub dismissals: u64,
    /// When the popup was answered last.
    pub answered_at: Millis,
    /// What that answer was.
    pub answer: Answer,
    /// When the native prompt was requested, while its answer is not known; else 0.
    pub requested: Millis,
    /// [`fnv1a`] of the endpoint that was reported last, 0 for none.
    pub endpoint: u64,
    /// The visitor switched push off here.
    pub opted_out: bool,
    /// What the browser said last.
    pub permission: Permission,
    /// When the server agreed last.
    pub user_at: Millis,
    /// The loader's hash of the user that the server agreed on, at the endpoint that there is: its 32 bits without a sign,
    /// 0 for none.
    pub user: u64,
    /// Until when the visitor does not want to be disturbed.
    pub snoozed_until: Millis,
}

/// The visitor's last answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// There was none yet.
    #[default]
    None,
    /// No in the popup.
    Declined,
    /// The popup was closed.
    Closed,
    /// The native prompt went away without an answer.
    Dismissed,
}

impl Answer {
    const ALL: [Self; 4] = [Self::None, Self::Declined, Self::Closed, Self::Dismissed];
}

impl History {
    /// Reads the line; whatever cannot be read counts as nothing remembered.
    #[must_use]
    pub fn read(line: &str) -> Self {
        let mut parts = pieces(line, '|');
        if parts.next() != Some(VERSION) {
            return Self::default();
        }
        // No number of ours is beyond the last moment of a Date; a line that somebody edited must not overflow.
        let mut next = || parts.next().and_then(|part| number(part, LAST_MOMENT)).unwrap_or_default();
        Self {
            views: next(),
            asks: next(),
            declines: next(),
            closes: next(),
            dismissals: next(),
            answered_at: next(),
            answer: usize::try_from(next()).ok().and_then(|at| Answer::ALL.get(at).copied()).unwrap_or_default(),
            requested: next(),
            endpoint: next(),
            opted_out: next() == 1,
            permission: usize::try_from(next())
                .ok()
                .and_then(|at| Permission::ALL.get(at).copied())
                .unwrap_or_default(),
            user_at: next(),
            user: next(),
            snoozed_until: next(),
        }
    }

    /// Writes the line.
    #[must_use]
    pub fn write(&self) -> String {
        let mut line = String::from(VERSION);
        for number in [
            self.views,
            self.asks,
            self.declines,
            self.closes,
            self.dismissals,
            self.answered_at,
            self.answer as u64,
            self.requested,
            self.endpoint,
            u64::from(self.opted_out),
            self.permission as u64,
            self.user_at,
            self.user,
            self.snoozed_until,
        ] {
            line.push('|');
            push_number(&mut line, number);
        }
        line
    }

    /// Notes an answer.
    pub fn note(&mut self, answer: Answer, now: Millis) {
        self.answer = answer;
        self.answered_at = now;
        match answer {
            Answer::Declined => self.declines += 1,
            Answer::Closed => self.closes += 1,
            Answer::Dismissed => self.dismissals += 1,
            Answer::None => {}
        }
    }
}

/// FNV-1a, 32 bits: recognises an endpoint without keeping it, because an endpoint is a capability URL
/// (Push API, section 3.3).
#[must_use]
pub fn fnv1a(text: &str) -> u64 {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u64::from(hash)
}
