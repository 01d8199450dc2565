//! Connections over plain HTTP requests, for who cannot have a WebSocket.
//!
//! A *link* is such a connection: a mailbox that requests put messages into and take frames out of, and
//! that a shard reads and fills as it does a socket. Its lock is held for a copy and no longer.
//! What waits in it is bounded: up by [`up`], down by one hand-over ([`stream`]) or one answer ([`poll`]).
//! A link is over when the server closes it or its stream is cut; who sends nothing is closed by its
//! room. The key is kept for a moment after that, so that whoever did not get the last answer may ask
//! again.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tickwire_shared::batch::{KEY_BYTES, RequestHeader};
use tokio::sync::Notify;

use crate::{
    admission::Guard,
    directory::RoomEntry,
    metrics::{Counter, ServerMetrics},
};

mod carrier;
mod poll;
mod stream;
mod up;
pub(crate) mod write;

pub(crate) use carrier::LinkCarrier;
pub(crate) use poll::Asked;
pub(crate) use stream::StreamBody;
pub(crate) use up::NotTaken;
use {poll::Poll, stream::Stream, up::Up};

/// What names a link.
pub(crate) type Key = [u8; KEY_BYTES];

/// How long a key is kept when its link is over.
const KEPT: Duration = Duration::from_secs(5);

/// How a link brings messages down.
#[derive(Debug)]
enum Down {
    Stream(Stream),
    Poll(Poll),
}

/// A connection over HTTP requests.
pub(crate) struct Link {
    key: Key,
    /// The room that it leads to.
    room: Arc<RoomEntry>,
    mailbox: Mutex<Mailbox>,
    ended: Notify,
    forgotten: Notify,
    /// Counts as one connection until its key is forgotten.
    _guard: Option<Guard>,
}

struct Mailbox {
    up: Up,
    down: Down,
    /// The number of its connection in the room.
    connection: Option<u64>,
    /// Its shard was told of a poll and has not looked yet.
    is_called: bool,
    /// How many polls came since its shard last counted them.
    asked: u32,
}

impl Link {
    /// A link to this room, over which polls or one stream bring messages down.
    pub(crate) fn new(
        (key, room): (Key, Arc<RoomEntry>),
        is_stream: bool,
        guard: Option<Guard>,
    ) -> Arc<Self> {
        let down =
            if is_stream { Down::Stream(Stream::default()) } else { Down::Poll(Poll::default()) };
        let mailbox =
            Mailbox { up: Up::default(), down, connection: None, is_called: false, asked: 0 };
        let mailbox = Mutex::new(mailbox);
        let (ended, forgotten) = (Notify::new(), Notify::new());
        Arc::new(Link { key, room, mailbox, ended, forgotten, _guard: guard })
    }

    /// The room that it leads to.
    pub(crate) fn room(&self) -> &Arc<RoomEntry> {
        &self.room
    }

    /// Whether a stream, and not polls, brings messages down.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.mailbox.lock().down, Down::Stream(_))
    }

    /// Takes a request's messages, once.
    pub(crate) fn take(&self, number: u32, batch: &[u8]) -> Result<(), NotTaken> {
        let mailbox = &mut *self.mailbox.lock();
        let is_over = match &mailbox.down {
            Down::Stream(stream) => stream.is_cut,
            Down::Poll(poll) => poll.is_done(),
        };
        // Until its client has been told why, it is not told in another way that it is over.
        if is_over && !mailbox.up.has(number) {
            return Err(NotTaken::Over);
        }
        mailbox.up.take(number, batch)
    }

    /// Asks for an answer, and says which connection its shard should look at for it, if that was
    /// not asked for already. `None` if a stream brings messages down.
    pub(crate) fn ask(&self, header: &RequestHeader) -> Option<(Asked, Option<u64>)> {
        let mut mailbox = self.mailbox.lock();
        let Down::Poll(poll) = &mut mailbox.down else { return None };
        let asked = poll.ask(header.received, header.wait);
        mailbox.asked = mailbox.asked.saturating_add(1);
        let may_call = matches!(asked, Asked::Held(_)) && !mailbox.is_called;
        let call = mailbox.connection.filter(|_| may_call);
        mailbox.is_called |= call.is_some();
        Some((asked, call))
    }

    /// The body that brings messages down, which keeps `held` for as long.
    pub(crate) fn body<H>(self: &Arc<Self>, held: H) -> StreamBody<H> {
        StreamBody { link: Arc::clone(self), _held: held }
    }

    /// Waits until it has been over for a moment. Only one may wait.
    pub(crate) async fn forgotten(&self) {
        self.forgotten.notified().await;
    }

    fn with_stream<T>(&self, act: impl FnOnce(&mut Stream) -> T) -> Option<T> {
        match &mut self.mailbox.lock().down {
            Down::Stream(stream) => Some(act(stream)),
            Down::Poll(_) => None,
        }
    }
}

/// The links of a server, by key. There are no more of them than there may be connections.
#[derive(Clone)]
pub(crate) struct Links {
    links: Arc<Mutex<HashMap<Key, Arc<Link>>>>,
    metrics: Arc<ServerMetrics>,
}

impl Links {
    pub(crate) fn new(metrics: Arc<ServerMetrics>) -> Self {
        Links { links: Arc::default(), metrics }
    }

    /// The link that a key names.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Link>> {
        self.links.lock().get(key).cloned()
    }

    /// Keeps a link until a moment after its end, unless its key names another one. Call it within
    /// a tokio runtime.
    pub(crate) fn keep(&self, link: &Arc<Link>) -> bool {
        let mut links = self.links.lock();
        if links.contains_key(&link.key) {
            return false;
        }
        links.insert(link.key, Arc::clone(link));
        drop(links);
        self.metrics.links.add(1);
        let (links, link) = (self.clone(), Arc::clone(link));
        tokio::spawn(async move {
            link.ended.notified().await;
            tokio::time::sleep(KEPT).await;
            links.forget(&link.key);
            link.forgotten.notify_one();
        });
        true
    }

    fn forget(&self, key: &Key) {
        self.links.lock().remove(key);
        Counter::take(&self.metrics.links);
    }
}
