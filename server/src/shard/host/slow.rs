//! Says in the log how a room's slow viewers fare, in one line a second at most, to who debugs.

use std::time::{Duration, Instant};

use tickwire_room::RoomCounters;

/// At most one line of a room is logged in this time.
const EVERY: Duration = Duration::from_secs(1);

/// What was logged last, and when.
#[derive(Debug, Default)]
pub(super) struct SlowLog {
    shown: RoomCounters,
    at: Option<Instant>,
}

impl SlowLog {
    /// Logs what the room counted since the last time, if some viewer did not keep up.
    pub(super) fn note(&mut self, room: &str, counters: RoomCounters, now: Instant) {
        let soon = self.at.is_some_and(|at| now.saturating_duration_since(at) < EVERY);
        if soon || !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        self.at = Some(now);
        let before = std::mem::replace(&mut self.shown, counters);
        let skipped = counters.skipped_frames - before.skipped_frames;
        let thinned = counters.thinned_frames - before.thinned_frames;
        let slowed = counters.slowed_viewers - before.slowed_viewers;
        let lag_keyframes = counters.lag_keyframes - before.lag_keyframes;
        let given_up = (counters.stalled_viewers - before.stalled_viewers)
            + (counters.overflowed_viewers - before.overflowed_viewers);
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
