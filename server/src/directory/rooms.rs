//! The open rooms, behind the directory's lock.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use super::{RoomEntry, RoomState};
use crate::{
    codes::{CODE_LENGTH, Codes, code_key},
    metrics::ROOM_COUNTERS,
};

/// The load of a shard that is stuck.
const MORE_THAN_ANY: u64 = u64::MAX / 2;

pub(super) struct Rooms {
    /// By number, and so in order of opening.
    open: BTreeMap<u64, Arc<RoomEntry>>,
    codes: BTreeMap<[u8; CODE_LENGTH], Arc<RoomEntry>>,
    /// How many open rooms are whose, of those who may not have many.
    openers: BTreeMap<IpAddr, u32>,
    new_codes: Codes,
    opened: u64,
    /// The counters of rooms that are gone, added up.
    retired: [u64; ROOM_COUNTERS],
}

impl Rooms {
    /// None yet.
    pub(super) fn new(new_codes: Codes) -> Self {
        Rooms {
            open: BTreeMap::new(),
            codes: BTreeMap::new(),
            openers: BTreeMap::new(),
            new_codes,
            opened: 0,
            retired: [0; ROOM_COUNTERS],
        }
    }

    /// All that are open, in order of opening.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<RoomEntry>> {
        self.open.values()
    }

    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// How many were ever opened, which is the number of the next.
    pub(super) fn opened(&self) -> u64 {
        self.opened
    }

    /// How many open rooms are somebody's.
    pub(super) fn opened_by(&self, opener: IpAddr) -> u32 {
        self.openers.get(&opener).copied().unwrap_or(0)
    }

    pub(super) fn by_code(&self, code: &str) -> Option<&Arc<RoomEntry>> {
        self.codes.get(&code_key(code)?)
    }

    /// Whether this very room is open.
    pub(super) fn lists(&self, room: &RoomEntry) -> bool {
        self.open.contains_key(&room.number)
    }

    pub(super) fn unused_code(&mut self) -> String {
        loop {
            let code = self.new_codes.next();
            if self.by_code(&code).is_none() {
                return code;
            }
        }
    }

    /// Adds the room with the next number.
    pub(super) fn add(&mut self, room: &Arc<RoomEntry>) {
        assert_eq!(room.number, self.opened, "numbers are given in order");
        self.opened += 1;
        self.open.insert(room.number, Arc::clone(room));
        self.codes.insert(room.code_bytes(), Arc::clone(room));
        if let Some(opener) = room.opener {
            *self.openers.entry(opener).or_default() += 1;
        }
    }

    /// Takes a room out, if it is still in.
    pub(super) fn remove(&mut self, room: &RoomEntry) {
        if self.open.remove(&room.number).is_none() {
            return;
        }
        self.codes.remove(&room.code_bytes());
        if let Some(opener) = room.opener
            && let Some(count) = self.openers.get_mut(&opener)
        {
            *count -= 1;
            if *count == 0 {
                self.openers.remove(&opener);
            }
        }
        room.move_on(RoomState::Closed);
        self.retired = plus(self.retired, room.counters());
    }

    /// The counters of all rooms that are gone, added up.
    pub(super) fn retired(&self) -> [u64; ROOM_COUNTERS] {
        self.retired
    }

    /// The sizes of all that grows with rooms.
    #[cfg(test)]
    pub(super) fn kept(&self) -> [usize; 3] {
        [self.open.len(), self.codes.len(), self.openers.len()]
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
        for room in self.open.values() {
            loads[room.shard()] += room.cost().unwrap_or_else(|| usual.of(room.game));
        }
        loads
    }

    fn usual_costs(&self) -> UsualCosts {
        let mut usual = UsualCosts::default();
        for room in self.open.values() {
            if let Some(cost) = room.cost().filter(|cost| *cost > 0) {
                for name in [room.game, ""] {
                    let (sum, count) = usual.0.entry(name).or_default();
                    (*sum, *count) = (*sum + cost, *count + 1);
                }
            }
        }
        usual
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

/// Two rows of counters, added up.
pub(super) fn plus(a: [u64; ROOM_COUNTERS], b: [u64; ROOM_COUNTERS]) -> [u64; ROOM_COUNTERS] {
    std::array::from_fn(|index| a[index] + b[index])
}
