//! Which rooms there are, and who may still come in.
//!
//! A seat is taken under the directory's lock before a socket goes to its shard,
//! so a room never has one player too many however many come at once, and a room
//! is closed under the same lock only while no seat is taken. A seat that is reserved has been taken, so
//! redeeming it needs the lock of the reservations only.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tickwire_room::HostedRoom;

use crate::{
    codes::{Codes, SplitMix},
    config::Config,
    games::{Games, HostedGame},
    metrics::{ROOM_COUNTERS, ServerMetrics},
    tickets::{Ticket, Tickets, random_bytes},
};

mod denied;
mod entry;
mod open;
mod redeemed;
mod reservations;
mod rooms;
mod state;
mod wanted;
mod who;

pub use denied::Denied;
pub use entry::{Pass, RoomEntry, Seat};
use open::Opening;
use reservations::Reservations;
use rooms::{Rooms, plus};
pub use state::RoomState;
pub use wanted::{Options, Search, Wanted};
pub use who::{Ban, Banned, Who};

/// All rooms of a server.
pub struct Directory {
    games: Games,
    config: Config,
    metrics: Arc<ServerMetrics>,
    tickets: Tickets,
    /// For each shard whether it is stuck, so that nothing new goes there.
    stuck: Vec<AtomicBool>,
    draining: AtomicBool,
    rooms: Mutex<Rooms>,
    /// Apart, so that a shard can redeem a ticket however long a room takes to open. Who has both locks
    /// took that of the rooms first.
    reservations: Mutex<Reservations>,
}

/// A seat that is kept for whoever shows its ticket in time.
#[derive(Debug)]
pub struct Reserved {
    /// The room.
    pub room: Arc<RoomEntry>,
    /// The ticket.
    pub ticket: String,
    /// For how long it is good.
    pub time: Duration,
}

impl Directory {
    /// No rooms yet, for a server with this many shards.
    #[must_use]
    pub fn new(games: Games, config: Config, shards: usize) -> Self {
        let codes = if config.seeded_codes {
            Codes::Seeded(SplitMix::new(config.seed ^ 0x0043_4F44_4553))
        } else {
            Codes::Random
        };
        let first = u64::from_le_bytes(random_bytes());
        let kept = Reservations::new(config.limits.ticket_time, first);
        Directory {
            games,
            metrics: Arc::default(),
            tickets: Tickets::new(config.secret.as_ref(), Instant::now()),
            config,
            stuck: (0..shards).map(|_| AtomicBool::new(false)).collect(),
            draining: AtomicBool::new(false),
            rooms: Mutex::new(Rooms::new(codes)),
            reservations: Mutex::new(kept),
        }
    }

    /// Takes a seat for a player, in a new room if need be, which `open` then brings to its shard.
    ///
    /// # Errors
    /// See [`Denied`].
    pub fn seat(
        &self,
        wanted: &Wanted,
        who: &Who,
        now: Instant,
        open: impl FnOnce(Arc<RoomEntry>, Box<dyn HostedRoom>),
    ) -> Result<Seat, Denied> {
        let mut rooms = self.rooms.lock();
        self.sweep(now);
        let seat = self.take(&mut rooms, wanted, (who, false), open)?;
        seat.room().open_up();
        Ok(seat)
    }

    /// Keeps a seat for a player, or for who only watches, in a new room if need be, which `open`
    /// then brings to its shard.
    ///
    /// # Errors
    /// See [`Denied`].
    pub fn reserve(
        &self,
        wanted: &Wanted,
        (who, spectator): (&Who, bool),
        now: Instant,
        open: impl FnOnce(Arc<RoomEntry>, Box<dyn HostedRoom>),
    ) -> Result<Reserved, Denied> {
        let mut rooms = self.rooms.lock();
        self.sweep(now);
        // No second look is needed: seats are reserved under the lock of the rooms only.
        if self.reservations.lock().of(who) >= self.config.max_connections_per_address {
            return Err(Denied::TooManyReserved);
        }
        let seat = self.take(&mut rooms, wanted, (who, spectator), open)?;
        let room = Arc::clone(seat.room());
        let (number, expires) = self.reservations.lock().keep(seat, who.clone(), now);
        drop(rooms);
        let ticket = Ticket {
            room: room.code_bytes(),
            number,
            expires: self.tickets.millis(expires),
            spectator,
        };
        let time = expires.saturating_duration_since(now);
        Ok(Reserved { room, ticket: self.tickets.seal(&ticket), time })
    }

