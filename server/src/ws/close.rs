//! Why a socket is closed: a code for programs and a reason for people.

use std::borrow::Cow;

use tickwire_shared::message::CloseCode;

/// The longest reason that fits a control frame beside the code, in bytes.
pub const MAX_REASON_BYTES: usize = 123;

/// A code with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseReason {
    /// What the close frame says in two bytes.
    pub code: u16,
    /// What it says in words.
    pub text: Cow<'static, str>,
}

impl CloseReason {
    /// A code of ours with a reason, which is cut if it is too long.
    #[must_use]
    pub fn new(code: CloseCode, text: impl Into<Cow<'static, str>>) -> Self {
        let mut text = text.into();
        if text.len() > MAX_REASON_BYTES {
            let end = text.floor_char_boundary(MAX_REASON_BYTES);
            text = Cow::Owned(text[..end].to_owned());
        }
        CloseReason { code: code as u16, text }
    }

    /// The peer's own code, sent back as the handshake asks.
    #[must_use]
    pub fn echo(code: Option<u16>) -> Self {
        CloseReason { code: code.unwrap_or(CloseCode::Normal as u16), text: Cow::Borrowed("") }
    }
}

/// Whether a peer may send this code in a close frame.
#[must_use]
pub fn may_be_received(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let reason = CloseReason::new(CloseCode::Normal, "é".repeat(100));
        assert_eq!((reason.text.len(), reason.text.chars().count()), (122, 61));
    }

    #[test]
    fn codes_that_only_an_endpoint_may_note_for_itself_are_not_received() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] {
            assert!(!may_be_received(code), "{code}");
        }
    }
}
