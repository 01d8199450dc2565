//! Every message, on one screen. The first byte of each says what it is.
//!
//! ```text
//! client → server                                server → client
//! 0x01 join      Join                            0x81 welcome   Welcome
//! 0x02 input     applied:u32 ahead:u8            0x82 frame     see crate::frame
//!                behind:u16 record
//! 0x03 ack       applied:u32                     0x83 pong      token:u32
//! 0x04 leave                                     0x84 evidence  tick:u32 segment*
//! 0x05 ping      token:u32
//! 0x06 mismatch  tick:u32
//! 0x07 net       conditions:28 bytes             0x85 resumed   token:16 bytes
//! 0x08 resume    Resume                          0x86 closed    code:u16 reason:text
//! 0x09 chat      text
//! 0x0A request   index:u8 record
//! 0x0B moderate  action:u8 player:u32
//! ```
//! `join`, `resume` and `welcome` are bincode (see [`crate::control`]); everything else is
//! fixed little-endian fields, and a text goes to the end. `closed` is for transports that have no
//! close of their own; see [`crate::batch`].

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    control,
    frame::Reader,
    ids::PlayerId,
    link::{Conditions, NetError},
    schema::Schema,
    session::{Resume, Token},
    tick::Tick,
};

mod close;
mod moderation;

pub use close::CloseCode;
pub use moderation::Moderation;

/// The version of everything in this crate that goes over the wire.
pub const PROTOCOL: u32 = 1;
/// The longest message that a client may send, in bytes.
pub const MAX_CLIENT_MESSAGE_BYTES: usize = 1024;
/// The longest name of a player, in what people take for letters; a longer one is cut.
pub const MAX_NAME_GRAPHEMES: usize = 16;
/// The longest name of a player in bytes of UTF-8: one letter may take many.
pub const MAX_NAME_BYTES: usize = 64;
/// The longest chat line, in what people take for letters; a longer one is cut.
pub const MAX_CHAT_GRAPHEMES: usize = 200;
/// The longest chat line in bytes of UTF-8.
pub const MAX_CHAT_BYTES: usize = 800;

/// The first bytes of messages.
pub mod kind {
    /// Client: lets me in.
    pub const JOIN: u8 = 0x01;
    /// Client: what I do.
    pub const INPUT: u8 = 0x02;
    /// Client: what I hold.
    pub const ACK: u8 = 0x03;
    /// Client: I go.
    pub const LEAVE: u8 = 0x04;
    /// Client: echo this.
    pub const PING: u8 = 0x05;
    /// Client: my hash differs.
    pub const MISMATCH: u8 = 0x06;
    /// Client: treat my connection so.
    pub const NET: u8 = 0x07;
    /// Client: it is me again.
    pub const RESUME: u8 = 0x08;
    /// Client: tell everybody.
    pub const CHAT: u8 = 0x09;
    /// Client: a message for the game.
    pub const REQUEST: u8 = 0x0A;
    /// Client: as the host, do this to somebody.
    pub const MODERATE: u8 = 0x0B;
    /// Server: you are in.
    pub const WELCOME: u8 = 0x81;
    /// Server: a tick.
    pub const FRAME: u8 = 0x82;
    /// Server: the echo.
    pub const PONG: u8 = 0x83;
    /// Server: what you should have held.
    pub const EVIDENCE: u8 = 0x84;
    /// Server: welcome back.
    pub const RESUMED: u8 = 0x85;
    /// Server: it is over, and why.
    pub const CLOSED: u8 = 0x86;
}

/// The first message of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// Must be [`PROTOCOL`].
    pub protocol: u32,
    /// The name to show; it is cleaned and cut.
    pub name: String,
    /// The [`Schema::hash`] that the client was built for, if it insists on one.
    pub schema_hash: Option<u32>,
    /// The ticket of a reserved seat; without one the address has to name a seat.
    pub ticket: Option<String>,
}

