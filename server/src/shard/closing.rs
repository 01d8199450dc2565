//! Connections that were told why they end and have not hung up yet.
//!
//! A socket that is dropped while bytes wait to be read makes the kernel reset
//! the connection, and the close frame may be lost with it. So what still comes
//! is read and forgotten, for a moment, and no tick waits for it.

use std::time::{Duration, Instant};

use super::{Carrier, pipe::Pipe, pipe::is_transient, socket::Socket};
use crate::{
    metrics::ShardMetrics,
    ws::{close::CloseReason, write},
};

/// How often connections that are closing are looked at.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// How much is read and forgotten at one look, in reads.
const READS_A_LOOK: usize = 4;

struct Ending<S> {
    pipe: Pipe<S>,
    deadline: Instant,
    finished: bool,
}

/// The connections of a shard that are closing.
pub(crate) struct Closing<S> {
    endings: Vec<Ending<S>>,
    wait: Duration,
    /// Where bytes are read that nobody wants.
    scratch: [u8; 4096],
}

impl<S: Socket> Closing<S> {
    /// None yet; each gets `wait` to hang up.
    pub(crate) fn new(wait: Duration) -> Self {
        Closing { endings: Vec::new(), wait, scratch: [0; 4096] }
    }

    /// Sends a close, the only one that this connection gets, and waits for the peer to hang up.
    pub(crate) fn begin(
        &mut self,
        carrier: Carrier<S>,
        reason: &CloseReason,
        now: Instant,
        metrics: &ShardMetrics,
    ) {
        metrics.closes.count(reason.code);
        let mut pipe = match carrier {
            Carrier::Socket(socket) => socket.pipe,
            // Its last answer waits for who asks for it, apart from any shard.
            Carrier::Link(link) => return link.close(reason),
        };
        // What has ended is not to be held up any more.
        pipe.mend();
        let mut bytes = std::mem::take(&mut pipe.unsent);
        write::close(&mut bytes, reason);
        if pipe.send(&bytes, metrics).is_ok() {
            let deadline = now + self.wait;
            self.endings.push(Ending { pipe, deadline, finished: false });
        }
    }

    /// Lets go of those that hung up or took too long.
    pub(crate) fn turn(&mut self, now: Instant, metrics: &ShardMetrics) {
        let scratch = &mut self.scratch;
        self.endings.retain_mut(|ending| ending.turn(now, scratch, metrics));
    }

    /// Whether there are any.
    pub(crate) fn is_empty(&self) -> bool {
        self.endings.is_empty()
    }
}

impl<S: Socket> Ending<S> {
    /// Whether it needs more time.
    fn turn(&mut self, now: Instant, scratch: &mut [u8], metrics: &ShardMetrics) -> bool {
        self.pipe.turn(now);
        if now >= self.deadline || self.pipe.retry(metrics).is_err() {
            return false;
        }
        if !self.pipe.blocked() && !self.finished {
            self.finished = self.pipe.finish();
        }
        for _ in 0..READS_A_LOOK {
            match self.pipe.read(scratch) {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) => return is_transient(&error),
            }
        }
        true
    }
}
