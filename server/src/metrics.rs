//! What the server counts, without locks: each shard has its own counters, and
//! who asks for them adds them up.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde_json::{Map, Value, json};
use tickwire_room::RoomCounters;

mod histogram;

pub use histogram::{Histogram, summary};

/// A counter.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts `n` more.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Relaxed);
    }

    /// Counts one less, for what comes and goes.
    pub fn take(&self) {
        self.0.fetch_sub(1, Relaxed);
    }

    /// What was counted.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What one shard counts.
#[derive(Debug, Default)]
pub struct ShardMetrics {
    /// Ticks made by all rooms.
    pub ticks: Counter,
    /// How long after its deadline a tick began.
    pub lateness: Histogram,
    /// How long a tick took, sockets included.
    pub duration: Histogram,
    /// Ticks that took longer than a tick may.
    pub overruns: Counter,
    /// Ticks that were left out because the shard was too far behind.
    pub slipped: Counter,
    /// Bytes of frames, without what WebSocket adds.
    pub frame_bytes: Counter,
    /// Bytes that the kernel took.
    pub wire_bytes: Counter,
    /// Bytes that came.
    pub received_bytes: Counter,
    /// Messages that came.
    pub received_messages: Counter,
    /// Frames not made because an earlier one was not wholly sent.
    pub skipped_for_tail: Counter,
    /// Pings answered by WebSocket itself.
    pub pongs: Counter,
    /// Ticks in which a connection had sent more than is read at once.
    pub floods: Counter,
    /// Rooms whose game panicked.
    pub panics: Counter,
    /// Closes, by code.
    pub closes: CloseCounts,
}

/// The codes that are counted one by one; the last stands for all others.
const CODES: [(u16, &str); 17] = [
    (1000, "1000"),
    (1001, "1001"),
    (1002, "1002"),
    (1003, "1003"),
    (1006, "1006"),
    (1008, "1008"),
    (1009, "1009"),
    (4000, "4000"),
    (4001, "4001"),
    (4002, "4002"),
    (4003, "4003"),
    (4004, "4004"),
    (4005, "4005"),
    (4006, "4006"),
    (4007, "4007"),
    (4008, "4008"),
    (0, "other"),
];

/// The code that stands for a connection that went without a close.
pub const VANISHED: u16 = 1006;

/// Closes, by code.
#[derive(Debug, Default)]
pub struct CloseCounts([Counter; CODES.len()]);

impl CloseCounts {
    /// Counts one.
    pub fn count(&self, code: u16) {
        let index = CODES.iter().position(|(known, _)| *known == code);
        self.0[index.unwrap_or(CODES.len() - 1)].add(1);
    }
}

/// What the whole process counts.
#[derive(Debug, Default)]
pub struct ServerMetrics {
    /// Sockets that are open, whatever they speak.
    pub connections: Counter,
    /// Sockets that were accepted.
    pub accepted: Counter,
    /// HTTP requests.
    pub requests: Counter,
    /// Handshakes that ended in a WebSocket.
    pub upgrades: Counter,
    /// Sockets turned away because there were too many.
    pub too_many_connections: Counter,
    /// Handshakes that were malformed.
    pub bad_handshakes: Counter,
    /// Handshakes from pages of other hosts.
    pub wrong_origins: Counter,
    /// Joins to a room or game that there is not.
    pub unknown_rooms: Counter,
    /// Joins to a full room.
    pub full_rooms: Counter,
    /// Rooms not opened because there were too many.
    pub too_many_rooms: Counter,
}

impl ServerMetrics {
    /// The refusals, by reason.
    #[must_use]
    pub fn refusals(&self) -> Value {
        json!({
            "too_many_connections": self.too_many_connections.get(),
            "bad_handshakes": self.bad_handshakes.get(),
            "wrong_origins": self.wrong_origins.get(),
            "unknown_rooms": self.unknown_rooms.get(),
            "full_rooms": self.full_rooms.get(),
            "too_many_rooms": self.too_many_rooms.get(),
        })
    }
}

/// The closes of all shards, by code.
#[must_use]
pub fn closes(shards: &[&ShardMetrics]) -> Value {
    let sum = |index: usize| shards.iter().map(|shard| shard.closes.0[index].get()).sum::<u64>();
    let counted = CODES.iter().enumerate().map(|(index, (_, name))| (*name, sum(index)));
    let present = counted.filter(|(_, count)| *count > 0);
    Value::Object(present.map(|(name, count)| (name.to_owned(), count.into())).collect())
}

/// How many counters a room has.
pub const ROOM_COUNTERS: usize = 12;

/// The names of a room's counters, in the order of [`room_values`].
const ROOM_NAMES: [&str; ROOM_COUNTERS] = [
    "ticks",
    "frames",
    "full_frames",
    "merged_frames",
    "skipped_frames",
    "inputs_accepted",
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
        counters.inputs,
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
