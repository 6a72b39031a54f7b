//! Every rule of the server, from outside: one binary, so that it links once.

// Helpers of tests may panic; clippy.toml allows it only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod admin;
mod cli;
mod client;
mod config;
mod contract;
mod databases;
mod decrypt;
mod devices;
mod docs;
mod endpoints;
mod events;
mod files;
mod fixture;
mod funnel;
mod hostile;
mod ingest;
mod limits;
mod live;
mod messages;
mod messages_body;
mod openapi;
mod orders;
mod origins;
mod queue;
mod secrets;
mod settings;
mod sink;
mod speakers;
mod takeover;
mod tokens;
mod users;
mod vectors;
mod vectors_answers;
mod vectors_ece;
mod vectors_ssrf;
mod watch;
mod welcome;
