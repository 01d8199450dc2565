//! The rooms of a shard, by when they next want a turn.
//!
//! A turn looks at the rooms that are due and at no others, so a room that sleeps costs nothing
//! until somebody comes or it has lingered long enough.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use super::{host::RoomHost, socket::Socket};

/// The rooms, by number, and their next turns.
pub(crate) struct Agenda<S> {
    rooms: BTreeMap<u64, RoomHost<S>>,
    turns: BTreeSet<(Instant, u64)>,
    /// Rooms that had their turn and are on the agenda again when all have.
    had: Vec<u64>,
}

impl<S: Socket> Agenda<S> {
    /// No rooms.
    pub(crate) fn new() -> Self {
        Agenda { rooms: BTreeMap::new(), turns: BTreeSet::new(), had: Vec::new() }
    }

    /// Adds a room.
    pub(crate) fn put(&mut self, host: RoomHost<S>) {
        let number = host.entry.number;
        self.turns.insert((host.next_turn(), number));
        self.rooms.insert(number, host);
    }

    /// Takes a room out.
    pub(crate) fn take(&mut self, number: u64) -> Option<RoomHost<S>> {
        let host = self.rooms.remove(&number)?;
        self.turns.remove(&(host.next_turn(), number));
        Some(host)
    }

    /// Gives the room that has waited longest its turn, if it is due; once until [`Agenda::end`].
    pub(crate) fn begin(&mut self, now: Instant) -> Option<u64> {
        let (when, number) = *self.turns.first()?;
        if when > now {
            return None;
        }
        self.turns.pop_first();
        self.had.push(number);
        Some(number)
    }

    /// Puts those back on the agenda that had their turn.
    pub(crate) fn end(&mut self) {
        for number in self.had.drain(..) {
            if let Some(host) = self.rooms.get(&number) {
                self.turns.insert((host.next_turn(), number));
            }
        }
    }

    /// The room of a number. After a change of its next turn call [`Agenda::plan`], unless it has
    /// its turn.
    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut RoomHost<S>> {
        self.rooms.get_mut(&number)
    }

    /// Notes that a room wants its next turn at another time than `before`.
    pub(crate) fn plan(&mut self, number: u64, before: Instant) {
        if let Some(host) = self.rooms.get(&number) {
            self.turns.remove(&(before, number));
            self.turns.insert((host.next_turn(), number));
        }
    }

    /// When the next room wants a turn.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.turns.first().map(|(when, _)| *when)
    }

    /// All rooms, in order of opening.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &RoomHost<S>> {
        self.rooms.values()
    }

    /// All rooms, to change what is no matter of their next turn.
    pub(crate) fn rooms_mut(&mut self) -> impl Iterator<Item = &mut RoomHost<S>> {
        self.rooms.values_mut()
    }

    /// Takes all rooms out, in order of opening.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = RoomHost<S>> + use<S> {
        self.turns.clear();
        std::mem::take(&mut self.rooms).into_values()
    }
}
