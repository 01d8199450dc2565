//! What becomes of recordings and flights.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use serde_json::{Value, json};

use super::Counter;

/// What the recorder counts.
#[derive(Debug, Default)]
pub struct RecorderMetrics {
    /// Bytes of chunks that wait for the disk.
    pub waiting_bytes: AtomicUsize,
    /// Recordings that are being written.
    pub recordings: Counter,
    /// Bytes of recordings that were written.
    pub written_bytes: Counter,
    /// Recordings that ended before their room did, or never began.
    pub cut_short: Counter,
    /// Flights that were kept.
    pub flights: Counter,
    /// Flights that could not be.
    pub lost_flights: Counter,
}

impl RecorderMetrics {
    /// All of them with their names.
    #[must_use]
    pub fn shown(&self) -> Value {
        json!({
            "waiting_bytes": self.waiting_bytes.load(Relaxed),
            "recordings": self.recordings.get(),
            "written_bytes": self.written_bytes.get(),
            "cut_short": self.cut_short.get(),
            "flights": self.flights.get(),
            "lost_flights": self.lost_flights.get(),
        })
    }
}
