//! Which numbers a setting may be.

use std::fmt;

pub const TICK_HZ: Bounds = Bounds::new(1, 240);
pub const SEED: Bounds = Bounds::new(0, u64::MAX);
pub const START_TICK: Bounds = Bounds::new(0, u32::MAX as u64);
pub const MAX_PLAYERS: Bounds = Bounds::new(1, 10_000);
pub const BYTES_A_SECOND: Bounds = Bounds::new(1_000, 1_000_000_000);
pub const SHARDS: Bounds = Bounds::new(1, 1024);
pub const HASH_INTERVAL: Bounds = Bounds::new(1, 100_000);
pub const MAX_CONNECTIONS: Bounds = Bounds::new(1, 10_000_000);
pub const MAX_CONNECTIONS_PER_ADDRESS: Bounds = Bounds::new(1, 10_000_000);
pub const JOINS_PER_ADDRESS: Bounds = Bounds { least: 1, most: 100_000, unit: " a second" };
pub const ROOMS_PER_ADDRESS: Bounds = Bounds::new(1, 1_000_000);
pub const MAX_SPECTATORS: Bounds = Bounds::new(0, 10_000);
pub const GRACE: Bounds = Bounds { least: 0, most: 600, unit: " seconds" };
pub const MAX_ROOMS: Bounds = Bounds::new(1, 1_000_000);
pub const LINGER: Bounds = Bounds { least: 1, most: 86_400, unit: " seconds" };
pub const RECORD_TOTAL: Bounds = Bounds { least: 1, most: 1_000_000_000, unit: " MiB" };
pub const RECORD_LIMIT: Bounds = Bounds { least: 1, most: 1_000_000, unit: " MiB" };

/// The least and the most, both allowed.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    least: u64,
    most: u64,
    unit: &'static str,
}

impl Bounds {
    const fn new(least: u64, most: u64) -> Self {
        Bounds { least, most, unit: "" }
    }

    /// Whether the number lies within.
    pub fn contain(self, value: u64) -> bool {
        (self.least..=self.most).contains(&value)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}{}", self.least, self.most, self.unit)
    }
}
