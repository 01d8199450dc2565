//! A bad network between a socket and its connection, to try out how a game feels on it.
//!
//! It moves on in turns: what has come to the socket is taken in, and what has passed the network is
//! given out. Each turn tells it the time, which also counts for all that happens until the next.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use tickwire_shared::link::{Conditions, Net, Stream, Way};

use super::{pipe::is_transient, socket::Socket};
use crate::metrics::ShardMetrics;

/// How often it wants a turn: nobody tells it when something has come.
const TURN: Duration = Duration::from_millis(1);

/// Both directions of a connection on a bad network. What each holds is bounded as a
/// [`Link`](tickwire_shared::link::Link) is; beyond it the kernel keeps what comes, and what is to go waits.
pub(crate) struct Impaired {
    opened: Option<Instant>,
    /// The time of the last turn, since the first.
    now: Duration,
    conditions: Conditions,
    up: Stream,
    down: Stream,
    /// Why no more comes from the socket: the peer ended, or an error.
    ended: Option<Option<io::ErrorKind>>,
    is_end_sent: bool,
    /// Why no more goes to the socket.
    broken: Option<io::ErrorKind>,
    _counted: Counted,
}

/// Shown in the metrics as long as it lives.
struct Counted(Arc<ShardMetrics>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.impaired.take();
    }
}

impl Impaired {
    pub(crate) fn new(net: Net, metrics: &Arc<ShardMetrics>) -> Self {
        metrics.impaired.add(1);
        let stream = |way| Stream::new(way, &net.conditions, net.seed, Duration::ZERO);
        Impaired {
            opened: None,
            now: Duration::ZERO,
            conditions: net.conditions,
            up: stream(Way::Up),
            down: stream(Way::Down),
            ended: None,
            is_end_sent: false,
            broken: None,
            _counted: Counted(Arc::clone(metrics)),
        }
    }

    /// From now on the network is this bad. Nothing changes places.
    pub(crate) fn set(&mut self, conditions: Conditions) {
        self.conditions = conditions;
        self.up.set(&conditions, self.now);
        self.down.set(&conditions, self.now);
    }

    /// Takes what came before the first turn, if it fits.
    pub(crate) fn take_in(&mut self, early: &[u8]) -> bool {
        let fits = early.len() <= self.up.space();
        if fits {
            self.up.write(self.now, early);
        }
        fits
    }

    /// Moves what is there; `true` when nothing is held any more and nothing is to be.
    pub(crate) fn turn<S: Socket>(&mut self, socket: &mut S, now: Instant) -> bool {
        self.now = now.saturating_duration_since(*self.opened.get_or_insert(now));
        self.take_from(socket);
        self.give_to(socket);
        let is_live = self.ended.is_none() && self.broken.is_none();
        is_live && self.conditions.is_none() && self.up.is_empty() && self.down.is_empty()
    }

    fn take_from<S: Socket>(&mut self, socket: &mut S) {
        let mut bytes = [0; 2048];
        while self.ended.is_none() {
            let space = self.up.space().min(bytes.len());
            if space == 0 {
                return;
            }
            match socket.read(&mut bytes[..space]) {
                Ok(0) => self.ended = Some(None),
                Ok(read) => {
                    self.up.write(self.now, &bytes[..read]);
                }
                Err(error) if is_transient(&error) => return,
                Err(error) => self.ended = Some(Some(error.kind())),
            }
        }
        if !self.is_end_sent {
            self.is_end_sent = self.up.finish(self.now).is_ok();
        }
    }

    fn give_to<S: Socket>(&mut self, socket: &mut S) {
        while self.broken.is_none() {
            let bytes = self.down.arrived(self.now);
            if bytes.is_empty() {
                return;
            }
            match socket.write(bytes) {
                Ok(written) => self.down.consume(written),
                Err(error) if is_transient(&error) => return,
                Err(error) => self.broken = Some(error.kind()),
            }
        }
    }

    /// Reads what has arrived; see [`Socket::read`].
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.up.read(self.now, buffer);
        match self.ended {
            _ if read > 0 => Ok(read),
            Some(None) if self.up.is_over() => Ok(0),
            Some(Some(kind)) if self.up.is_over() => Err(kind.into()),
            _ => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Sends as much as fits; see [`Socket::write`].
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match (self.broken, self.down.write(self.now, bytes)) {
            (Some(kind), _) => Err(kind.into()),
            (None, 0) if !bytes.is_empty() => Err(io::ErrorKind::WouldBlock.into()),
            (None, written) => Ok(written),
        }
    }

    /// When it next wants a turn.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.opened.map(|opened| opened + self.now + TURN)
    }
}
