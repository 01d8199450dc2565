//! The WebSocket wire, as strict and as small as a game needs it.

pub mod close;
pub mod parse;
pub mod write;
