//! Which rooms there are, and who may still come in.
//!
//! A seat is taken under the directory's lock before a socket goes to its shard,
//! so a room never has one player too many however many come at once, and a room
//! is closed under the same lock only while no seat is taken.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tickwire_room::{HostedRoom, RoomConfig};
use tickwire_shared::Tick;

use crate::{
    codes::{SplitMix, room_seed},
    config::Config,
    games::{Games, HostedGame},
    metrics::ROOM_COUNTERS,
};

mod denied;
mod entry;
mod rooms;
mod state;
mod who;

pub use denied::Denied;
pub use entry::{RoomEntry, Seat};
use rooms::{Rooms, plus};
pub use state::RoomState;
pub use who::{Banned, Who};

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

/// As a log line says it. What a client made up is cut, so that no line gets long.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Room(code) => write!(f, "room {code:.16}"),
            Wanted::Game(Some(game)) => write!(f, "any room of {game:.32}"),
            Wanted::Game(None) => f.write_str("any room"),
            Wanted::Create(Some(game)) => write!(f, "a new room of {game:.32}"),
            Wanted::Create(None) => f.write_str("a new room"),
        }
    }
}

/// All rooms of a server.
pub struct Directory {
    games: Games,
    config: Config,
    /// For each shard whether it is stuck, so that nothing new goes there.
    stuck: Vec<AtomicBool>,
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
            stuck: (0..shards).map(|_| AtomicBool::new(false)).collect(),
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
        who: &Who,
        _now: Instant,
        open: impl FnOnce(Arc<RoomEntry>, Box<dyn HostedRoom>),
    ) -> Result<Seat, Denied> {
        if self.draining() {
            return Err(Denied::ShuttingDown);
        }
        let mut rooms = self.rooms.lock();
        let (name, create) = match wanted {
            Wanted::Room(code) => return rooms.seat_by_code(code, who),
            Wanted::Game(name) => (name, false),
            Wanted::Create(name) => (name, true),
        };
        let game = self.game(name.as_deref())?;
        let free =
            rooms.open.iter().find(|room| !create && room.game == game.name && room.lets_in(who));
        let room = match free {
            Some(room) => Arc::clone(room),
            None => self.open(&mut rooms, game, open)?,
        };
        Ok(room.take_seat())
    }

    /// Gives the reserved seat that a ticket is for; once.
    ///
    /// # Errors
    /// The close that says what is wrong with the ticket.
    pub fn redeem(
        &self,
        _ticket: &str,
        _room: &RoomEntry,
        _now: Instant,
    ) -> Result<Seat, crate::ws::close::CloseReason> {
        let code = tickwire_shared::message::CloseCode::BadTicket;
        Err(crate::ws::close::CloseReason::new(code, "no tickets are given yet"))
    }

    /// The room with a join code, of upper or lower case.
    #[must_use]
    pub fn room(&self, code: &str) -> Option<Arc<RoomEntry>> {
        self.rooms.lock().by_code(code).cloned()
    }

    /// Lets somebody never again into a room.
    pub fn ban(&self, room: &RoomEntry, who: Banned) {
        room.ban(who);
    }

    /// Lets nobody into a room any more, or does so again.
    pub fn set_locked(&self, room: &Arc<RoomEntry>, locked: bool) {
        let _rooms = self.rooms.lock();
        room.move_on(if locked { RoomState::Locked } else { RoomState::Open });
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
        let shard = rooms.least_busy_shard(&self.stuck);
        let entry = Arc::new(RoomEntry::new(game.name, &config, (rooms.opened, shard)));
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
        let limits = &self.config.limits;
        let ticks = |time: Duration| (time.as_secs_f64() * f64::from(tick_hz)).ceil() as u32;
        RoomConfig {
            start_tick: Tick(self.config.start_tick),
            max_players: self.config.max_players.unwrap_or(game.max_players),
            bytes_a_second: self.config.bytes_a_second.unwrap_or(game.bytes_a_second),
            hash_interval: self.config.hash_interval,
            silence_ticks: ticks(limits.silence),
            stall_ticks: ticks(limits.stall),
            ..usual
        }
    }

    /// The shard for a room that is about to wake: where it is, unless another has less to do by
    /// more than half of what the room will take.
    pub(crate) fn place_anew(&self, room: &RoomEntry) -> usize {
        if self.stuck.len() == 1 {
            return room.shard();
        }
        self.rooms.lock().place_anew(room, &self.stuck)
    }

    /// Notes that a shard does not finish what is due, or goes on.
    pub(crate) fn note_stuck(&self, shard: usize, stuck: bool) {
        self.stuck[shard].store(stuck, Relaxed);
    }

    /// Closes a room if nobody is in it or on the way to it.
    pub(crate) fn close_if_empty(&self, room: &Arc<RoomEntry>, _now: Instant) -> bool {
        let mut rooms = self.rooms.lock();
        let empty = room.seats() == 0;
        if empty {
            rooms.remove(room);
        }
        empty
    }

    /// Closes a room at once; those on the way to it will be told.
    pub(crate) fn close(&self, room: &Arc<RoomEntry>) {
        self.rooms.lock().remove(room);
    }

    /// Whether a room has not been closed.
    pub(crate) fn lists(&self, room: &Arc<RoomEntry>) -> bool {
        self.rooms.lock().open.iter().any(|open| Arc::ptr_eq(open, room))
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
        self.rooms.lock().open.iter().for_each(|room| room.move_on(RoomState::Draining));
    }

    /// Whether nobody is let in any more.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.draining.load(Relaxed)
    }
}

#[cfg(test)]
mod tests;
