//! Two runs' values of one thing.

use super::{
    bootstrap::{Interval, difference_of_means},
    mann_whitney::mann_whitney,
    summary::{mean, windows},
    welch::{student_pairs, welch},
    wilcoxon::signed_ranks,
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
    /// The effect's size: Cliff's delta, or for pairs their rank correlation; from -1 (all are smaller) to 1
    /// (all are larger).
    pub effect: f64,
    /// The chance of such a difference if there is none.
    pub chance: f64,
    /// The same by ranks alone, in which outliers weigh no more than others, and large differences no
    /// more than small ones.
    pub rank_chance: f64,
}

/// Compares two runs' values of one thing, each in the order of time; none if there are fewer than eight of either.
///
/// The means of windows are compared twice, by resampling in blocks and by Welch's test, and
/// the larger of the two chances counts: a difference is one when both say so. The effect is told by ranks.
#[must_use]
pub fn compare(a: &[f64], b: &[f64], confidence: f64, seed: u64) -> Option<Comparison> {
    let (a, b) = (windows(a, WINDOWS), windows(b, WINDOWS));
    if a.len().min(b.len()) < FEWEST {
        return None;
    }
    let difference = difference_of_means(&a, &b, confidence, seed);
    let ranks = mann_whitney(&a, &b)?;
    let chance = difference.chance.max(welch(&a, &b));
    let (effect, rank_chance) = (ranks.delta, ranks.chance);
    Some(Comparison { a: mean(&a), b: mean(&b), difference, effect, chance, rank_chance })
}

/// Compares two runs' values window by window, the first's and the second's of each; none if there are fewer than eight.
///
/// What both runs do at the same time, such as a load that comes and goes, is no difference and does
/// not hide one. Where all values are above 0 it is their ratios that are compared, as more of a load
/// makes more of a difference too. The differences are judged twice, by resampling in blocks and by Student's
/// test, and the larger of the two chances counts. The effect is told by ranks.
#[must_use]
pub fn compare_pairs(pairs: &[(f64, f64)], confidence: f64, seed: u64) -> Option<Comparison> {
    if pairs.len() < FEWEST {
        return None;
    }
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let level = mean(&a);
    let is_positive = pairs.iter().all(|(a, b)| *a > 0.0 && *b > 0.0);
    let (differences, back): (Vec<f64>, fn(f64, f64) -> f64) = match is_positive {
        true => (pairs.iter().map(|(a, b)| (b / a).ln()).collect(), |log, a| a * log.exp_m1()),
        false => (pairs.iter().map(|(a, b)| b - a).collect(), |difference, _| difference),
    };
    let Interval { value, low, high, chance } =
        difference_of_means(&[0.0], &differences, confidence, seed);
    let [value, low, high] = [value, low, high].map(|it| back(it, level));
    let chance = chance.max(student_pairs(&differences));
    let ranks = signed_ranks(&differences);
    let (effect, rank_chance) = ranks.map_or((0.0, 1.0), |ranks| (ranks.effect, ranks.chance));
    let difference = Interval { value, low, high, chance };
    Some(Comparison { a: level, b: mean(&b), difference, effect, chance, rank_chance })
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

    /// The windows of two runs under a load that comes and goes, of which the second is by this factor higher.
    fn pairs(seed: u64, factor: f64) -> Vec<(f64, f64)> {
        let mut noise = Noise::new(seed);
        let (a, b) = (noise.alike(0.4, 40), noise.alike(0.4, 40));
        let load = |index: usize| 100.0 + 60.0 * (index as f64 / 2.0).sin();
        let pair = |index| (load(index) + 3.0 * a[index], factor * load(index) + 3.0 * b[index]);
        (0..40).map(pair).collect()
    }

    #[test]
    fn pairs_find_what_the_load_would_hide_and_raise_no_more_false_alarms() {
        let is_found = |pairs: &[(f64, f64)]| compare_pairs(pairs, 0.95, 1).unwrap().chance < 0.05;
        let found = |seeds: std::ops::Range<u64>, factor| {
            seeds.filter(|seed| is_found(&pairs(*seed, factor))).count()
        };
        let (same, more) = (found(0..300, 1.0), found(0..40, 1.1));
        assert!(same <= 21, "{same} of 300");
        assert!(more >= 38, "{more} of 40");
        let (a, b): (Vec<f64>, Vec<f64>) = pairs(1, 1.1).into_iter().unzip();
        assert!(compare(&a, &b, 0.95, 1).unwrap().chance > 0.05, "apart, the load hides it");
    }

    #[test]
    fn too_little_says_nothing() {
        assert_eq!(compare(&[1.0; 7], &[1.0; 100], 0.95, 1), None);
        let same = compare(&[1.0; 8], &[1.0; 100], 0.95, 1).unwrap();
        assert_eq!((same.effect, same.chance), (0.0, 1.0));
    }
}