    /// A seat in a room that is there, or else in a new one.
    fn take(
        &self,
        rooms: &mut Rooms,
        wanted: &Wanted,
        (who, spectator): (&Who, bool),
        open: impl FnOnce(Arc<RoomEntry>, Box<dyn HostedRoom>),
    ) -> Result<Seat, Denied> {
        if self.draining() {
            return Err(Denied::ShuttingDown);
        }
        if self.config.jwt_key.is_some() && who.identity.is_none() {
            return Err(Denied::Unidentified);
        }
        let place = |room: &Arc<RoomEntry>, host| match room.objection(who, spectator) {
            Some(denied) => Err(denied),
            None => Ok(room.take_seat(Pass { spectator, host, identity: who.identity.clone() })),
        };
        let (search, options) = match wanted {
            Wanted::Room(code) => {
                return place(rooms.by_code(code).ok_or(Denied::NoSuchRoom)?, false);
            }
            Wanted::Game(game) => (Some(Search::of(game.as_ref())), Options::of(game.as_ref())),
            Wanted::Match(search) => (Some(search.clone()), search.options()),
            Wanted::Create(game) => (None, Options::of(game.as_ref())),
            Wanted::New(options) => (None, options.clone()),
        };
        if let Some(search) = search {
            match self.find(rooms, &search, (who, spectator))? {
                Some(room) => return place(room, false),
                None if !search.create => return Err(Denied::NoRoomFits),
                None => {}
            }
        }
        place(&self.open(rooms, &options, who, open)?, true)
    }

    /// The first public room that would do and has a place.
    fn find<'a>(
        &self,
        rooms: &'a Rooms,
        search: &Search,
        (who, spectator): (&Who, bool),
    ) -> Result<Option<&'a Arc<RoomEntry>>, Denied> {
        let game = self.game(search.game.as_deref())?.name;
        let filters = &search.filters;
        let fits = |room: &&Arc<RoomEntry>| {
            !room.private
                && room.game == game
                && filters.tick_hz.is_none_or(|hz| room.tick_hz == hz)
                && filters.max_players.is_none_or(|most| room.max_players == most)
                && filters.min_players.is_none_or(|least| room.seats() >= least)
                && room.objection(who, spectator).is_none()
        };
        Ok(rooms.all().find(fits))
    }

    /// The room with a join code, of upper or lower case.
    #[must_use]
    pub fn room(&self, code: &str) -> Option<Arc<RoomEntry>> {
        self.rooms.lock().by_code(code).cloned()
    }

    /// The game of a name, or the default one.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(crate) fn game(&self, name: Option<&str>) -> Result<&HostedGame, Denied> {
        let game = match name {
            Some(name) => self.games.get(name),
            None => self.games.0.first(),
        };
        game.ok_or_else(|| Denied::NoSuchGame(self.games.list()))
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
    pub(crate) fn close_if_empty(&self, room: &Arc<RoomEntry>, now: Instant) -> bool {
        let mut rooms = self.rooms.lock();
        self.sweep(now);
        let empty = room.is_empty();
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
        self.rooms.lock().lists(room)
    }

    /// The rooms, in order of opening.
    #[must_use]
    pub fn rooms(&self) -> Vec<Arc<RoomEntry>> {
        self.rooms.lock().all().cloned().collect()
    }

    /// The rooms, in order of opening, and the counters of all that there are and were. The lock is held
    /// only to note which there are.
    #[must_use]
    pub fn survey(&self) -> (Vec<Arc<RoomEntry>>, [u64; ROOM_COUNTERS]) {
        let (rooms, retired) = {
            let rooms = self.rooms.lock();
            (rooms.all().cloned().collect::<Vec<_>>(), rooms.retired())
        };
        let totals = rooms.iter().fold(retired, |sum, room| plus(sum, room.counters()));
        (rooms, totals)
    }

    /// Gives the seats back of all who reserved one and did not come in time.
    pub(crate) fn sweep(&self, now: Instant) {
        self.reservations.lock().sweep(now);
    }

    /// How many seats are kept for somebody who is on the way.
    #[must_use]
    pub fn reservations(&self) -> usize {
        self.reservations.lock().len()
    }

    /// How much is kept of rooms and of who wants in: nothing when all have closed.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> [usize; 4] {
        let [open, codes, openers] = self.rooms.lock().kept();
        [open, codes, openers, self.reservations()]
    }

    /// What the whole server counts.
    pub(crate) fn metrics(&self) -> &Arc<ServerMetrics> {
        &self.metrics
    }

    /// The games.
    #[must_use]
    pub fn games(&self) -> &Games {
        &self.games
    }

    /// Lets nobody in any more.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Relaxed);
        self.rooms.lock().all().for_each(|room| room.move_on(RoomState::Draining));
    }

    /// Whether nobody is let in any more.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.draining.load(Relaxed)
    }
}

#[cfg(test)]
mod tests;
