//! The sending side of a connection: what the kernel did not take is kept, and
//! finished before anything else is made for this viewer.

use std::{io, net::SocketAddr};

use super::{Arrival, socket::Socket};
use crate::{admission::Guard, metrics::ShardMetrics};

/// A kept buffer larger than this is given back once it is empty.
const KEEP_BYTES: usize = 1024;

/// A socket with what is still to be sent.
pub(crate) struct Pipe<S> {
    pub(crate) socket: S,
    pub(crate) peer: SocketAddr,
    /// Whole messages that wait for the next write, or the rest of what was written in part.
    pub(crate) unsent: Vec<u8>,
    blocked: bool,
    /// Counts as one connection for as long as it lives.
    _guard: Option<Guard>,
}

impl<S: Socket> Pipe<S> {
    /// The socket of an arrival, and the bytes that came with it.
    pub(crate) fn new(arrival: Arrival<S>) -> (Self, Vec<u8>) {
        let Arrival { socket, early, peer, guard } = arrival;
        (Pipe { socket, peer, unsent: Vec::new(), blocked: false, _guard: guard }, early)
    }

    /// Whether the kernel has not taken all of an earlier write.
    pub(crate) fn blocked(&self) -> bool {
        self.blocked
    }

    /// Tries again to send what is unsent, if something was left over.
    pub(crate) fn retry(&mut self, metrics: &ShardMetrics) -> io::Result<()> {
        if self.blocked {
            let taken = taken(self.socket.write(&self.unsent), metrics)?;
            self.unsent.drain(..taken);
            self.settle();
        }
        Ok(())
    }

    /// Sends what is unsent and whatever follows it; `bytes` begins with what is unsent.
    ///
    /// One call to the kernel, because a second one would only say that it is full.
    pub(crate) fn send(&mut self, bytes: &[u8], metrics: &ShardMetrics) -> io::Result<()> {
        let taken = taken(self.socket.write(bytes), metrics)?;
        self.unsent.clear();
        self.unsent.extend_from_slice(&bytes[taken..]);
        self.settle();
        Ok(())
    }

    fn settle(&mut self) {
        self.blocked = !self.unsent.is_empty();
        if !self.blocked && self.unsent.capacity() > KEEP_BYTES {
            self.unsent = Vec::new();
        }
    }
}

/// How many bytes a write took.
fn taken(written: io::Result<usize>, metrics: &ShardMetrics) -> io::Result<usize> {
    let taken = match written {
        Err(error) if is_transient(&error) => 0,
        other => other?,
    };
    metrics.wire_bytes.add(taken as u64);
    Ok(taken)
}

/// Whether an error only means "not now".
pub(crate) fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
