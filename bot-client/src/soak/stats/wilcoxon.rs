//! Whether differences of pairs are more often above 0 than below.

use super::{
    autocorrelation::{inflation, ranks},
    normal::normal_above,
};

/// What the test of F. Wilcoxon says of differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedRanks {
    /// The sum of the ranks of those above 0.
    pub above: f64,
    /// The effect's size, the matched pairs' rank correlation: from -1, all are below, to 1, all are above.
    pub effect: f64,
    /// The chance of ranks as uneven as these, either way, if there is no difference.
    pub chance: f64,
}

/// Tests whether the differences of pairs lie around 0.
///
/// The test is that of Wilcoxon (Biometrics Bulletin 1, 1945) by its normal approximation with
/// corrections for ties and continuity; differences of exactly 0 are left out, as he did. The
/// effect is that of D. S. Kerby (Comprehensive Psychology 3, 2014). The variance is multiplied by
/// [`inflation`] of the differences, which are in the order of time. None if all are 0.
#[must_use]
pub fn signed_ranks(differences: &[f64]) -> Option<SignedRanks> {
    let uneven: Vec<f64> = differences.iter().copied().filter(|it| *it != 0.0).collect();
    let sizes: Vec<f64> = uneven.iter().map(|it| it.abs()).collect();
    let ranks = ranks(&sizes);
    let above: f64 =
        ranks.iter().zip(&uneven).filter(|(_, it)| **it > 0.0).map(|(rank, _)| rank).sum();
    let count = uneven.len() as f64;
    let all = count * (count + 1.0) / 2.0;
    if uneven.is_empty() {
        return None;
    }
    let mut sorted = sizes;
    sorted.sort_by(f64::total_cmp);
    let cube = |tied: &[f64]| (tied.len() as f64).powi(3) - tied.len() as f64;
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(cube).sum();
    let variance = count * (count + 1.0) * (2.0 * count + 1.0) / 24.0 - ties / 48.0;
    let away = ((above - all / 2.0).abs() - 0.5).max(0.0);
    let chance = 2.0 * normal_above(away / (variance * inflation(differences)).sqrt());
    Some(SignedRanks { above, effect: 2.0 * above / all - 1.0, chance: chance.min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::{super::noise::Noise, *};

    #[test]
    fn a_known_sample_has_its_known_chance() {
        // As SciPy's wilcoxon tells of it by its approximation with correction.
        let found = signed_ranks(&[1.5, -0.5, 2.0, 3.0, -1.0, 0.0, 4.0]).unwrap();
        assert_eq!(found.above, 18.0);
        assert!((found.chance - 0.142_213_241_9).abs() < 1e-6, "{found:?}");
        assert!((found.effect - 15.0 / 21.0).abs() < 1e-12);
    }

    #[test]
    fn false_alarms_are_as_rare_as_said_also_among_alike_differences() {
        for alike in [0.0, 0.6] {
            let alarm = |seed: &u64| {
                signed_ranks(&Noise::new(*seed).alike(alike, 40)).unwrap().chance < 0.05
            };
            let alarms = (0..400).filter(alarm).count();
            assert!((4..=40).contains(&alarms), "{alarms} of 400 at {alike}");
        }
    }

    #[test]
    fn no_difference_is_none() {
        assert_eq!(signed_ranks(&[0.0; 30]), None);
        assert_eq!(signed_ranks(&[]), None);
    }
}