/// The server's answer to [`Join`]: all that is needed to read the frames that follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// The server's [`PROTOCOL`].
    pub protocol: u32,
    /// The room's join code.
    pub room: String,
    /// Who you are in it.
    pub player: PlayerId,
    /// Whether you only watch.
    pub spectator: bool,
    /// What to resume the session with.
    pub token: Token,
    /// For how many ticks the session is kept when its connection is lost.
    pub grace_ticks: u32,
    /// Ticks a second.
    pub tick_hz: u32,
    /// A frame carries a hash when its tick reaches or passes a multiple of this.
    pub hash_interval: u32,
    /// The game's schema.
    pub schema: Schema,
    /// The table of priors; see [`crate::codec::Priors`].
    pub priors: Vec<u8>,
    /// What the game's `setup` returned, such as the map.
    pub setup: String,
}

/// A message from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientMessage<'a> {
    /// See [`Join`].
    Join(Join),
    /// What the player does in one tick.
    Input {
        /// The last tick that the client applied.
        applied: Tick,
        /// The tick that the input is for.
        tick: Tick,
        /// How far behind that tick the world was that the player saw when it gave the input, in
        /// 1/256 ticks; 0 when that is not to matter.
        behind: u16,
        /// The input's record.
        record: &'a [u8],
    },
    /// The last tick that the client applied.
    Ack(Tick),
    /// The player goes.
    Leave,
    /// Asks for the same token back.
    Ping(u32),
    /// The hash at this tick was not the client's: asks for evidence and a keyframe.
    Mismatch(Tick),
    /// Makes this client's own connection as bad as this, to try out how the game feels; see
    /// [`crate::link`]. The fields of [`Conditions`] in their order, each as a `u32`. A server obeys it
    /// only when it was set up to.
    Net(Conditions),
    /// Goes on with a session; see [`Resume`].
    Resume(Resume),
    /// A line for everybody in the room; it is cleaned and cut.
    Chat(&'a str),
    /// A message for the game.
    Request {
        /// Which one, by its place in the schema's `requests`.
        index: u8,
        /// Its record.
        record: &'a [u8],
    },
    /// Asks for something that only the host may.
    Moderate(Moderation),
}

