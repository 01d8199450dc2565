//! Tickwire's Rust client, and the swarm of bots that is made of it.
//!
//! [`client`] is for anybody who writes a bot, a test or a tool: it holds a full
//! replica and proves it by hash. [`swarm`] runs many of them and ends in a verdict;
//! [`capacity`] finds out how many a server holds.

pub mod capacity;
pub mod client;
pub mod soak;
pub mod status;
pub mod swarm;

use std::sync::LazyLock;

use tickwire_shared::build::Build;

/// Which build of the bots it is, for `--version` and their reports.
#[must_use]
pub fn build() -> &'static Build {
    static BUILD: LazyLock<Build> = LazyLock::new(|| tickwire_shared::this_build!());
    &BUILD
}
