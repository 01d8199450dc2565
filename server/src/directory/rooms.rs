//! The open rooms, behind the directory's lock.

use std::sync::Arc;

use super::{Denied, RoomEntry, Seat};
use crate::{codes::SplitMix, metrics::ROOM_COUNTERS};

pub(super) struct Rooms {
    /// In order of opening.
    pub(super) open: Vec<Arc<RoomEntry>>,
    pub(super) random: SplitMix,
    pub(super) opened: u64,
    /// The counters of rooms that are gone, added up.
    pub(super) retired: [u64; ROOM_COUNTERS],
}

impl Rooms {
    pub(super) fn seat_by_code(&self, code: &str) -> Result<Seat, Denied> {
        let same = |room: &&Arc<RoomEntry>| room.code.eq_ignore_ascii_case(code);
        let room = self.open.iter().find(same).ok_or(Denied::NoSuchRoom)?;
        if room.free() { Ok(room.take_seat()) } else { Err(Denied::RoomFull) }
    }

    pub(super) fn unused_code(&mut self) -> String {
        loop {
            let code = self.random.code();
            if self.open.iter().all(|room| room.code != code) {
                return code;
            }
        }
    }

    /// The shard with the fewest seats taken, then with the fewest rooms.
    pub(super) fn least_busy_shard(&self, shards: usize) -> usize {
        let load = |shard: &usize| {
            let rooms = self.open.iter().filter(|room| room.shard == *shard);
            rooms.fold((0, 0), |(seats, count), room| (seats + room.seats(), count + 1))
        };
        (0..shards).min_by_key(load).unwrap_or(0)
    }

    pub(super) fn remove(&mut self, room: &Arc<RoomEntry>) {
        let before = self.open.len();
        self.open.retain(|open| !Arc::ptr_eq(open, room));
        if self.open.len() < before {
            self.retired = plus(self.retired, room.counters());
        }
    }
}

pub(super) fn plus(a: [u64; ROOM_COUNTERS], b: [u64; ROOM_COUNTERS]) -> [u64; ROOM_COUNTERS] {
    std::array::from_fn(|index| a[index] + b[index])
}
