//! Softbell's browser client: decides when to ask, what to show and what to report.
//!
//! This file is the wasm border and nothing else: `dispatch(event)` in, effects out.
#![cfg_attr(all(target_arch = "wasm32", not(debug_assertions)), no_std)]

extern crate alloc;

pub mod contract;
pub mod logic;
pub mod view;

#[cfg(target_arch = "wasm32")]
mod wasm;

use alloc::string::String;

use logic::border::RECORD;
use logic::history::LAST_MOMENT;
use logic::{Client, Event};

/// Reads one event, lets the client decide, and writes the effects (see [`logic::border`]).
///
/// `code` is the event's, `now` is `Date.now()`, `text` holds the event's fields. A code that this version does not
/// know does nothing.
pub fn dispatch(client: &mut Client, code: u32, now: f64, text: &str) -> String {
    let mut out = String::new();
    if let Some(event) = Event::read(code, text) {
        // A float's cast saturates, and milliseconds since 1970 are whole.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let now = (now as u64).min(LAST_MOMENT);
        for effect in client.update(&event, now) {
            if !out.is_empty() {
                out.push(RECORD);
            }
            effect.write(&mut out);
        }
    }
    out
}
