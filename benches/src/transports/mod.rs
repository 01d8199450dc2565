//! The same room over every transport: what goes over the wire, what it costs, how old frames are.
//!
//! - [`measure`]: one transport at one tick rate and round trip;
//! - [`table`] and [`chart`]: what came out;
//! - [`capture`]: the bytes themselves, as `TRANSPORTS.md` shows them.

pub mod capture;
pub mod chart;
pub mod measure;
pub mod table;

use std::process::{Command, Stdio};

use crate::load::{Child, child::CORES};

/// Set for the children of the program: that they are to serve.
pub const ROLE: &str = "TICKWIRE_TRANSPORTS_ROLE";

/// A server of the arena in a process of its own, on the servers' core.
///
/// # Errors
/// When it does not start.
pub fn serve(tick_hz: u32) -> Result<Child, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new("taskset");
    command.args(["-c", &CORES.0.to_string()]).arg(program).env(ROLE, "serve");
    command.args(["--listen", "127.0.0.1:0", "--seed", "1", "--shards", "1", "--log", "error"]);
    command.args(["--game", "arena", "--tick-hz", &tick_hz.to_string()]);
    Child::start(command.stderr(Stdio::null()))
}
