//! One number for many.

/// The mean; 0 of nothing.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The value that half of all are at or below, the middle between two if their number is even; 0 of nothing.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value that this share (0 to 1) of all is below, between two in proportion; 0 of nothing.
#[must_use]
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    let at = last as f64 * share.clamp(0.0, 1.0);
    let below = at.floor() as usize;
    let mut values = values.to_vec();
    let (_, &mut lower, rest) = values.select_nth_unstable_by(below, f64::total_cmp);
    let upper = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(lower);
    lower + (upper - lower) * (at - below as f64)
}

/// The means of at most `most` runs of neighbours, all as long as the others or by one longer.
///
/// A mean of many neighbours is less like the mean of the next many than neighbours are like each other.
#[must_use]
pub fn windows(values: &[f64], most: usize) -> Vec<f64> {
    let count = most.min(values.len());
    let edge = |index: usize| index * values.len() / count;
    (0..count).map(|index| mean(&values[edge(index)..edge(index + 1)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_lies_between_neighbours() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(median(&values), 2.5);
        assert_eq!([0.0, 0.25, 1.0].map(|share| quantile(&values, share)), [1.0, 1.75, 4.0]);
        assert_eq!((median(&[]), mean(&[]), median(&[7.0])), (0.0, 0.0, 7.0));
    }

    #[test]
    fn windows_hold_every_value_once() {
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(windows(&values, 3), [1.0, 4.0, 7.5]);
        assert_eq!(windows(&values, 20), values);
        assert!(windows(&[], 20).is_empty());
    }
}
