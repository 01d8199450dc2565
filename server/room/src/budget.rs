//! How many bytes one viewer may be sent: a token bucket that is filled a little each tick.
//!
//! What is taken may exceed what is left, once; the debt is then worked off. So a segment
//! that is larger than the whole bucket is sent sooner or later, and never in parts.

use tickwire_shared::Tick;

/// The bucket holds what flows in during this part of a second.
const FULL: i64 = 2;

/// What one viewer has left.
#[derive(Clone, Debug)]
pub struct Budget {
    /// In bytes times ticks a second, so that nothing is rounded.
    level: i64,
    bytes_a_second: i64,
    tick_hz: i64,
    last: Tick,
}

impl Budget {
    /// A full bucket; `u32::MAX` bytes a second are no limit.
    #[must_use]
    pub fn new(bytes_a_second: u32, tick_hz: u32, now: Tick) -> Budget {
        let (bytes_a_second, tick_hz) = (i64::from(bytes_a_second), i64::from(tick_hz));
        let mut budget = Budget { level: 0, bytes_a_second, tick_hz, last: now };
        budget.level = budget.most();
        budget
    }

    fn most(&self) -> i64 {
        self.bytes_a_second * self.tick_hz / FULL
    }

    /// Fills in what has flowed in by `now`, and says how many bytes there are; below one when
    /// there is a debt.
    pub fn available(&mut self, now: Tick) -> i64 {
        if self.bytes_a_second == i64::from(u32::MAX) {
            return i64::MAX;
        }
        let ticks = i64::from(now.since(self.last).max(0));
        self.last = now;
        self.level = self.most().min(self.level + ticks * self.bytes_a_second);
        self.level.div_euclid(self.tick_hz)
    }

    /// Takes bytes that are sent.
    pub fn spend(&mut self, bytes: usize) {
        self.level -= bytes as i64 * self.tick_hz;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_time_no_more_is_sent_than_flows_in() {
        let mut budget = Budget::new(3000, 30, Tick(0));
        let mut sent = 0;
        for tick in 1..=3000u32 {
            while budget.available(Tick(tick)) > 0 {
                budget.spend(700);
                sent += 700;
            }
        }
        assert!((300_000..303_000).contains(&sent), "{sent} bytes in 100 seconds at 3,000");
    }

    #[test]
    fn what_is_larger_than_the_bucket_is_sent_once_and_worked_off() {
        let mut budget = Budget::new(1000, 30, Tick(0));
        budget.spend(4000);
        let wait = (1..1000).find(|tick| budget.available(Tick(*tick)) > 0);
        assert_eq!(wait, Some(106), "3,500 bytes of debt at 33.3 a tick");
    }

    #[test]
    fn without_a_limit_there_is_always_enough() {
        let mut budget = Budget::new(u32::MAX, 60, Tick(0));
        budget.spend(1 << 40);
        assert_eq!(budget.available(Tick(1)), i64::MAX);
    }
}