/// Why a client's message was refused.
#[derive(Debug, Error)]
pub enum MessageError {
    /// It has no bytes.
    #[error("the message is empty")]
    Empty,
    /// It is longer than [`MAX_CLIENT_MESSAGE_BYTES`].
    #[error("a message of {0} bytes; at most 1024 are accepted")]
    TooLong(usize),
    /// Its first byte has no meaning.
    #[error("unknown message kind {0:#04x}")]
    Kind(u8),
    /// Its length is wrong for its kind.
    #[error("a message of kind {0:#04x} has the wrong length")]
    Length(u8),
    /// Its control part is malformed.
    #[error(transparent)]
    Control(#[from] control::ControlError),
    /// It asks for a network that cannot be.
    #[error(transparent)]
    Net(#[from] NetError),
    /// A chat line is no UTF-8.
    #[error("the chat line is not UTF-8")]
    Text,
    /// The host's action has no meaning.
    #[error("there is no action {0}")]
    Action(u8),
    /// The game has no such request, or its record is not one.
    #[error("request {0} does not fit the schema")]
    Request(u8),
}

impl ClientMessage<'_> {
    /// Appends the message.
    pub fn write(&self, out: &mut Vec<u8>) {
        let with_u32 = |out: &mut Vec<u8>, kind: u8, value: u32| {
            out.push(kind);
            out.extend_from_slice(&value.to_le_bytes());
        };
        match self {
            ClientMessage::Join(join) => {
                out.push(kind::JOIN);
                out.extend_from_slice(&control::encode(join));
            }
            ClientMessage::Input { applied, tick, behind, record } => {
                with_u32(out, kind::INPUT, applied.0);
                out.push(tick.since(*applied) as u8);
                out.extend_from_slice(&behind.to_le_bytes());
                out.extend_from_slice(record);
            }
            ClientMessage::Ack(applied) => with_u32(out, kind::ACK, applied.0),
            ClientMessage::Leave => out.push(kind::LEAVE),
            ClientMessage::Ping(token) => with_u32(out, kind::PING, *token),
            ClientMessage::Mismatch(tick) => with_u32(out, kind::MISMATCH, tick.0),
            ClientMessage::Net(conditions) => {
                out.push(kind::NET);
                conditions.write(out);
            }
            ClientMessage::Resume(resume) => {
                out.push(kind::RESUME);
                out.extend_from_slice(&control::encode(resume));
            }
            ClientMessage::Chat(text) => {
                out.push(kind::CHAT);
                out.extend_from_slice(text.as_bytes());
            }
            ClientMessage::Request { index, record } => {
                out.extend_from_slice(&[kind::REQUEST, *index]);
                out.extend_from_slice(record);
            }
            ClientMessage::Moderate(moderation) => {
                let (action, player) = moderation.parts();
                out.extend_from_slice(&[kind::MODERATE, action]);
                out.extend_from_slice(&player.to_le_bytes());
            }
        }
    }
}

impl<'a> ClientMessage<'a> {
    /// Reads a message that must take up all of `bytes`.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub fn read(bytes: &'a [u8]) -> Result<Self, MessageError> {
        if bytes.len() > MAX_CLIENT_MESSAGE_BYTES {
            return Err(MessageError::TooLong(bytes.len()));
        }
        let (kind, body) = bytes.split_first().ok_or(MessageError::Empty)?;
        let length = |_| MessageError::Length(*kind);
        let mut reader = Reader(body);
        let message = match *kind {
            kind::JOIN => return Ok(ClientMessage::Join(control::decode(body)?)),
            kind::INPUT => {
                let applied = Tick(reader.u32().map_err(length)?);
                let ahead = reader.byte().map_err(length)?;
                let behind = reader.u16().map_err(length)?;
                let record = std::mem::take(&mut reader.0);
                let tick = applied.offset(i32::from(ahead));
                ClientMessage::Input { applied, tick, behind, record }
            }
            kind::ACK => ClientMessage::Ack(Tick(reader.u32().map_err(length)?)),
            kind::LEAVE => ClientMessage::Leave,
            kind::PING => ClientMessage::Ping(reader.u32().map_err(length)?),
            kind::MISMATCH => ClientMessage::Mismatch(Tick(reader.u32().map_err(length)?)),
            kind::NET => {
                let conditions = Conditions::read(&mut reader).map_err(length)?;
                conditions.check()?;
                ClientMessage::Net(conditions)
            }
            kind::RESUME => return Ok(ClientMessage::Resume(control::decode(body)?)),
            kind::CHAT => {
                let text = std::mem::take(&mut reader.0);
                ClientMessage::Chat(std::str::from_utf8(text).map_err(|_| MessageError::Text)?)
            }
            kind::REQUEST => {
                let index = reader.byte().map_err(length)?;
                ClientMessage::Request { index, record: std::mem::take(&mut reader.0) }
            }
            kind::MODERATE => {
                let action = reader.byte().map_err(length)?;
                let player = reader.u32().map_err(length)?;
                let moderation = Moderation::read(action, player);
                ClientMessage::Moderate(moderation.ok_or(MessageError::Action(action))?)
            }
            other => return Err(MessageError::Kind(other)),
        };
        if reader.0.is_empty() { Ok(message) } else { Err(MessageError::Length(*kind)) }
    }
}

