//! When the sockets of a room are read between its ticks, and whether there is time for that.
//!
//! All sockets are read when a tick is made, which is all that a room needs. But a client that is to
//! send its inputs just in time has to be told how early they came, and finer than in ticks: so a shard
//! with time to spare looks a few times more, the closer to the tick the more often. A busy one does
//! not, and its clients then aim at the tick before.

use std::time::{Duration, Instant};

/// How long before a tick the sockets are read.
const BEFORE: [Duration; 4] = [
    Duration::from_millis(8),
    Duration::from_millis(4),
    Duration::from_millis(2),
    Duration::from_millis(1),
];
/// How long the average of what a shard has to do reaches back.
const SMOOTH: Duration = Duration::from_secs(1);
/// The share of its time that a shard is busy below which it looks as often as can be, and
/// below which it looks half as often.
const BUSY: [f64; 2] = [0.25, 0.5];

/// When to look next, with so many looks before the tick of `deadline`.
pub(crate) fn next(now: Instant, deadline: Instant, looks: usize) -> Option<Instant> {
    let last = &BEFORE[BEFORE.len() - looks.min(BEFORE.len())..];
    let left = deadline.checked_duration_since(now)?;
    let before = last.iter().find(|before| **before < left)?;
    Some(deadline - *before)
}

/// How much of its time a shard is busy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    share: f64,
    since: Instant,
}

impl Load {
    /// A shard that has had nothing to do until now.
    pub(crate) fn new(now: Instant) -> Load {
        Load { share: 0.0, since: now }
    }

    /// A turn was taken.
    pub(crate) fn note(&mut self, begin: Instant, end: Instant) {
        let passed = end.saturating_duration_since(self.since).as_secs_f64();
        if passed > 0.0 {
            let busy = end.saturating_duration_since(begin).as_secs_f64() / passed;
            let weight = (passed / SMOOTH.as_secs_f64()).min(1.0);
            self.share += (busy.min(1.0) - self.share) * weight;
            self.since = end;
        }
    }

    /// How often there is time to look before each tick.
    pub(crate) fn looks(self) -> usize {
        match self.share {
            share if share < BUSY[0] => BEFORE.len(),
            share if share < BUSY[1] => BEFORE.len() / 2,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_closer_and_closer_before_the_tick() {
        let (begin, millis) = (Instant::now(), Duration::from_millis);
        let deadline = begin + millis(33);
        let mut now = begin;
        let times = std::iter::from_fn(|| {
            now = next(now, deadline, 4)?;
            Some((deadline - now).as_millis())
        });
        assert_eq!(times.collect::<Vec<_>>(), [8, 4, 2, 1]);
        assert_eq!(next(begin, deadline, 2), Some(deadline - millis(2)));
        assert_eq!(next(begin, deadline, 0), None);
        assert_eq!(next(deadline, deadline, 4), None);
        assert_eq!(next(deadline + millis(1), deadline, 4), None, "the tick is late already");
    }

    #[test]
    fn who_is_busy_looks_less_and_then_not_at_all() {
        let begin = Instant::now();
        let looks = |busy: u64| {
            let mut load = Load::new(begin);
            for turn in 0..1000 {
                let start = begin + Duration::from_millis(10 * turn + 10 - busy);
                load.note(start, start + Duration::from_millis(busy));
            }
            load.looks()
        };
        assert_eq!([looks(0), looks(2), looks(3), looks(4), looks(6)], [4, 4, 2, 2, 0]);
    }
}
