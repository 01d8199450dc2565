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
    /// In nanoseconds: what is below a microsecond adds up.
    sum: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        let buckets = [const { AtomicU64::new(0) }; BUCKETS];
        Histogram { buckets, max: AtomicU64::new(0), sum: AtomicU64::new(0) }
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
        self.sum.fetch_add(time.as_nanos() as u64, Relaxed);
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

/// How many times were shorter than each of some bounds, in order, and what all came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// The bounds, and how many times were shorter.
    pub counts: Vec<(Duration, u64)>,
    /// How many there were.
    pub count: u64,
    /// What all came to.
    pub sum: Duration,
}

/// The bounds by which others are shown times: two a doubling from 8 µs to 6.3 s, in microseconds. What
/// is finer is for nobody who looks at a week.
fn bounds() -> impl Iterator<Item = u64> {
    (3..=22_u32).flat_map(|doublings| [1 << doublings, 3 << (doublings - 1)])
}

/// Several histograms together, by a few bounds.
pub fn buckets<'a>(histograms: impl Iterator<Item = &'a Histogram> + Clone) -> Buckets {
    let sum = histograms.clone().map(|one| one.sum.load(Relaxed)).sum();
    let counts = counts(histograms);
    let (mut next, mut below) = (0, 0);
    let counted = bounds().map(|bound| {
        while upper_bound(next) < bound {
            below += counts[next];
            next += 1;
        }
        (Duration::from_micros(bound), below)
    });
    Buckets {
        counts: counted.collect(),
        count: counts.iter().sum(),
        sum: Duration::from_nanos(sum),
    }
}

/// What several histograms have in each bucket.
fn counts<'a>(histograms: impl Iterator<Item = &'a Histogram>) -> [u64; BUCKETS] {
    let mut counts = [0; BUCKETS];
    for histogram in histograms {
        for (count, bucket) in counts.iter_mut().zip(&histogram.buckets) {
            *count += bucket.load(Relaxed);
        }
    }
    counts
}

/// The percentiles of several histograms together.
pub fn summary<'a>(histograms: impl Iterator<Item = &'a Histogram> + Clone) -> Summary {
    let max = histograms.clone().map(|one| one.max.load(Relaxed)).max().unwrap_or(0);
    let counts = counts(histograms);
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
    fn bounds_are_shown_with_what_is_shorter_whichever_there_is() {
        let (one, other) = (Histogram::default(), Histogram::default());
        (0..20_000).for_each(|micros| one.record(Duration::from_nanos(1000 * micros + 999)));
        other.record(Duration::from_secs(100));
        let shown = buckets([&one, &other].into_iter());
        for (bound, count) in &shown.counts {
            let below = (bound.as_micros() as u64).min(20_000);
            assert_eq!(*count, below, "shorter than {bound:?}");
        }
        assert_eq!(shown.count, 20_001);
        assert_eq!(shown.counts.len(), 40);
        let sum = (0..20_000).map(|micros| 1000 * micros + 999).sum();
        assert_eq!(shown.sum, Duration::from_nanos(sum) + Duration::from_secs(100));
    }

    #[test]
    fn the_largest_time_has_a_bucket() {
        let histogram = Histogram::default();
        histogram.record(Duration::MAX);
        assert_eq!(summary([&histogram].into_iter()).max, u64::MAX);
    }
}
