//! A load of many clients from one thread, and the programs that it is put on.
//!
//! A bot of the swarm is a whole client and costs more than the server spends on it. Here a client
//! is a socket and a [`Speaker`] that knows just enough of a protocol to be served like any other:
//! once in each tick's time it reads what has come and says what it does. So one core drives more
//! connections than one core can serve, and the figures are the server's.
//!
//! - [`socket`]: a nonblocking WebSocket, and nothing else;
//! - [`generator`]: the connections and their turns;
//! - [`tickwire`]: what a client of Tickwire says, with a replica that proves itself or without;
//! - [`http`]: what a server tells of itself;
//! - [`child`]: a server in a process of its own, on a core of its own, and what it used.

pub mod child;
pub mod generator;
pub mod http;
pub mod socket;
pub mod tickwire;

use std::time::Duration;

pub use self::{
    child::Child,
    generator::{Generator, Load},
    socket::Outgoing,
};

/// A message from a server: whole, or as much of one as a WebSocket frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// Bytes.
    Binary(&'a [u8]),
    /// Text, as some protocols have it.
    Text(&'a [u8]),
    /// Anything else: the opcode, and what came with it.
    Control(u8, &'a [u8]),
}

/// One client's end of a protocol.
pub trait Speaker {
    /// What the handshake asks for, such as `/ws?game=arena`.
    fn target(&self) -> String;

    /// What is said first.
    fn open(&mut self, now: Duration, out: &mut Outgoing);

    /// Takes a message that came at `now`, and may answer.
    ///
    /// # Errors
    /// A sentence that says what is wrong; the run ends with it.
    fn receive(
        &mut self,
        message: Message<'_>,
        now: Duration,
        out: &mut Outgoing,
    ) -> Result<(), String>;

    /// Says what the client does in this tick's time.
    fn turn(&mut self, now: Duration, out: &mut Outgoing);
}
