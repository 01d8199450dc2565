//! One connection of a room: what it sent is read at a tick, what it gets is
//! written at the same one.

use std::{net::IpAddr, sync::Arc, time::Instant};

use tickwire_room::{HostedRoom, Poll};
use tickwire_shared::{PlayerId, message::CloseCode};

use super::{
    Arrival, Carrier, Context, Entrance, Gone, Ready, Transport, sessions::Sessions, socket::Socket,
};
use crate::{
    directory::{RoomEntry, Seat},
    metrics::{Open, Way},
    ws::close::CloseReason,
};

mod greet;
mod observe;
mod receive;

/// How a connection ends.
#[derive(Debug)]
pub(crate) enum End {
    /// With a close, and its player leaves.
    Close(CloseReason),
    /// With a close, and its player is away.
    Away(CloseReason),
    /// Without one: it is gone, for a reason that is counted as this code, and its player is away.
    Gone(u16, &'static str),
}

impl From<Gone> for End {
    fn from(Gone(code, why): Gone) -> Self {
        End::Gone(code, why)
    }
}

impl End {
    /// The code and the reason.
    pub(crate) fn parts(&self) -> (u16, &str) {
        match self {
            End::Close(reason) | End::Away(reason) => (reason.code, &reason.text),
            End::Gone(code, why) => (*code, why),
        }
    }

    /// Whether the player may come back.
    pub(crate) fn may_come_back(&self) -> bool {
        !matches!(self, End::Close(_))
    }
}

/// What a connection acts upon.
pub(crate) struct Hall<'a> {
    pub(crate) room: &'a mut dyn HostedRoom,
    pub(crate) sessions: &'a mut Sessions,
    pub(crate) entry: &'a Arc<RoomEntry>,
}

/// What is known of a connection until it joins or resumes.
struct Stranger {
    /// A seat that it came with.
    seat: Option<Seat>,
    since: Instant,
}

/// A connection to a room.
pub(crate) struct Connection<S> {
    /// Its number among all of the room, in order of arrival, from 1.
    pub(crate) number: u64,
    pub(crate) carrier: Carrier<S>,
    /// Where its peer is.
    pub(crate) address: IpAddr,
    /// As long as it has neither joined nor resumed. Apart, because most have.
    stranger: Option<Box<Stranger>>,
    /// Bytes that came and were not used yet: a part of a message, or messages beyond a tick's limit.
    received: Vec<u8>,
    flooding_since: Option<Instant>,
    /// Messages read since the last tick.
    heard: u32,
    /// Bytes read since the last tick.
    taken: u32,
    /// Whose session it holds, as long as it does; an observer has a number like a player's, and no session.
    pub(crate) player: Option<PlayerId>,
    /// It only looks on, for the operator.
    pub(crate) observes: bool,
    /// Its client has shown that it has the token that it was given.
    is_confirmed: bool,
    /// How it ends, once it does.
    pub(crate) end: Option<Box<End>>,
    /// What its end means for the room has been seen to.
    pub(crate) is_settled: bool,
    _open: Open,
}

impl<S: Socket> Connection<S> {
    pub(crate) fn new(
        number: u64,
        arrival: Arrival<S>,
        entrance: Entrance,
        now: Instant,
        cx: &Context,
    ) -> Self {
        let Arrival { mut carrier, early, address, net } = arrival;
        if let Some(net) = net {
            carrier.impair(net, cx);
        }
        carrier.begin(number);
        let received = carrier.take_in(early);
        let seat = if let Entrance::Seat(seat) = entrance { Some(seat) } else { None };
        Connection {
            number,
            _open: Open::new(carrier.way(), &cx.metrics),
            carrier,
            address,
            stranger: Some(Box::new(Stranger { seat, since: now })),
            received,
            flooding_since: None,
            heard: 0,
            taken: 0,
            player: None,
            observes: false,
            is_confirmed: true,
            end: None,
            is_settled: false,
        }
    }

    /// Whether it has a seat, with or without a player in it.
    pub(crate) fn has_place(&self) -> bool {
        let seat = self.stranger.as_ref().is_some_and(|stranger| stranger.seat.is_some());
        seat || (self.player.is_some() && !self.observes)
    }

