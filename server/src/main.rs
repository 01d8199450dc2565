//! The server of the games that ship with Tickwire.

use std::process::ExitCode;

use tickwire_games::{arena::Arena, field::Field};
use tickwire_server::{Games, serve_games};

fn main() -> ExitCode {
    serve_games(Games::new().with::<Arena>().with::<Field>())
}
