//! Who sends a request, and over which socket.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use hyper::HeaderMap;
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use super::{Site, forwarded, patience::Patience, refused::Refused};
use crate::{admission::Guard, config::Network, directory::Who, links::Link};

/// Who sends a request.
pub(super) struct Caller {
    /// The other end of the socket, which may be a proxy.
    pub(super) peer: SocketAddr,
    /// Where the request comes from in the first place.
    pub(super) address: IpAddr,
    /// A proxy that is trusted has sent it on.
    pub(super) forwarded: bool,
    line: Arc<Line>,
}

/// What the requests of one socket share.
pub(super) struct Line {
    pub(super) peer: SocketAddr,
    /// Since when it is there.
    pub(super) since: Instant,
    /// How long it is waited for.
    pub(super) patience: Patience,
    /// Taken along when the socket becomes a player's.
    guard: Mutex<Option<Guard>>,
    /// How many answers are under way that may last for as long as somebody plays.
    held: AtomicUsize,
    /// Told when such an answer is stuck, and its reader has had enough time.
    stuck: Notify,
}

/// Keeps a socket from being cut for its age while an answer is under way that may last long.
pub(super) struct Hold {
    line: Arc<Line>,
    /// Whoever waits at the other end learns that the answer is over.
    _under_way: oneshot::Sender<()>,
}

impl Line {
    /// A socket that has a place.
    pub(super) fn new(peer: SocketAddr, guard: Guard) -> Self {
        Line {
            peer,
            since: Instant::now(),
            patience: Patience::new(),
            guard: Mutex::new(Some(guard)),
            held: AtomicUsize::new(0),
            stuck: Notify::new(),
        }
    }

    /// Whether an answer is under way that may last long.
    pub(super) fn is_held(&self) -> bool {
        self.held.load(Relaxed) > 0
    }

    /// Waits until an answer is stuck: all was said, and its reader does not take it.
    pub(super) async fn stuck(&self) {
        self.stuck.notified().await;
    }
}

impl Caller {
    /// Who sends a request with these headers.
    pub(super) fn new(line: &Arc<Line>, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let client = forwarded::client(line.peer.ip(), headers, trusted);
        let address = client.unwrap_or(line.peer.ip()).to_canonical();
        Caller { peer: line.peer, address, forwarded: client.is_some(), line: Arc::clone(line) }
    }

    /// Whether it is this machine itself, for which no limit by address holds.
    pub(super) fn is_local(&self) -> bool {
        self.address.is_loopback() && !self.forwarded
    }

    /// Who it is, as far as its address tells.
    pub(super) fn who(&self) -> Who {
        Who { local: self.is_local(), ..Who::at(self.address) }
    }

    /// The address that connections of this caller count as, unless no limit holds for it.
    pub(super) fn counted_as(&self) -> Option<IpAddr> {
        (!self.is_local()).then_some(self.address)
    }

    /// Counts one more handshake or reservation of this caller.
    ///
    /// # Errors
    /// How long to wait, if there were too many of late.
    pub(super) fn knock(&self, site: &Site) -> Result<(), Duration> {
        let Some(address) = self.counted_as() else { return Ok(()) };
        let knocked = site.knocks.knock(address, Instant::now());
        knocked.inspect_err(|_| site.metrics.too_many_requests.add(1))
    }

    /// Whether one more knock of this caller would be heard, without one.
    ///
    /// # Errors
    /// How long to wait, if there were too many of late.
    pub(super) fn may_knock(&self, site: &Site) -> Result<(), Duration> {
        let Some(address) = self.counted_as() else { return Ok(()) };
        let may = site.knocks.peek(address, Instant::now());
        may.inspect_err(|_| site.metrics.too_many_requests.add(1))
    }

    /// Lets a handshake begin, unless there were too many of late, or are too many sockets already: a
    /// proxy's socket counts as one of whoever it is for from now on. Others were counted before.
    ///
    /// # Errors
    /// Why it may not.
    pub(super) fn begin_handshake(&self, site: &Site) -> Result<(), Refused> {
        self.knock(site).map_err(Refused::TooSoon)?;
        if self.forwarded {
            let share = site.admission.share(self.address).map_err(Refused::TurnedAway)?;
            if let Some(guard) = self.line.guard.lock().as_mut() {
                guard.count_as(share);
            }
        }
        Ok(())
    }

    /// The socket's place among those that there may be, for who takes it along.
    pub(super) fn take_guard(&self) -> Option<Guard> {
        self.line.guard.lock().take()
    }

    /// An answer begins that may last for as long as somebody plays; over with what is returned. If
    /// it is not over when its link is forgotten, nobody reads it: then the socket is cut. Call it within
    /// a tokio runtime.
    pub(super) fn hold(&self, link: &Arc<Link>) -> Hold {
        self.line.held.fetch_add(1, Relaxed);
        let (under_way, over) = oneshot::channel();
        let (line, link) = (Arc::clone(&self.line), Arc::clone(link));
        tokio::spawn(async move {
            tokio::select! {
                () = link.forgotten() => line.stuck.notify_one(),
                _ = over => {}
            }
        });
        Hold { line: Arc::clone(&self.line), _under_way: under_way }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.line.patience.released();
        self.line.held.fetch_sub(1, Relaxed);
    }
}
