//! The server of the game that GAMES.md is about.
//!
//! `cargo run --release -p tickwire-benches --example skiffs`

#[path = "../tests/guide/skiffs.rs"]
#[allow(missing_docs, reason = "the guide says what they are")]
mod skiffs;

fn main() -> std::process::ExitCode {
    tickwire_server::serve::<skiffs::Lake>()
}
