//! How sure a difference of two means is, by taking the samples again and again.

use tickwire_games::common::rng::Rng;

use super::{
    autocorrelation::correlation,
    summary::{mean, quantile},
};

/// How often the samples are taken again: enough for chances of a thousandth.
const ROUNDS: u32 = 4000;

/// A difference and the bounds that hold it with the chance that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The difference of the samples themselves.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
    /// The chance of a difference as far from 0, either way, if there is none; never below one in [`ROUNDS`].
    pub chance: f64,
}

/// The difference of two samples' means, the second's less the first's, with its interval.
///
/// Each sample, in the order of time, is taken again in blocks of neighbours, round its end as
/// if it were a circle (D. N. Politis and J. P. Romano, in Exploring the Limits of Bootstrap,
/// 1992), so that what is alike stays together. A block is as long as E. Carlstein's rule says
/// (Annals of Statistics 14, 1986). The interval is that of the percentiles. An empty sample's
/// mean is 0.
#[must_use]
pub fn difference_of_means(a: &[f64], b: &[f64], confidence: f64, seed: u64) -> Interval {
    let mut rng = Rng::new(seed);
    let value = mean(b) - mean(a);
    let (a, b) = (Sample::new(a), Sample::new(b));
    let mut again = || b.mean_again(&mut rng) - a.mean_again(&mut rng);
    let mut found: Vec<f64> = (0..ROUNDS).map(|_| again()).collect();
    found.sort_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    let (low, high) = (quantile(&found, tail), quantile(&found, 1.0 - tail));
    let share = |count: usize| (count + 1) as f64 / f64::from(ROUNDS + 1);
    let not_above = share(found.partition_point(|difference| *difference <= 0.0));
    let not_below = share(found.len() - found.partition_point(|difference| *difference < 0.0));
    Interval { value, low, high, chance: (2.0 * not_above.min(not_below)).min(1.0) }
}

/// A sample, ready to be taken again.
struct Sample {
    /// The sums of the first values, of none to all of them.
    sums: Vec<f64>,
    /// The length of a block.
    block: usize,
}

impl Sample {
    fn new(values: &[f64]) -> Sample {
        let add = |sum: &mut f64, value: &f64| {
            *sum += value;
            Some(*sum)
        };
        let sums = [0.0].into_iter().chain(values.iter().scan(0.0, add)).collect();
        Sample { sums, block: block(values) }
    }

    /// The mean of the sample when it is taken again.
    fn mean_again(&self, rng: &mut Rng) -> f64 {
        let count = self.sums.len() - 1;
        let (mut sum, mut left) = (0.0, count);
        while left > 0 {
            let (start, length) = (rng.below(count), self.block.min(left));
            let (end, over) = ((start + length).min(count), (start + length).saturating_sub(count));
            sum += self.sums[end] - self.sums[start] + self.sums[over];
            left -= length;
        }
        sum / count.max(1) as f64
    }
}

/// The length of a block: longer the more alike neighbours are, and never beyond a quarter of all.
fn block(values: &[f64]) -> usize {
    let count = values.len() as f64;
    let alike = correlation(values, 1).clamp(0.0, 0.98);
    let alike_enough = (2.0 * alike / (1.0 - alike * alike)).powf(2.0 / 3.0);
    ((alike_enough * count.cbrt()).ceil() as usize).clamp(1, (values.len() / 4).max(1))
}

#[cfg(test)]
mod tests {
    use super::{super::noise::Noise, *};

    #[test]
    fn the_interval_is_nearly_that_of_the_theory() {
        let mut noise = Noise::new(11);
        let (a, b) = (noise.alike(0.0, 400), noise.alike(0.0, 400));
        let found = difference_of_means(&a, &b, 0.95, 1);
        // 1.96 standard errors of a difference of means of 400.
        let reach = 1.96 * (2.0_f64 / 400.0).sqrt();
        let half = (found.high - found.low) / 2.0;
        assert!((half / reach - 1.0).abs() < 0.15, "{half} {reach}");
        assert_eq!(found, difference_of_means(&a, &b, 0.95, 1));
        assert_ne!(found, difference_of_means(&a, &b, 0.95, 2));
    }

    #[test]
    fn blocks_grow_with_likeness_and_widen_the_interval() {
        let mut noise = Noise::new(12);
        let (loose, alike) = (noise.alike(0.0, 200), noise.alike(0.9, 200));
        assert!(block(&loose) <= 3 && block(&alike) >= 15, "{} {}", block(&loose), block(&alike));
        let width = |values: &[f64]| {
            let found = difference_of_means(values, &[0.0; 10], 0.95, 5);
            found.high - found.low
        };
        let (alike, loose) = (width(&alike), width(&loose));
        assert!(alike > 1.5 * loose, "{alike} {loose}");
    }

    #[test]
    fn intervals_hold_the_truth_about_as_often_as_they_say() {
        for alike in [0.0, 0.5] {
            let is_missed = |seed: &u64| {
                let mut noise = Noise::new(*seed);
                let (a, b) = (noise.alike(alike, 60), noise.alike(alike, 60));
                let found = difference_of_means(&a, &b, 0.95, *seed);
                found.low > 0.0 || found.high < 0.0
            };
            // 5% are 7 or 8; short samples of alike values are known to be missed more often.
            let missed = (0..150).filter(is_missed).count();
            assert!(missed <= 24, "{missed} of 150 at {alike}");
        }
    }

    #[test]
    fn what_never_changes_is_told_apart_or_not() {
        let same = difference_of_means(&[2.0; 9], &[2.0; 9], 0.95, 3);
        assert_eq!((same.value, same.low, same.high, same.chance), (0.0, 0.0, 0.0, 1.0));
        let other = difference_of_means(&[2.0; 9], &[3.0; 9], 0.95, 3);
        assert_eq!((other.low, other.high), (1.0, 1.0));
        assert!(other.chance < 0.001);
        assert_eq!(difference_of_means(&[], &[], 0.95, 3).value, 0.0);
    }
}
