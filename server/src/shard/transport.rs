//! What carries messages: a WebSocket, or a link over HTTP requests.
//!
//! A transport moves whole messages and never looks into one. A connection reads it when its
//! room looks at it or makes a tick, and writes it once a tick, or when it asks.

use std::time::Instant;

use tickwire_shared::link::Net;

use super::{Context, socket::Socket, web_socket::WebSocket};
use crate::{links::LinkCarrier, metrics::ShardMetrics, ws::close::CloseReason};

/// A transport is gone without a close: the code that this counts as, and why.
#[derive(Debug)]
pub(crate) struct Gone(pub(crate) u16, pub(crate) &'static str);

/// What came.
#[derive(Debug)]
pub(crate) enum Incoming<'a> {
    /// A message for the room.
    Message(&'a [u8]),
    /// Something between the two ends of the transport.
    Control,
    /// The peer closes, perhaps with a code.
    Close(Option<u16>),
}

/// What stands at the front of some bytes, and how many of them it takes; nothing if it is not all there.
pub(crate) type Split<'a> = Option<(Incoming<'a>, usize)>;

/// Whether a frame may be made for a transport now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// It takes one at once.
    Yes,
    /// It has not got rid of an earlier one.
    Blocked,
    /// It takes one when the peer asks for it, which it has not done.
    Unasked,
}

/// One way for messages to come and go. Nothing here waits.
pub(crate) trait Transport {
    /// It now belongs to the connection of this number.
    fn begin(&mut self, connection: u64);

    /// Reads what has come, as much as fits.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Gone>;

    /// Takes what stands at the front of bytes that were read.
    fn split<'a>(
        &mut self,
        bytes: &'a mut [u8],
        cx: &mut Context,
    ) -> Result<Split<'a>, CloseReason>;

    /// All that was read has been split: answers what it owes the other end.
    fn end_reading(&mut self, _cx: &mut Context) {}

    /// Sends a message with what is sent next. Who takes nothing gets no replies, so that none pile up.
    fn reply(&mut self, message: &[u8]);

    /// Whether it takes a frame.
    fn ready(&mut self, metrics: &ShardMetrics) -> Result<Ready, Gone>;

    /// What is still to be sent.
    fn unsent(&self) -> &[u8];

    /// Appends a message that `fill` appends to what is to be sent. If `fill` says that there is none,
    /// nothing stays in `out`.
    fn write_with(&self, out: &mut Vec<u8>, fill: &mut dyn FnMut(&mut Vec<u8>) -> bool) -> bool;

    /// Sends `bytes`, which begin with what was still to be sent. None at all say that nothing is due.
    fn send(&mut self, bytes: &[u8], metrics: &ShardMetrics) -> Result<(), Gone>;
}

/// Any of the transports.
pub(crate) enum Carrier<S> {
    Socket(WebSocket<S>),
    Link(LinkCarrier),
}

impl<S: Socket> Carrier<S> {
    /// Moves what is on a bad network, and says whether there is one.
    pub(crate) fn turn(&mut self, now: Instant) -> bool {
        match self {
            Carrier::Socket(socket) => socket.pipe.turn(now),
            Carrier::Link(_) => false,
        }
    }

    /// How many requests came to be answered since this was last asked.
    pub(crate) fn requests(&mut self) -> u32 {
        match self {
            Carrier::Socket(_) => 0,
            Carrier::Link(link) => link.take_asked(),
        }
    }

    /// When a bad network next wants a turn.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        match self {
            Carrier::Socket(socket) => socket.pipe.next_due(),
            Carrier::Link(_) => None,
        }
    }

    /// Takes what came too early: what is given back was not put on a bad network.
    pub(crate) fn take_in(&mut self, early: Vec<u8>) -> Vec<u8> {
        match self {
            Carrier::Socket(socket) => socket.pipe.take_in(early),
            Carrier::Link(_) => early,
        }
    }

    /// Makes its network as bad as this, if it has one to itself.
    pub(crate) fn impair(&mut self, net: Net, cx: &Context) {
        match self {
            Carrier::Socket(socket) => socket.pipe.impair(net, &cx.metrics),
            Carrier::Link(_) => cx.metrics.ignored_nets.add(1),
        }
    }
}

/// Passes a call on to the transport that it is.
macro_rules! passed_on {
    ($carrier:expr, $transport:ident => $call:expr) => {
        match $carrier {
            Carrier::Socket($transport) => $call,
            Carrier::Link($transport) => $call,
        }
    };
}

impl<S: Socket> Transport for Carrier<S> {
    fn begin(&mut self, connection: u64) {
        passed_on!(self, one => one.begin(connection));
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Gone> {
        passed_on!(self, one => one.fill(buffer))
    }

    fn split<'a>(
        &mut self,
        bytes: &'a mut [u8],
        cx: &mut Context,
    ) -> Result<Split<'a>, CloseReason> {
        passed_on!(self, one => one.split(bytes, cx))
    }

    fn end_reading(&mut self, cx: &mut Context) {
        passed_on!(self, one => one.end_reading(cx));
    }

    fn reply(&mut self, message: &[u8]) {
        passed_on!(self, one => one.reply(message));
    }

    fn ready(&mut self, metrics: &ShardMetrics) -> Result<Ready, Gone> {
        passed_on!(self, one => one.ready(metrics))
    }

    fn unsent(&self) -> &[u8] {
        passed_on!(self, one => one.unsent())
    }

    fn write_with(&self, out: &mut Vec<u8>, fill: &mut dyn FnMut(&mut Vec<u8>) -> bool) -> bool {
        passed_on!(self, one => one.write_with(out, fill))
    }

    fn send(&mut self, bytes: &[u8], metrics: &ShardMetrics) -> Result<(), Gone> {
        passed_on!(self, one => one.send(bytes, metrics))
    }
}
