//! What becomes of recordings and flights.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::Counter;
use crate::recorder::Waiting;

/// Why a recording ended before its room did, or never began, or a flight was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The recording was as large as one may be.
    Limit,
    /// The directory has as much as it takes.
    Full,
    /// The disk does not keep up.
    Behind,
    /// The disk cannot be written to.
    Disk,
    /// The room keeps no log.
    Unlogged,
    /// As many flights of its kind were kept as a day takes.
    Often,
}

impl Loss {
    /// Those that a recording comes to.
    pub const OF_RECORDINGS: [Loss; 5] =
        [Loss::Limit, Loss::Full, Loss::Behind, Loss::Disk, Loss::Unlogged];
    /// And those of a flight.
    pub const OF_FLIGHTS: [Loss; 4] = [Loss::Full, Loss::Behind, Loss::Disk, Loss::Often];

    /// As metrics and the log say it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Loss::Limit => "limit",
            Loss::Full => "full",
            Loss::Behind => "behind",
            Loss::Disk => "disk",
            Loss::Unlogged => "unlogged",
            Loss::Often => "often",
        }
    }
}

/// How many were lost, by why.
#[derive(Debug, Default)]
pub struct Losses([Counter; 6]);

impl Losses {
    /// Counts one.
    pub fn count(&self, why: Loss) {
        self.0[why as usize].add(1);
    }

    /// How many were lost for these reasons, by name.
    pub fn by<'a>(&'a self, reasons: &'a [Loss]) -> impl Iterator<Item = (&'static str, u64)> + 'a {
        reasons.iter().map(|why| (why.name(), self.0[*why as usize].get()))
    }

    /// All of them.
    #[cfg(test)]
    pub fn all(&self) -> u64 {
        self.0.iter().map(Counter::get).sum()
    }
}

/// What the recorder counts.
#[derive(Debug, Default)]
pub struct RecorderMetrics {
    /// What waits for the disk of recordings.
    pub waiting: Arc<Waiting>,
    /// And of flights.
    pub waiting_flights: Arc<Waiting>,
    /// Recordings that are being written.
    pub recordings: Counter,
    /// Bytes of recordings that were written.
    pub written_bytes: Counter,
    /// Recordings that ended before their room did, or never began.
    pub cut_short: Losses,
    /// Flights that were kept.
    pub flights: Counter,
    /// Flights that could not be.
    pub lost_flights: Losses,
}

impl RecorderMetrics {
    /// Bytes of rooms' logs that wait for the disk.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.waiting.bytes() + self.waiting_flights.bytes()
    }

    /// All of them with their names.
    #[must_use]
    pub fn shown(&self) -> Value {
        json!({
            "waiting_bytes": self.waiting_bytes(),
            "recordings": self.recordings.get(),
            "written_bytes": self.written_bytes.get(),
            "cut_short": self.cut_short.by(&Loss::OF_RECORDINGS).collect::<BTreeMap<_, _>>(),
            "flights": self.flights.get(),
            "lost_flights": self.lost_flights.by(&Loss::OF_FLIGHTS).collect::<BTreeMap<_, _>>(),
        })
    }
}
