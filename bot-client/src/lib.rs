//! Tickwire's Rust client, and the swarm of bots that is made of it.
//!
//! [`client`] is for anybody who writes a bot, a test or a tool: it holds a full
//! replica and proves it by hash. [`swarm`] runs many of them and ends in a verdict.

pub mod client;
pub mod swarm;
