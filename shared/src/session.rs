//! What a session is resumed with.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::tick::Tick;

/// How many bytes a token has.
pub const TOKEN_BYTES: usize = 16;

/// A secret that stands for a session: 128 random bits. Whoever has it is the player, so it
/// belongs in no address and no log; it does not print.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token(pub [u8; TOKEN_BYTES]);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(secret)")
    }
}

/// The first message of a connection that goes on with a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Must be [`PROTOCOL`](crate::message::PROTOCOL).
    pub protocol: u32,
    /// What the server gave last. It is good for one attempt.
    pub token: Token,
    /// Random, and the same each time that this attempt is made again because no answer came: then
    /// the token is accepted again, and from nobody else.
    pub attempt: [u8; TOKEN_BYTES],
    /// The last tick that the client applied, and still holds. Without one, such as after a page was
    /// loaded again, the answer is a welcome and not a [`resumed`](crate::message::kind::RESUMED).
    pub applied: Option<Tick>,
}
