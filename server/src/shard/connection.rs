//! One connection of a room: what it sent is read at a tick, what it gets is
//! written at the same one.

use std::time::Instant;

use tickwire_room::{HostedRoom, Poll};
use tickwire_shared::{PlayerId, message::CloseCode};

use super::{Arrival, Context, pipe::Pipe, socket::Socket};
use crate::{
    directory::Seat,
    metrics::VANISHED,
    ws::{close::CloseReason, write},
};

mod receive;

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
    /// Messages read since the last tick.
    heard: u32,
    /// Bytes read since the last tick.
    taken: u32,
    pub(crate) player: Option<PlayerId>,
    pub(crate) end: Option<End>,
}

impl<S: Socket> Connection<S> {
    pub(crate) fn new(arrival: Arrival<S>, seat: Seat, now: Instant, cx: &Context) -> Self {
        let net = arrival.net;
        let (mut pipe, early) = Pipe::new(arrival);
        if let Some(net) = net {
            pipe.impair(net, &cx.metrics);
        }
        let received = pipe.take_in(early);
        Connection {
            pipe,
            seat: Some(seat),
            received,
            opened: now,
            flooding_since: None,
            heard: 0,
            taken: 0,
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

    /// Reads what has come by the tick and acts upon it, within the limits of a tick.
    pub(crate) fn receive(&mut self, now: Instant, room: &mut dyn HostedRoom, cx: &mut Context) {
        let early = self.taken as usize;
        if let Some(filled) = self.read(room, cx) {
            let capped = self.heard >= cx.limits.messages_per_tick;
            (self.heard, self.taken) = (0, 0);
            self.watch_flood(capped || early + filled >= cx.limits.bytes_per_tick, now, cx);
            self.watch_greeting(now, cx);
        }
    }

    /// The same before the tick, unless so much has come that it has to wait for that.
    pub(crate) fn receive_early(&mut self, room: &mut dyn HostedRoom, cx: &mut Context) {
        if self.received.is_empty() && self.heard < cx.limits.messages_per_tick {
            self.read(room, cx);
        }
    }

    /// Reads what has come and says how many bytes there were, unless the connection ended.
    fn read(&mut self, room: &mut dyn HostedRoom, cx: &mut Context) -> Option<usize> {
        let filled = match self.fill(cx) {
            Ok(filled) => filled,
            Err(why) => {
                self.end(End::Gone(VANISHED, why));
                return None;
            }
        };
        let mut scratch = std::mem::take(&mut cx.incoming);
        let outcome = self.read_frames(&mut scratch[..filled], room, cx);
        cx.incoming = scratch;
        outcome.map_err(|reason| self.end(End::Close(reason))).ok().map(|()| filled)
    }

    pub(crate) fn end(&mut self, end: End) {
        self.end.get_or_insert(end);
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

    /// Makes this tick's frame and writes it, in one call to the kernel. Says whether there was one.
    pub(crate) fn send(&mut self, room: &mut dyn HostedRoom, cx: &mut Context) -> bool {
        if self.pipe.retry(&cx.metrics).is_err() {
            self.end(BROKE);
            return false;
        }
        if self.pipe.blocked() {
            if let Some(player) = self.player {
                cx.metrics.skipped_for_tail.add(1);
                room.handle_blocked(player);
            }
            return false;
        }
        let mut out = std::mem::take(&mut cx.outgoing);
        out.clear();
        out.extend_from_slice(&self.pipe.unsent);
        let made = self.append_frame(room, &mut out, cx);
        if !out.is_empty() {
            self.write(&out, cx);
        }
        cx.outgoing = out;
        made
    }

    fn append_frame(&self, room: &mut dyn HostedRoom, out: &mut Vec<u8>, cx: &Context) -> bool {
        let Some(player) = self.player else { return false };
        write::binary(out, |out| {
            let before = out.len();
            let made = room.poll_frame(player, out) == Poll::Frame;
            cx.metrics.frame_bytes.add((out.len() - before) as u64);
            made
        })
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
