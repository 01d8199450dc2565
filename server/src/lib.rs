//! Tickwire's server: sockets, clock and hosting of rooms.
//!
//! [`serve`] is a whole program for one game. [`Server`] is the same without
//! flags and signals, for tests and for programs that do more.
//!
//! Two worlds meet here. HTTP, pages and handshakes run on tokio. A socket that
//! has shaken hands leaves it for a *shard*: a plain thread that owns rooms and
//! their sockets, and at each tick reads them all, makes the tick, and writes
//! them all. Between the two there is the directory of rooms, and nothing else.

mod admin;
mod admission;
mod bind;
mod cli;
mod codes;
mod config;
mod directory;
mod games;
mod http;
mod identity;
mod knocks;
mod links;
mod logging;
mod metrics;
mod panics;
mod process;
mod recorder;
mod replay;
mod server;
mod shard;
mod signals;
mod status;
#[cfg(test)]
#[path = "../tests/support/game.rs"]
#[allow(dead_code, missing_docs, reason = "shared with the tests over sockets")]
mod test_game;
#[cfg(test)]
#[path = "../tests/support/viewer.rs"]
#[allow(dead_code, missing_docs, reason = "shared with the tests over sockets")]
mod test_viewer;
mod tickets;
mod watchdog;
mod ws;

use std::sync::LazyLock;

use tickwire_shared::build::Build;

pub use cli::{serve, serve_games};
pub use config::{AdminConfig, Config, Limits, Network, Secret};
pub use directory::{RoomEntry, RoomState};
pub use games::Games;
pub use recorder::Recordings;
pub use server::{Running, Server};

/// Which build of this crate it is, for `--version` and whoever asks how the server is.
pub(crate) fn build() -> &'static Build {
    static BUILD: LazyLock<Build> = LazyLock::new(|| tickwire_shared::this_build!());
    &BUILD
}
