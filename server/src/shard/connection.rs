//! One connection of a room: what it sent is read at a tick, what it gets is
//! written at the same one.

use std::time::Instant;

use tickwire_room::{HostedRoom, Poll, Reply, clean_name};
use tickwire_shared::{
    PlayerId,
    message::{self, CloseCode},
};

use super::{
    Arrival, Context, greeting::read_join, pipe::Pipe, pipe::is_transient, socket::Socket,
};
use crate::{
    directory::Seat,
    metrics::VANISHED,
    ws::{
        close::CloseReason,
        parse::{self, Frame, MAX_CONTROL_BYTES},
        write,
    },
};

/// How a connection ends.
#[derive(Debug)]
pub(crate) enum End {
    /// With a close.
    Close(CloseReason),
    /// Without one: it is gone, for a reason that is counted as this code.
    Gone(u16, &'static str),
}

const BROKE: End = End::Gone(VANISHED, "the connection broke");

/// A connection that has a seat in a room.
pub(crate) struct Connection<S> {
    pub(crate) pipe: Pipe<S>,
    /// None once it has left.
    seat: Option<Seat>,
    /// Bytes that came and were not used yet: a part of a frame, or frames beyond a tick's limit.
    received: Vec<u8>,
    opened: Instant,
    flooding_since: Option<Instant>,
    pub(crate) player: Option<PlayerId>,
    pub(crate) end: Option<End>,
}

/// The last ping of a tick, the only one that is answered.
struct LastPing {
    payload: [u8; MAX_CONTROL_BYTES],
    length: Option<usize>,
}

impl<S: Socket> Connection<S> {
    pub(crate) fn new(arrival: Arrival<S>, seat: Seat, now: Instant) -> Self {
        let (pipe, received) = Pipe::new(arrival);
        Connection {
            pipe,
            seat: Some(seat),
            received,
            opened: now,
            flooding_since: None,
            player: None,
            end: None,
        }
    }

    /// Gives the seat back, before the peer hears that it is over and may come again.
    pub(crate) fn leave(&mut self) {
        self.seat = None;
        self.player = None;
    }

    /// How it ends, if it does and has not left yet.
    pub(crate) fn ending(&self) -> Option<&End> {
        self.end.as_ref().filter(|_| self.seat.is_some())
    }

    /// Reads what has come and acts upon it, within the limits of a tick.
    pub(crate) fn receive(&mut self, now: Instant, room: &mut dyn HostedRoom, cx: &mut Context) {
        let filled = match self.fill(cx) {
            Ok(filled) => filled,
            Err(why) => return self.end(End::Gone(VANISHED, why)),
        };
        let mut scratch = std::mem::take(&mut cx.incoming);
        let outcome = self.read_frames(&mut scratch[..filled], room, cx);
        cx.incoming = scratch;
        match outcome {
            Err(reason) => self.end(End::Close(reason)),
            Ok(capped) => {
                self.watch_flood(capped || filled >= cx.limits.bytes_per_tick, now, cx);
                self.watch_greeting(now, cx);
            }
        }
    }

    pub(crate) fn end(&mut self, end: End) {
        self.end.get_or_insert(end);
    }

    /// Puts what was left over and what is new into the scratch buffer and says how much it is.
    fn fill(&mut self, cx: &mut Context) -> Result<usize, &'static str> {
        let kept = self.received.len();
        let limit = cx.limits.bytes_per_tick;
        if cx.incoming.len() < kept.max(limit) {
            cx.incoming.resize(kept.max(limit), 0);
        }
        cx.incoming[..kept].copy_from_slice(&self.received);
        self.received.clear();
        if kept >= limit {
            return Ok(kept);
        }
        match self.pipe.socket.read(&mut cx.incoming[kept..limit]) {
            Ok(0) => Err("hung up without a close"),
            Ok(read) => {
                cx.metrics.received_bytes.add(read as u64);
                Ok(kept + read)
            }
            Err(error) if is_transient(&error) => Ok(kept),
            Err(_) => Err("the connection broke"),
        }
    }

