//! What a connection sent: bytes, then frames, then messages.

use tickwire_room::{HostedRoom, Newcomer, Reply, clean_name};
use tickwire_shared::{
    link::Conditions,
    message::{self, CloseCode},
    session::Token,
};

use super::Connection;
use crate::{
    shard::{Context, greeting::read_join, pipe::is_transient, socket::Socket},
    ws::{
        close::CloseReason,
        parse::{self, Frame, MAX_CONTROL_BYTES},
        write,
    },
};

/// The last ping of those that are read at once, the only one of them that is answered.
struct LastPing {
    payload: [u8; MAX_CONTROL_BYTES],
    length: Option<usize>,
}

impl<S: Socket> Connection<S> {
    /// Puts what was left over and what is new into the scratch buffer and says how much it is.
    pub(super) fn fill(&mut self, cx: &mut Context) -> Result<usize, &'static str> {
        let kept = self.received.len();
        let limit = cx.limits.bytes_per_tick.saturating_sub(self.taken as usize);
        if cx.incoming.len() < kept.max(limit) {
            cx.incoming.resize(kept.max(limit), 0);
        }
        cx.incoming[..kept].copy_from_slice(&self.received);
        self.received.clear();
        if kept >= limit {
            return Ok(kept);
        }
        match self.pipe.read(&mut cx.incoming[kept..limit]) {
            Ok(0) => Err("hung up without a close"),
            Ok(read) => {
                self.taken += read as u32;
                cx.metrics.received_bytes.add(read as u64);
                Ok(kept + read)
            }
            Err(error) if is_transient(&error) => Ok(kept),
            Err(_) => Err("the connection broke"),
        }
    }

    /// Acts upon whole frames, up to a tick's limit, and keeps the rest.
    pub(super) fn read_frames(
        &mut self,
        bytes: &mut [u8],
        room: &mut dyn HostedRoom,
        cx: &mut Context,
    ) -> Result<(), CloseReason> {
        let mut ping = LastPing { payload: [0; MAX_CONTROL_BYTES], length: None };
        let (mut at, before) = (0, self.heard);
        while self.heard < cx.limits.messages_per_tick {
            let parsed = parse::parse(&mut bytes[at..]).map_err(|broken| broken.close_reason())?;
            let Some((frame, used)) = parsed else { break };
            match frame {
                Frame::Binary(message) => self.handle(message, room, cx)?,
                Frame::Ping(payload) => ping.keep(payload),
                Frame::Pong => {}
                Frame::Close(code) => return Err(CloseReason::echo(code)),
            }
            at += used;
            self.heard += 1;
        }
        cx.metrics.received_messages.add(u64::from(self.heard - before));
        if bytes.len() > at {
            self.received.extend_from_slice(&bytes[at..]);
        } else if self.received.capacity() > cx.limits.bytes_per_tick / 8 {
            self.received = Vec::new();
        }
        self.answer(&ping, cx);
        Ok(())
    }

    fn handle(
        &mut self,
        message: &[u8],
        room: &mut dyn HostedRoom,
        cx: &mut Context,
    ) -> Result<(), CloseReason> {
        let Some(player) = self.player else { return self.greet(message, room) };
        let bad = |error: message::MessageError| {
            CloseReason::new(CloseCode::BadMessage, error.to_string())
        };
        match room.handle_message_ahead(player, message, cx.left).map_err(bad)? {
            Reply::Nothing => {}
            Reply::Pong(token) => self.reply(&message::pong(token)),
            Reply::Send(bytes) => self.reply(&bytes),
            Reply::Net(conditions) => self.impair(conditions, cx),
            Reply::Leave => return Err(CloseReason::new(CloseCode::Normal, "you left")),
        }
        Ok(())
    }

    /// Does as this client asks, to its own connection, if it may ask.
    fn impair(&mut self, conditions: Conditions, cx: &mut Context) {
        if cx.net_control {
            self.pipe.impair(cx.next_net(conditions), &cx.metrics);
        } else {
            cx.metrics.ignored_nets.add(1);
        }
    }

    fn greet(&mut self, message: &[u8], room: &mut dyn HostedRoom) -> Result<(), CloseReason> {
        let join = read_join(message)?;
        let newcomer = Newcomer { schema_hash: join.schema_hash, ..Newcomer::named(&join.name) };
        let joined = room.handle_join(&newcomer);
        let player = joined
            .map_err(|refusal| CloseReason::new(refusal.close_code(), refusal.to_string()))?;
        self.player = Some(player);
        write::message(&mut self.pipe.unsent, &room.welcome(player, &Token([0; 16])));
        let (name, peer) = (clean_name(&join.name), self.pipe.peer);
        tracing::debug!(room = room.code(), player = player.0, name, %peer, "joined");
        Ok(())
    }

    /// Sends a message with the next write. Who does not read gets no replies, so that none pile up.
    fn reply(&mut self, message: &[u8]) {
        if !self.pipe.blocked() {
            write::message(&mut self.pipe.unsent, message);
        }
    }

    fn answer(&mut self, ping: &LastPing, cx: &Context) {
        if let Some(length) = ping.length.filter(|_| !self.pipe.blocked()) {
            write::pong(&mut self.pipe.unsent, &ping.payload[..length]);
            cx.metrics.pongs.add(1);
        }
    }
}

impl LastPing {
    fn keep(&mut self, payload: &[u8]) {
        self.payload[..payload.len()].copy_from_slice(payload);
        self.length = Some(payload.len());
    }
}