    /// Gives a seat back that it did not use, before the peer hears that it is over and may come
    /// again. From now on nobody is behind it.
    pub(crate) fn settle(&mut self) {
        self.stranger = None;
        self.player = None;
        self.is_settled = true;
    }

    /// Reads what has come by the tick and acts upon it, within the limits of a tick.
    pub(crate) fn receive(&mut self, now: Instant, hall: &mut Hall<'_>, cx: &mut Context) {
        let early = self.taken as usize;
        if let Some(filled) = self.read(now, hall, cx) {
            let asked = self.heard.saturating_add(self.carrier.requests());
            let capped = asked >= cx.limits.messages_per_tick;
            (self.heard, self.taken) = (0, 0);
            self.watch_flood(capped || early + filled >= cx.limits.bytes_per_tick, now, cx);
            self.watch_greeting(now, cx);
        }
    }

    /// The same before the tick, unless so much has come that it has to wait for that.
    pub(crate) fn receive_early(&mut self, now: Instant, hall: &mut Hall<'_>, cx: &mut Context) {
        if self.received.is_empty() && self.heard < cx.limits.messages_per_tick {
            self.read(now, hall, cx);
        }
    }

    pub(crate) fn end(&mut self, end: End) {
        self.end.get_or_insert_with(|| Box::new(end));
    }

    fn watch_flood(&mut self, excess: bool, now: Instant, cx: &Context) {
        if !excess {
            self.flooding_since = None;
            return;
        }
        cx.metrics.floods.add(1);
        let since = *self.flooding_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= cx.limits.flood_wait {
            let why = "more messages or polls came than are read, for too long";
            self.end(End::Close(CloseReason::new(CloseCode::Policy, why)));
        }
    }

    fn watch_greeting(&mut self, now: Instant, cx: &Context) {
        let Some(stranger) = &self.stranger else { return };
        if now.saturating_duration_since(stranger.since) >= cx.limits.join_timeout {
            let why = "no join came in time";
            self.end(End::Close(CloseReason::new(CloseCode::NoJoin, why)));
        }
    }

    /// Makes the last tick's frame, if it takes one now, and sends it at once: over a socket in one
    /// call to the kernel. Says whether there was one.
    pub(crate) fn send(&mut self, room: &mut dyn HostedRoom, cx: &mut Context) -> bool {
        match self.carrier.ready(&cx.metrics) {
            Ok(Ready::Yes) => self.send_frame(room, cx),
            Ok(Ready::Blocked) => {
                if let Some(player) = self.player {
                    cx.metrics.skipped_for_tail.add(1);
                    room.handle_blocked(player);
                }
                false
            }
            Ok(Ready::Unasked) => {
                if let Some(player) = self.player {
                    room.handle_unasked(player);
                }
                false
            }
            Err(gone) => {
                self.end(gone.into());
                false
            }
        }
    }

    fn send_frame(&mut self, room: &mut dyn HostedRoom, cx: &mut Context) -> bool {
        let mut out = std::mem::take(&mut cx.outgoing);
        out.clear();
        out.extend_from_slice(self.carrier.unsent());
        let made = self.append_frame(room, &mut out, cx);
        if let Err(gone) = self.carrier.send(&out, &cx.metrics) {
            self.end(gone.into());
        } else if self.carrier.unsent().len() > cx.limits.unsent_bytes {
            // A close could only follow what is too much to keep.
            let why = "a frame was larger than what may wait to be sent";
            self.end(End::Gone(CloseCode::TooSlow as u16, why));
        }
        cx.outgoing = out;
        made
    }

    fn append_frame(&self, room: &mut dyn HostedRoom, out: &mut Vec<u8>, cx: &Context) -> bool {
        let Some(player) = self.player else { return false };
        self.carrier.write_with(out, &mut |out| {
            let before = out.len();
            let made = room.poll_frame(player, out) == Poll::Frame;
            cx.metrics.frame_bytes.add((out.len() - before) as u64);
            made
        })
    }
}

impl<S: Socket> Carrier<S> {
    /// What it is counted as.
    fn way(&self) -> Way {
        match self {
            Carrier::Socket(_) => Way::Socket,
            Carrier::Link(link) if link.is_stream() => Way::Stream,
            Carrier::Link(_) => Way::Poll,
        }
    }
}
