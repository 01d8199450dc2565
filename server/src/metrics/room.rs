//! A room's counters as a row of numbers, which can be kept and added without locks.

use serde_json::{Map, Value};
use tickwire_room::RoomCounters;

/// How many counters a room has.
pub const ROOM_COUNTERS: usize = 19;

/// The names of a room's counters, in the order of [`room_values`].
const ROOM_NAMES: [&str; ROOM_COUNTERS] = [
    "ticks",
    "frames",
    "full_frames",
    "merged_frames",
    "skipped_frames",
    "thinned_frames",
    "lag_keyframes",
    "slowed_viewers",
    "stalled_viewers",
    "overflowed_viewers",
    "deferred_segments",
    "inputs_accepted",
    "inputs_replaced",
    "inputs_late",
    "inputs_early",
    "inputs_starved",
    "hash_mismatches",
    "dropped_messages",
    "evictions",
];

/// A room's counters as a row.
#[must_use]
pub fn room_values(counters: &RoomCounters) -> [u64; ROOM_COUNTERS] {
    [
        counters.ticks,
        counters.frames,
        counters.full_frames,
        counters.merged_frames,
        counters.skipped_frames,
        counters.thinned_frames,
        counters.lag_keyframes,
        counters.slowed_viewers,
        counters.stalled_viewers,
        counters.overflowed_viewers,
        counters.deferred_segments,
        counters.inputs,
        counters.replaced_inputs,
        counters.late_inputs,
        counters.early_inputs,
        counters.starved_inputs,
        counters.mismatches,
        counters.dropped_messages,
        counters.evictions,
    ]
}

/// Such a row with its names.
#[must_use]
pub fn named(values: &[u64; ROOM_COUNTERS]) -> Map<String, Value> {
    let pairs = ROOM_NAMES.iter().zip(values);
    pairs.map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}
