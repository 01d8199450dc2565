//! Whether things happened more often in one run than in another.

use super::normal::normal_above;

/// With more than this the exact sum would be long, and the approximation is as good.
const MOST_EXACT: u64 = 10_000;

/// The chance of counts as uneven as these, either way, if both happen as often.
///
/// Of all that happened, each was in the second run with a chance of that run's share of the time, so the
/// second count is a binomial variable: J. Przyborowski and H. Wilenski's exact test
/// (Biometrika 31, 1940); twice the smaller tail. It takes what happens for independent. 1 if
/// nothing happened, or a time is 0.
#[must_use]
pub fn uneven_counts(a: (u64, f64), b: (u64, f64)) -> f64 {
    let ((count_a, time_a), (count_b, time_b)) = (a, b);
    let (all, share) = (count_a + count_b, time_b / (time_a + time_b));
    if all == 0 || !(share > 0.0 && share < 1.0) {
        return 1.0;
    }
    if all > MOST_EXACT {
        let (mean, variance) = (all as f64 * share, all as f64 * share * (1.0 - share));
        let away = ((count_b as f64 - mean).abs() - 0.5).max(0.0);
        return (2.0 * normal_above(away / variance.sqrt())).min(1.0);
    }
    let (mut below, mut above) = (0.0, 0.0);
    // The logarithm of the chance of none, of one, and so on.
    let mut log = all as f64 * (1.0 - share).ln();
    for count in 0..=all {
        let chance = log.exp();
        below += if count <= count_b { chance } else { 0.0 };
        above += if count >= count_b { chance } else { 0.0 };
        log += ((all - count) as f64 / (count + 1) as f64).ln() + (share / (1.0 - share)).ln();
    }
    (2.0 * f64::min(below, above)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_of_the_binomial_distribution() {
        let near =
            |got: f64, known: f64| assert!((got / known - 1.0).abs() < 1e-9, "{got} {known}");
        // Twice the tails that SciPy's binom tells.
        near(uneven_counts((17, 60.0), (3, 60.0)), 0.002_576_828_002_929_687_5);
        near(uneven_counts((2, 200.0), (8, 100.0)), 0.006_807_905_298_988_975);
        assert_eq!(uneven_counts((0, 60.0), (1, 60.0)), 1.0);
        assert_eq!(uneven_counts((0, 60.0), (0, 60.0)), 1.0);
        assert_eq!(uneven_counts((5, 0.0), (5, 60.0)), 1.0);
    }

    #[test]
    fn many_are_judged_as_few_are() {
        let (exact, near) =
            (uneven_counts((4900, 1.0), (5099, 1.0)), uneven_counts((4901, 1.0), (5100, 1.0)));
        assert!((exact - near).abs() < 1e-3 && exact > 0.04, "{exact} {near}");
    }
}
