//! Whether values of one sample are larger than those of another.

use super::{
    autocorrelation::{inflation, ranks},
    normal::normal_above,
};

/// What the test of H. B. Mann and D. R. Whitney says of two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannWhitney {
    /// For how many pairs the first sample's value is the larger one; ties count half.
    pub u: f64,
    /// Cliff's delta, an effect's size: how much more likely a value of the second sample is
    /// above one of the first than below it, from -1 to 1.
    pub delta: f64,
    /// The chance of a difference as large as this, either way, if there is none.
    pub chance: f64,
}

/// Tests whether the second sample's values are larger or smaller than the first's.
///
/// The test is that of Mann and Whitney (Annals of Mathematical Statistics 18, 1947) by its
/// normal approximation, with corrections for ties and continuity; the effect is that of N. Cliff
/// (Psychological Bulletin 114, 1993). A sample counts for as many values as its own
/// [`inflation`] leaves it. Samples in the order of time; none of an empty one.
#[must_use]
pub fn mann_whitney(a: &[f64], b: &[f64]) -> Option<MannWhitney> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (m, n) = (a.len() as f64, b.len() as f64);
    let all: Vec<f64> = a.iter().chain(b).copied().collect();
    let rank_sum: f64 = ranks(&all)[..a.len()].iter().sum();
    let u = rank_sum - m * (m + 1.0) / 2.0;
    let (worth_a, worth_b) = (m / inflation(a), n / inflation(b));
    let variance = (worth_a + worth_b + 1.0) / (12.0 * worth_a * worth_b) * tie_factor(&all);
    let away = ((u / (m * n) - 0.5).abs() - 0.5 / (m * n)).max(0.0);
    let chance = if variance > 0.0 { 2.0 * normal_above(away / variance.sqrt()) } else { 1.0 };
    Some(MannWhitney { u, delta: 1.0 - 2.0 * u / (m * n), chance: chance.min(1.0) })
}

/// By what factor ties make the variance smaller.
fn tie_factor(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cube = |count: f64| count.powi(3) - count;
    let ties = sorted.chunk_by(|a, b| a == b).map(|tied| cube(tied.len() as f64)).sum::<f64>();
    let whole = cube(values.len() as f64);
    if whole > 0.0 { 1.0 - ties / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::noise::Noise, *};

    fn near(a: &[f64], b: &[f64], u: f64, chance: f64) {
        let found = mann_whitney(a, b).unwrap();
        assert_eq!(found.u, u);
        // The samples are short or nearly sorted: as they are too short for correlation, nothing else is in it.
        assert!((found.chance - chance).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn known_samples_have_their_known_chances() {
        // As SciPy's mannwhitneyu tells of them by its asymptotic method.
        near(&[19.0, 22.0, 16.0, 29.0, 24.0], &[20.0, 11.0, 17.0, 12.0], 17.0, 0.111_346_886_533);
        let (a, b) = ([1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 5.0], [2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 6.0]);
        near(&a, &b, 12.0, 0.118_524_823_954);
    }

    #[test]
    fn nothing_and_the_same_are_no_difference() {
        assert_eq!(mann_whitney(&[], &[1.0]), None);
        let same = mann_whitney(&[3.0; 20], &[3.0; 30]).unwrap();
        assert_eq!((same.delta, same.chance), (0.0, 1.0));
    }

    #[test]
    fn false_alarms_are_as_rare_as_said_also_among_alike_values() {
        for alike in [0.0, 0.6] {
            let alarm = |seed: &u64| {
                let mut noise = Noise::new(*seed);
                let (a, b) = (noise.alike(alike, 60), noise.alike(alike, 60));
                mann_whitney(&a, &b).unwrap().chance < 0.05
            };
            let alarms = (0..400).filter(alarm).count();
            assert!((4..=36).contains(&alarms), "{alarms} of 400 at {alike}");
        }
    }

    proptest! {
        #[test]
        fn turning_the_samples_round_turns_the_effect_only(
            a in prop::collection::vec(-5..5_i8, 1..30),
            b in prop::collection::vec(-5..5_i8, 1..30),
        ) {
            let floats = |values: Vec<i8>| values.into_iter().map(f64::from).collect::<Vec<_>>();
            let (a, b) = (floats(a), floats(b));
            let (one, other) = (mann_whitney(&a, &b).unwrap(), mann_whitney(&b, &a).unwrap());
            prop_assert!((one.delta + other.delta).abs() < 1e-12);
            prop_assert!((one.chance - other.chance).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&one.chance) && (-1.0..=1.0).contains(&one.delta));
            prop_assert_eq!(one.u + other.u, (a.len() * b.len()) as f64);
        }
    }
}
