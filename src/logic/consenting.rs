//! Consenting: a line of the consent ledger for each Yes and each No, once.
//!
//! Whoever closes the popup, or lets the native prompt go away, has not answered: no line. What was shown, when, in which
//! words, is added by the shell; controller, purposes and link by the server, which knows them better than a browser.

use alloc::vec::Vec;

use super::history::{History, Millis};
use super::{Client, Effect};
use crate::contract::Permission;

/// In an incognito window Chromium says `denied` by itself, a random 1.0 to 2.0 s after the request
/// (`notification_permission_context.cc`); our own way there and back takes a little longer.
const AUTOMATIC: core::ops::RangeInclusive<Millis> = 1000..=2200;

impl Client {
    /// The native prompt that was requested then has an answer. Nothing tells incognito's automatic `denied` from a
    /// visitor's but its time: who presses Block just then counts as automatic too, which costs nothing, because the
    /// browser keeps that answer anyway.
    pub(super) fn native_consent(&mut self, requested: Millis, now: Millis, out: &mut Vec<Effect>) {
        match self.permission {
            Permission::Granted => {
                self.history.opted_out = false;
                consent("y", "native_prompt", false, out);
            }
            Permission::Denied if !AUTOMATIC.contains(&now.saturating_sub(requested)) => {
                consent("n", "native_prompt", false, out);
            }
            _ => {}
        }
    }

    /// The permission is another one than it was, and we did not ask: the browser's own settings. A `denied` that takes
    /// nothing back may be incognito's, or a policy's. Who opted out before has nothing to take back.
    pub(super) fn changed_consent(&self, was: Permission, out: &mut Vec<Effect>) {
        if self.history.opted_out {
            return;
        }
        match (was, self.permission) {
            (Permission::Granted, Permission::Default | Permission::Denied) => consent("n", "browser", true, out),
            (Permission::Default | Permission::Denied, Permission::Granted) => consent("y", "browser", false, out),
            _ => {}
        }
    }

    /// Remembers nothing but that push stays off where the permission would switch it on again at once: a new device
    /// right after the old one was erased is not what the visitor wanted.
    pub(super) fn erased(&mut self, out: &mut Vec<Effect>) {
        self.history = History { opted_out: self.permission == Permission::Granted, ..History::default() };
        if self.history.opted_out {
            self.save_history(out);
        }
    }
}

/// One line.
pub(super) fn consent(val: &'static str, source: &'static str, withdrawal: bool, out: &mut Vec<Effect>) {
    out.push(Effect::Consent { val, source, withdrawal });
}
