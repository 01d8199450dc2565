//! What the tests share.

#![allow(dead_code, missing_docs, reason = "each test uses its part of it")]

pub mod api;
pub mod client;
pub mod exposition;
pub mod game;
pub mod http;
pub mod server;
pub use game as test_game;
pub mod viewer;
