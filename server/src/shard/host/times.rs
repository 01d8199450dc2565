//! What takes how long in a tick.

use std::time::{Duration, Instant};

use crate::metrics::ShardMetrics;

/// How long after its deadline a tick began, and how long each of its parts took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TickTimes {
    /// From the deadline to the beginning.
    pub(crate) lateness: Duration,
    /// All connections were read, and who had gone was taken out.
    pub(crate) receive: Duration,
    /// The game made its step, and what is to be sent was captured.
    pub(crate) step: Duration,
    /// All frames were made and written.
    pub(crate) send: Duration,
}

impl TickTimes {
    /// A tick that begins so late. What it does not come to, because its game panics, takes no time.
    pub(super) fn begin(lateness: Duration) -> Self {
        TickTimes { lateness, ..TickTimes::default() }
    }

    /// Counts the parts of a tick that has ended; its lateness was counted when it began.
    pub(super) fn record(&self, metrics: &ShardMetrics) {
        metrics.receive.record(self.receive);
        metrics.step.record(self.step);
        metrics.send.record(self.send);
    }
}

/// Measures one part of a tick after the other.
pub(super) struct Laps<'a> {
    time: &'a dyn Fn() -> Instant,
    last: Instant,
}

impl<'a> Laps<'a> {
    /// The first part begins now.
    pub(super) fn begin(now: Instant, time: &'a dyn Fn() -> Instant) -> Self {
        Laps { time, last: now }
    }

    /// How long the part took that has just ended.
    pub(super) fn lap(&mut self) -> Duration {
        let now = (self.time)();
        let took = now.saturating_duration_since(self.last);
        self.last = now;
        took
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn each_part_lasts_from_the_end_of_the_one_before() {
        let start = Instant::now();
        let now = Cell::new(start);
        let time = || now.get();
        let mut laps = Laps::begin(start, &time);
        now.set(start + Duration::from_millis(3));
        assert_eq!(laps.lap(), Duration::from_millis(3));
        assert_eq!(laps.lap(), Duration::ZERO);
        now.set(start + Duration::from_millis(8));
        assert_eq!(laps.lap(), Duration::from_millis(5));
    }
}
