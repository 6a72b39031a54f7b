//! Softbell's reference server: configuration for pages, the state of devices, their reports, and web push.

pub mod b64;
pub mod cli;
pub mod clock;
pub mod device;
pub mod erase;
pub mod error;
pub mod export;
pub mod http;
pub mod landing;
pub mod limiter;
pub mod lint;
pub mod message;
pub mod metrics;
pub mod push;
pub mod reports;
pub mod results;
pub mod retention;
pub mod rows;
pub mod run;
pub mod secret;
pub mod secrets;
pub mod sender;
pub mod settings;
pub mod state;
pub mod store;
pub mod users;
pub mod utm;
pub mod welcome;
pub mod wire;

// What unit tests share with the tests outside.
#[cfg(test)]
#[path = "../tests/it/decrypt.rs"]
#[allow(dead_code)]
mod decrypt;
#[cfg(test)]
#[path = "../tests/it/vectors.rs"]
mod vectors;
