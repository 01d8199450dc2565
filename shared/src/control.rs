//! The control plane's encoding, and the only module that knows `bincode`.
//!
//! Messages sent once (a join, a welcome) and saved files are
//! `bincode` 2 with its standard configuration: little-endian, variable-length
//! integers. Frames and inputs never come this way.

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// The largest control message that is accepted, in bytes.
pub const MAX_CONTROL_BYTES: usize = 64 * 1024;

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
