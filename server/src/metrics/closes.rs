//! Closes, by code.

use super::{Counter, ShardMetrics};

/// The codes that are counted one by one; the last stands for all others.
const CODES: [(u16, &str); 24] = [
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
    (4009, "4009"),
    (4010, "4010"),
    (4011, "4011"),
    (4012, "4012"),
    (4013, "4013"),
    (4014, "4014"),
    (4015, "4015"),
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

/// The closes of all shards, by code.
pub fn closes<'a>(
    shards: impl Iterator<Item = &'a ShardMetrics> + Clone,
) -> impl Iterator<Item = (&'static str, u64)> {
    let sum = move |index: usize| shards.clone().map(|shard| shard.closes.0[index].get()).sum();
    CODES.iter().enumerate().map(move |(index, (_, name))| (*name, sum(index)))
}
