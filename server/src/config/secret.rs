//! Keys that nobody else may know.

use std::{fmt, sync::Arc};

use thiserror::Error;

/// A key for HMAC-SHA256 has to be as long as the hash, or it is what one guesses first.
pub const LEAST_SECRET_BYTES: usize = 32;

/// A key that nobody else may know, and that is never shown.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

/// A key that is too short.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "a key has at least {LEAST_SECRET_BYTES} bytes, and this one has {0}; `openssl rand -hex 32` makes a \
     good one"
)]
pub struct TooShort(pub usize);

impl Secret {
    /// A key of these bytes.
    ///
    /// # Errors
    /// When there are fewer than [`LEAST_SECRET_BYTES`].
    pub fn new(bytes: &[u8]) -> Result<Self, TooShort> {
        if bytes.len() < LEAST_SECRET_BYTES {
            return Err(TooShort(bytes.len()));
        }
        Ok(Secret(bytes.into()))
    }

    /// The key of a text, such as a file's; the line's end is no part of it.
    ///
    /// # Errors
    /// Those of [`Secret::new`].
    pub fn from_text(text: &str) -> Result<Self, TooShort> {
        Secret::new(text.trim_end_matches(['\r', '\n']).as_bytes())
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_long_enough_ends_before_the_lines_end_and_is_not_shown() {
        let text = "0123456789abcdef0123456789abcdef\r\n";
        let secret = Secret::from_text(text).expect("it is long enough");
        assert_eq!(secret.bytes(), text.trim_end().as_bytes());
        assert!(!format!("{secret:?}").contains("0123"));
        assert_eq!(Secret::from_text(&text[3..]).err(), Some(TooShort(29)));
    }
}
