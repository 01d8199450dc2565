//! From what was given to what holds: flag, then environment, then file, then default.

use std::{net::ToSocketAddrs, path::PathBuf, time::Duration};

use thiserror::Error;

use super::{
    Config, DEFAULT_LISTEN, file,
    flags::{Flags, LogFormat, Settings},
};
use crate::games::Games;

/// The highest tick rate.
const MAX_TICK_HZ: u32 = 240;

/// Why a configuration is refused; each says what to do.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The file holds something wrong.
    #[error("in {0}: {1}")]
    In(PathBuf, Box<ConfigError>),
    /// The file is not TOML.
    #[error("this is not TOML:\n{0}")]
    Syntax(String),
    /// A key is unknown or its value does not fit.
    #[error("key {0:?}: {1}")]
    Key(String, String),
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
        range: &'static str,
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
    /// The log filter cannot be read.
    #[error("cannot read the log filter {0:?}: {1}; try info or debug")]
    Log(String, String),
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
    let settings = match flags.config {
        None => flags.settings,
        Some(path) => {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| ConfigError::File(path.clone(), error))?;
            let file =
                file::read(&text, games).map_err(|error| ConfigError::In(path, Box::new(error)))?;
            flags.settings.over(file)
        }
    };
    check(settings, games)
}

fn check(settings: Settings, games: &mut Games) -> Result<Resolved, ConfigError> {
    check_ranges(&settings)?;
    if let Some(game) = &settings.game
        && !games.prefer(game)
    {
        return Err(ConfigError::Game(game.clone(), games.list()));
    }
    let log = settings.log.as_deref().unwrap_or("info");
    let log = tracing_subscriber::EnvFilter::try_new(log)
        .map_err(|error| ConfigError::Log(log.to_owned(), error.to_string()))?;
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
        shards: settings.shards,
        assets: settings.assets.map(assets).transpose()?,
        allow_origin: origins(settings.allow_origin.unwrap_or_default())?,
        hash_interval: settings.hash_interval.unwrap_or(usual.hash_interval),
        max_connections: settings.max_connections.unwrap_or(usual.max_connections),
        max_rooms: settings.max_rooms.unwrap_or(usual.max_rooms),
        linger: settings.linger.map_or(usual.linger, Duration::from_secs),
        limits: usual.limits,
    })
}

fn check_ranges(settings: &Settings) -> Result<(), ConfigError> {
    let within = |name, value: Option<u64>, least: u64, most: u64, range| match value {
        Some(value) if !(least..=most).contains(&value) => {
            Err(ConfigError::Range { name, range, value })
        }
        _ => Ok(()),
    };
    let hz = settings.tick_hz.map(u64::from);
    within("tick-hz", hz, 1, u64::from(MAX_TICK_HZ), "1 to 240")?;
    within("max-players", settings.max_players.map(u64::from), 1, 10_000, "1 to 10000")?;
    within("shards", settings.shards.map(|n| n as u64), 1, 1024, "1 to 1024")?;
    within("hash-interval", settings.hash_interval.map(u64::from), 1, 100_000, "1 to 100000")?;
    let connections = settings.max_connections.map(|n| n as u64);
    within("max-connections", connections, 1, 10_000_000, "1 to 10000000")?;
    within("max-rooms", settings.max_rooms.map(|n| n as u64), 1, 1_000_000, "1 to 1000000")?;
    within("linger", settings.linger, 1, 86_400, "1 to 86400 seconds")
}

fn listen(address: &str) -> Result<std::net::SocketAddr, ConfigError> {
    let bad = |why: String| ConfigError::Listen(address.to_owned(), why);
    let mut found = address.to_socket_addrs().map_err(|error| bad(error.to_string()))?;
    found.next().ok_or_else(|| bad("no such host".to_owned()))
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
