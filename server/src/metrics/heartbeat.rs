//! Since when a shard has been at work, so that one that never finishes is noticed.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// When a shard began the turn that it is in. Times are counted from the shard's start.
#[derive(Debug, Default)]
pub struct Heartbeat(AtomicU64);

impl Heartbeat {
    /// A turn begins.
    pub fn begin(&self, at: Duration) {
        // Zero is for a shard that rests.
        self.0.store(millis(at) + 1, Relaxed);
    }

    /// The turn is over.
    pub fn end(&self) {
        self.0.store(0, Relaxed);
    }

    /// For how long the turn has lasted; nothing while the shard rests.
    pub fn busy(&self, at: Duration) -> Duration {
        let since = self.0.load(Relaxed).checked_sub(1);
        since
            .map_or(Duration::ZERO, |since| Duration::from_millis(millis(at).saturating_sub(since)))
    }
}

fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_lasts_from_its_beginning_and_a_rest_does_not() {
        let (beat, at) = (Heartbeat::default(), Duration::from_secs);
        assert_eq!(beat.busy(at(9)), at(0));
        beat.begin(at(0));
        assert_eq!(beat.busy(at(9)), at(9));
        beat.begin(at(8));
        assert_eq!((beat.busy(at(9)), beat.busy(at(7))), (at(1), at(0)));
        beat.end();
        assert_eq!(beat.busy(at(9)), at(0));
    }
}
