//! From what was given to what holds: flag, then environment, then file, then default.

use std::{collections::BTreeMap, net::ToSocketAddrs, path::PathBuf, time::Duration};

use thiserror::Error;
use tickwire_shared::link::{Conditions, NetError};

use super::{
    Config, DEFAULT_LISTEN,
    bounds::{self, Bounds},
    file,
    flags::{Flags, Given, LogFormat, Settings},
};
use crate::games::Games;

/// What a log filter may be when it is one word.
const LOG_LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Why a configuration is refused; each says what to do.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The file holds something wrong.
    #[error("in {0}: {1}")]
    In(PathBuf, Box<ConfigError>),
    /// A variable of the environment holds something wrong.
    #[error("in the environment, {0}: {1}")]
    Variable(String, Box<ConfigError>),
    /// The file is not TOML.
    #[error("this is not TOML:\n{0}")]
    Syntax(String),
    /// A key is unknown or its value does not fit.
    #[error("key {0:?}: {1}")]
    Key(String, String),
    /// A key is written twice, in two ways.
    #[error("key {0:?} is given twice, once with - and once with _; leave one of them out")]
    Twice(String),
    /// A game's name is used for something else.
    #[error("key {0:?} is a game's name; write its settings as a table, [{0}]")]
    NoTable(String),
    /// A table is named as no game.
    #[error("there is no game [{0}] to set up; a table is named as its game: {1}")]
    NoSuchGame(String, String),
    /// A number is out of its range.
    #[error("{name} must be {range}, and {value} is not; change it or leave it out")]
    Range {
        /// The flag.
        name: &'static str,
        /// What it may be.
        range: Bounds,
        /// What it is.
        value: u64,
    },
    /// The address to listen on is none.
    #[error(
        "cannot listen on {0:?}: {1}; an address is a host and a port, such as {DEFAULT_LISTEN}"
    )]
    Listen(String, String),
    /// An origin is none.
    #[error("{0:?} is no origin; write it as the browser does, such as https://example.com, or *")]
    Origin(String),
    /// The directory of pages is none.
    #[error("the assets directory {0:?} has no pages; give one that has a folder named pages")]
    Assets(PathBuf),
    /// The game to prefer is none.
    #[error("there is no game {0:?}; choose one of: {1}")]
    Game(String, String),
    /// The network is none.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The log filter cannot be read.
    #[error("cannot read the log filter {0:?}: {1}; try info or debug")]
    Log(String, String),
    /// A word of the log filter is no level.
    #[error(
        "{0:?} is no log level; the levels are {levels}; a part of the program has one of its \
         own as in info,tickwire_server=debug",
        levels = LOG_LEVELS.join(", ")
    )]
    LogLevel(String),
}

impl ConfigError {
    /// The setting that is wrong, as its flag is called.
    fn setting(&self) -> Option<&'static str> {
        Some(match self {
            ConfigError::Range { name, .. } => name,
            ConfigError::Listen(..) => "listen",
            ConfigError::Origin(_) => "allow-origin",
            ConfigError::Assets(_) => "assets",
            ConfigError::Game(..) => "game",
            ConfigError::Net(_) => "net",
            ConfigError::Log(..) | ConfigError::LogLevel(_) => "log",
            _ => return None,
        })
    }

    /// Says where the setting that is wrong was given, unless by a flag.
    fn traced(self, flags: &BTreeMap<String, Given>, file: Option<PathBuf>) -> ConfigError {
        let given = self.setting().and_then(|setting| flags.get(setting));
        match (given, file) {
            (Some(Given::Variable(name)), _) => ConfigError::Variable(name.clone(), self.into()),
            (None, Some(path)) => ConfigError::In(path, self.into()),
            _ => self,
        }
    }
}

/// A configuration that holds.
#[derive(Debug)]
pub struct Resolved {
    /// How the server runs.
    pub config: Config,
    /// How log lines look.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: tracing_subscriber::EnvFilter,
}

/// Puts flags (with the environment in them) over the file over the defaults, and checks all.
///
/// # Errors
/// The first thing that is wrong.
pub fn resolve(flags: Flags, games: &mut Games) -> Result<Resolved, ConfigError> {
    let settings = match &flags.config {
        None => flags.settings,
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| ConfigError::File(path.clone(), error))?;
            let file = file::read(&text, games)
                .map_err(|error| ConfigError::In(path.clone(), error.into()))?;
            flags.settings.over(file)
        }
    };
    check(settings, games).map_err(|error| error.traced(&flags.given, flags.config))
}

