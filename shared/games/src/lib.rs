//! The games that ship with Tickwire.
//!
//! They know `tickwire-shared` only: no connection, no clock, no file. Each is a
//! complete example of a game, and its bots are what the swarm plays with.

pub mod arena;
pub mod common;
pub mod field;
