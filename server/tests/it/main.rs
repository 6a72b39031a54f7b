//! Every rule of the server, from outside: one binary, so that it links once.

mod config;
mod decrypt;
mod devices;
mod events;
mod fixture;
mod origins;
mod vectors;
mod vectors_answers;
mod vectors_ece;
mod vectors_ssrf;
mod welcome;
