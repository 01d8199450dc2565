//! What the command line says.

use std::{path::PathBuf, sync::LazyLock, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use tickwire_shared::link::{Mix, NetError, Part};

use super::{carriage::CarriageOptions, duration::parse_duration, kinds::Kind};
use crate::{
    build,
    capacity::{self, CapacityOptions},
    soak::{self, SoakOptions},
};

fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| build().to_string());
    &VERSION
}

/// Bots for a Tickwire server.
#[derive(Debug, Parser)]
#[command(name = "tickwire-bots", version = version(), about, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fill rooms with bots that play, prove their state by hash, and end in a verdict
    #[command(long_about = ABOUT, after_long_help = EXAMPLES)]
    #[command(after_help = "See --help for examples and for what makes a run fail.")]
    Swarm(SwarmOptions),
    /// Find out how many players a server holds in one room, and how many rooms
    #[command(long_about = capacity::ABOUT, after_long_help = capacity::EXAMPLES)]
    #[command(after_help = "See --help for examples and for what a step is judged by.")]
    Capacity(CapacityOptions),
    /// Let bots of many kinds live on a server for hours, and say whether it holds
    #[command(long_about = soak::ABOUT, after_long_help = soak::EXAMPLES)]
    #[command(after_help = "See --help for examples and for what makes a run fail.")]
    Soak(SoakOptions),
}

const ABOUT: &str = "\
Fill rooms with bots that play, prove their state by hash, and end in a verdict.

Each bot is a whole client: it joins over a WebSocket, or as --transport says, applies
every frame to a replica of its own, checks each hash that the server sends, and answers with an
input. So a run is a load, and a proof that every client saw what the server had.

The run FAILS when a hash differs (the fields that differ are printed), when a bot
is refused or loses its connection, when a frame cannot be applied, when a bot
never got in or got no frame, when a session was not resumed, when a room made less than 90% of its ticks (unless
the bots themselves were held up), or when nothing was proved at all.

The round trip that is printed has up to a tick of waiting in it, as the server answers
pings at its ticks: at 30 Hz 15 to 35 ms are as it should be on one machine.

Some of the bots can be made not to keep up, each kind in its own way: --slow, --hidden
and --stall. They prove their state like all others. What they do to the rest is judged
apart: the run fails when the frames of those who do keep up get old or are merged. A
close with 4007 fails it too, unless --stall-time is so long that it must come.";

const EXAMPLES: &str = "\
EXAMPLES
  Fifty bots for half a minute, in the room that a browser on this server finds too:
      tickwire-bots swarm

  Join friends who play in room ABCD:
      tickwire-bots swarm --room ABCD --bots 8 --for 10m

  A load of 400 bots in 8 rooms, results for a script:
      tickwire-bots swarm --bots 400 --rooms 8 --for 2m --json swarm.json

  A soak of an hour in which a tenth of the bots leave and come back each minute:
      tickwire-bots swarm --bots 100 --rooms 2 --churn 10 --for 1h --quiet

  Does anybody suffer from those who do not keep up:
      tickwire-bots swarm --bots 100 --for 1m --slow 5% --hidden 5% --stall 5%

  On the networks that players have, each bot on one of its own:
      tickwire-bots swarm --net wifi=70,4g=25,train=5

  Over all transports at once, and a fifth of the bots resume their sessions now and then:
      tickwire-bots swarm --transport ws=40,stream=20,long-poll=20,poll=20 --drop 20%

  Which transport gets through to a server behind a proxy:
      tickwire-bots swarm --url http://127.0.0.1:8080 --transport auto -n 4

  A server on another machine, which must expect it:
      tickwire-bots swarm --url ws://10.0.0.7:2567 --allow-remote

EXIT CODE
  0 the verdict is PASS   1 it is FAIL   2 the command line makes no sense,
  or the file for the results cannot be written";

/// What `tickwire-bots swarm` takes.
#[derive(Clone, Debug, Args)]
pub struct SwarmOptions {
    /// Where the server is; http:// means the same as ws://
    #[arg(long, default_value = "ws://127.0.0.1:2567", env = "TICKWIRE_URL")]
    pub url: String,

    /// How many bots
    #[arg(long, short = 'n', default_value_t = 50, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub bots: u32,

    /// How many rooms the bots share. One is the game's default room, where a browser
    /// finds them too; more are made for the run
    #[arg(long, default_value_t = 1, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rooms: u32,

    /// Join the room of this code instead
    #[arg(long, value_name = "CODE", conflicts_with = "rooms", value_parser = parse_word)]
    pub room: Option<String>,

    /// The game to play [default: the server's own]
    #[arg(long, value_parser = parse_word)]
    pub game: Option<String>,

    /// How long the run takes, such as 30s, 2m or 1h30m
    #[arg(long = "for", value_name = "TIME", default_value = "30s", allow_negative_numbers = true, value_parser = parse_duration)]
    pub time: Duration,

    /// How many bots join each second
    #[arg(long, value_name = "BOTS", default_value_t = 100.0, allow_negative_numbers = true, value_parser = parse_ramp)]
    pub ramp: f64,

