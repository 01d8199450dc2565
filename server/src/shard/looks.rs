//! When the sockets of a room are read between its ticks, and how much time there is for that.
//!
//! All sockets are read when a tick is made, which is all that a room needs. But a client that is to
//! send its inputs just in time has to be told how early they came, and finer than in ticks: so a shard
//! with time to spare looks a few times more, the closer to the tick the more often. A busy one does
//! not, and its clients then aim at the tick before.

use std::time::{Duration, Instant};

/// How long before a tick the sockets are read, in milliseconds: rarely, more often, as often as can be.
const LADDERS: [&[u64]; 5] = [
    &[],
    &[4, 1],
    &[8, 4, 2, 1],
    &[20, 14, 10, 7, 5, 3, 2, 1],
    &[30, 26, 22, 19, 16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1],
];
/// How long the averages of what a shard does reach back.
const SMOOTH: Duration = Duration::from_secs(1);
/// A shard that looks for a larger share of its time than the second looks half as often, and for a
/// smaller one than the first, twice as often.
const LOOKING: [f64; 2] = [0.01, 0.025];
/// A shard that is busy for a larger share of its time than the second looks half as often, and does not
/// look more often while it is for a larger one than the first.
const BUSY: [f64; 2] = [0.5, 0.6];

/// When to look next before the tick of `deadline`, on the ladder of this number.
pub(crate) fn next(now: Instant, deadline: Instant, ladder: usize) -> Option<Instant> {
    let left = deadline.checked_duration_since(now)?;
    let before = LADDERS[ladder].iter().map(|millis| Duration::from_millis(*millis));
    before.into_iter().find(|before| *before < left).map(|before| deadline - before)
}

/// How much of its time a shard is busy, with all it does and with looking.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    busy: f64,
    looking: f64,
    ladder: usize,
    since: Instant,
    /// When the ladder was chosen.
    chosen: Instant,
}

impl Load {
    /// A shard that has had nothing to do until now.
    pub(crate) fn new(now: Instant) -> Load {
        Load { busy: 0.0, looking: 0.0, ladder: LADDERS.len() - 1, since: now, chosen: now }
    }

    /// A turn was taken, of which `looking` went into looks.
    pub(crate) fn note(&mut self, begin: Instant, end: Instant, looking: Duration) {
        let passed = end.saturating_duration_since(self.since).as_secs_f64();
        if passed <= 0.0 {
            return;
        }
        let weight = (passed / SMOOTH.as_secs_f64()).min(1.0);
        let share = |time: Duration| (time.as_secs_f64() / passed).min(1.0);
        self.busy += (share(end.saturating_duration_since(begin)) - self.busy) * weight;
        self.looking += (share(looking) - self.looking) * weight;
        self.since = end;
        if end.saturating_duration_since(self.chosen) >= SMOOTH {
            self.chosen = end;
            self.choose();
        }
    }

    fn choose(&mut self) {
        if self.busy > BUSY[1] || self.looking > LOOKING[1] {
            self.ladder = self.ladder.saturating_sub(1);
        } else if self.busy < BUSY[0] && self.looking < LOOKING[0] {
            self.ladder = (self.ladder + 1).min(LADDERS.len() - 1);
        }
    }

    /// The number of the ladder to look by.
    pub(crate) fn ladder(&self) -> usize {
        self.ladder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_closer_and_closer_before_the_tick() {
        let begin = Instant::now();
        let deadline = begin + Duration::from_millis(33);
        let times = |ladder| {
            let mut now = begin;
            let times = std::iter::from_fn(|| {
                now = next(now, deadline, ladder)?;
                Some((deadline - now).as_millis() as u64)
            });
            times.collect::<Vec<_>>()
        };
        for (ladder, looks) in LADDERS.iter().enumerate() {
            assert_eq!(times(ladder), *looks);
        }
        assert_eq!(next(deadline, deadline, 4), None);
        assert_eq!(
            next(deadline + Duration::from_millis(1), deadline, 4),
            None,
            "it is late already"
        );
    }

    /// Where a shard settles that is busy for so many of ten milliseconds, and for so many
    /// microseconds with one look on each rung.
    fn settles(busy: u64, look: u64) -> usize {
        let begin = Instant::now();
        let mut load = Load::new(begin);
        for turn in 1..3000 {
            let looking = Duration::from_micros(look * LADDERS[load.ladder()].len() as u64);
            let took = Duration::from_millis(busy) + looking;
            let end = begin + Duration::from_millis(10 * turn);
            load.note(end - took, end, looking);
        }
        load.ladder()
    }

    #[test]
    fn who_is_busy_looks_less_and_then_not_at_all() {
        assert_eq!([settles(0, 1), settles(3, 1), settles(7, 1)], [4, 4, 0]);
        assert_eq!(settles(0, 25), 3, "eight looks of 25 us in 10 ms are 2% of the time");
        assert_eq!(settles(0, 100), 1);
    }
}
