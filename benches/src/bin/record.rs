//! Writes a named world as a trace, for `--bin trace` and for other codecs.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use tickwire_benches::{
    recording::public_rows,
    session::Session,
    trace::export::{ExportError, TraceWriter},
    worlds::{CUBES, arena, cubes, drift, r1, record_cubes},
};
use tickwire_shared::Game;

const EXAMPLES: &str = "\
WORLDS
  arena   the arena with pilots that play it           30 Hz, --players
  r1      ships as plain numbers that all see all      30 Hz, --players
  sparse  1,000 entities of which a twentieth move     30 Hz
  crowd   1,000 entities that all move and turn        30 Hz
  churn   500 entities of which a fifth are replaced   30 Hz
  cubes   901 recorded physics cubes                   60 Hz, needs the recording

EXAMPLES
  cargo run --release -p tickwire-benches --bin record -- arena --out arena.jsonl
  cargo run --release -p tickwire-benches --bin record -- r1 --players 200 --out r1.jsonl
  cargo run --release -p tickwire-benches --bin record -- cubes --out - | gzip > cubes.jsonl.gz

EXIT CODE
  0 written   1 not written, and the message says why   2 the command line makes no sense";

/// Write a named world as a trace: JSON lines of its public state, tick by tick
#[derive(Debug, Parser)]
#[command(name = "record", after_long_help = EXAMPLES)]
#[command(after_help = "See --help for what the worlds are, and for examples.")]
struct Options {
    /// Which world
    #[arg(value_enum)]
    world: World,

    /// How many ticks; all of them for recorded cubes if not given, else 2838, as many as those are
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    ticks: Option<u64>,

    /// How many players, in worlds that have them [default: 64]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1000))]
    players: Option<u16>,

    /// Makes the same world again [default: 1]
    #[arg(long)]
    seed: Option<u64>,

    /// Where to; - is standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum World {
    Arena,
    R1,
    Sparse,
    Crowd,
    Churn,
    Cubes,
}

/// As long as the recorded cubes, as `--bin table` has it.
const TICKS: u64 = 2838;

fn main() -> ExitCode {
    let options = Options::parse();
    if let Err(message) = options.check() {
        eprintln!("{message}");
        return ExitCode::from(2);
    }
    let out = match create(&options.out) {
        Ok(out) => out,
        Err(error) => {
            eprintln!("{} cannot be written: {error}", options.out.display());
            return ExitCode::FAILURE;
        }
    };
    match options.record(out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn create(file: &Path) -> io::Result<Box<dyn Write>> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(BufWriter::new(io::stdout())));
    }
    Ok(Box::new(BufWriter::with_capacity(1 << 18, File::create(file)?)))
}

impl Options {
    /// What is given must count for something.
    fn check(&self) -> Result<(), &'static str> {
        let has_players = matches!(self.world, World::Arena | World::R1);
        if self.players.is_some() && !has_players {
            return Err("--players is for the worlds that have them: arena and r1");
        }
        match self.seed.is_some() && self.world == World::Cubes {
            true => Err("--seed is for worlds that are made; the cubes are a recording"),
            false => Ok(()),
        }
    }

    fn record(&self, out: Box<dyn Write>) -> Result<(), ExportError> {
        let (players, seed) = (usize::from(self.players.unwrap_or(64)), self.seed.unwrap_or(1));
        match self.world {
            World::Arena => self.session(&mut arena::session(players, seed), out),
            World::R1 => self.r1(players, seed, out),
            World::Sparse => self.drift("sparse", seed, out),
            World::Crowd => self.drift("crowd", seed, out),
            World::Churn => self.drift("churn", seed, out),
            World::Cubes => self.cubes(out),
        }
    }

    fn ticks(&self) -> std::ops::RangeInclusive<u64> {
        1..=self.ticks.unwrap_or(TICKS)
    }

    fn drift(&self, name: &str, seed: u64, out: Box<dyn Write>) -> Result<(), ExportError> {
        let world = drift::WORLDS.iter().find(|(world, _)| *world == name);
        let (_, config) = world.expect("the worlds here are among those");
        self.session(&mut drift::session(config, seed), out)
    }

    fn session<G: Game>(
        &self,
        session: &mut Session<G>,
        out: Box<dyn Write>,
    ) -> Result<(), ExportError> {
        let mut trace = TraceWriter::new(out, &G::schema(), G::TICK_HZ)?;
        for tick in self.ticks() {
            session.tick();
            trace.rows(tick, public_rows(session))?;
        }
        trace.finish()
    }

    fn r1(&self, players: usize, seed: u64, out: Box<dyn Write>) -> Result<(), ExportError> {
        let mut world = r1::R1::new(players, seed);
        let mut trace = TraceWriter::new(out, &r1::schema(), r1::TICK_HZ)?;
        for tick in self.ticks() {
            world.step();
            let ships: Vec<_> = (0..).zip(world.ships()).map(|(id, s)| (id, "ship", s)).collect();
            trace.entities(tick, &ships)?;
        }
        trace.finish()
    }

    fn cubes(&self, out: Box<dyn Write>) -> Result<(), ExportError> {
        let ticks = self.ticks.map_or(usize::MAX, |ticks| ticks as usize);
        let Some(recording) = record_cubes(ticks) else {
            let missing = format!("the recording {CUBES} is not there");
            return Err(io::Error::new(io::ErrorKind::NotFound, missing).into());
        };
        let mut trace = TraceWriter::new(out, &recording.schema, cubes::TICK_HZ)?;
        for (tick, rows) in (1..).zip(&recording.ticks) {
            trace.rows(tick, rows)?;
        }
        trace.finish()
    }
}
