//! Times of many bots in little space: buckets that grow with the value.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Each doubling is cut into this many buckets, so a figure is right to within 1%.
const PARTS: u32 = 128;
/// Microseconds from 1 to 2^38, which is three days.
const DOUBLINGS: u32 = 32;
const BUCKETS: usize = (PARTS * DOUBLINGS) as usize;

/// Counts of durations, which any number of threads may add to.
#[derive(Debug)]
pub struct Histogram {
    buckets: Box<[AtomicU64; BUCKETS]>,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { buckets: Box::new([const { AtomicU64::new(0) }; BUCKETS]) }
    }
}

impl Histogram {
    /// Counts one duration.
    pub fn record(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.buckets[bucket(micros)].fetch_add(1, Ordering::Relaxed);
    }

    /// Forgets all; what others add meanwhile may be forgotten or not.
    pub fn clear(&self) {
        self.buckets.iter().for_each(|bucket| bucket.store(0, Ordering::Relaxed));
    }

    /// The duration that this share (0 to 1) of all is at or below, in milliseconds; 0 if there are none.
    #[must_use]
    pub fn quantile_ms(&self, share: f64) -> f64 {
        self.look().quantile_ms(share).unwrap_or(0.0)
    }

    /// What was counted so far.
    #[must_use]
    pub fn look(&self) -> Look {
        Look(self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect())
    }
}

/// What a histogram, or several, had counted at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look(Vec<u64>);

impl Default for Look {
    fn default() -> Self {
        Look(vec![0; BUCKETS])
    }
}

impl Look {
    /// Adds what another histogram had counted.
    pub fn add(&mut self, other: &Look) {
        self.0.iter_mut().zip(&other.0).for_each(|(count, more)| *count += more);
    }

    /// What was counted since then.
    #[must_use]
    pub fn since(&self, earlier: &Look) -> Look {
        let counts = self.0.iter().zip(&earlier.0);
        Look(counts.map(|(now, then)| now.saturating_sub(*then)).collect())
    }

    /// The duration that this share (0 to 1) of all is at or below, in milliseconds; nothing if there
    /// are none.
    #[must_use]
    pub fn quantile_ms(&self, share: f64) -> Option<f64> {
        let wanted = (self.0.iter().sum::<u64>() as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        let found = self.0.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        found.map(|index| upper_bound(index) as f64 / 1000.0)
    }

    /// The largest duration of each bucket in milliseconds and how many there were, without the empty
    /// ones. A bucket is a quarter of its duration wide at most.
    #[must_use]
    pub fn coarse(&self) -> Vec<(f64, u64)> {
        const EACH: usize = PARTS as usize / 4;
        let whole = self.0.chunks(EACH).enumerate();
        let buckets = whole.map(|(place, counts)| {
            (upper_bound(place * EACH + EACH - 1) as f64 / 1000.0, counts.iter().sum())
        });
        buckets.filter(|(_, count)| *count > 0).collect()
    }
}

fn bucket(micros: u64) -> usize {
    if micros < u64::from(PARTS) {
        return micros as usize;
    }
    let doubling = micros.ilog2() - PARTS.ilog2();
    let part = (micros >> doubling) as u32 - PARTS;
    (((doubling + 1) * PARTS + part) as usize).min(BUCKETS - 1)
}

/// The largest number of microseconds that falls into a bucket.
fn upper_bound(index: usize) -> u64 {
    let (doubling, part) = (index as u32 / PARTS, index as u32 % PARTS);
    match doubling {
        0 => u64::from(part),
        doubling => (u64::from(PARTS + part + 1) << (doubling - 1)) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket() {
        for micros in (0..5000).chain([1 << 20, (1 << 33) + 12345]) {
            let upper = upper_bound(bucket(micros));
            assert!(upper >= micros && upper as f64 <= micros as f64 * 1.01, "{micros}: {upper}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_close() {
        let histogram = Histogram::default();
        assert_eq!(histogram.quantile_ms(0.5), 0.0);
        (1..=1000).for_each(|ms| histogram.record(Duration::from_millis(ms)));
        let near = |share: f64, ms: f64| {
            let got = histogram.quantile_ms(share);
            assert!((got / ms - 1.0).abs() < 0.01, "{share}: {got}");
        };
        near(0.5, 500.0);
        near(0.99, 990.0);
        near(1.0, 1000.0);
        near(0.0, 1.0);
        let look = histogram.look();
        assert_eq!(look.coarse().iter().map(|(_, count)| count).sum::<u64>(), 1000);
        histogram.record(Duration::from_secs(5));
        let since = histogram.look().since(&look);
        assert!((since.quantile_ms(0.5).unwrap() / 5000.0 - 1.0).abs() < 0.01);
        assert_eq!(look.since(&look).quantile_ms(0.5), None);
        histogram.clear();
        assert_eq!(histogram.quantile_ms(1.0), 0.0);
    }
}
