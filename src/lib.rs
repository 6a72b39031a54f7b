//! Softbell's browser client: decides when to ask, what to show and what to report.
#![cfg_attr(all(target_arch = "wasm32", not(debug_assertions)), no_std)]

extern crate alloc;

pub mod contract;
