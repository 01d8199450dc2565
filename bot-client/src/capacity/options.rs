//! What the command line says.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};

use crate::swarm::{
    BehaviourKind, SwarmOptions,
    options::{parse_ramp, parse_word},
    parse_duration,
};

/// What `tickwire-bots capacity` is for.
pub const ABOUT: &str = "\
Find out how many players a server holds in one room, and how many rooms.

Bots come in, twice as many at each step, until a step does not hold; then the distance
is halved until the answer is known to a sixteenth. A step HOLDS when, over its time,
  - the 99th percentile of the room's ticks, reading and writing sockets included, is
    below 80% of a tick's time (from the server's own GET /status), and
  - the 99th percentile of the age of frames, when bots applied them, is below 2 ticks.
An age counts from when the tick was due, not from when it was sent, so a server that
stands still is not excused for the frames it did not send. It is relative to the quickest
frame that any bot of the room got.

A step that does not hold is measured once more, as others may use this machine too. One
whose bots were held up themselves is VOID: it says nothing of the server, and the answer
is then \"at least\". Every bot holds a full replica and verifies every hash it is sent.

Server and bots on one machine share its cores. For the server's own limit give each its
cores, as in the examples.";

/// How it is used.
pub const EXAMPLES: &str = "\
EXAMPLES
  Both questions, of a server that runs with its usual settings:
      tickwire-bots capacity

  How many fit into one room, when the server lets a thousand in and has a core of its own:
      taskset -c 0 tickwire-server --shards 1 --max-players 1000 &
      taskset -c 1 tickwire-bots capacity --only room

  How many rooms of four, for a script:
      tickwire-bots capacity --only rooms --players-a-room 4 --json capacity.json

EXIT CODE
  0 an answer was found, be it \"at least\"   1 nothing held, nobody answers, or a hash was
  wrong   2 the command line makes no sense, or the file for the results cannot be written";

/// What is to be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Question {
    /// How many players one room holds
    Room,
    /// How many rooms the server holds
    Rooms,
}

/// What `tickwire-bots capacity` takes.
#[derive(Clone, Debug, Args)]
pub struct CapacityOptions {
    /// Where the server is; http:// means the same as ws://
    #[arg(long, default_value = "ws://127.0.0.1:2567", env = "TICKWIRE_URL")]
    pub url: String,

    /// The game to play [default: the server's own]
    #[arg(long, value_parser = parse_word)]
    pub game: Option<String>,

    /// Ask only one of the two questions
    #[arg(long, value_enum)]
    pub only: Option<Question>,

    /// How many players a room has when rooms are counted
    #[arg(long, value_name = "PLAYERS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub players_a_room: u32,

    /// With how many players the search begins
    #[arg(long, value_name = "PLAYERS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub start: u32,

    /// Never more bots than this
    #[arg(long, value_name = "PLAYERS", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub most: u32,

    /// How long a step is measured, after a third of that to warm up
    #[arg(long, value_name = "TIME", default_value = "6s", value_parser = parse_duration)]
    pub step: Duration,

    /// How long each question may take at most
    #[arg(long = "for", value_name = "TIME", default_value = "3m", value_parser = parse_duration)]
    pub time: Duration,

    /// How many bots join each second
    #[arg(long, value_name = "BOTS", default_value_t = 100.0, value_parser = parse_ramp)]
    pub ramp: f64,

    /// What bots do. Random inputs cost the bots little; a mind that plays looks at all that it sees
    #[arg(long, visible_alias = "behavior", value_enum, default_value = "random")]
    pub behaviour: BehaviourKind,

    /// Makes bots do the same again; the server's own chance has a seed of its own
    #[arg(long, default_value_t = 1)]
    pub seed: u64,

    /// Also write the results as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Print the answers and nothing else
    #[arg(long, short)]
    pub quiet: bool,

    /// Threads to run the bots on; as many as there are cores if not given
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Send load to a server that is not on this machine
    #[arg(long)]
    pub allow_remote: bool,
}

impl CapacityOptions {
    /// What one of the bots goes by.
    #[must_use]
    pub fn swarm(&self) -> SwarmOptions {
        SwarmOptions {
            game: self.game.clone(),
            time: self.time,
            ramp: self.ramp,
            behaviour: self.behaviour,
            seed: self.seed,
            threads: self.threads,
            allow_remote: self.allow_remote,
            ..SwarmOptions::of_one_bot(&self.url)
        }
    }

    /// The questions to ask.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        self.only.map_or_else(|| vec![Question::Room, Question::Rooms], |only| vec![only])
    }
}
