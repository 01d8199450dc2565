//! What stands at a recording's beginning, and how it may end.

use std::io;

use serde::{Deserialize, Serialize};
use tickwire_shared::Tick;

use crate::RecordingError;

/// The most bytes that a header has.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;
/// The most ticks a second that a room makes.
const MAX_TICK_HZ: u32 = 240;

/// What a room was, and why it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the server.
    pub server: String,
    /// The name of the game.
    pub game: String,
    /// The hash of the game's schema: another build of the game may play a recording only if it has the same.
    pub schema_hash: u32,
    /// The room's join code.
    pub room: String,
    /// Ticks a second.
    pub tick_hz: u32,
    /// What the game's randomness was seeded with.
    pub seed: u64,
    /// Ticks that are multiples of this have a hash in the log.
    pub hash_interval: u32,
    /// The most that a shot may be rewound, in 1/256 ticks.
    pub rewind: u16,
    /// Players that the room took.
    pub max_players: u32,
    /// When recording began, in seconds since 1970.
    pub started: u64,
    /// Why there is this file.
    pub why: Why,
}

/// Why there is a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// All of a room was to be recorded.
    Recording,
    /// Something went wrong, and this is what led to it.
    Flight {
        /// What it was.
        reason: Incident,
        /// The room's tick by then: the one that was being made, or else the last one.
        tick: Tick,
        /// More of it, for people.
        detail: String,
    },
}

/// What may go wrong in a room so that its recent past is worth keeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incident {
    /// A tick took longer than a tick lasts.
    Overrun,
    /// A client held something else than the server.
    Mismatch,
    /// The game panicked.
    Panic,
}

impl Incident {
    /// As it stands in names of files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Incident::Overrun => "overrun",
            Incident::Mismatch => "mismatch",
            Incident::Panic => "panic",
        }
    }
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The room closed, or it is all of a flight.
    Closed,
    /// The file was as large as it may be.
    Limit,
    /// The disk did not keep up, so what follows is missing.
    Behind,
    /// The room stopped keeping a log: its world is too large, or does not load to what was saved.
    Unlogged,
}

impl Ending {
    const ALL: [Ending; 4] = [Ending::Closed, Ending::Limit, Ending::Behind, Ending::Unlogged];

    /// As it stands in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Ending::Closed => "closed",
            Ending::Limit => "limit",
            Ending::Behind => "behind",
            Ending::Unlogged => "unlogged",
        }
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Ending> {
        Self::ALL.into_iter().find(|ending| ending.name().as_bytes() == bytes)
    }
}

impl Header {
    pub(crate) fn write(&self) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        // So that `head -2` shows it.
        bytes.push(b'\n');
        match bytes.len() {
            ..=MAX_HEADER_BYTES => Ok(bytes),
            large => Err(io::Error::other(format!("a header of {large} bytes"))),
        }
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, RecordingError> {
        let wrong = |why: &str| Err(RecordingError::Header(why.to_owned()));
        let header: Header = serde_json::from_slice(bytes)
            .map_err(|error| RecordingError::Header(error.to_string()))?;
        if header.tick_hz == 0 || header.tick_hz > MAX_TICK_HZ {
            return wrong("its ticks a second are not 1 to 240");
        }
        if header.hash_interval == 0 {
            return wrong("its hash interval is 0");
        }
        Ok(header)
    }
}
