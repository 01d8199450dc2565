//! The sending side of a connection: what the kernel did not take is kept, and
//! finished before anything else is made for this viewer.

use std::{io, sync::Arc, time::Instant};

use tickwire_shared::link::{Conditions, Net};

use super::{impaired::Impaired, socket::Socket};
use crate::{admission::Guard, metrics::ShardMetrics};

/// A kept buffer larger than this is given back once it is empty.
const KEEP_BYTES: usize = 1024;

/// A socket with what is still to be sent.
pub(crate) struct Pipe<S> {
    socket: S,
    /// A bad network before the socket, when there is to be one.
    impaired: Option<Box<Impaired>>,
    /// Whole messages that wait for the next write, or the rest of what was written in part.
    pub(crate) unsent: Vec<u8>,
    blocked: bool,
    /// Counts as one connection for as long as it lives.
    _guard: Option<Guard>,
}

impl<S: Socket> Pipe<S> {
    /// A socket on which nothing waits.
    pub(crate) fn new(socket: S, guard: Option<Guard>) -> Self {
        Pipe { socket, impaired: None, unsent: Vec::new(), blocked: false, _guard: guard }
    }

    /// Puts a bad network before the socket, or makes the one that is there as bad as this.
    pub(crate) fn impair(&mut self, net: Net, metrics: &Arc<ShardMetrics>) {
        match &mut self.impaired {
            Some(impaired) => impaired.set(net.conditions),
            None if net.conditions.is_none() => {}
            None => self.impaired = Some(Box::new(Impaired::new(net, metrics))),
        }
    }

    /// Puts what came too early on a bad network, if there is one; else it is given back.
    pub(crate) fn take_in(&mut self, early: Vec<u8>) -> Vec<u8> {
        let is_taken = self.impaired.as_mut().is_some_and(|impaired| impaired.take_in(&early));
        if is_taken { Vec::new() } else { early }
    }

    /// Lets what is on a bad network through as soon as possible.
    pub(crate) fn mend(&mut self) {
        if let Some(impaired) = &mut self.impaired {
            impaired.set(Conditions::NONE);
        }
    }

    /// Moves what is on a bad network, and says whether there is one.
    pub(crate) fn turn(&mut self, now: Instant) -> bool {
        let Some(impaired) = &mut self.impaired else { return false };
        if impaired.turn(&mut self.socket, now) {
            self.impaired = None;
        }
        true
    }

    /// When a bad network next wants a turn.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.impaired.as_ref()?.next_due()
    }

    /// Reads what is there; see [`Socket::read`].
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.impaired {
            Some(impaired) => impaired.read(buffer),
            None => self.socket.read(buffer),
        }
    }

    /// Says that no more will be written, unless something is still on its way to the socket.
    pub(crate) fn finish(&mut self) -> bool {
        let may = self.impaired.is_none();
        if may {
            self.socket.finish();
        }
        may
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.impaired {
            Some(impaired) => impaired.write(bytes),
            None => self.socket.write(bytes),
        }
    }

    /// Whether the kernel has not taken all of an earlier write.
    pub(crate) fn blocked(&self) -> bool {
        self.blocked
    }

    /// Tries again to send what is unsent, if something was left over.
    pub(crate) fn retry(&mut self, metrics: &ShardMetrics) -> io::Result<()> {
        if self.blocked {
            let unsent = std::mem::take(&mut self.unsent);
            let taken = taken(self.write(&unsent), metrics);
            self.unsent = unsent;
            self.unsent.drain(..taken?);
            self.settle();
        }
        Ok(())
    }

    /// Sends what is unsent and whatever follows it; `bytes` begins with what is unsent.
    ///
    /// One call to the kernel, because a second one would only say that it is full.
    pub(crate) fn send(&mut self, bytes: &[u8], metrics: &ShardMetrics) -> io::Result<()> {
        let taken = taken(self.write(bytes), metrics)?;
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
