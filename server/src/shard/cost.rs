//! What a room takes of its shard's time, as measured.

use std::time::Duration;

/// The average is over about this many ticks, or over all while there are fewer.
const SMOOTH: i64 = 32;

/// How long a room's tick takes on average, its sockets included.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// In nanoseconds.
    average: i64,
    ticks: i64,
}

impl Cost {
    /// A tick took so long.
    pub(crate) fn note(&mut self, took: Duration) {
        let took = i64::try_from(took.as_nanos()).unwrap_or(i64::MAX);
        self.ticks = SMOOTH.min(self.ticks + 1);
        self.average += (took - self.average) / self.ticks;
    }

    /// How long a tick takes, in nanoseconds, if any was made.
    pub(crate) fn of_tick(self) -> Option<u64> {
        (self.ticks > 0).then_some(self.average.max(0) as u64)
    }

    /// The nanoseconds that all ticks of a second take.
    pub(crate) fn of_second(self, tick_hz: u32) -> Option<u64> {
        self.of_tick().map(|nanos| nanos.saturating_mul(tick_hz.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_follows_what_ticks_take_and_one_slow_tick_is_not_all() {
        let mut cost = Cost::default();
        assert_eq!(cost.of_second(30), None);
        (0..100).for_each(|_| cost.note(Duration::from_micros(100)));
        assert_eq!(cost.of_second(30), Some(3_000_000));
        cost.note(Duration::from_millis(3));
        assert!(cost.of_tick() < Some(200_000), "{cost:?}");
        (0..300).for_each(|_| cost.note(Duration::from_micros(400)));
        assert!((390_000..=410_000).contains(&cost.of_tick().expect("ticks were made")));
    }
}
