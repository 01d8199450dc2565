//! A room with its clock and its connections.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tickwire_room::HostedRoom;

use super::{
    Arrival, Context, Entrance, clock::TickClock, connection::Connection, cost::Cost, phase::Ticks,
    sessions::Sessions, socket::Socket,
};
use crate::directory::RoomEntry;

mod departures;
mod exchange;
mod life;
mod mending;
mod operator;
mod publish;
mod slow;
mod tape;
mod times;
mod turn;

use mending::Health;
pub(crate) use operator::Report;
use operator::Watched;
use slow::SlowLog;
use tape::Tape;
pub(crate) use times::TickTimes;

/// What the players are told of a game that panicked and cannot go on.
pub(super) const BROKEN: &str = "the game stopped because of an error";

/// A room on its shard.
pub(crate) struct RoomHost<S> {
    pub(crate) entry: Arc<RoomEntry>,
    room: Box<dyn HostedRoom>,
    /// In order of arrival, which is the order of their numbers.
    connections: Vec<Connection<S>>,
    /// How many there were.
    arrivals: u64,
    sessions: Sessions,
    /// None while the room sleeps.
    clock: Option<TickClock>,
    /// When the room next wants a turn.
    next_turn: Instant,
    /// When it next reads all sockets before the tick, if it does.
    look_at: Option<Instant>,
    /// When bad networks next want a turn, if a connection is on one.
    carry_at: Option<Instant>,
    cost: Cost,
    /// Of the last tick, or of the one that the game panicked in.
    times: TickTimes,
    empty_since: Instant,
    linger: Duration,
    slow_logged: Option<Instant>,
    /// How many players there were when that was last logged, and when it was.
    players_logged: (usize, Option<Instant>),
    slow_viewers: SlowLog,
    /// What is kept of it for the disk.
    tape: Tape,
    health: Health,
    /// The number of the connection whose messages are acted upon, while they are.
    at_hand: Option<u64>,
    /// What is counted as long as the operator looks.
    watched: Option<Box<Watched>>,
}

/// The earlier of two times that there may be.
fn sooner(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

/// What is left of a room whose game panicked and cannot go on.
pub(crate) struct Broken;

impl<S: Socket> RoomHost<S> {
    pub(crate) fn new(
        entry: Arc<RoomEntry>,
        room: Box<dyn HostedRoom>,
        (now, linger): (Instant, Duration),
    ) -> Self {
        RoomHost {
            entry,
            room,
            connections: Vec::new(),
            arrivals: 0,
            sessions: Sessions::default(),
            clock: None,
            next_turn: now + linger,
            look_at: None,
            carry_at: None,
            cost: Cost::default(),
            times: TickTimes::default(),
            empty_since: now,
            linger,
            slow_logged: None,
            players_logged: (0, None),
            slow_viewers: SlowLog::default(),
            tape: Tape::default(),
            health: Health::default(),
            at_hand: None,
            watched: None,
        }
    }

    /// Lets a connection in: it is read at the next tick.
    pub(crate) fn admit(
        &mut self,
        arrival: Arrival<S>,
        entrance: Entrance,
        now: Instant,
        cx: &Context,
    ) {
        if self.connections.len() == self.connections.capacity() {
            // Not for twice as many: they are large, and a room has few.
            self.connections.reserve_exact(8 + self.connections.len() / 8);
        }
        self.arrivals += 1;
        self.connections.push(Connection::new(self.arrivals, arrival, entrance, now, cx));
    }

    /// How many ticks a second it makes when it is awake.
    pub(crate) fn tick_hz(&self) -> u32 {
        self.room.tick_hz()
    }

    /// When its ticks are due and how long they take, if it is awake; before the first one is made
    /// that is not known.
    pub(crate) fn ticks(&self, epoch: Instant) -> Option<(Ticks, Option<u64>)> {
        let start = self.clock.as_ref()?.start().saturating_duration_since(epoch);
        let (at, cost) = (start.as_nanos() as u64, self.cost.of_tick());
        Some((Ticks { hz: self.room.tick_hz(), at, cost: cost.unwrap_or_default() }, cost))
    }

    /// Takes the room out of a host that sleeps.
    pub(crate) fn into_room(self) -> (Arc<RoomEntry>, Box<dyn HostedRoom>) {
        (self.entry, self.room)
    }

    /// When the room next wants a turn.
    pub(crate) fn next_turn(&self) -> Instant {
        self.next_turn
    }
}
