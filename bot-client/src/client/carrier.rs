//! What carries a client's messages: one of the transports, behind one face.

use std::time::Instant;

use super::{
    core::Core,
    dial::Dialer,
    error::ClientError,
    http::Link,
    transport::Transport,
    ws::{self, Socket},
};

/// A connection.
pub(super) enum Carrier {
    Socket(Box<Socket>),
    Link(Link),
}

impl Carrier {
    /// Sends what is due when it is due, until a message comes, which replaces `message`.
    ///
    /// On a WebSocket a call that is dropped may take half a message with it.
    pub(super) async fn exchange(
        &mut self,
        core: &mut Core,
        opened: Instant,
        message: &mut Vec<u8>,
    ) -> Result<(), ClientError> {
        match self {
            Carrier::Socket(socket) => socket.exchange(core, opened, message).await,
            Carrier::Link(link) => link.exchange(core, opened, message).await,
        }
    }

    /// The length of what stands right before a message of this length.
    pub(super) fn header_bytes(&self, payload: usize) -> usize {
        match self {
            Carrier::Socket(_) => ws::header_bytes(payload),
            // A length of seven bits a byte.
            Carrier::Link(_) => (usize::BITS - payload.leading_zeros()).div_ceil(7).max(1) as usize,
        }
    }

    /// Opens a connection to a room, for a session that is to be resumed or a ticket.
    pub(super) async fn to_room(
        dialer: &Dialer,
        room: &str,
        transport: Transport,
        asking: (u32, std::time::Duration),
    ) -> Result<Carrier, ClientError> {
        if transport == Transport::WebSocket {
            let endpoint = dialer.endpoint.with_path(format!("/rooms/{room}/ws"));
            let dialer = Dialer { endpoint, ..dialer.clone() };
            return Ok(Carrier::Socket(Box::new(Socket::open(&dialer).await?)));
        }
        Ok(Carrier::Link(Link::open(dialer, room, transport, asking)?))
    }
}
