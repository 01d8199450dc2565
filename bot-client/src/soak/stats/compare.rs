//! Two runs' values of one thing.

use super::{
    bootstrap::{Interval, difference_of_means},
    mann_whitney::mann_whitney,
    summary::{mean, windows},
};

/// Into how many windows a run is cut. Their means are far enough apart to be hardly alike, and
/// enough for chances of a thousandth.
const WINDOWS: usize = 40;
/// With fewer windows than this nothing can be told.
const FEWEST: usize = 8;

/// How the values of a run differ from those of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The mean of the first.
    pub a: f64,
    /// The mean of the second.
    pub b: f64,
    /// The difference of the means with its interval.
    pub difference: Interval,
    /// Cliff's delta of the windows, from -1 (all are smaller) to 1 (all are larger).
    pub delta: f64,
    /// The chance of such a difference if there is none.
    pub chance: f64,
}

/// Compares two runs' values of one thing, each in the order of time; none if there are fewer than eight of either.
///
/// The means of windows are compared twice, by resampling in blocks and by Mann's and Whitney's
/// test, and the larger of the two chances counts: a difference is one when both say so.
#[must_use]
pub fn compare(a: &[f64], b: &[f64], confidence: f64, seed: u64) -> Option<Comparison> {
    let (a, b) = (windows(a, WINDOWS), windows(b, WINDOWS));
    if a.len().min(b.len()) < FEWEST {
        return None;
    }
    let difference = difference_of_means(&a, &b, confidence, seed);
    let ranks = mann_whitney(&a, &b)?;
    let chance = difference.chance.max(ranks.chance);
    Some(Comparison { a: mean(&a), b: mean(&b), difference, delta: ranks.delta, chance })
}

#[cfg(test)]
mod tests {
    use super::{super::noise::Noise, *};

    /// A run's values around 100, in whose noise seconds are alike.
    fn run(noise: &mut Noise, level: f64) -> Vec<f64> {
        noise.alike(0.7, 600).iter().map(|value| level * (1.0 + 0.15 * value)).collect()
    }

    fn differing(seeds: u64, level: f64) -> usize {
        let is_significant = |seed: &u64| {
            let mut noise = Noise::new(*seed);
            let (a, b) = (run(&mut noise, 100.0), run(&mut noise, level));
            compare(&a, &b, 0.95, *seed).unwrap().chance < 0.05
        };
        (0..seeds).filter(is_significant).count()
    }

    #[test]
    fn the_same_is_rarely_called_different_and_a_tenth_more_nearly_always() {
        let (same, more) = (differing(200, 100.0), differing(40, 110.0));
        assert!(same <= 16, "{same} of 200");
        assert!(more >= 38, "{more} of 40");
    }

    #[test]
    fn too_little_says_nothing() {
        assert_eq!(compare(&[1.0; 7], &[1.0; 100], 0.95, 1), None);
        let same = compare(&[1.0; 8], &[1.0; 100], 0.95, 1).unwrap();
        assert_eq!((same.delta, same.chance), (0.0, 1.0));
    }
}
