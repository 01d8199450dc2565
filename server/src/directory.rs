//! Which rooms there are, and who may still come in.
//!
//! A seat is taken under the directory's lock before a socket goes to its shard,
//! so a room never has one player too many however many come at once, and a room
//! is closed under the same lock only while no seat is taken.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
};

use parking_lot::Mutex;
use tickwire_room::{HostedRoom, RoomConfig, RoomCounters};
use tickwire_shared::Tick;

use crate::{
    codes::{SplitMix, room_seed},
    config::Config,
    games::{Games, HostedGame},
    metrics::{ROOM_COUNTERS, room_values},
};

mod denied;

pub use denied::Denied;

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

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The room with this join code.
    Room(String),
    /// Any room of a game with space in it, else a new one. No name means the default game.
    Game(Option<String>),
    /// A new room of a game.
    Create(Option<String>),
}

struct Rooms {
    /// In order of opening.
    open: Vec<Arc<RoomEntry>>,
    random: SplitMix,
    opened: u64,
    /// The counters of rooms that are gone, added up.
    retired: [u64; ROOM_COUNTERS],
}

/// All rooms of a server.
pub struct Directory {
    games: Games,
    config: Config,
    shards: usize,
    draining: AtomicBool,
    rooms: Mutex<Rooms>,
}

impl Directory {
    /// No rooms yet, for a server with this many shards.
    #[must_use]
    pub fn new(games: Games, config: Config, shards: usize) -> Self {
        let random = SplitMix::new(config.seed ^ 0x0043_4F44_4553);
        let rooms = Rooms { open: Vec::new(), random, opened: 0, retired: [0; ROOM_COUNTERS] };
        Directory {
            games,
            config,
            shards,
            draining: AtomicBool::new(false),
            rooms: Mutex::new(rooms),
        }
    }

    /// Takes a seat, in a new room if need be, which `open` then brings to its shard.
    ///
    /// # Errors
    /// See [`Denied`].
    pub fn seat(
        &self,
        wanted: &Wanted,
        open: impl FnOnce(Arc<RoomEntry>, Box<dyn HostedRoom>),
    ) -> Result<Seat, Denied> {
        if self.draining() {
            return Err(Denied::ShuttingDown);
        }
        let mut rooms = self.rooms.lock();
        let (name, create) = match wanted {
            Wanted::Room(code) => return rooms.seat_by_code(code),
            Wanted::Game(name) => (name, false),
            Wanted::Create(name) => (name, true),
        };
        let game = self.game(name.as_deref())?;
        let free = rooms.open.iter().find(|room| !create && room.game == game.name && room.free());
        let room = match free {
            Some(room) => Arc::clone(room),
            None => self.open(&mut rooms, game, open)?,
        };
        Ok(room.take_seat())
    }

    fn game(&self, name: Option<&str>) -> Result<&HostedGame, Denied> {
        let game = match name {
            Some(name) => self.games.get(name),
            None => self.games.0.first(),
        };
        game.ok_or_else(|| Denied::NoSuchGame(self.games.list()))
    }

    fn open(
        &self,
        rooms: &mut Rooms,
        game: &HostedGame,
        open: impl FnOnce(Arc<RoomEntry>, Box<dyn HostedRoom>),
    ) -> Result<Arc<RoomEntry>, Denied> {
        if rooms.open.len() >= self.config.max_rooms {
            return Err(Denied::TooManyRooms);
        }
        let config = self.room_config(rooms, game);
        let entry = Arc::new(RoomEntry {
            code: config.code.clone(),
            game: game.name,
            tick_hz: config.tick_hz,
            max_players: config.max_players,
            shard: rooms.least_busy_shard(self.shards),
            seats: AtomicU32::new(0),
            players: AtomicU32::new(0),
            tick: AtomicU32::new(config.start_tick.0),
            counters: Default::default(),
        });
        let seed = config.seed;
        // A game whose first moment panics must not take the lock's owner with it.
        let make = std::panic::AssertUnwindSafe(|| (game.make)(config));
        let room = std::panic::catch_unwind(make).map_err(|_| Denied::Broken)?;
        tracing::info!(room = entry.code, game = entry.game, seed, "room opened");
        rooms.opened += 1;
        rooms.open.push(Arc::clone(&entry));
        open(Arc::clone(&entry), room);
        Ok(entry)
    }

