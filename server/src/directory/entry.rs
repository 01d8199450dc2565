//! A room as the world outside its shard sees it, and the seats in it.

use std::sync::{
    Arc,
    atomic::{
        AtomicU8, AtomicU32, AtomicU64, AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use parking_lot::Mutex;
use tickwire_room::{HostedRoom, RoomConfig, RoomCounters};
use tickwire_shared::Tick;

use super::{
    Denied,
    state::RoomState,
    who::{Banned, Bans, Who},
};
use crate::metrics::{ROOM_COUNTERS, room_values};

/// The cost of a room that is awake and has not been measured yet.
const UNKNOWN: u64 = u64::MAX;

/// A room, as the world outside its shard sees it.
#[derive(Debug)]
pub struct RoomEntry {
    /// The join code.
    pub code: String,
    /// The game's name.
    pub game: &'static str,
    /// Ticks a second.
    pub tick_hz: u32,
    /// Seats.
    pub max_players: u32,
    /// Its number in order of opening.
    pub(crate) number: u64,
    shard: AtomicUsize,
    /// A [`RoomState`].
    state: AtomicU8,
    bans: Mutex<Bans>,
    /// What it takes of its shard's time, in nanoseconds a second.
    cost: AtomicU64,
    seats: AtomicU32,
    players: AtomicU32,
    tick: AtomicU32,
    counters: [AtomicU64; ROOM_COUNTERS],
}

impl RoomEntry {
    /// The shard that runs it.
    #[must_use]
    pub fn shard(&self) -> usize {
        self.shard.load(Acquire)
    }

    /// Another shard runs it from now on.
    pub(crate) fn move_to(&self, shard: usize) {
        self.shard.store(shard, Release);
    }

    /// How far it is in its life.
    #[must_use]
    pub fn state(&self) -> RoomState {
        RoomState::from(self.state.load(Relaxed))
    }

    /// What it takes of its shard's time, as measured, in nanoseconds a second: nothing while it
    /// sleeps, `None` while that is not known.
    #[must_use]
    pub fn cost(&self) -> Option<u64> {
        Some(self.cost.load(Relaxed)).filter(|cost| *cost != UNKNOWN)
    }

    /// Whether nobody is in it and its clock stands still.
    #[must_use]
    pub fn is_asleep(&self) -> bool {
        self.cost() == Some(0)
    }

    /// Shows what it costs while it is awake.
    pub(crate) fn publish_cost(&self, cost: Option<u64>) {
        self.cost.store(cost.map_or(UNKNOWN, |cost| cost.clamp(1, UNKNOWN - 1)), Relaxed);
    }

    /// Shows that it sleeps.
    pub(crate) fn publish_sleep(&self) {
        self.cost.store(0, Relaxed);
    }

    /// How many players are in.
    #[must_use]
    pub fn players(&self) -> u32 {
        self.players.load(Relaxed)
    }

    /// The last tick made.
    #[must_use]
    pub fn tick(&self) -> Tick {
        Tick(self.tick.load(Relaxed))
    }

    /// What the room counted, as of a moment ago.
    #[must_use]
    pub fn counters(&self) -> [u64; ROOM_COUNTERS] {
        self.counters.each_ref().map(|counter| counter.load(Relaxed))
    }

    /// Shows what changes with every tick.
    pub(crate) fn publish(&self, room: &dyn HostedRoom) {
        self.players.store(room.player_count() as u32, Relaxed);
        self.tick.store(room.now().0, Relaxed);
    }

    /// Shows the counters, which take longer to collect.
    pub(crate) fn publish_counters(&self, counters: &RoomCounters) {
        for (shown, value) in self.counters.iter().zip(room_values(counters)) {
            shown.store(value, Relaxed);
        }
    }
}

/// As what somebody comes into a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// It only watches.
    pub spectator: bool,
    /// It made the room.
    pub host: bool,
    /// Who it is, as whoever signed its token says.
    pub identity: Option<Box<str>>,
}

/// A place in a room, given back when dropped.
#[derive(Debug)]
pub struct Seat {
    room: Arc<RoomEntry>,
    /// As what its holder comes in.
    pub(crate) pass: Pass,
}

impl Seat {
    /// The room.
    #[must_use]
    pub fn room(&self) -> &Arc<RoomEntry> {
        &self.room
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.seats.fetch_sub(1, Relaxed);
    }
}

impl RoomEntry {
    /// A room with this configuration, in which nobody is.
    pub(super) fn new(
        game: &'static str,
        config: &RoomConfig,
        (number, shard): (u64, usize),
    ) -> Self {
        RoomEntry {
            code: config.code.clone(),
            game,
            tick_hz: config.tick_hz,
            max_players: config.max_players,
            number,
            shard: AtomicUsize::new(shard),
            state: AtomicU8::new(RoomState::Created as u8),
            bans: Mutex::default(),
            cost: AtomicU64::new(UNKNOWN),
            seats: AtomicU32::new(0),
            players: AtomicU32::new(0),
            tick: AtomicU32::new(config.start_tick.0),
            counters: Default::default(),
        }
    }

    /// Goes on to a state that may follow upon the one that it is in; under the directory's lock.
    pub(super) fn move_on(&self, to: RoomState) {
        if self.state().may_become(to) {
            self.state.store(to as u8, Relaxed);
        }
    }

    /// Bans somebody from it.
    pub(super) fn ban(&self, who: Banned) {
        self.bans.lock().add(who);
    }

    /// Whether somebody is banned from it.
    pub(super) fn bans(&self, who: &Who) -> bool {
        self.bans.lock().hold(who)
    }

    /// How many seats are taken.
    pub(super) fn seats(&self) -> u32 {
        self.seats.load(Relaxed)
    }

    /// Why somebody may not come in, if so.
    pub(super) fn objection(&self, who: &Who) -> Option<Denied> {
        match self.state() {
            RoomState::Closed => Some(Denied::NoSuchRoom),
            RoomState::Draining => Some(Denied::ShuttingDown),
            _ if self.bans(who) => Some(Denied::Banned),
            RoomState::Locked => Some(Denied::RoomLocked),
            _ if self.seats() >= self.max_players => Some(Denied::RoomFull),
            _ => None,
        }
    }

    /// Whether somebody may come in.
    pub(super) fn lets_in(&self, who: &Who) -> bool {
        self.objection(who).is_none()
    }

    /// Only under the directory's lock, and only when a seat is free.
    pub(super) fn take_seat(self: &Arc<Self>) -> Seat {
        self.seats.fetch_add(1, Relaxed);
        self.move_on(RoomState::Open);
        Seat { room: Arc::clone(self), pass: Pass::default() }
    }
}
