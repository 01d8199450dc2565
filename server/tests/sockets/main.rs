//! The server over real sockets, on a port of its own for each test.

mod abuse;
mod admin;
mod closing;
mod framing;
mod handshake;
mod joining;
mod limits;
mod lobby;
mod metrics;
mod monitor;
mod nets;
mod observability;
mod pages;
mod play;
mod recordings;
mod rooms;
mod sessions;
mod slow;
#[path = "../support/mod.rs"]
mod support;
mod transports;
