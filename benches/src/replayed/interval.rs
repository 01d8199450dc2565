//! By which factor paired measurements differ, and how sure that is.

/// A factor, with an interval in which it lies 95 times of a hundred.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The factor.
    pub factor: f64,
    /// The interval's lower end.
    pub low: f64,
    /// And its upper end.
    pub high: f64,
}

/// What Student's t is at 97.5 %, for 1, 2, 3 and so on degrees of freedom.
const STUDENT: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];
/// And for more than these it is at most this.
const STUDENT_BEYOND: f64 = 2.042;

impl Ratio {
    /// Whether one cannot be told from the factor.
    #[must_use]
    pub fn may_be_one(&self) -> bool {
        self.low <= 1.0 && self.high >= 1.0
    }

    /// By which factor the second of each pair differs from the first: the mean of the logarithms, with
    /// the interval of Student's t. Pairs that were measured right after each other share what the
    /// machine did meanwhile, which so cancels out. Nothing for fewer than two pairs, or for figures that are
    /// not above zero.
    #[must_use]
    pub fn of(pairs: &[(f64, f64)]) -> Option<Ratio> {
        let freedom = pairs.len().checked_sub(1).filter(|freedom| *freedom > 0)?;
        if pairs.iter().any(|(first, second)| !(*first > 0.0 && *second > 0.0)) {
            return None;
        }
        let logs: Vec<f64> = pairs.iter().map(|(first, second)| (second / first).ln()).collect();
        let count = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / count;
        let squares = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>();
        let error = (squares / freedom as f64 / count).sqrt();
        let student = STUDENT.get(freedom - 1).copied().unwrap_or(STUDENT_BEYOND);
        let (low, high) = (mean - student * error, mean + student * error);
        Some(Ratio { factor: mean.exp(), low: low.exp(), high: high.exp() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_that_are_always_the_same_have_a_factor_without_doubt() {
        let ratio = Ratio::of(&[(100.0, 150.0); 5]).expect("there are pairs");
        assert!((ratio.factor - 1.5).abs() < 1e-12 && (ratio.high - ratio.low).abs() < 1e-12);
        assert!(!ratio.may_be_one());
    }

    #[test]
    fn the_interval_is_that_of_the_textbook() {
        // Logarithms 0.1, 0.2, 0.3: their mean is 0.2, its error 0.1 / √3, and t is 4.303.
        let pairs = [0.1_f64, 0.2, 0.3].map(|log| (1.0, log.exp()));
        let ratio = Ratio::of(&pairs).expect("there are pairs");
        let wide = 4.303 * 0.1 / 3_f64.sqrt();
        assert!((ratio.factor.ln() - 0.2).abs() < 1e-9);
        assert!((ratio.low.ln() - (0.2 - wide)).abs() < 1e-9);
        assert!((ratio.high.ln() - (0.2 + wide)).abs() < 1e-9);
        assert!(ratio.may_be_one());
    }

    #[test]
    fn what_befalls_both_of_a_pair_makes_no_difference() {
        let pairs: Vec<_> =
            (0..10).map(|busy| (1.0 + f64::from(busy), 1.1 + 1.1 * f64::from(busy))).collect();
        let ratio = Ratio::of(&pairs).expect("there are pairs");
        assert!((ratio.factor - 1.1).abs() < 1e-9 && !ratio.may_be_one());
    }

    #[test]
    fn an_interval_holds_the_true_factor_about_as_often_as_it_says() {
        // A generator of our own, so that this is the same on every machine.
        let mut state = 7_u64;
        let mut noise = || {
            let mut sum = 0.0;
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                sum += (state >> 33) as f64 / f64::from(1_u32 << 31);
            }
            sum - 6.0
        };
        let holds = (0..1000).filter(|_| {
            let pairs: Vec<_> = (0..6).map(|_| (1.0, (0.3 + 0.05 * noise()).exp())).collect();
            let ratio = Ratio::of(&pairs).expect("there are pairs");
            ratio.low.ln() <= 0.3 && ratio.high.ln() >= 0.3
        });
        let share = holds.count();
        assert!((925..=975).contains(&share), "{share} of 1000");
    }

    #[test]
    fn of_too_little_nothing_is_said() {
        assert_eq!(Ratio::of(&[]), None);
        assert_eq!(Ratio::of(&[(1.0, 2.0)]), None);
        assert_eq!(Ratio::of(&[(0.0, 2.0), (1.0, 2.0)]), None);
    }
}
