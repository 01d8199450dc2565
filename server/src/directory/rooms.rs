//! The open rooms, behind the directory's lock.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use super::{Denied, RoomEntry, RoomState, Seat, Who};
use crate::{codes::SplitMix, metrics::ROOM_COUNTERS};

/// The load of a shard that is stuck.
const MORE_THAN_ANY: u64 = u64::MAX / 2;

pub(super) struct Rooms {
    /// In order of opening.
    pub(super) open: Vec<Arc<RoomEntry>>,
    pub(super) random: SplitMix,
    pub(super) opened: u64,
    /// The counters of rooms that are gone, added up.
    pub(super) retired: [u64; ROOM_COUNTERS],
}

impl Rooms {
    pub(super) fn by_code(&self, code: &str) -> Option<&Arc<RoomEntry>> {
        self.open.iter().find(|room| room.code.eq_ignore_ascii_case(code))
    }

    pub(super) fn seat_by_code(&self, code: &str, who: &Who) -> Result<Seat, Denied> {
        let room = self.by_code(code).ok_or(Denied::NoSuchRoom)?;
        match room.objection(who) {
            Some(denied) => Err(denied),
            None => Ok(room.take_seat()),
        }
    }

    pub(super) fn unused_code(&mut self) -> String {
        loop {
            let code = self.random.code();
            if self.open.iter().all(|room| room.code != code) {
                return code;
            }
        }
    }

    /// The shard with the least to do, by what its rooms have been measured to cost.
    pub(super) fn least_busy_shard(&self, stuck: &[AtomicBool]) -> usize {
        least(&self.loads(stuck, &self.usual_costs()))
    }

    /// The shard for a sleeping room; see [`Directory::place_anew`](super::Directory::place_anew).
    pub(super) fn place_anew(&self, room: &RoomEntry, stuck: &[AtomicBool]) -> usize {
        let usual = self.usual_costs();
        let mut loads = self.loads(stuck, &usual);
        let expected = usual.of(room.game);
        loads[room.shard()] -= room.cost().unwrap_or(expected);
        let (here, there) = (room.shard(), least(&loads));
        if loads[here] > loads[there] + expected / 2 { there } else { here }
    }

    /// What each shard has to do, in nanoseconds a second. One that is stuck tells of nothing that it
    /// does, and counts as having more to do than any other.
    fn loads(&self, stuck: &[AtomicBool], usual: &UsualCosts) -> Vec<u64> {
        let start = |stuck: &AtomicBool| if stuck.load(Relaxed) { MORE_THAN_ANY } else { 0 };
        let mut loads: Vec<u64> = stuck.iter().map(start).collect();
        for room in &self.open {
            loads[room.shard()] += room.cost().unwrap_or_else(|| usual.of(room.game));
        }
        loads
    }

    fn usual_costs(&self) -> UsualCosts {
        let mut usual = UsualCosts::default();
        for room in &self.open {
            if let Some(cost) = room.cost().filter(|cost| *cost > 0) {
                for name in [room.game, ""] {
                    let (sum, count) = usual.0.entry(name).or_default();
                    (*sum, *count) = (*sum + cost, *count + 1);
                }
            }
        }
        usual
    }

    pub(super) fn remove(&mut self, room: &Arc<RoomEntry>) {
        let before = self.open.len();
        self.open.retain(|open| !Arc::ptr_eq(open, room));
        if self.open.len() < before {
            room.move_on(RoomState::Closed);
            self.retired = plus(self.retired, room.counters());
        }
    }
}

/// The sum and number of measured costs, by game; of all games under no name.
#[derive(Default)]
struct UsualCosts(BTreeMap<&'static str, (u64, u64)>);

impl UsualCosts {
    /// What a room of a game may be expected to cost: the mean of those like it, else of all.
    fn of(&self, game: &str) -> u64 {
        let (sum, count) = self.0.get(game).or(self.0.get("")).copied().unwrap_or((1, 1));
        sum / count
    }
}

/// The place of the least load.
fn least(loads: &[u64]) -> usize {
    (0..loads.len()).min_by_key(|shard| loads[*shard]).unwrap_or(0)
}

pub(super) fn plus(a: [u64; ROOM_COUNTERS], b: [u64; ROOM_COUNTERS]) -> [u64; ROOM_COUNTERS] {
    std::array::from_fn(|index| a[index] + b[index])
}
