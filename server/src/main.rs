//! Softbell reference server.

fn main() {}
