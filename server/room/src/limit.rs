//! How often something may happen.

use tickwire_shared::Tick;

/// Lets something happen once in so many ticks, and some times running after a while without: a
/// token bucket of which only the tick is known at which it will be full.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    full: Tick,
}

impl Limit {
    /// A full bucket.
    #[must_use]
    pub fn new(now: Tick) -> Limit {
        Limit { full: now }
    }

    /// Whether it may happen at `now`: every `interval` ticks, and `burst` times running.
    pub fn take(&mut self, now: Tick, interval: u32, burst: u32) -> bool {
        let empty_for = self.full.since(now).max(0) as u32;
        let has_one = empty_for <= interval * (burst - 1);
        if has_one {
            self.full = now.offset((empty_for + interval) as i32);
        }
        has_one
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_one_at_a_time() {
        let start = Tick(u32::MAX - 20);
        let mut limit = Limit::new(start);
        let mut taken = |after| (0..20).filter(|_| limit.take(start.offset(after), 30, 5)).count();
        assert_eq!([taken(0), taken(29), taken(30), taken(30 + 61), taken(1000)], [5, 0, 1, 2, 5]);
    }
}
