//! Tickwire's Rust client: a replica that proves itself, for bots, tests and tools.

pub mod client;
