//! How old frames are when they are applied, counted from when their ticks were due.
//!
//! A room's ticks are due at equal distances. When the first was due a client cannot know; but
//! no frame can come before its tick was due, so the quickest frame of any bot is taken to have
//! come just then. An age is what a frame took longer than that one. It counts from when
//! the tick *should* have been, so a server that stands still is not excused for what it did not send.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use tickwire_shared::Tick;

/// When a room's ticks are due.
#[derive(Debug)]
pub struct Schedule {
    /// The first frame of any bot, and how long a tick is, in microseconds.
    origin: OnceLock<(Instant, Tick, f64)>,
    /// By how many microseconds the quickest frame came later than the first frame's pace has it.
    quickest: AtomicI64,
}

impl Default for Schedule {
    fn default() -> Self {
        Schedule { origin: OnceLock::new(), quickest: AtomicI64::new(i64::MAX) }
    }
}

impl Schedule {
    /// The age of the frame of `tick`, applied at `now`, in a room of `tick_hz` ticks a second. It
    /// is known to have been on its way for `at_least` so long.
    pub fn age(&self, now: Instant, tick: Tick, tick_hz: u32, at_least: Duration) -> Duration {
        let tick_micros = 1e6 / f64::from(tick_hz.max(1));
        let (start, first, length) = *self.origin.get_or_init(|| (now, tick, tick_micros));
        let due = (f64::from(tick.since(first)) * length) as i64;
        let went_by = match now.checked_duration_since(start) {
            Some(after) => after.as_micros() as i64,
            None => -(start.duration_since(now).as_micros() as i64),
        };
        let late = went_by - due;
        let sent_by = late - at_least.as_micros() as i64;
        let quickest = self.quickest.fetch_min(sent_by, Ordering::Relaxed).min(sent_by);
        Duration::from_micros((late - quickest) as u64)
    }

    /// Looks for the quickest frame anew, as after ticks that a server left out.
    pub fn settle_anew(&self) {
        self.quickest.store(i64::MAX, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_counts_from_when_the_tick_was_due_and_not_from_when_it_was_sent() {
        let (schedule, start) = (Schedule::default(), Instant::now());
        let age = |millis: u64, tick: u32| {
            let now = start + Duration::from_millis(millis);
            schedule.age(now, Tick(tick), 10, Duration::ZERO).as_millis()
        };
        assert_eq!([age(50, u32::MAX), age(150, 0), age(240, 1)], [0, 0, 0]);
        assert_eq!(age(340, 2), 0, "as quick as the quickest");
        // The server stands still for a second and then sends ten ticks at once.
        assert_eq!([age(1440, 3), age(1440, 8), age(1440, 13)], [1000, 500, 0]);
        schedule.settle_anew();
        assert_eq!([age(1600, 14), age(1700, 15)], [0, 0]);
        // One that is known to have been on its way for 40 ms is so old, and says when ticks are due.
        let late = start + Duration::from_millis(1820);
        let age = schedule.age(late, Tick(16), 10, Duration::from_millis(40)).as_millis();
        assert_eq!((age, schedule.age(late, Tick(16), 10, Duration::ZERO).as_millis()), (40, 40));
    }
}
