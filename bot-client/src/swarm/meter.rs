//! What goes over one bot's sockets while it plays.

use std::time::{Duration, Instant};

use super::carriage::CarriageTally;
use crate::client::Traffic;

/// Coming in takes more than playing: what counts begins so long after the first frame.
const SETTLES: Duration = Duration::from_secs(1);

/// What counts a bot's traffic.
#[derive(Debug)]
pub(super) struct Meter<'a> {
    tally: &'a CarriageTally,
    /// When the first frame came.
    first: Option<Instant>,
    /// What went over its sockets when it was last handed in, and when that was.
    told: Option<(Instant, Traffic)>,
    frames: u64,
}

impl<'a> Meter<'a> {
    pub(super) fn new(tally: &'a CarriageTally) -> Meter<'a> {
        tally.enter();
        Meter { tally, first: None, told: None, frames: 0 }
    }

    pub(super) fn count_frame(&mut self, now: Instant, traffic: Traffic) {
        let first = *self.first.get_or_insert(now);
        if self.told.is_some() {
            self.frames += 1;
        } else if now - first >= SETTLES {
            self.told = Some((now, traffic));
        }
    }

    pub(super) fn count_age(&self, age: Duration) {
        if self.told.is_some() {
            self.tally.frame_age.record(age);
        }
    }

    /// Adds what went on since the last time.
    pub(super) fn hand_in(&mut self, traffic: Traffic) {
        let Some((then, before)) = self.told else { return };
        let now = Instant::now();
        let more = Traffic {
            received: traffic.received - before.received,
            sent: traffic.sent - before.sent,
            requests: traffic.requests - before.requests,
        };
        self.tally.add(std::mem::take(&mut self.frames), more, now - then);
        self.told = Some((now, traffic));
    }
}
