//! From what was given to what holds: flag, then environment, then file, then default.

use std::{net::ToSocketAddrs, path::PathBuf, time::Duration};

use tickwire_shared::link::{Conditions, NetError};

use super::{
    AdminConfig, Config, DEFAULT_LISTEN, Limits, Network, Secret,
    bounds::{self, Bounds},
    error::ConfigError,
    file,
    flags::{Flags, LogFormat, Secrets, Settings},
};
use crate::{games::Games, recorder::Recordings};

/// What a log filter may be when it is one word.
pub(super) const LOG_LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

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
            // The environment's key is over the file's, though only a flag names a file of it.
            let jwt_key = file.jwt_key.filter(|_| flags.secrets.jwt_key.is_none());
            flags.settings.over(Settings { jwt_key, ..file })
        }
    };
    check(settings, flags.secrets, games).map_err(|error| error.traced(&flags.given, flags.config))
}

fn check(settings: Settings, secrets: Secrets, games: &mut Games) -> Result<Resolved, ConfigError> {
    check_ranges(&settings)?;
    if let Some(game) = &settings.game
        && !games.prefer(game)
    {
        return Err(ConfigError::Game(game.clone(), games.list()));
    }
    let log = log(settings.log.as_deref().unwrap_or("info"))?;
    let log_format = settings.log_format.unwrap_or_default();
    Ok(Resolved { config: config(settings, secrets)?, log_format, log })
}

fn config(settings: Settings, secrets: Secrets) -> Result<Config, ConfigError> {
    let usual = Config::default();
    Ok(Config {
        listen: listen(settings.listen.as_deref().unwrap_or(DEFAULT_LISTEN))?,
        tick_hz: settings.tick_hz,
        seed: settings.seed.unwrap_or(usual.seed),
        seeded_codes: settings.seed.is_some(),
        start_tick: settings.start_tick.unwrap_or(usual.start_tick),
        max_players: settings.max_players,
        bytes_a_second: settings.bytes_a_second,
        shards: settings.shards,
        assets: settings.assets.map(assets).transpose()?,
        allow_origin: origins(settings.allow_origin.unwrap_or_default())?,
        hash_interval: settings.hash_interval.unwrap_or(usual.hash_interval),
        max_spectators: settings.max_spectators.unwrap_or(usual.max_spectators),
        public_url: settings.public_url.map(public_url).transpose()?,
        trusted_proxies: proxies(&settings.trusted_proxy.unwrap_or_default())?,
        jwt_key: jwt_key(settings.jwt_key, secrets.jwt_key)?,
        jwt_audience: settings.jwt_audience,
        secret: variable("TICKWIRE_SECRET", secrets.secret)?,
        max_connections: settings.max_connections.unwrap_or(usual.max_connections),
        max_connections_per_address: settings
            .max_connections_per_address
            .unwrap_or(usual.max_connections_per_address),
        max_rooms: settings.max_rooms.unwrap_or(usual.max_rooms),
        linger: settings.linger.map_or(usual.linger, Duration::from_secs),
        grace: settings.grace.map_or(usual.grace, Duration::from_secs),
        net: net(settings.net.as_deref())?,
        net_control: settings.net_control,
        admin: AdminConfig::resolve(
            settings.admin_listen.as_deref(),
            settings.admin_allow_remote.unwrap_or(false),
            settings.admin_host.unwrap_or_default(),
            variable("TICKWIRE_ADMIN_TOKEN", secrets.admin_token)?,
        )?,
        recordings: Recordings {
            record: settings.record.map(folder).transpose()?,
            limit: settings.record_limit.map_or(usual.recordings.limit, |mib| mib * 1024 * 1024),
            total: settings.record_total.map_or(usual.recordings.total, |mib| mib * 1024 * 1024),
            flight: settings.flight.map(folder).transpose()?,
        },
        limits: limits(usual.limits, settings.joins_per_address, settings.rooms_per_address),
    })
}

fn limits(usual: Limits, joins: Option<u32>, rooms: Option<u32>) -> Limits {
    let knocks_a_second = joins.unwrap_or(usual.knocks_a_second);
    Limits {
        knocks_a_second,
        knocks_at_once: joins.map_or(usual.knocks_at_once, |joins| joins * 5),
        rooms_per_address: rooms.unwrap_or(usual.rooms_per_address),
        ..usual
    }
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
    let per_address = size(settings.max_connections_per_address);
    within("max-connections-per-address", per_address, bounds::MAX_CONNECTIONS_PER_ADDRESS)?;
    let (joins, rooms) = (settings.joins_per_address, settings.rooms_per_address);
    within("joins-per-address", joins.map(u64::from), bounds::JOINS_PER_ADDRESS)?;
    within("rooms-per-address", rooms.map(u64::from), bounds::ROOMS_PER_ADDRESS)?;
    within("max-spectators", settings.max_spectators.map(u64::from), bounds::MAX_SPECTATORS)?;
    within("grace", settings.grace, bounds::GRACE)?;
    within("max-rooms", size(settings.max_rooms), bounds::MAX_ROOMS)?;
    within("record-limit", settings.record_limit, bounds::RECORD_LIMIT)?;
    within("record-total", settings.record_total, bounds::RECORD_TOTAL)?;
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

/// Without the slash at its end.
fn public_url(url: String) -> Result<String, ConfigError> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '"' | '<' | '>' | '\\');
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain) => {
            Ok(url.trim_end_matches('/').to_owned())
        }
        _ => Err(ConfigError::PublicUrl(url)),
    }
}

fn proxies(proxies: &[String]) -> Result<Vec<Network>, ConfigError> {
    let network = |text: &String| {
        text.parse().map_err(|no_network| ConfigError::Proxy(text.clone(), no_network))
    };
    proxies.iter().map(network).collect()
}

/// The key of the file, or else the one of the environment.
fn jwt_key(file: Option<PathBuf>, key: Option<String>) -> Result<Option<Secret>, ConfigError> {
    let Some(path) = file else { return variable("TICKWIRE_JWT_KEY", key) };
    match std::fs::read_to_string(&path) {
        Ok(text) => match Secret::from_text(&text) {
            Ok(secret) => Ok(Some(secret)),
            Err(short) => Err(ConfigError::In(path, Box::new(short.into()))),
        },
        Err(error) => Err(ConfigError::KeyFile(path, error)),
    }
}

/// The key that a variable holds, if it holds one.
fn variable(name: &str, key: Option<String>) -> Result<Option<Secret>, ConfigError> {
    let secret = key.map(|text| Secret::from_text(&text)).transpose();
    secret.map_err(|short| ConfigError::Variable(name.to_owned(), Box::new(short.into())))
}

fn assets(path: PathBuf) -> Result<PathBuf, ConfigError> {
    if path.join("pages").is_dir() { Ok(path) } else { Err(ConfigError::Assets(path)) }
}

/// A directory that can be written to, or can be made.
fn folder(path: PathBuf) -> Result<PathBuf, ConfigError> {
    match std::fs::create_dir_all(&path) {
        Ok(()) => Ok(path),
        Err(error) => Err(ConfigError::Folder(path, error)),
    }
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
