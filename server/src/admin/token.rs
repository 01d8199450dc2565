//! What the operator has to know to change something.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{
    config::Secret,
    tickets::{keyed, random_bytes},
};

/// How many random bytes make a token that nobody chose.
const RANDOM_BYTES: usize = 24;

/// The operator's token. It is compared by its hash under a key that nobody knows, so that how long that
/// takes tells nothing.
pub(super) struct Token {
    mac: Hmac<Sha256>,
    hash: [u8; 32],
    /// The token itself, if nobody chose it and so nobody knows it yet.
    shown: Option<String>,
}

impl Token {
    /// The one that the operator chose, or else a random one.
    pub(super) fn new(chosen: Option<&Secret>) -> Self {
        let mac = keyed(&random_bytes::<32>());
        let shown = match chosen {
            Some(_) => None,
            None => Some(BASE64URL_NOPAD.encode(&random_bytes::<RANDOM_BYTES>())),
        };
        let own = chosen.map(Secret::bytes).or(shown.as_ref().map(String::as_bytes));
        let hash = mac.clone().chain_update(own.unwrap_or_default()).finalize().into_bytes();
        Token { mac, hash: hash.into(), shown }
    }

    /// The token, if the operator has to be shown it.
    pub(super) fn shown(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Whether a text is it.
    pub(super) fn is(&self, text: &str) -> bool {
        self.mac.clone().chain_update(text).verify_slice(&self.hash).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_nobody_chose_is_shown_and_hard_to_guess() {
        let (one, other) = (Token::new(None), Token::new(None));
        let shown = one.shown().expect("nobody knows it yet");
        assert_eq!(shown.len(), 32);
        assert!(one.is(shown) && !other.is(shown));
        assert!(!one.is("") && !one.is(&shown[1..]) && !one.is(&format!("{shown} ")));
    }

    #[test]
    fn a_token_that_was_chosen_is_not_shown() {
        let text = "0123456789abcdef0123456789abcdef";
        let chosen = Secret::from_text(text).expect("it is long enough");
        let token = Token::new(Some(&chosen));
        assert_eq!(token.shown(), None);
        assert!(token.is(text) && !token.is(""));
    }
}
