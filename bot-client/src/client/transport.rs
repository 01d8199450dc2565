//! The ways in which messages get from a client to a server and back.

use std::{fmt, str::FromStr};

/// How messages are carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// A WebSocket.
    #[default]
    WebSocket,
    /// One answer that does not end brings what the server says; what the client says goes up in
    /// requests.
    Stream,
    /// Requests that are answered when there is something to say.
    LongPoll,
    /// Requests so many times a second, which are answered at once.
    Poll,
}

/// All of them, those first that one would rather have.
pub const TRANSPORTS: [Transport; 4] =
    [Transport::WebSocket, Transport::Stream, Transport::LongPoll, Transport::Poll];

impl Transport {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Transport::WebSocket => "ws",
            Transport::Stream => "stream",
            Transport::LongPoll => "long-poll",
            Transport::Poll => "poll",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Transport {
    type Err = String;

    fn from_str(text: &str) -> Result<Transport, String> {
        let found = TRANSPORTS.into_iter().find(|transport| transport.name() == text);
        found.ok_or_else(|| format!("{text:?} is none of ws, stream, long-poll and poll"))
    }
}
