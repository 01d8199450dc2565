//! A room as the world outside its shard sees it, and the seats in it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
};

use tickwire_room::{HostedRoom, RoomConfig, RoomCounters};
use tickwire_shared::Tick;

use crate::metrics::{ROOM_COUNTERS, room_values};

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
    /// The shard that runs it.
    pub shard: usize,
    seats: AtomicU32,
    players: AtomicU32,
    tick: AtomicU32,
    counters: [AtomicU64; ROOM_COUNTERS],
}

impl RoomEntry {
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

/// A place in a room, given back when dropped.
#[derive(Debug)]
pub struct Seat(Arc<RoomEntry>);

impl Seat {
    /// The room.
    #[must_use]
    pub fn room(&self) -> &Arc<RoomEntry> {
        &self.0
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.seats.fetch_sub(1, Relaxed);
    }
}

impl RoomEntry {
    /// A room with this configuration, in which nobody is.
    pub(super) fn new(game: &'static str, config: &RoomConfig, shard: usize) -> Self {
        RoomEntry {
            code: config.code.clone(),
            game,
            tick_hz: config.tick_hz,
            max_players: config.max_players,
            shard,
            seats: AtomicU32::new(0),
            players: AtomicU32::new(0),
            tick: AtomicU32::new(config.start_tick.0),
            counters: Default::default(),
        }
    }

    /// How many seats are taken.
    pub(super) fn seats(&self) -> u32 {
        self.seats.load(Relaxed)
    }

    pub(super) fn free(&self) -> bool {
        self.seats() < self.max_players
    }

    /// Only under the directory's lock, and only when a seat is free.
    pub(super) fn take_seat(self: &Arc<Self>) -> Seat {
        self.seats.fetch_add(1, Relaxed);
        Seat(Arc::clone(self))
    }
}
