//! A room as the world outside its shard sees it, and the seats in it.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{
            AtomicU8, AtomicU32, AtomicU64, AtomicUsize,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
};

use parking_lot::Mutex;
use tickwire_recording::Incident;
use tickwire_room::{HostedRoom, RoomConfig, RoomCounters};
use tickwire_shared::Tick;

use super::{
    Denied, Opening,
    state::RoomState,
    who::{Ban, Banned, Bans, Who},
};
use crate::{
    codes::{CODE_LENGTH, code_key},
    metrics::{ROOM_COUNTERS, RoomGauges, ShownGauges, room_values},
    recorder::Progress,
};

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
    /// Seats of players.
    pub max_players: u32,
    /// Seats of those who only watch.
    pub max_spectators: u32,
    /// Only who has the code finds it.
    pub private: bool,
    /// Whose room it is, as far as that is limited.
    pub(super) opener: Option<IpAddr>,
    /// Its number in order of opening; never used again.
    pub(crate) number: u64,
    shard: AtomicUsize,
    /// A [`RoomState`].
    state: AtomicU8,
    bans: Mutex<Bans>,
    /// How far its recording is.
    pub(crate) recording: Arc<Progress>,
    /// Of which incidents a flight was kept, a bit each: one of each for a room, wherever it runs.
    flown: AtomicU8,
    /// What it takes of its shard's time, in nanoseconds a second.
    cost: AtomicU64,
    seats: AtomicU32,
    watching: AtomicU32,
    players: AtomicU32,
    tick: AtomicU32,
    counters: [AtomicU64; ROOM_COUNTERS],
    gauges: ShownGauges,
}

impl RoomEntry {
    /// Whether this is the first such incident of the room, so that a flight is to be kept of it.
    pub(crate) fn flies(&self, reason: Incident) -> bool {
        let bit = 1 << reason as u8;
        self.flown.fetch_or(bit, Relaxed) & bit == 0
    }

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

    /// Shows that it sleeps, and that there is nothing in it.
    pub(crate) fn publish_sleep(&self) {
        self.publish_gauges(&RoomGauges::default());
        self.cost.store(0, Relaxed);
    }

    /// How many players are in.
    #[must_use]
    pub fn players(&self) -> u32 {
        self.players.load(Relaxed)
    }

    /// How many seats of spectators are taken.
    #[must_use]
    pub fn spectators(&self) -> u32 {
        self.watching.load(Relaxed)
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

    /// What goes up and down in it, as of a moment ago.
    #[must_use]
    pub fn gauges(&self) -> RoomGauges {
        self.gauges.get()
    }

    /// Shows what goes up and down in it.
    pub(crate) fn publish_gauges(&self, gauges: &RoomGauges) {
        self.gauges.show(gauges);
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
        self.room.counter(self.pass.spectator).fetch_sub(1, Relaxed);
    }
}

impl RoomEntry {
    /// A room with this configuration, in which nobody is.
    pub(super) fn new(
        (game, opening): (&'static str, &Opening),
        config: &RoomConfig,
        (number, shard): (u64, usize),
    ) -> Self {
        RoomEntry {
            code: config.code.clone(),
            game,
            tick_hz: config.tick_hz,
            max_players: config.max_players,
            max_spectators: config.max_spectators,
            private: opening.private,
            opener: opening.opener,
            number,
            shard: AtomicUsize::new(shard),
            recording: Arc::new(Progress::of(number)),
            flown: AtomicU8::new(0),
            state: AtomicU8::new(RoomState::Created as u8),
            bans: Mutex::default(),
            cost: AtomicU64::new(UNKNOWN),
            seats: AtomicU32::new(0),
            watching: AtomicU32::new(0),
            players: AtomicU32::new(0),
            tick: AtomicU32::new(config.start_tick.0),
            counters: Default::default(),
            gauges: ShownGauges::default(),
        }
    }

    /// The join code as a key.
    pub(super) fn code_bytes(&self) -> [u8; CODE_LENGTH] {
        code_key(&self.code).expect("the code is ours")
    }

    /// Goes on to a state that may follow upon the one that it is in.
    pub(super) fn move_on(&self, to: RoomState) {
        let next = |state| RoomState::from(state).may_become(to).then_some(to as u8);
        // Where it may not, it stays as it is.
        let _ = self.state.fetch_update(Relaxed, Relaxed, next);
    }

    /// Somebody comes in.
    pub(super) fn open_up(&self) {
        let (created, open) = (RoomState::Created as u8, RoomState::Open as u8);
        let _ = self.state.compare_exchange(created, open, Relaxed, Relaxed);
    }

    /// Lets nobody in any more, or does so again.
    pub(crate) fn set_locked(&self, locked: bool) {
        self.move_on(if locked { RoomState::Locked } else { RoomState::Open });
    }

    /// Lets nobody in any more, for good; who is in plays on.
    pub(crate) fn drain(&self) {
        self.move_on(RoomState::Draining);
    }

    /// Lets somebody who was called so never in again, unless the ban is lifted.
    pub(crate) fn ban(&self, who: Banned, name: Box<str>) {
        self.bans.lock().add(who, name);
    }

    /// Whom it lets in no more.
    pub(crate) fn ban_list(&self) -> Vec<Ban> {
        self.bans.lock().list()
    }

    /// Lets somebody in again: the ban of this number that was, if there was one.
    pub(crate) fn lift_ban(&self, number: u32) -> Option<Ban> {
        self.bans.lock().lift(number)
    }

    /// Whether somebody is banned from it.
    pub(super) fn bans(&self, who: &Who) -> bool {
        self.bans.lock().hold(who)
    }

    /// The counter of the seats of one kind.
    fn counter(&self, spectator: bool) -> &AtomicU32 {
        if spectator { &self.watching } else { &self.seats }
    }

    /// How many seats of players are taken.
    pub(super) fn seats(&self) -> u32 {
        self.seats.load(Relaxed)
    }

    /// Whether no seat of any kind is taken.
    pub(super) fn is_empty(&self) -> bool {
        self.seats() == 0 && self.spectators() == 0
    }

    /// Why somebody may not come in, if so.
    pub(super) fn objection(&self, who: &Who, spectator: bool) -> Option<Denied> {
        let most = if spectator { self.max_spectators } else { self.max_players };
        match self.state() {
            RoomState::Closed => Some(Denied::NoSuchRoom),
            _ if self.bans(who) => Some(Denied::Banned),
            // Where the whole server drains, nobody comes as far as this.
            RoomState::Locked | RoomState::Draining => Some(Denied::RoomLocked),
            _ if self.counter(spectator).load(Relaxed) >= most => Some(Denied::RoomFull),
            _ => None,
        }
    }

    /// Only under the directory's lock, and only without an [`RoomEntry::objection`].
    pub(super) fn take_seat(self: &Arc<Self>, pass: Pass) -> Seat {
        self.counter(pass.spectator).fetch_add(1, Relaxed);
        Seat { room: Arc::clone(self), pass }
    }
}