    /// How many percent of the bots leave and come back each minute
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_churn)]
    pub churn: f64,

    /// How many percent of the bots have a link that takes six tenths of what is sent. Proves that
    /// they see the present at a lower rate, and that every frame of theirs holds
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_share)]
    pub slow: f64,

    /// How many percent of the bots are pages that nobody looks at: they acknowledge once a second
    /// and have no inputs. Proves that they are kept, at a low rate
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_share)]
    pub hidden: f64,

    /// How many percent of the bots stop reading now and then. Proves that they are right again
    /// in one frame, and that nobody else is held up
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_share)]
    pub stall: f64,

    /// How long they do not read. From 15s on the server closes them, and they come back
    #[arg(long, value_name = "TIME", default_value = "4s", allow_negative_numbers = true, value_parser = parse_duration)]
    pub stall_time: Duration,

    /// The network that bots are on: lan, wifi, 4g, 3g, transatlantic or train; a mix such as
    /// wifi=70,4g=25,train=5; or fields such as latency=30ms,jitter=5ms,loss=0.5%, which a name may
    /// come before. All that a bot says and hears goes through it, in order, as on TCP
    #[arg(long, value_name = "NETWORK", value_parser = parse_mix)]
    pub net: Option<Mix>,

    /// How messages are carried
    #[command(flatten)]
    pub carriage: CarriageOptions,

    /// What bots do
    #[arg(long, visible_alias = "behavior", value_enum, default_value_t)]
    pub behaviour: BehaviourKind,

    /// Makes bots do the same again; the server's own chance has a seed of its own
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,

    /// Bots are called this and their number
    #[arg(long, value_name = "TEXT", default_value = "bot-", value_parser = parse_prefix)]
    pub name_prefix: String,

    /// Also write the results as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Also write what the server sends the first bot, to train priors on: see `train --help`
    /// of tickwire-benches
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Print the verdict, and whether the bots themselves were held up, and nothing else
    #[arg(long, short)]
    pub quiet: bool,

    /// Threads to run the bots on; as many as there are cores if not given
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Send load to a server that is not on this machine
    #[arg(long)]
    pub allow_remote: bool,
}

/// What the bots of a swarm do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BehaviourKind {
    /// Plays a game that it knows, and is random in others
    #[default]
    Auto,
    /// Random inputs, each held for a while
    Random,
    /// Random inputs, others at every tick
    Masher,
    /// Runs to the centre of a game that it knows, and is random in others
    Crowd,
    /// No inputs, only acknowledgements
    Idle,
}

/// A word that can stand in a query as it is.
pub(crate) fn parse_word(text: &str) -> Result<String, &'static str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let is_word = (1..=64).contains(&text.len()) && text.chars().all(fits);
    if is_word { Ok(text.to_owned()) } else { Err("give 1 to 64 letters, digits, - or _") }
}

fn parse_mix(text: &str) -> Result<Mix, NetError> {
    text.parse()
}

fn parse_prefix(text: &str) -> Result<String, &'static str> {
    if text.len() <= 10 {
        Ok(text.to_owned())
    } else {
        Err("at most 10 bytes leave room for a number")
    }
}

pub(crate) fn parse_ramp(text: &str) -> Result<f64, &'static str> {
    let number = text.parse().ok().filter(|number| (0.1..=100_000.0).contains(number));
    number.ok_or("give a number of bots a second, 0.1 to 100000")
}

fn parse_churn(text: &str) -> Result<f64, &'static str> {
    let number = text.trim_end_matches('%').parse().ok();
    let number = number.filter(|number| (0.0..=6000.0).contains(number));
    number.ok_or("give percent a minute, 0 to 6000")
}

fn parse_share(text: &str) -> Result<f64, &'static str> {
    let number = text.trim_end_matches('%').parse().ok();
    let number = number.filter(|number| (0.0..=90.0).contains(number));
    number.ok_or("give percent of the bots, 0 to 90")
}

impl SwarmOptions {
    /// What one bot goes by that does as usual, for runs that send bots out by options of their own.
    #[must_use]
    pub fn of_one_bot(url: &str) -> SwarmOptions {
        SwarmOptions {
            url: url.to_owned(),
            bots: 1,
            rooms: 1,
            room: None,
            game: None,
            time: Duration::ZERO,
            ramp: 1.0,
            churn: 0.0,
            slow: 0.0,
            hidden: 0.0,
            stall: 0.0,
            stall_time: Duration::from_secs(4),
            net: None,
            carriage: CarriageOptions::default(),
            behaviour: BehaviourKind::Auto,
            seed: 1,
            name_prefix: "bot-".to_owned(),
            json: None,
            record: None,
            quiet: true,
            threads: None,
            allow_remote: false,
        }
    }

    /// The network that a bot is on, if any was asked for.
    #[must_use]
    pub fn net_of(&self, index: u32) -> Option<&Part> {
        self.net.as_ref().map(|mix| mix.part(self.seed, index))
    }

    /// How long it takes until the last bot sets out.
    #[must_use]
    pub fn ramp_time(&self) -> Duration {
        Duration::from_secs_f64(f64::from(self.bots - 1) / self.ramp)
    }

    /// Checks what single options cannot know.
    ///
    /// # Errors
    /// What makes no sense, in words.
    pub fn check(&self) -> Result<(), String> {
        let (ramp, time) = (self.ramp_time(), self.time);
        if self.rooms > self.bots {
            return Err(format!("{} bots cannot fill {} rooms", self.bots, self.rooms));
        }
        if self.has_hindered() && self.count_of(Kind::Healthy) < self.rooms {
            return Err(format!(
                "of {} bots too few would keep up to open {} rooms; lower --slow, --hidden and --stall",
                self.bots, self.rooms,
            ));
        }
        if ramp >= time {
            return Err(format!(
                "the last of {} bots would join after {:.1} s at {} a second, and the run ends after {:.1} s; \
                 give a larger --ramp or a longer --for",
                self.bots,
                ramp.as_secs_f64(),
                self.ramp,
                time.as_secs_f64(),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
