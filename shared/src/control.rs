//! The control plane's encoding, and the only module that knows `bincode`.
//!
//! Messages sent once (a join, a welcome), saved files and saved worlds are
//! `bincode` 2 with its standard configuration: little-endian, variable-length
//! integers. Frames and inputs never come this way.

use bincode::{enc::write::Writer, error::EncodeError};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// The largest control message that is accepted, in bytes.
pub const MAX_CONTROL_BYTES: usize = 64 * 1024;

/// The largest world that is saved and loaded, in bytes.
pub const MAX_WORLD_BYTES: usize = 8 * 1024 * 1024;

/// What the decoder may claim for a world: it counts a number as its size in memory before it reads it, up
/// to sixteen bytes for one that was saved as a single byte.
const MAX_CLAIMED_BYTES: usize = 16 * MAX_WORLD_BYTES;

/// A control message that could not be decoded.
#[derive(Debug, Error)]
pub enum ControlError {
    /// The message is larger than [`MAX_CONTROL_BYTES`].
    #[error("control message of {0} bytes; at most 65536 are accepted")]
    TooLong(usize),
    /// The bytes are not a value of the expected type.
    #[error("malformed control message: {0}")]
    Malformed(#[from] bincode::error::DecodeError),
    /// Bytes follow the value.
    #[error("{0} bytes follow the control message")]
    Trailing(usize),
}

/// Encodes a value. Any value of ours can be encoded.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, bincode::config::standard())
        .expect("control values hold only types that bincode can write")
}

/// Decodes a value that must take up all of `bytes`.
///
/// Claimed lengths are checked against [`MAX_CONTROL_BYTES`] before anything is allocated.
///
/// # Errors
/// See [`ControlError`].
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ControlError> {
    if bytes.len() > MAX_CONTROL_BYTES {
        return Err(ControlError::TooLong(bytes.len()));
    }
    let config = bincode::config::standard().with_limit::<MAX_CONTROL_BYTES>();
    let (value, used) = bincode::serde::decode_from_slice(bytes, config)?;
    match bytes.len() - used {
        0 => Ok(value),
        left => Err(ControlError::Trailing(left)),
    }
}

/// A world that could not be saved.
#[derive(Debug, Error)]
pub enum SaveError {
    /// It takes more than [`MAX_WORLD_BYTES`].
    #[error("the world takes more than 8388608 bytes")]
    TooLarge,
    /// A value in it cannot be written.
    #[error("the world cannot be saved: {0}")]
    Unsaved(EncodeError),
}

/// A world that could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// It takes more than [`MAX_WORLD_BYTES`].
    #[error("a world of {0} bytes; at most 8388608 are accepted")]
    TooLarge(usize),
    /// The bytes are not a world of the expected type.
    #[error("malformed world: {0}")]
    Malformed(#[from] bincode::error::DecodeError),
    /// Bytes follow the world.
    #[error("{0} bytes follow the world")]
    Trailing(usize),
}

/// Appends to a vector, at most so many bytes more.
struct Bounded<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
    overflowed: bool,
}

impl Writer for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        if bytes.len() > self.left {
            self.overflowed = true;
            return Err(EncodeError::UnexpectedEnd);
        }
        self.left -= bytes.len();
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}

/// Appends a saved world to `out`, whose memory can be used again and again.
///
/// # Errors
/// See [`SaveError`]; what was appended is then of no use.
pub fn save<T: Serialize>(world: &T, out: &mut Vec<u8>) -> Result<(), SaveError> {
    let mut writer = Bounded { out, left: MAX_WORLD_BYTES, overflowed: false };
    let config = bincode::config::standard();
    let result = bincode::serde::encode_into_writer(world, &mut writer, config);
    result.map_err(|error| match writer.overflowed {
        true => SaveError::TooLarge,
        false => SaveError::Unsaved(error),
    })
}

/// Loads a world that must take up all of `bytes`.
///
/// Claimed lengths are checked before anything is allocated, against sixteen times [`MAX_WORLD_BYTES`]:
/// whatever [`save`] takes can be loaded, however small its numbers are.
///
/// # Errors
/// See [`LoadError`].
pub fn load<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, LoadError> {
    if bytes.len() > MAX_WORLD_BYTES {
        return Err(LoadError::TooLarge(bytes.len()));
    }
    let config = bincode::config::standard().with_limit::<MAX_CLAIMED_BYTES>();
    let (world, used) = bincode::serde::decode_from_slice(bytes, config)?;
    match bytes.len() - used {
        0 => Ok(world),
        left => Err(LoadError::Trailing(left)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_comes_back_behind_what_was_there() {
        let world = (7u64, vec!["a".to_owned(), "b".to_owned()], [1.5f32, f32::MIN_POSITIVE]);
        let mut bytes = vec![9];
        save(&world, &mut bytes).expect("it is small");
        assert_eq!(bytes[0], 9);
        assert_eq!(load::<(u64, Vec<String>, [f32; 2])>(&bytes[1..]).expect("it was saved"), world);
    }

    #[test]
    fn a_world_that_is_too_large_is_not_saved_and_not_loaded() {
        let mut bytes = Vec::new();
        let large = vec![1u8; MAX_WORLD_BYTES];
        assert!(matches!(save(&large, &mut bytes), Err(SaveError::TooLarge)));
        let large = vec![0u8; MAX_WORLD_BYTES + 1];
        assert!(matches!(load::<Vec<u8>>(&large), Err(LoadError::TooLarge(_))));
    }

    #[test]
    fn whatever_was_saved_can_be_loaded_however_small_its_numbers_are() {
        let small = vec![7u64; MAX_WORLD_BYTES - 16];
        let mut bytes = Vec::new();
        save(&small, &mut bytes).expect("a byte for each");
        assert!(bytes.len() > MAX_WORLD_BYTES - 16);
        assert!(load::<Vec<u64>>(&bytes).expect("it was saved") == small);
        let (largest, mut bytes) = (vec![7u128; MAX_WORLD_BYTES - 16], Vec::new());
        save(&largest, &mut bytes).expect("a byte for each");
        assert!(load::<Vec<u128>>(&bytes).expect("it was saved") == largest);
    }

    #[test]
    fn bytes_that_are_no_world_are_refused() {
        let claims = [253, 255, 255, 255, 255, 255, 255, 255, 127];
        assert!(matches!(load::<String>(&claims), Err(LoadError::Malformed(_))));
        assert!(matches!(load::<Vec<u64>>(&claims), Err(LoadError::Malformed(_))));
        assert!(matches!(load::<u8>(&[1, 2]), Err(LoadError::Trailing(1))));
    }
}
