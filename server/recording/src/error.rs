//! What may be wrong with a file.

use std::io;

use thiserror::Error;

/// What is wrong with a file at some place.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Damage {
    /// It ends in the middle of a block.
    #[error("the file was cut short")]
    Cut,
    /// A checksum is not that of what was read.
    #[error("a checksum is wrong")]
    Checksum,
    /// A length or a tick makes no sense, or a payload is not what its block says.
    #[error("it makes no sense")]
    Senseless,
}

/// Why a file, or a block of it, cannot be read.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// The file could not be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is not such a file at all.
    #[error("this is no recording")]
    NotOne,
    /// It was written by a version with another format.
    #[error("a recording of format {0:?}; this version reads format 1")]
    Format(char),
    /// Its header makes no sense.
    #[error("its header is wrong: {0}")]
    Header(String),
    /// It is damaged at this byte.
    #[error("damaged at byte {at}: {damage}")]
    Damaged {
        /// Where, in bytes from the file's beginning.
        at: u64,
        /// In what way.
        damage: Damage,
    },
}
