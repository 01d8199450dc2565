//! Trains priors on recordings, and writes them as a file that a game can ship.
//!
//! `cargo run --release -p tickwire-benches --bin train -- --help`
//!
//! The recorded cubes are never trained on, so that they remain a fair test.

use std::{collections::VecDeque, path::Path, process::ExitCode};

use tickwire_benches::{
    recorded,
    recording::Recording,
    training::{self, Share},
    worlds,
};
use tickwire_shared::codec::{BUILTIN, priors::Tables};

const HELP: &str = "\
Trains priors: how likely each kind of bit is at the beginning of a segment.

usage: train [--builtin] RECORDING... --out FILE

  RECORDING    a world and how it is to be run, such as
                 world:arena:players=64:seed=11:ticks=1500
               Worlds are sparse, crowd, churn, arena and tumble. Or a file that
               `tickwire-bots swarm --record FILE` has written, of any game. All
               recordings must be of one game, unless the built-in priors are
               trained.
  --builtin    train the priors for games that have none of their own: by the
               type of a field instead of by field; without a RECORDING, on the
               worlds that the shipped file was trained on
  --out FILE   where to write them
  --help       print this

The last fifth of each recording is held out; what it takes before and after is
printed. A game ships the file by returning it from Game::priors.";

/// What the built-in priors are trained on.
const BUILTIN_WORLDS: [&str; 13] = [
    "world:sparse:ticks=150",
    "world:crowd:ticks=150",
    "world:churn:ticks=150",
    "world:arena:players=8:seed=11:ticks=1000",
    "world:arena:players=24:seed=12:ticks=1000",
    "world:arena:players=64:seed=13:ticks=1000",
    "world:tumble:side=20:split=1:seed=5:ticks=1200",
    "world:tumble:side=16:split=1:seed=6:ticks=1200",
    "world:tumble:side=24:split=1:seed=8:ticks=900",
    "world:tumble:side=20:split=1:seed=9:ticks=900",
    "world:tumble:side=20:split=1:seed=10:ticks=900",
    "world:tumble:side=22:split=1:seed=14:ticks=900",
    "world:tumble:side=18:seed=7:ticks=900",
];

struct Arguments {
    builtin: bool,
    recordings: Vec<String>,
    out: String,
}

fn main() -> ExitCode {
    let arguments: VecDeque<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match read(arguments).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("train: {problem}");
            ExitCode::from(2)
        }
    }
}

fn read(mut words: VecDeque<String>) -> Result<Arguments, String> {
    let (mut builtin, mut recordings, mut out) = (false, Vec::new(), None);
    while let Some(word) = words.pop_front() {
        match word.as_str() {
            "--builtin" => builtin = true,
            "--out" => out = Some(words.pop_front().ok_or("--out needs a file")?),
            option if option.starts_with('-') => {
                return Err(format!("{option} is unknown; see --help"));
            }
            _ => recordings.push(word),
        }
    }
    if builtin && recordings.is_empty() {
        recordings = BUILTIN_WORLDS.map(str::to_owned).to_vec();
    }
    if recordings.is_empty() {
        return Err("at least one RECORDING is needed; see --help".to_owned());
    }
    let out = out.ok_or("--out FILE is needed; see --help")?;
    Ok(Arguments { builtin, recordings, out })
}

fn run(arguments: Arguments) -> Result<(), String> {
    let mut recordings = Vec::new();
    for source in &arguments.recordings {
        eprintln!("recording {source}");
        recordings.push(open(source)?);
    }
    eprintln!("recordings to train on: {}", recordings.len());
    let tables = if arguments.builtin {
        training::builtin(&recordings)
    } else {
        let schema = &recordings[0].schema;
        if recordings.iter().any(|recording| recording.schema != *schema) {
            return Err("the recordings are of different schemas".to_owned());
        }
        let builtin = Tables::read(BUILTIN).map_err(|error| error.to_string())?;
        training::for_schema(schema, &recordings, &builtin)
    };
    let file = tables.write();
    for (source, recording) in arguments.recordings.iter().zip(&recordings) {
        let [before, after] =
            [BUILTIN, &file].map(|priors| training::bytes(recording, priors, Share::HeldOut));
        let change = (after as f64 / before as f64 - 1.0) * 100.0;
        println!("{source}: {before} bytes held out, now {after} ({change:+.1}%)");
    }
    std::fs::write(&arguments.out, &file)
        .map_err(|error| format!("{} cannot be written: {error}", arguments.out))?;
    println!("{}: {} bytes", arguments.out, file.len());
    Ok(())
}

/// Makes or reads a recording.
fn open(source: &str) -> Result<Recording, String> {
    if source.starts_with("world:") {
        return worlds::named(source);
    }
    recorded::read(Path::new(source)).map_err(|error| format!("{source}: {error}"))
}
