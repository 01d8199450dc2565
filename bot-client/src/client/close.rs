//! Why a server closed, in words.

use thiserror::Error;
use tickwire_shared::message::CloseCode;

/// A close frame from the server.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the server closed the connection: {}", self.words())]
pub struct Closed {
    /// The code, if there was one; see [`CloseCode`].
    pub code: Option<u16>,
    /// The server's own words.
    pub reason: String,
}

impl Closed {
    /// Reads a close frame's payload.
    #[must_use]
    pub fn read(payload: &[u8]) -> Closed {
        let Some((code, reason)) = payload.split_first_chunk() else {
            return Closed { code: None, reason: String::new() };
        };
        let reason = String::from_utf8_lossy(reason).into_owned();
        Closed { code: Some(u16::from_be_bytes(*code)), reason }
    }

    /// Whether this is the code.
    #[must_use]
    pub fn is(&self, code: CloseCode) -> bool {
        self.code == Some(code as u16)
    }

    /// Whether the session outlives the connection that was closed so.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        // 1006 stands for a connection that broke off.
        let is_cut = self.code.is_none_or(|code| code == 1006);
        is_cut
            || [CloseCode::GoingAway, CloseCode::Idle, CloseCode::TooSlow]
                .iter()
                .any(|code| self.is(*code))
    }

    fn words(&self) -> String {
        let Some(code) = self.code else { return "without a code".to_owned() };
        let meaning = meaning(code).unwrap_or("a code that this client does not know");
        let said = if self.reason.is_empty() || self.reason == meaning { "" } else { ": " };
        let reason = if said.is_empty() { String::new() } else { printable(&self.reason) };
        format!("{code}, {meaning}{said}{reason}")
    }
}

/// The words of a server, which may not be ours, with nothing in them that a terminal would obey.
fn printable(text: &str) -> String {
    let escaped = |c: char| {
        let is_plain = !c.is_control() && !REORDERS.contains(&c);
        if is_plain { c.to_string() } else { c.escape_default().to_string() }
    };
    text.chars().map(escaped).collect()
}

/// Marks that make a line read in another order than it is written.
const REORDERS: [char; 9] = [
    '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

/// What a close code means.
#[must_use]
pub fn meaning(code: u16) -> Option<&'static str> {
    const MEANINGS: [(CloseCode, &str); 22] = [
        (CloseCode::Normal, "a normal end"),
        (CloseCode::GoingAway, "the server shuts down"),
        (CloseCode::Protocol, "the client broke the WebSocket protocol"),
        (CloseCode::Unsupported, "the client sent a text message"),
        (CloseCode::Policy, "the client sent too much"),
        (CloseCode::TooBig, "the client sent a message that is too large"),
        (CloseCode::BadMessage, "the client sent what is no message"),
        (CloseCode::NoJoin, "no join came in time"),
        (CloseCode::WrongProtocol, "the client speaks another version of the protocol"),
        (CloseCode::WrongSchema, "the client was built for another schema"),
        (CloseCode::RoomFull, "the room is full"),
        (CloseCode::NoSuchRoom, "there is no such room"),
        (CloseCode::Idle, "nothing was heard from the client for too long"),
        (CloseCode::TooSlow, "the client did not take its frames for too long"),
        (CloseCode::RoomClosed, "the room ended"),
        (CloseCode::NoSession, "the session is over"),
        (CloseCode::TakenOver, "another connection has taken the session over"),
        (CloseCode::Kicked, "the host threw the player out"),
        (CloseCode::Banned, "the host threw the player out for good"),
        (CloseCode::BadTicket, "the ticket is not good for this seat, or no more"),
        (CloseCode::RoomLocked, "the room lets nobody in any more"),
        (CloseCode::Unidentified, "the server wants to know who the player is"),
    ];
    MEANINGS.iter().find(|(known, _)| *known as u16 == code).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_frame_reads_as_a_sentence() {
        let text = |payload: &[u8]| Closed::read(payload).to_string();
        let start = "the server closed the connection: ";
        assert_eq!(text(&[]), format!("{start}without a code"));
        assert_eq!(text(&[0x0F, 0xA4]), format!("{start}4004, the room is full"));
        assert_eq!(
            text(b"\x03\xE9back at noon"),
            format!("{start}1001, the server shuts down: back at noon")
        );
        assert_eq!(
            text(&[0x0F, 0xFF, 0xFF]),
            format!("{start}4095, a code that this client does not know: \u{FFFD}")
        );
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_and_not_done() {
        let closed = Closed::read(b"\x03\xE9\x1B[2Jgone\r\n\xC2\x9B1m\xE2\x80\xAEolleh");
        let text = closed.to_string();
        assert!(text.chars().all(|c| !c.is_control() && !REORDERS.contains(&c)), "{text:?}");
        assert!(text.ends_with(r"\u{1b}[2Jgone\r\n\u{9b}1m\u{202e}olleh"), "{text}");
    }
}
