//! Identifying: who uses this device, as the server agrees.
//!
//! Logic knows the loader's hash of a user, never the id; id and token stay in the shell's memory, and so does the talk
//! with the server (`shell/identity.js`): without a token where the user is known, else with one.
//!
//! ```text
//! Identify, agreed on within a day    --> PutUser, nothing to ask
//! Identify, agreed on before that     --> PutUser, without a token
//! Identify, anybody else              --> PutUser, with a token; until the answer comes nobody is known
//! UserAnswered                        --> remembered, and on the ticket
//! UserAnswered, suspended             --> an earlier user: status `suspended`, no popup
//! Subscribed, a new endpoint          --> nobody is known: personal messages go to a proven endpoint only
//! DeviceAcked after that              --> PutUser, with a token, where the page has named somebody
//! Logout                              --> nobody is known, and the device is detached (`logout: "detach"`)
//! ```

use alloc::vec::Vec;

use super::asking::Asking;
use super::history::Millis;
use super::prompt::DAY;
use super::why::Why;
use super::{Client, Effect};

/// Whom the page named on this page view.
#[derive(Debug, Default)]
pub(super) struct Identifying {
    /// The loader's hash, or 0.
    user: u64,
    /// [`super::history::History::endpoint`] at that time.
    endpoint: u64,
    /// The server knows an earlier user of this device.
    pub(super) suspended: bool,
}

impl Client {
    pub(super) fn identify(&mut self, user: u64, now: Millis, out: &mut Vec<Effect>) {
        self.identifying = Identifying { user, endpoint: self.history.endpoint, suspended: false };
        let token = user != self.history.user;
        if token {
            // The page may be left before the answer comes.
            self.history.user = 0;
        }
        // A clock that went back makes it long ago.
        let ask = token || now.wrapping_sub(self.history.user_at) >= DAY;
        self.patch(out);
        self.keep_user(now, out);
        out.push(Effect::PutUser { ask, token });
    }

    pub(super) fn user_answered(&mut self, suspended: bool, now: Millis, out: &mut Vec<Effect>) {
        if self.identifying.user == 0 {
            return;
        }
        self.identifying.suspended = suspended;
        if !suspended {
            // An endpoint that came meanwhile is not proven: `prove_endpoint` asks again.
            if self.identifying.endpoint == self.history.endpoint {
                self.history.user = self.identifying.user;
            }
            self.history.user_at = now;
        } else if self.asking != Asking::Requesting {
            self.withdraw_popup(Why::Suspended, out);
        }
        self.keep_user(now, out);
        // Reports wait for the device's first PUT, which this may have been.
        out.push(Effect::Flush {});
    }

    fn keep_user(&mut self, now: Millis, out: &mut Vec<Effect>) {
        self.save_history(out);
        self.tell_status(out);
        self.save_ticket(now, out);
    }

    /// The server has the device's newest state: with an endpoint, maybe, that came after the user's token.
    pub(super) fn prove_endpoint(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let Identifying { user, endpoint, suspended } = self.identifying;
        if endpoint != self.history.endpoint && user > 0 && !suspended {
            self.identify(user, now, out);
        }
    }

    pub(super) fn logout(&mut self, now: Millis, out: &mut Vec<Effect>) {
        // An earlier user who leaves does not take the present one along.
        if self.config.detach && !self.identifying.suspended {
            self.history.user = 0;
            out.push(Effect::Detach {});
        }
        self.identifying = Identifying::default();
        self.keep_user(now, out);
    }
}
