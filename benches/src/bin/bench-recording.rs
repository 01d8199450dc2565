//! What a recorded room costs, and by how much that differs between two builds.
//!
//! ```text
//! tickwire-server --record recordings           # and play
//! cargo build --release -p tickwire-benches --bin bench-recording && cp target/release/bench-recording base
//! …change something, build again…
//! target/release/bench-recording compare --base ./base --with target/release/bench-recording recordings/FILE
//! ```

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use indicatif::ProgressBar;
use tickwire_benches::replayed::{
    compare::{Plan, compare},
    measure::{Measured, measure},
};

/// Plays a recording of a room again and measures its ticks.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Asked,
}

#[derive(Debug, Subcommand)]
enum Asked {
    /// Play it once: the CPU time of all ticks and frames, the bytes of frames, and how often memory was asked
    /// for. The frames are those of all players that are in when a chunk of the recording begins.
    Measure {
        /// The recording.
        file: PathBuf,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Let two builds of this program play it in turn, and say by how much they differ. Ends with 1 when the
    /// second is worse beyond chance.
    Compare {
        /// The program that is compared with.
        #[arg(long)]
        base: PathBuf,
        /// The program that is compared.
        #[arg(long)]
        with: PathBuf,
        /// The recording.
        file: PathBuf,
        /// How often each plays it.
        #[arg(long, default_value_t = 10)]
        runs: usize,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Asked::Measure { file, json } => measure(&file, &allocations).map(|measured| {
            show(&measured, json);
            measured.hash_mismatches == 0
        }),
        Asked::Compare { base, with, file, runs, json } => {
            let plan = Plan { base, with, file, runs };
            let bar = ProgressBar::new(2 * runs as u64 + 2);
            let compared = compare(&plan, || bar.inc(1));
            bar.finish_and_clear();
            compared.map(|compared| {
                match json {
                    true => println!("{}", compared.json()),
                    false => print!("{compared}"),
                }
                !compared.is_worse() && compared.mismatches == (0, 0)
            })
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench-recording: {error}");
            ExitCode::from(2)
        }
    }
}

/// How often something asks for memory.
fn allocations(work: &mut dyn FnMut()) -> u64 {
    allocation_counter::measure(work).count_total
}

fn show(measured: &Measured, json: bool) {
    if json {
        let json = serde_json::to_string(measured).expect("it is numbers and a name");
        return println!("{json}");
    }
    let Measured { build, game, ticks, views, frames, hashes_verified, hash_mismatches, .. } =
        measured;
    let (a_tick, a_frame) = ((*ticks).max(1) as f64, (*frames).max(1) as f64);
    println!("{game}: {ticks} ticks, {frames} frames");
    println!("  build         {build}");
    println!("  views         {:.2} a tick", *views as f64 / a_tick);
    println!("  CPU time      {:.2} µs a tick, its frames included", measured.cpu_us / a_tick);
    println!("  bytes         {:.2} a frame", measured.bytes as f64 / a_frame);
    println!("  allocations   {:.4} a tick", measured.allocations as f64 / a_tick);
    println!("  hashes        {hashes_verified} verified, {hash_mismatches} differ");
}
