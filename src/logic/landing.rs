//! Landing: the page views that a press on a notification led to.
//!
//! Where no worker hears of the press (Safari, Declarative Web Push), or where the words of a message are not in its push, the
//! page's address names the click. And an app on the Home Screen of an iPhone may come up at its front page, whatever the
//! worker had opened: there the page looks where the press was to lead.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Client, Effect, Stage};

impl Client {
    /// Only a device that can be sent to has been clicked on: whoever else opens the address got it from somebody.
    pub(super) fn landed(&self, id: &str, out: &mut Vec<Effect>) {
        if self.stage != Stage::Unconfigured && self.history.endpoint > 0 {
            out.push(Effect::Land { id: String::from(id) });
        }
    }

    pub(super) fn follow(&self, out: &mut Vec<Effect>) {
        if self.loses_presses() {
            out.push(Effect::Follow {});
        }
    }

    /// This browser may lose where a press leads.
    pub(super) fn loses_presses(&self) -> bool {
        self.platform.ios_app && self.history.endpoint > 0
    }
}
