//! The `tickwire-bots` program.

use std::process::ExitCode;

use clap::Parser;
use tickwire_bots::{
    capacity, soak,
    swarm::{self, Cli, Command},
};

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Swarm(options) => swarm::main(&options),
        Command::Capacity(options) => capacity::main(&options),
        Command::Soak(options) => soak::main(&options),
    }
}