fn check(settings: Settings, games: &mut Games) -> Result<Resolved, ConfigError> {
    check_ranges(&settings)?;
    if let Some(game) = &settings.game
        && !games.prefer(game)
    {
        return Err(ConfigError::Game(game.clone(), games.list()));
    }
    let log = log(settings.log.as_deref().unwrap_or("info"))?;
    let log_format = settings.log_format.unwrap_or_default();
    Ok(Resolved { config: config(settings)?, log_format, log })
}

fn config(settings: Settings) -> Result<Config, ConfigError> {
    let usual = Config::default();
    Ok(Config {
        listen: listen(settings.listen.as_deref().unwrap_or(DEFAULT_LISTEN))?,
        tick_hz: settings.tick_hz,
        seed: settings.seed.unwrap_or(usual.seed),
        start_tick: settings.start_tick.unwrap_or(usual.start_tick),
        max_players: settings.max_players,
        bytes_a_second: settings.bytes_a_second,
        shards: settings.shards,
        assets: settings.assets.map(assets).transpose()?,
        allow_origin: origins(settings.allow_origin.unwrap_or_default())?,
        hash_interval: settings.hash_interval.unwrap_or(usual.hash_interval),
        max_connections: settings.max_connections.unwrap_or(usual.max_connections),
        max_rooms: settings.max_rooms.unwrap_or(usual.max_rooms),
        linger: settings.linger.map_or(usual.linger, Duration::from_secs),
        net: net(settings.net.as_deref())?,
        net_control: settings.net_control,
        limits: usual.limits,
    })
}

fn check_ranges(settings: &Settings) -> Result<(), ConfigError> {
    let within = |name, value: Option<u64>, range: Bounds| match value {
        Some(value) if !range.contain(value) => Err(ConfigError::Range { name, range, value }),
        _ => Ok(()),
    };
    let size = |value: Option<usize>| value.map(|value| value as u64);
    within("tick-hz", settings.tick_hz.map(u64::from), bounds::TICK_HZ)?;
    within("max-players", settings.max_players.map(u64::from), bounds::MAX_PLAYERS)?;
    within("bytes-a-second", settings.bytes_a_second.map(u64::from), bounds::BYTES_A_SECOND)?;
    within("shards", size(settings.shards), bounds::SHARDS)?;
    within("hash-interval", settings.hash_interval.map(u64::from), bounds::HASH_INTERVAL)?;
    within("max-connections", size(settings.max_connections), bounds::MAX_CONNECTIONS)?;
    within("max-rooms", size(settings.max_rooms), bounds::MAX_ROOMS)?;
    within("linger", settings.linger, bounds::LINGER)
}

/// A word alone would be taken for a part of the program, and nothing would be logged.
fn log(filter: &str) -> Result<tracing_subscriber::EnvFilter, ConfigError> {
    let words = filter.split(',').map(str::trim).filter(|word| !word.is_empty());
    let mut bare = words.filter(|word| !word.contains(['=', ':', '[', '{', '"', ']', '}']));
    let level = |word: &str| LOG_LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
    if let Some(word) = bare.find(|word| !level(word)) {
        return Err(ConfigError::LogLevel(word.to_owned()));
    }
    tracing_subscriber::EnvFilter::try_new(filter)
        .map_err(|error| ConfigError::Log(filter.to_owned(), error.to_string()))
}

fn listen(address: &str) -> Result<std::net::SocketAddr, ConfigError> {
    let bad = |why: String| ConfigError::Listen(address.to_owned(), why);
    let mut found = address.to_socket_addrs().map_err(|error| bad(error.to_string()))?;
    found.next().ok_or_else(|| bad("no such host".to_owned()))
}

/// No network is as good as one that does nothing.
fn net(text: Option<&str>) -> Result<Option<Conditions>, NetError> {
    let conditions: Option<Conditions> = text.map(str::parse).transpose()?;
    Ok(conditions.filter(|conditions| !conditions.is_none()))
}

fn assets(path: PathBuf) -> Result<PathBuf, ConfigError> {
    if path.join("pages").is_dir() { Ok(path) } else { Err(ConfigError::Assets(path)) }
}

fn origins(origins: Vec<String>) -> Result<Vec<String>, ConfigError> {
    let is_origin = |origin: &str| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        origin == "*" || authority.is_some_and(|it| !it.is_empty() && !it.contains('/'))
    };
    match origins.iter().find(|origin| !is_origin(origin)) {
        Some(bad) => Err(ConfigError::Origin(bad.clone())),
        None => Ok(origins),
    }
}

#[cfg(test)]
mod tests;
