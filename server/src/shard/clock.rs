//! When a room's ticks are due.
//!
//! Deadlines lie at `start + n / hz` and are computed from `n` each time, so no
//! rounding adds up and a late tick does not make the next one late. Who falls
//! behind catches up, but by [`MAX_CATCH_UP`] ticks only; what is beyond is left
//! out, so that an overload cannot feed itself.

use std::time::{Duration, Instant};

use tickwire_shared::tick::TICK_PARTS;

/// How many ticks may be made one right after the other to catch up.
pub const MAX_CATCH_UP: u64 = 5;
const NANOS: u128 = 1_000_000_000;

/// The deadlines of one room.
#[derive(Clone, Debug)]
pub struct TickClock {
    start: Instant,
    hz: u32,
    next: u64,
}

impl TickClock {
    /// A clock whose first tick is due at `start`.
    #[must_use]
    pub fn new(start: Instant, hz: u32) -> Self {
        TickClock { start, hz, next: 0 }
    }

    /// How long a tick lasts, rounded down.
    #[must_use]
    pub fn period(&self) -> Duration {
        Duration::from_nanos(since_start(1, self.hz))
    }

    /// When the first tick was due.
    #[must_use]
    pub fn start(&self) -> Instant {
        self.start
    }

    /// When the next tick is due.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.start + Duration::from_nanos(since_start(self.next, self.hz))
    }

    /// How late it is for the next tick, if it is due.
    #[must_use]
    pub fn lateness(&self, now: Instant) -> Option<Duration> {
        now.checked_duration_since(self.deadline())
    }

    /// How much of a tick is left until the next one is due, in 256 parts of which one has gone by.
    #[must_use]
    pub fn left(&self, now: Instant) -> u16 {
        let left = self.deadline().saturating_duration_since(now).as_nanos();
        let parts = left * u128::from(self.hz) * TICK_PARTS as u128 / NANOS;
        parts.min(TICK_PARTS as u128 - 1) as u16
    }

    /// Begins the next tick and says how many were left out before it.
    pub fn advance(&mut self, now: Instant) -> u64 {
        let slipped = self.due(now).saturating_sub(MAX_CATCH_UP);
        self.next += slipped + 1;
        slipped
    }

    /// How many ticks are due and not made.
    fn due(&self, now: Instant) -> u64 {
        let Some(elapsed) = now.checked_duration_since(self.start) else { return 0 };
        let reached = elapsed.as_nanos() * u128::from(self.hz) / NANOS;
        (reached as u64 + 1).saturating_sub(self.next)
    }
}

/// The nanoseconds from the start to deadline `n`, rounded up so that what is due has been reached.
fn since_start(n: u64, hz: u32) -> u64 {
    (u128::from(n) * NANOS).div_ceil(u128::from(hz)) as u64
}

/// The first instant from `now` on that lies `place` nanoseconds behind a beginning of a tick, of
/// `hz` a second counted from `epoch`.
#[must_use]
pub fn phased_start(epoch: Instant, now: Instant, hz: u32, place: u64) -> Instant {
    let period = since_start(1, hz);
    let elapsed = place_in_tick(now.saturating_duration_since(epoch).as_nanos() as u64, hz);
    now + Duration::from_nanos((place % period + period - elapsed) % period)
}

/// How far a time lies behind a beginning of a tick, of `hz` a second; all in nanoseconds counted from
/// one beginning. A tick is no whole number of these, so it is not the period that is divided by.
#[must_use]
pub fn place_in_tick(at: u64, hz: u32) -> u64 {
    (u128::from(at) * u128::from(hz) % NANOS) as u64 / u64::from(hz)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(clock: &mut TickClock, now: Instant) -> (u64, u64) {
        let (mut made, mut slipped) = (0, 0);
        while clock.lateness(now).is_some() {
            slipped += clock.advance(now);
            made += 1;
        }
        (made, slipped)
    }

    #[test]
    fn an_hour_of_ticks_does_not_drift_by_a_nanosecond() {
        for hz in [1, 7, 30, 60, 144, 240] {
            let start = Instant::now();
            let mut clock = TickClock::new(start, hz);
            for n in 0..=3600 * hz {
                let exact = u64::from(n) * 1_000_000_000 / u64::from(hz);
                let off = clock.deadline().duration_since(start).as_nanos() as u64 - exact;
                assert!(off <= 1, "tick {n} at {hz} Hz is off by {off} ns");
                clock.advance(clock.deadline());
            }
        }
    }

    #[test]
    fn a_tick_is_due_at_its_deadline_and_not_before() {
        let start = Instant::now();
        let mut clock = TickClock::new(start, 3);
        for _ in 0..100 {
            let deadline = clock.deadline();
            assert_eq!(clock.lateness(deadline - Duration::from_nanos(1)), None);
            assert_eq!(clock.left(deadline), 0);
            assert_eq!(clock.left(deadline - clock.period() / 4), 63, "cut off, not rounded");
            assert_eq!(clock.left(deadline - clock.period() * 3), 255);
            assert_eq!(clock.lateness(deadline), Some(Duration::ZERO));
            assert_eq!(clock.due(deadline), 1);
            clock.advance(deadline);
        }
    }

    #[test]
    fn a_short_stall_is_caught_up() {
        let start = Instant::now();
        let mut clock = TickClock::new(start, 100);
        assert_eq!(run(&mut clock, start), (1, 0));
        assert_eq!(run(&mut clock, start + Duration::from_millis(45)), (4, 0));
    }

    #[test]
    fn a_long_stall_slips_and_stays_on_the_grid() {
        let start = Instant::now();
        let mut clock = TickClock::new(start, 100);
        run(&mut clock, start);
        let later = start + Duration::from_millis(10_005);
        assert_eq!(run(&mut clock, later), (5, 995));
        assert_eq!(clock.deadline(), start + Duration::from_millis(10_010));
    }

    #[test]
    fn years_of_ticks_do_not_overflow() {
        let start = Instant::now();
        let mut clock = TickClock::new(start, 240);
        let decade = start + Duration::from_secs(10 * 365 * 86_400);
        let (made, slipped) = run(&mut clock, decade);
        assert_eq!(made + slipped, 10 * 365 * 86_400 * 240 + 1);
    }

    #[test]
    fn a_room_starts_at_its_place_within_a_tick_on_the_first_day_and_after_a_year() {
        let epoch = Instant::now();
        for (hz, days) in [(30, 0), (60, 1), (30, 365), (144, 365)] {
            let now = epoch + Duration::from_secs(days * 86_400) + Duration::from_millis(1234);
            let period = since_start(1, hz);
            for place in (0..16).map(|index| index * period / 16) {
                let start = phased_start(epoch, now, hz, place);
                assert!(start >= now && start <= now + Duration::from_nanos(period));
                // Counted by whole ticks from the epoch, as the room's own clock counts.
                let elapsed = start.duration_since(epoch).as_nanos();
                let ticks = elapsed * u128::from(hz) / NANOS;
                let behind = elapsed as u64 - since_start(ticks as u64, hz);
                assert!(behind.abs_diff(place) <= 2, "{behind} for {place} at {hz} Hz");
            }
        }
    }
}
