//! What becomes of recordings and flights.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Counter;
use crate::recorder::Waiting;

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
    pub cut_short: Counter,
    /// Flights that were kept.
    pub flights: Counter,
    /// Flights that could not be.
    pub lost_flights: Counter,
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
            "cut_short": self.cut_short.get(),
            "flights": self.flights.get(),
            "lost_flights": self.lost_flights.get(),
        })
    }
}
