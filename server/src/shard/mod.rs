//! A shard: one plain thread that owns some rooms and all their sockets.
//!
//! Each tick it reads all connections of a room, makes the tick, and writes one
//! buffer a viewer; shortly before the tick it reads them a few times more, if it has
//! the time. With sockets nothing on this path takes a lock, waits, or belongs to another thread, but
//! for who comes and goes: a ticket is looked up among those that were given, and bans are kept, under locks
//! that are held for a look. What comes from outside comes through the inbox. The directory's own lock is
//! taken when a room wakes, closes or has moved. A link over HTTP is a mailbox with a lock that is
//! held for a copy ([`links`](crate::links)). Which of the two a connection has is known only to its
//! [`transport`]. Whoever has joined has a session, which outlives the connection
//! ([`sessions`]). Rooms that nobody is in and nobody may come back to sleep, and are not looked at.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tickwire_room::{HostedRoom, Work};
use tickwire_shared::{
    PlayerId,
    link::{Conditions, Net},
};

use crate::{
    config::{Config, Limits},
    directory::{Directory, RoomEntry, Seat},
    metrics::ShardMetrics,
    recorder::Recorder,
    ws::close::CloseReason,
};

mod agenda;
mod clock;
mod closing;
mod connection;
mod cost;
mod greeting;
mod handle;
mod host;
mod impaired;
mod looks;
mod operator;
mod phase;
mod pipe;
mod run;
mod sessions;
mod socket;
#[cfg(test)]
mod tests;
mod transport;
mod web_socket;

use web_socket::LastPing;

pub(crate) use handle::ShardHandle;
pub(crate) use operator::{Ask, Said, Wish};
pub(crate) use pipe::Pipe;
pub(crate) use transport::{Carrier, Gone, Incoming, Ready, Split, Transport};
pub(crate) use web_socket::WebSocket;

/// A transport that has just been opened.
pub(crate) struct Arrival<S> {
    pub(crate) carrier: Carrier<S>,
    /// What the peer sent right behind its handshake.
    pub(crate) early: Vec<u8>,
    /// Where the peer is, also behind a proxy.
    pub(crate) address: IpAddr,
    /// The bad network that it is to be on.
    pub(crate) net: Option<Net>,
}

/// What an arrival comes with.
pub(crate) enum Entrance {
    /// A seat that it has taken.
    Seat(Seat),
    /// Nothing but the room's code: its first message has a ticket, or goes on with a session.
    Door(Arc<RoomEntry>),
    /// The operator's leave to look at it, as this player sees it or as a spectator does.
    Window(Arc<RoomEntry>, Option<PlayerId>),
}

impl Entrance {
    /// The room that it leads to.
    pub(crate) fn room(&self) -> &Arc<RoomEntry> {
        match self {
            Entrance::Seat(seat) => seat.room(),
            Entrance::Door(room) | Entrance::Window(room, _) => room,
        }
    }
}

/// What a shard is asked to do.
pub(crate) enum Command<S> {
    /// Run a room.
    Open(Arc<RoomEntry>, Box<dyn HostedRoom>),
    /// Let a connection into a room.
    Admit(Arrival<S>, Entrance),
    /// A connection of a room, by their numbers, has asked for a frame.
    Answer(u64, u64),
    /// Tell a connection why it may not come in.
    Refuse(Arrival<S>, CloseReason),
    /// Do what the operator asks of a room.
    Ask(Arc<RoomEntry>, Ask),
    /// Tell everybody that it is over soon.
    Drain,
    /// Tell everybody that it is over, and end.
    Shutdown,
}

/// What all rooms of a shard use in turn.
pub(crate) struct Context {
    pub(crate) limits: Limits,
    pub(crate) metrics: Arc<ShardMetrics>,
    pub(crate) directory: Arc<Directory>,
    /// Whether clients may say how bad their network is to be.
    pub(crate) net_control: bool,
    /// What the networks that they ask for are seeded with, and how many they have asked for.
    net_seed: (u64, u64),
    /// Received bytes of the connection at hand.
    pub(crate) incoming: Vec<u8>,
    /// Bytes to send to the connection at hand.
    pub(crate) outgoing: Vec<u8>,
    /// What a socket's own ping has to be answered with.
    ping: LastPing,
    /// How rooms look at their sockets between two ticks; see [`looks`].
    pub(crate) ladder: usize,
    /// How long that took in this turn.
    pub(crate) looking: Duration,
    /// How many of 256 parts of a tick are left until the next one of the room at hand.
    pub(crate) left: u16,
    /// Where recordings and flights go.
    pub(crate) recorder: Recorder,
    /// Working memory for the room at hand, by game.
    work: Vec<(&'static str, Work)>,
}

impl Context {
    pub(crate) fn new(
        limits: Limits,
        metrics: Arc<ShardMetrics>,
        directory: Arc<Directory>,
    ) -> Self {
        let incoming = vec![0; limits.bytes_per_tick];
        Context {
            limits,
            metrics,
            directory,
            net_control: false,
            net_seed: (0, 0),
            incoming,
            outgoing: Vec::new(),
            ping: LastPing::NONE,
            ladder: 0,
            looking: Duration::ZERO,
            left: 0,
            recorder: Recorder::none(),
            work: Vec::new(),
        }
    }

    /// For the shard of this index: what clients may ask of their networks.
    fn with_nets(self, config: &Config, index: usize) -> Self {
        let seed = config.seed ^ ((index as u64 + 1) << 32);
        Context { net_control: config.allows_net_control(), net_seed: (seed, 0), ..self }
    }

    /// A network that a client asks for; each is another one.
    pub(crate) fn next_net(&mut self, conditions: Conditions) -> Net {
        let (seed, number) = self.net_seed;
        self.net_seed.1 += 1;
        Net::numbered(conditions, seed, number)
    }

    /// The working memory for rooms of a game.
    pub(crate) fn work(&mut self, game: &'static str) -> &mut Work {
        let known = self.work.iter().position(|(name, _)| *name == game);
        let index = known.unwrap_or_else(|| {
            self.work.push((game, Work::default()));
            self.work.len() - 1
        });
        &mut self.work[index].1
    }
}

/// How a shard gives a command to another one, by its index.
pub(crate) type Post<S> = Box<dyn Fn(usize, Command<S>) + Send>;

/// When a shard wants to be called again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// At this time, or when something is in the inbox.
    At(Instant),
    /// When something is in the inbox.
    Whenever,
    /// Never: it has ended.
    Never,
}
