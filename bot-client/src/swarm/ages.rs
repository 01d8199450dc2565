//! Ages in whole ticks, of many bots in little space.

use std::sync::atomic::{AtomicU64, Ordering};

/// Ages from 0 to this are told apart.
const MOST_AGE: usize = 2048;

/// How old frames were when they were applied, in ticks.
#[derive(Debug)]
pub struct Ages(Box<[AtomicU64]>);

impl Default for Ages {
    fn default() -> Self {
        Ages((0..MOST_AGE).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Ages {
    /// Counts one.
    pub fn record(&self, age: i32) {
        let age = usize::try_from(age).unwrap_or(0).min(MOST_AGE - 1);
        self.0[age].fetch_add(1, Ordering::Relaxed);
    }

    /// The age that this share of all is at or below; 0 if there are none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> u32 {
        let counts = || self.0.iter().map(|count| count.load(Ordering::Relaxed));
        let wanted = (counts().sum::<u64>() as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        let found = counts().position(|count| {
            seen += count;
            seen >= wanted
        });
        found.unwrap_or(0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_counted_in_whole_ticks() {
        let ages = Ages::default();
        assert_eq!(ages.quantile(0.99), 0);
        (1..=100).for_each(|age| ages.record(age));
        assert_eq!((ages.quantile(0.5), ages.quantile(0.99)), (50, 99));
        (0..1000).for_each(|_| ages.record(-1));
        ages.record(i32::MAX);
        assert_eq!((ages.quantile(0.5), ages.quantile(1.0)), (0, MOST_AGE as u32 - 1));
    }
}