    fn room_config(&self, rooms: &mut Rooms, game: &HostedGame) -> RoomConfig {
        let tick_hz = self.config.tick_hz.unwrap_or(game.tick_hz);
        let seed = room_seed(self.config.seed, rooms.opened);
        let usual = RoomConfig::new(&rooms.unused_code(), tick_hz, seed);
        let silence = self.config.limits.silence;
        RoomConfig {
            start_tick: Tick(self.config.start_tick),
            max_players: self.config.max_players.unwrap_or(game.max_players),
            hash_interval: self.config.hash_interval,
            silence_ticks: (silence.as_secs_f64() * f64::from(tick_hz)).ceil() as u32,
            ..usual
        }
    }

    /// Closes a room if nobody is in it or on the way to it.
    pub(crate) fn close_if_empty(&self, room: &Arc<RoomEntry>) -> bool {
        let mut rooms = self.rooms.lock();
        let empty = room.seats.load(Relaxed) == 0;
        if empty {
            rooms.remove(room);
        }
        empty
    }

    /// Closes a room at once; those on the way to it will be told.
    pub(crate) fn close(&self, room: &Arc<RoomEntry>) {
        self.rooms.lock().remove(room);
    }

    /// The rooms, in order of opening.
    #[must_use]
    pub fn rooms(&self) -> Vec<Arc<RoomEntry>> {
        self.rooms.lock().open.clone()
    }

    /// The counters of all rooms that there are and were.
    #[must_use]
    pub fn totals(&self) -> [u64; ROOM_COUNTERS] {
        let rooms = self.rooms.lock();
        rooms.open.iter().fold(rooms.retired, |sum, room| plus(sum, room.counters()))
    }

    /// The games.
    #[must_use]
    pub fn games(&self) -> &Games {
        &self.games
    }

    /// Lets nobody in any more.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Relaxed);
    }

    /// Whether nobody is let in any more.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.draining.load(Relaxed)
    }
}

fn plus(a: [u64; ROOM_COUNTERS], b: [u64; ROOM_COUNTERS]) -> [u64; ROOM_COUNTERS] {
    std::array::from_fn(|index| a[index] + b[index])
}

impl RoomEntry {
    fn free(&self) -> bool {
        self.seats.load(Relaxed) < self.max_players
    }

    /// Only under the directory's lock, and only when a seat is free.
    fn take_seat(self: &Arc<Self>) -> Seat {
        self.seats.fetch_add(1, Relaxed);
        Seat(Arc::clone(self))
    }
}

impl Rooms {
    fn seat_by_code(&self, code: &str) -> Result<Seat, Denied> {
        let same = |room: &&Arc<RoomEntry>| room.code.eq_ignore_ascii_case(code);
        let room = self.open.iter().find(same).ok_or(Denied::NoSuchRoom)?;
        if room.free() { Ok(room.take_seat()) } else { Err(Denied::RoomFull) }
    }

    fn unused_code(&mut self) -> String {
        loop {
            let code = self.random.code();
            if self.open.iter().all(|room| room.code != code) {
                return code;
            }
        }
    }

    /// The shard with the fewest seats taken, then with the fewest rooms.
    fn least_busy_shard(&self, shards: usize) -> usize {
        let load = |shard: &usize| {
            let rooms = self.open.iter().filter(|room| room.shard == *shard);
            rooms.fold((0, 0), |(seats, count), room| (seats + room.seats.load(Relaxed), count + 1))
        };
        (0..shards).min_by_key(load).unwrap_or(0)
    }

    fn remove(&mut self, room: &Arc<RoomEntry>) {
        let before = self.open.len();
        self.open.retain(|open| !Arc::ptr_eq(open, room));
        if self.open.len() < before {
            self.retired = plus(self.retired, room.counters());
        }
    }
}

#[cfg(test)]
mod tests;
