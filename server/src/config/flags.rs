//! Flags and environment. A field that is absent was not given.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};
use serde::Deserialize;

const EXAMPLES: &str = "\
Examples:
  tickwire-server                             play at http://127.0.0.1:2567/
  tickwire-server --listen 0.0.0.0:2567       let others on your network play
  tickwire-server --seed 7 --tick-hz 60       repeat a run, at 60 ticks a second
  tickwire-server --assets assets             edit pages without building again
  tickwire-server --config tickwire.toml      take settings from a file

A flag wins over its environment variable, that one over the file, and the file
over the default. In the file a key is the flag's name without its dashes, and a
table named as a game holds that game's own settings:

  tick-hz = 60

  [arena]
  damage = 10

While it runs: /rooms lists the rooms, /status shows counters, /livez and /readyz
are for whoever watches over it. Ctrl-C tells all players, then ends; a second
Ctrl-C ends at once.";

/// Hosts games in rooms and sends every player what changed, tick by tick.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Flags {
    /// Take settings from this file (TOML)
    #[arg(long, value_name = "FILE", env = "TICKWIRE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The settings that the file may hold too.
    #[command(flatten)]
    pub settings: Settings,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON object a line
    Json,
}

/// Everything that a flag, the environment or the file may set.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// Where to listen [default: 127.0.0.1:2567]
    #[arg(long, value_name = "ADDR", env = "TICKWIRE_LISTEN")]
    pub listen: Option<String>,
    /// The game that players get who name none [default: the first there is]
    #[arg(long, value_name = "NAME", env = "TICKWIRE_GAME")]
    pub game: Option<String>,
    /// Ticks a second, 1 to 240 [default: the game's own]
    #[arg(long, value_name = "N", env = "TICKWIRE_TICK_HZ")]
    pub tick_hz: Option<u32>,
    /// Seed of all randomness; the same seed and inputs give the same run [default: random, logged]
    #[arg(long, value_name = "N", env = "TICKWIRE_SEED")]
    pub seed: Option<u64>,
    /// The tick before a room's first one [default: 0]
    #[arg(long, value_name = "N", env = "TICKWIRE_START_TICK")]
    pub start_tick: Option<u32>,
    /// Players that a room takes [default: the game's own]
    #[arg(long, value_name = "N", env = "TICKWIRE_MAX_PLAYERS")]
    pub max_players: Option<u32>,
    /// Threads that run rooms [default: as many as there are cores]
    #[arg(long, value_name = "N", env = "TICKWIRE_SHARDS")]
    pub shards: Option<usize>,
    /// Serve what this directory has in pages/<game>/, sdk/ and maps/ before what is in the binary
    #[arg(long, value_name = "DIR", env = "TICKWIRE_ASSETS")]
    pub assets: Option<PathBuf>,
    /// A page of this origin may connect too, such as https://example.com; may be repeated
    #[arg(long, value_name = "ORIGIN", env = "TICKWIRE_ALLOW_ORIGIN", value_delimiter = ',')]
    pub allow_origin: Option<Vec<String>>,
    /// Send a hash of the state every N ticks, for clients to check theirs [default: 8]
    #[arg(long, value_name = "N", env = "TICKWIRE_HASH_INTERVAL")]
    pub hash_interval: Option<u32>,
    /// Sockets beyond this are turned away [default: 20000]
    #[arg(long, value_name = "N", env = "TICKWIRE_MAX_CONNECTIONS")]
    pub max_connections: Option<usize>,
    /// Rooms beyond this are not opened [default: 1000]
    #[arg(long, value_name = "N", env = "TICKWIRE_MAX_ROOMS")]
    pub max_rooms: Option<usize>,
    /// How long a room stays when nobody is in it [default: 30]
    #[arg(long, value_name = "SECONDS", env = "TICKWIRE_LINGER")]
    pub linger: Option<u64>,
    /// How log lines look [default: text]
    #[arg(long, value_enum, env = "TICKWIRE_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, trace, or a filter such as info,tickwire_server=debug [default: info]
    #[arg(long, value_name = "FILTER", env = "TICKWIRE_LOG")]
    pub log: Option<String>,
}

impl Settings {
    /// These settings, and those of `under` where these have none.
    #[must_use]
    pub fn over(self, under: Settings) -> Settings {
        Settings {
            listen: self.listen.or(under.listen),
            game: self.game.or(under.game),
            tick_hz: self.tick_hz.or(under.tick_hz),
            seed: self.seed.or(under.seed),
            start_tick: self.start_tick.or(under.start_tick),
            max_players: self.max_players.or(under.max_players),
            shards: self.shards.or(under.shards),
            assets: self.assets.or(under.assets),
            allow_origin: self.allow_origin.or(under.allow_origin),
            hash_interval: self.hash_interval.or(under.hash_interval),
            max_connections: self.max_connections.or(under.max_connections),
            max_rooms: self.max_rooms.or(under.max_rooms),
            linger: self.linger.or(under.linger),
            log_format: self.log_format.or(under.log_format),
            log: self.log.or(under.log),
        }
    }
}
