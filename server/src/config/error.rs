//! Why a configuration is refused.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use thiserror::Error;
use tickwire_shared::link::NetError;

use super::{
    DEFAULT_ADMIN_LISTEN, DEFAULT_LISTEN, NoNetwork, TooShort, bounds::Bounds, flags::Given,
    resolve::LOG_LEVELS,
};

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
    /// The address of the admin listener is none.
    #[error(
        "cannot listen for admins on {0:?}: {1}; an address is a host and a port, such as \
         {DEFAULT_ADMIN_LISTEN}"
    )]
    AdminListen(String, String),
    /// Others than this machine could reach the admin listener.
    #[error(
        "others than this machine could reach the admin listener on {0}, which shows and changes \
         everything; listen on {DEFAULT_ADMIN_LISTEN}, or say --admin-allow-remote if something else \
         keeps them out"
    )]
    AdminRemote(SocketAddr),
    /// A name of the admin listener is none.
    #[error("{0:?} is no host's name; give one such as admin.example.com, without a port")]
    AdminHost(String),
    /// An origin is none.
    #[error("{0:?} is no origin; write it as the browser does, such as https://example.com, or *")]
    Origin(String),
    /// The directory of pages is none.
    #[error("the assets directory {0:?} has no pages; give one that has a folder named pages")]
    Assets(PathBuf),
    /// A directory to write into cannot be made.
    #[error("cannot write into {0}: {1}")]
    Folder(PathBuf, std::io::Error),
    /// The public address is none.
    #[error("{0:?} is no address for browsers; give one such as https://play.example.com")]
    PublicUrl(String),
    /// A proxy to trust is none.
    #[error("cannot trust {0:?}: {1}")]
    Proxy(String, NoNetwork),
    /// The file of a key cannot be read.
    #[error("cannot read the key in {0}: {1}")]
    KeyFile(PathBuf, std::io::Error),
    /// A key is none.
    #[error(transparent)]
    Secret(#[from] TooShort),
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
            ConfigError::AdminListen(..) | ConfigError::AdminRemote(_) => "admin-listen",
            ConfigError::AdminHost(_) => "admin-host",
            ConfigError::Origin(_) => "allow-origin",
            ConfigError::Assets(_) => "assets",
            ConfigError::PublicUrl(_) => "public-url",
            ConfigError::Proxy(..) => "trusted-proxy",
            ConfigError::KeyFile(..) => "jwt-key",
            ConfigError::Game(..) => "game",
            ConfigError::Net(_) => "net",
            ConfigError::Log(..) | ConfigError::LogLevel(_) => "log",
            _ => return None,
        })
    }

    /// Says where the setting that is wrong was given, unless by a flag.
    pub(super) fn traced(
        self,
        flags: &BTreeMap<String, Given>,
        file: Option<PathBuf>,
    ) -> ConfigError {
        let given = self.setting().and_then(|setting| flags.get(setting));
        match (given, file) {
            (Some(Given::Variable(name)), _) => ConfigError::Variable(name.clone(), self.into()),
            (None, Some(path)) => ConfigError::In(path, self.into()),
            _ => self,
        }
    }
}
