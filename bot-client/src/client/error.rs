//! What can go wrong with a client, in words that say what to do about it.

use std::{io, net::SocketAddr, time::Duration};

use thiserror::Error;
use tickwire_shared::{
    frame::FrameError,
    message::{MessageError, PROTOCOL},
    replica::ReplicaError,
};

use super::close::Closed;

/// Why [`Core`](super::Core) refused something.
#[derive(Debug, Error)]
pub enum CoreError {
    /// The server's message is not one of this protocol.
    #[error("the server sent what is no message: {0}")]
    Message(#[from] MessageError),
    /// A frame could not be applied. The core asks for one that stands alone and can go on.
    #[error("a frame could not be applied: {0}")]
    Frame(#[from] FrameError),
    /// The evidence of a mismatch could not be read.
    #[error("the evidence of a mismatch could not be read: {0}")]
    Evidence(FrameError),
    /// The welcome's schema or priors are not valid.
    #[error("the welcome cannot be used: {0}")]
    Welcome(#[from] ReplicaError),
    /// The server speaks another version of the protocol.
    #[error("the server speaks version {0} of the protocol and this client version {PROTOCOL}")]
    WrongProtocol(u32),
    /// Something that needs a welcome came, or was asked for, before it.
    #[error("there was no welcome yet")]
    NotJoined,
    /// The server sent a second welcome.
    #[error("the server sent a second welcome")]
    SecondWelcome,
    /// Something cannot be said, or not now.
    #[error("it cannot be said: {0}")]
    Unsayable(&'static str),
    /// An input does not fit the game's schema.
    #[error("the input does not fit the game: {0}")]
    Input(&'static str),
}

impl CoreError {
    /// Whether the core can go on: it has asked the server for a frame that stands alone.
    #[must_use]
    pub fn is_recoverable(&self) -> bool {
        matches!(self, CoreError::Frame(_) | CoreError::Evidence(_))
    }
}

/// Why a [`Client`](super::Client) could not be made, or ended.
#[derive(Debug, Error)]
pub enum ClientError {
    /// What the server sends cannot be recorded.
    #[error("the recording cannot be written: {0}")]
    Record(io::Error),
    /// The address is not one.
    #[error("{url:?} cannot be used: {problem}")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The host's name means nothing.
    #[error("the host {host:?} cannot be found: {source}")]
    Resolve {
        /// The host's name.
        host: String,
        /// Why.
        source: io::Error,
    },
    /// No connection could be made.
    #[error("nobody answers at {address}: {source}")]
    Connect {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The server answered, but not as it was asked to.
    #[error("the server answered {status} instead of {wanted}{}", after_colon(body))]
    Http {
        /// What it was asked for.
        wanted: &'static str,
        /// The HTTP status.
        status: u16,
        /// The first line of what it said, if it said anything.
        body: String,
    },
    /// HTTP broke: a handshake, a request or an answer.
    #[error("the handshake broke: {0}")]
    Handshake(#[from] hyper::Error),
    /// The server's answer is none of this protocol.
    #[error("the server's answer cannot be used: {0}")]
    Answer(&'static str),
    /// Something took too long.
    #[error("{what} took longer than {} ms", limit.as_millis())]
    TimedOut {
        /// What it was.
        what: &'static str,
        /// How long it may take.
        limit: Duration,
    },
    /// Nothing was heard for too long.
    #[error("nothing was heard for {} s", .0.as_secs_f32())]
    Silent(Duration),
    /// The server closed the connection.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// The connection ended without a close frame.
    #[error("the connection broke off without a close frame")]
    BrokenOff,
    /// The bytes break the WebSocket protocol, or the socket failed.
    #[error("the WebSocket failed: {0}")]
    WebSocket(fastwebsockets::WebSocketError),
    /// A text message or a fragment came, and this protocol has neither.
    #[error("the server sent a text message or a fragment")]
    NotBinary,
    /// The core refused what came.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl ClientError {
    /// Whether only the connection is lost, so that the session may be resumed over another.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        match self {
            ClientError::BrokenOff
            | ClientError::Silent(_)
            | ClientError::TimedOut { .. }
            | ClientError::Connect { .. }
            | ClientError::Handshake(_)
            | ClientError::WebSocket(_) => true,
            // What a proxy says of a server that does not answer it.
            ClientError::Http { status, .. } => matches!(status, 502..=504),
            ClientError::Closed(closed) => closed.is_lost(),
            _ => false,
        }
    }
}

/// What was said, set off from what precedes it.
fn after_colon(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

impl From<fastwebsockets::WebSocketError> for ClientError {
    fn from(error: fastwebsockets::WebSocketError) -> Self {
        use fastwebsockets::WebSocketError as E;
        let broken = |kind| {
            use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
            matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
        };
        match error {
            E::UnexpectedEOF | E::ConnectionClosed => ClientError::BrokenOff,
            E::IoError(error) if broken(error.kind()) => ClientError::BrokenOff,
            other => ClientError::WebSocket(other),
        }
    }
}
