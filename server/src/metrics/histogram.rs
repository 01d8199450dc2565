//! A histogram of times that is written without locks and takes 1 KiB.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Buckets a doubling: a time is known to a quarter of its size.
const FINE: u32 = 4;
const BUCKETS: usize = 128;

/// Counts times in microseconds, exact below four and to 25% above.
#[derive(Debug)]
pub struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    max: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { buckets: [const { AtomicU64::new(0) }; BUCKETS], max: AtomicU64::new(0) }
    }
}

fn bucket(micros: u64) -> usize {
    let small = u64::from(FINE);
    if micros < small {
        return micros as usize;
    }
    let doublings = micros.ilog2();
    let fine = (micros >> (doublings - 2)) & (small - 1);
    (((doublings - 1) * FINE) as usize + fine as usize).min(BUCKETS - 1)
}

/// The largest time that falls into a bucket.
fn upper_bound(bucket: usize) -> u64 {
    let (doublings, fine) = (bucket as u32 / FINE, bucket as u64 % u64::from(FINE));
    match doublings {
        0 => fine,
        _ => ((u64::from(FINE) + fine + 1) << (doublings - 1)) - 1,
    }
}

impl Histogram {
    /// Counts a time.
    pub fn record(&self, time: Duration) {
        let micros = time.as_micros().min(u128::from(u64::MAX)) as u64;
        self.buckets[bucket(micros)].fetch_add(1, Relaxed);
        self.max.fetch_max(micros, Relaxed);
    }
}

/// Percentiles in microseconds, and the counts that they are of.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    p50: u64,
    p99: u64,
    max: u64,
    /// The largest time of each bucket that is not empty, and how many there were since the start;
    /// who takes two looks can tell what was between them.
    buckets: Vec<(u64, u64)>,
}

/// The percentiles of several histograms together.
pub fn summary<'a>(histograms: impl Iterator<Item = &'a Histogram> + Clone) -> Summary {
    let max = histograms.clone().map(|one| one.max.load(Relaxed)).max().unwrap_or(0);
    let mut counts = [0; BUCKETS];
    for histogram in histograms {
        for (count, bucket) in counts.iter_mut().zip(&histogram.buckets) {
            *count += bucket.load(Relaxed);
        }
    }
    let at = |percent| percentile(&counts, percent).min(max);
    let taken = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let buckets = taken.map(|(bucket, count)| (upper_bound(bucket), *count)).collect();
    Summary { p50: at(50), p99: at(99), max, buckets }
}

fn percentile(counts: &[u64; BUCKETS], percent: u64) -> u64 {
    let wanted = (counts.iter().sum::<u64>() * percent).div_ceil(100);
    let mut seen = 0;
    let reached = counts.iter().position(|count| {
        seen += count;
        seen >= wanted
    });
    upper_bound(reached.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_lies_in_its_bucket() {
        for micros in (0..5000).chain([1 << 20, (1 << 30) - 1, 1 << 31]) {
            let bucket = bucket(micros);
            let below = bucket.checked_sub(1).map_or(0, |below| upper_bound(below) + 1);
            assert!((below..=upper_bound(bucket)).contains(&micros), "{micros} in {bucket}");
        }
    }

    #[test]
    fn percentiles_are_within_a_quarter() {
        let histogram = Histogram::default();
        (1..=1000).for_each(|micros| histogram.record(Duration::from_micros(micros)));
        let summary = summary([&histogram].into_iter());
        assert!((500..=625).contains(&summary.p50), "{summary:?}");
        assert!((990..=1000).contains(&summary.p99), "{summary:?}");
        assert_eq!(summary.max, 1000);
        assert_eq!(summary.buckets.iter().map(|(_, count)| count).sum::<u64>(), 1000);
        assert!(summary.buckets.is_sorted(), "{summary:?}");
    }

    #[test]
    fn the_largest_time_has_a_bucket() {
        let histogram = Histogram::default();
        histogram.record(Duration::MAX);
        assert_eq!(summary([&histogram].into_iter()).max, u64::MAX);
    }
}