    /// Acts upon whole frames and keeps the rest; `true` when a tick's limit was reached.
    fn read_frames(
        &mut self,
        bytes: &mut [u8],
        room: &mut dyn HostedRoom,
        cx: &mut Context,
    ) -> Result<bool, CloseReason> {
        let mut ping = LastPing { payload: [0; MAX_CONTROL_BYTES], length: None };
        let (mut at, mut count) = (0, 0);
        while count < cx.limits.messages_per_tick {
            let parsed = parse::parse(&mut bytes[at..]).map_err(|broken| broken.close_reason())?;
            let Some((frame, used)) = parsed else { break };
            match frame {
                Frame::Binary(message) => self.handle(message, room)?,
                Frame::Ping(payload) => ping.keep(payload),
                Frame::Pong => {}
                Frame::Close(code) => return Err(CloseReason::echo(code)),
            }
            at += used;
            count += 1;
        }
        cx.metrics.received_messages.add(u64::from(count));
        if bytes.len() > at {
            self.received.extend_from_slice(&bytes[at..]);
        } else if self.received.capacity() > cx.limits.bytes_per_tick / 8 {
            self.received = Vec::new();
        }
        self.answer(&ping, cx);
        Ok(count == cx.limits.messages_per_tick)
    }

    fn handle(&mut self, message: &[u8], room: &mut dyn HostedRoom) -> Result<(), CloseReason> {
        let Some(player) = self.player else { return self.greet(message, room) };
        let bad = |error: message::MessageError| {
            CloseReason::new(CloseCode::BadMessage, error.to_string())
        };
        match room.handle_message(player, message).map_err(bad)? {
            Reply::Nothing => {}
            Reply::Pong(token) => self.reply(&message::pong(token)),
            Reply::Send(bytes) => self.reply(&bytes),
            Reply::Leave => return Err(CloseReason::new(CloseCode::Normal, "you left")),
        }
        Ok(())
    }

    fn greet(&mut self, message: &[u8], room: &mut dyn HostedRoom) -> Result<(), CloseReason> {
        let join = read_join(message)?;
        let joined = room.handle_join(&join.name, join.schema_hash);
        let player = joined
            .map_err(|refusal| CloseReason::new(refusal.close_code(), refusal.to_string()))?;
        self.player = Some(player);
        write::message(&mut self.pipe.unsent, &room.welcome(player));
        let (name, peer) = (clean_name(&join.name), self.pipe.peer);
        tracing::info!(room = room.code(), player = player.0, name, %peer, "joined");
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

    fn watch_flood(&mut self, excess: bool, now: Instant, cx: &Context) {
        if !excess {
            self.flooding_since = None;
            return;
        }
        cx.metrics.floods.add(1);
        let since = *self.flooding_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= cx.limits.flood_wait {
            let why = "more messages came than are read, for too long";
            self.end(End::Close(CloseReason::new(CloseCode::Policy, why)));
        }
    }

    fn watch_greeting(&mut self, now: Instant, cx: &Context) {
        let waited = now.saturating_duration_since(self.opened);
        if self.player.is_none() && waited >= cx.limits.join_timeout {
            let why = "no join came in time";
            self.end(End::Close(CloseReason::new(CloseCode::NoJoin, why)));
        }
    }

    /// Makes this tick's frame and writes it, in one call to the kernel.
    pub(crate) fn send(&mut self, room: &mut dyn HostedRoom, cx: &mut Context) {
        if self.pipe.retry(&cx.metrics).is_err() {
            return self.end(BROKE);
        }
        if self.pipe.blocked() {
            cx.metrics.skipped_for_tail.add(u64::from(self.player.is_some()));
            return;
        }
        let mut out = std::mem::take(&mut cx.outgoing);
        out.clear();
        out.extend_from_slice(&self.pipe.unsent);
        self.append_frame(room, &mut out, cx);
        if !out.is_empty() {
            self.write(&out, cx);
        }
        cx.outgoing = out;
    }

    fn append_frame(&self, room: &mut dyn HostedRoom, out: &mut Vec<u8>, cx: &Context) {
        let Some(player) = self.player else { return };
        write::binary(out, |out| {
            let before = out.len();
            let made = room.poll_frame(player, out) == Poll::Frame;
            cx.metrics.frame_bytes.add((out.len() - before) as u64);
            made
        });
    }

    fn write(&mut self, bytes: &[u8], cx: &Context) {
        if self.pipe.send(bytes, &cx.metrics).is_err() {
            return self.end(BROKE);
        }
        if self.pipe.unsent.len() > cx.limits.unsent_bytes {
            // A close could only follow what is too much to keep.
            let why = "a frame was larger than what may wait to be sent";
            self.end(End::Gone(CloseCode::TooSlow as u16, why));
        }
    }
}

impl LastPing {
    fn keep(&mut self, payload: &[u8]) {
        self.payload[..payload.len()].copy_from_slice(payload);
        self.length = Some(payload.len());
    }
}