/// A message from the server, not yet looked into.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerMessage<'a> {
    /// See [`Welcome`].
    Welcome(Box<Welcome>),
    /// A frame, with its kind byte; see [`crate::frame`].
    Frame(&'a [u8]),
    /// The token of a ping.
    Pong(u32),
    /// What the client should have held at a tick: keyframes of its segments.
    Evidence(Tick, &'a [u8]),
    /// The session goes on; from now on it is resumed with this. The next frame builds upon the one
    /// that the client said it had applied, or is FULL.
    Resumed(Token),
    /// The connection is over: a close code and a sentence.
    Closed(u16, &'a str),
}

impl<'a> ServerMessage<'a> {
    /// Reads a message as far as its kind and fixed fields.
    ///
    /// # Errors
    /// See [`MessageError`]; a welcome's schema has been validated only for size.
    pub fn read(bytes: &'a [u8]) -> Result<Self, MessageError> {
        let (kind, body) = bytes.split_first().ok_or(MessageError::Empty)?;
        let mut reader = Reader(body);
        let length = |_| MessageError::Length(*kind);
        match *kind {
            kind::WELCOME => Ok(ServerMessage::Welcome(Box::new(control::decode(body)?))),
            kind::FRAME => Ok(ServerMessage::Frame(bytes)),
            kind::PONG => match (reader.u32().map_err(length)?, reader.0) {
                (token, []) => Ok(ServerMessage::Pong(token)),
                _ => Err(MessageError::Length(*kind)),
            },
            kind::EVIDENCE => {
                let tick = Tick(reader.u32().map_err(length)?);
                Ok(ServerMessage::Evidence(tick, reader.0))
            }
            kind::RESUMED => match <[u8; 16]>::try_from(body) {
                Ok(token) => Ok(ServerMessage::Resumed(Token(token))),
                Err(_) => Err(MessageError::Length(*kind)),
            },
            kind::CLOSED => {
                let code = reader.u16().map_err(length)?;
                let reason = std::str::from_utf8(reader.0).map_err(|_| MessageError::Text)?;
                Ok(ServerMessage::Closed(code, reason))
            }
            other => Err(MessageError::Kind(other)),
        }
    }
}

/// The welcome as a whole message.
#[must_use]
pub fn welcome(welcome: &Welcome) -> Vec<u8> {
    let mut out = vec![kind::WELCOME];
    out.extend_from_slice(&control::encode(welcome));
    out
}

/// A pong as a whole message.
#[must_use]
pub fn pong(token: u32) -> [u8; 5] {
    let [a, b, c, d] = token.to_le_bytes();
    [kind::PONG, a, b, c, d]
}

/// The answer to a resume, as a whole message.
#[must_use]
pub fn resumed(token: &Token) -> [u8; 17] {
    let mut out = [kind::RESUMED; 17];
    out[1..].copy_from_slice(&token.0);
    out
}

/// A close for transports that have none of their own, as a whole message.
#[must_use]
pub fn closed(code: u16, reason: &str) -> Vec<u8> {
    let mut out = vec![kind::CLOSED];
    out.extend_from_slice(&code.to_le_bytes());
    out.extend_from_slice(reason.as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(message: &ClientMessage<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        message.write(&mut bytes);
        bytes
    }

    #[test]
    fn every_client_message_comes_back() {
        let join = Join {
            protocol: PROTOCOL,
            name: "Ada ✈".into(),
            schema_hash: Some(7),
            ticket: Some("t".into()),
        };
        let applied = Tick(u32::MAX);
        let input =
            ClientMessage::Input { applied, tick: Tick(2), behind: 700, record: &[1, 2, 3] };
        let messages = [
            ClientMessage::Join(join),
            input,
            ClientMessage::Ack(applied),
            ClientMessage::Leave,
            ClientMessage::Ping(0xDEAD_BEEF),
            ClientMessage::Mismatch(Tick(5)),
            ClientMessage::Net(crate::link::Profile::Train.conditions()),
            ClientMessage::Resume(Resume {
                protocol: PROTOCOL,
                token: Token([7; 16]),
                attempt: [9; 16],
                applied: Some(applied),
            }),
            ClientMessage::Chat("grüezi"),
            ClientMessage::Request { index: 3, record: &[1, 2] },
            ClientMessage::Moderate(Moderation::Ban(PlayerId(4))),
            ClientMessage::Moderate(Moderation::Lock),
        ];
        for message in messages {
            assert_eq!(ClientMessage::read(&written(&message)).unwrap(), message);
        }
    }

    #[test]
    fn a_malformed_message_is_named() {
        let error = |bytes: &[u8]| ClientMessage::read(bytes).unwrap_err().to_string();
        assert_eq!(error(&[]), "the message is empty");
        assert_eq!(error(&[0x99]), "unknown message kind 0x99");
        assert_eq!(error(&[kind::PING, 1, 2]), "a message of kind 0x05 has the wrong length");
        assert_eq!(error(&[kind::LEAVE, 0]), "a message of kind 0x04 has the wrong length");
        assert!(error(&[kind::JOIN, 1, 0xFF]).starts_with("malformed control message"));
        assert_eq!(error(&[kind::NET, 1]), "a message of kind 0x07 has the wrong length");
        let lossy = [[kind::NET; 1].as_slice(), &[0; 8], &[0xFF; 4], &[0; 16]].concat();
        assert_eq!(error(&lossy), "loss must be at most 50%");
        assert_eq!(error(&[kind::CHAT, 0xFF]), "the chat line is not UTF-8");
        assert_eq!(error(&[kind::MODERATE, 2, 1, 0, 0, 0]), "there is no action 2");
        assert_eq!(error(&[0; 1025]), "a message of 1025 bytes; at most 1024 are accepted");
    }
}
