//! What a client asks for.

use std::fmt;

use serde::Deserialize;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The room with this join code.
    Room(String),
    /// Any room of a game with space in it, else a new one. No name means the default game.
    Game(Option<String>),
    /// A new room of a game.
    Create(Option<String>),
    /// A room that fits.
    Match(Search),
    /// A new room as it is said to be.
    New(Options),
}

/// How a new room is to be. What is absent is as the operator or the game has it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Its game; the default one if absent.
    pub game: Option<String>,
    /// Its seats, at most as many as without this.
    pub max_players: Option<u32>,
    /// Its ticks a second, at most as many as the game or the operator has it, or 60.
    pub tick_hz: Option<u32>,
    /// Only who has the code finds it.
    pub private: bool,
}

/// Which room would do.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Search {
    /// Its game; the default one if absent.
    pub game: Option<String>,
    /// Whether a new one is opened when none fits.
    pub create: bool,
    /// What it has to have.
    pub filters: Filters,
}

/// What a room has to have.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// So many ticks a second.
    pub tick_hz: Option<u32>,
    /// So many seats.
    pub max_players: Option<u32>,
    /// At least so many players in it; a new room has none, and will do all the same.
    pub min_players: Option<u32>,
}

impl Default for Search {
    fn default() -> Self {
        Search { game: None, create: true, filters: Filters::default() }
    }
}

impl Search {
    /// Any room of a game, or else a new one.
    pub(super) fn of(game: Option<&String>) -> Self {
        Search { game: game.cloned(), ..Search::default() }
    }

    /// How a room has to be that is opened because none fits.
    pub(super) fn options(&self) -> Options {
        let Filters { tick_hz, max_players, .. } = self.filters;
        Options { game: self.game.clone(), max_players, tick_hz, private: false }
    }
}

impl Options {
    /// A room of a game, as it usually is.
    pub(super) fn of(game: Option<&String>) -> Self {
        Options { game: game.cloned(), ..Options::default() }
    }
}

/// As a log line says it. What a client made up is cut, so that no line gets long.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, game) = match self {
            Wanted::Room(code) => return write!(f, "room {code:.16}"),
            Wanted::Game(game) => ("any room", game),
            Wanted::Match(search) => ("a room that fits", &search.game),
            Wanted::Create(game) => ("a new room", game),
            Wanted::New(options) => ("a new room", &options.game),
        };
        match game {
            Some(game) => write!(f, "{what} of {game:.32}"),
            None => f.write_str(what),
        }
    }
}
