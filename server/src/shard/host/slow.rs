//! Says in the log how a room's slow viewers fare, in one line a second at most, to who debugs.

use std::time::{Duration, Instant};

use tickwire_room::RoomCounters;

/// At most one line of a room is logged in this time.
const EVERY: Duration = Duration::from_secs(1);

/// What was logged last, and when. Rooms that sleep keep it too, so it is no more than is logged.
#[derive(Debug, Default)]
pub(super) struct SlowLog {
    shown: Fared,
    at: Option<Instant>,
}

/// How slow viewers have fared so far.
#[derive(Clone, Copy, Debug, Default)]
struct Fared {
    skipped: u64,
    thinned: u64,
    slowed: u64,
    lag_keyframes: u64,
    given_up: u64,
}

impl From<&RoomCounters> for Fared {
    fn from(counters: &RoomCounters) -> Self {
        Fared {
            skipped: counters.skipped_frames,
            thinned: counters.thinned_frames,
            slowed: counters.slowed_viewers,
            lag_keyframes: counters.lag_keyframes,
            given_up: counters.stalled_viewers + counters.overflowed_viewers,
        }
    }
}

impl SlowLog {
    /// Logs what the room counted since the last time, if some viewer did not keep up.
    pub(super) fn note(&mut self, room: &str, counters: &RoomCounters, now: Instant) {
        let soon = self.at.is_some_and(|at| now.saturating_duration_since(at) < EVERY);
        if soon || !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        self.at = Some(now);
        let fared = Fared::from(counters);
        let before = std::mem::replace(&mut self.shown, fared);
        let skipped = fared.skipped - before.skipped;
        let thinned = fared.thinned - before.thinned;
        let slowed = fared.slowed - before.slowed;
        let lag_keyframes = fared.lag_keyframes - before.lag_keyframes;
        let given_up = fared.given_up - before.given_up;
        if skipped + thinned + slowed + lag_keyframes + given_up > 0 {
            tracing::debug!(
                room,
                skipped,
                thinned,
                slowed,
                lag_keyframes,
                given_up,
                "viewers did not keep up"
            );
        }
    }
}
