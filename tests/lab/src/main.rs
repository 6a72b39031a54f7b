//! The Softbell lab.

fn main() {}
