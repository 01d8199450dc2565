//! Whether means differ by more than their errors.

use super::{autocorrelation::inflation, normal::normal_above, summary::mean};

/// A mean with the variance that it has itself, and the degrees of freedom of that.
struct Mean {
    mean: f64,
    variance: f64,
    freedom: f64,
}

impl Mean {
    /// Of values in the order of time, which count for as many as their [`inflation`] leaves.
    fn of(values: &[f64]) -> Mean {
        let mean = mean(values);
        let count = values.len() as f64;
        let worth = (count / inflation(values)).max(2.0);
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Mean { mean, variance: squares / (count - 1.0).max(1.0) / worth, freedom: worth - 1.0 }
    }
}

/// The chance of means as far apart as these, either way, if there is no difference.
///
/// The test of B. L. Welch (Biometrika 34, 1947), in which samples count for as many values as
/// they are worth. 1 of an empty sample.
#[must_use]
pub fn welch(a: &[f64], b: &[f64]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 1.0;
    }
    let (a, b) = (Mean::of(a), Mean::of(b));
    let variance = a.variance + b.variance;
    let spread = a.variance.powi(2) / a.freedom + b.variance.powi(2) / b.freedom;
    student(b.mean - a.mean, variance, variance.powi(2) / spread)
}

/// The chance that the mean of differences is as far from 0 as it is, either way, if there is no difference.
///
/// The test of Student (Biometrika 6, 1908) for pairs, which count for as many as they are worth.
#[must_use]
pub fn student_pairs(differences: &[f64]) -> f64 {
    if differences.is_empty() {
        return 1.0;
    }
    let Mean { mean, variance, freedom } = Mean::of(differences);
    student(mean, variance, freedom)
}

/// The chance of a difference as large as this, either way, by the normal approximation of D. L.
/// Wallace (Annals of Mathematical Statistics 30, 1959), which is right to a few percent.
fn student(difference: f64, variance: f64, freedom: f64) -> f64 {
    if variance <= 0.0 {
        return if difference == 0.0 { 1.0 } else { 0.0 };
    }
    let square = difference * difference / variance;
    let factor = (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0);
    let z = factor * (freedom * (square / freedom).ln_1p()).sqrt();
    (2.0 * normal_above(z)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::{super::noise::Noise, *};

    #[test]
    fn chances_are_nearly_those_of_the_distribution() {
        // Twice the tails that SciPy's t tells.
        let known = [
            (2.0, 10.0, 0.073_388),
            (3.0, 5.0, 0.030_099),
            (1.0, 30.0, 0.325_31),
            (6.0, 20.0, 7.2e-6),
        ];
        for (t, freedom, chance) in known {
            let got = student(t, 1.0, freedom);
            assert!((got / chance - 1.0).abs() < 0.03, "{t} {freedom}: {got}");
        }
    }

    #[test]
    fn short_samples_are_judged_as_students_were() {
        // SciPy's ttest_ind with unequal variances; too short for likeness to count.
        let got = welch(&[27.5, 21.0, 19.0, 23.6, 17.0], &[27.1, 22.0, 20.8, 23.4, 23.4, 23.5]);
        assert!((got - 0.422_93).abs() < 0.01, "{got}");
        assert_eq!((welch(&[], &[1.0]), welch(&[2.0; 9], &[2.0; 9])), (1.0, 1.0));
        assert_eq!(welch(&[2.0; 9], &[3.0; 9]), 0.0);
    }

    #[test]
    fn false_alarms_are_as_rare_as_said_also_among_alike_values() {
        for alike in [0.0, 0.6] {
            let alarms = |chance: &dyn Fn(&mut Noise) -> f64| {
                (0..400).filter(|seed| chance(&mut Noise::new(*seed)) < 0.05).count()
            };
            let two = alarms(&|noise| welch(&noise.alike(alike, 60), &noise.alike(alike, 60)));
            let pairs = alarms(&|noise| student_pairs(&noise.alike(alike, 40)));
            assert!(
                (4..=36).contains(&two) && (4..=40).contains(&pairs),
                "{two} {pairs} at {alike}"
            );
        }
    }
}
