//! How alike neighbours in time are, and how many independent values many alike ones are worth.

use super::summary::mean;

/// Values more alike than this are told from a trend by no length of run.
const MOST_ALIKE: f64 = 0.98;

/// By what factor the variance of a sum of these is larger than if they were independent; at least 1.
///
/// The larger of two estimates, since each misses what the other finds. One takes the noise for
/// autoregressive of order one: (1 + r) / (1 - r), where r is the correlation of neighbours,
/// freed of its bias in short series (F. H. C. Marriott and J. A. Pope, Biometrika 41, 1954, for
/// residuals of a line). The other adds up the correlations at all distances, as K. H. Hamed and
/// A. R. Rao do for tests of trends (Journal of Hydrology 204, 1998), as far as they are
/// different from 0.
#[must_use]
pub fn inflation(values: &[f64]) -> f64 {
    let count = values.len();
    if count < 8 {
        return 1.0;
    }
    let ranks = ranks(values);
    let by_neighbours = {
        let alike = correlation(&ranks, 1);
        let alike = (count as f64 * alike + 2.0) / (count as f64 - 4.0);
        let alike = alike.clamp(0.0, MOST_ALIKE);
        (1.0 + alike) / (1.0 - alike)
    };
    by_neighbours.max(by_distances(&ranks))
}

/// Hamed and Rao's sum.
fn by_distances(ranks: &[f64]) -> f64 {
    let count = ranks.len() as f64;
    let chance = 1.96 / count.sqrt();
    let alike = (1..ranks.len() / 4).map(|distance| (distance, correlation(ranks, distance)));
    let sum = alike.take_while(|(_, alike)| *alike > chance).map(|(distance, alike)| {
        let left = count - distance as f64;
        left * (left - 1.0) * (left - 2.0) * alike
    });
    1.0 + 2.0 * sum.sum::<f64>() / (count * (count - 1.0) * (count - 2.0))
}

/// The correlation of values with those so many further on; 0 of values that are all the same.
#[must_use]
pub(super) fn correlation(values: &[f64], distance: usize) -> f64 {
    let middle = mean(values);
    let square: f64 = values.iter().map(|value| (value - middle).powi(2)).sum();
    let later = values.iter().skip(distance);
    let product: f64 = values.iter().zip(later).map(|(a, b)| (a - middle) * (b - middle)).sum();
    if square > 0.0 { product / square } else { 0.0 }
}

/// The place of each value in the order of all, from 1; equal ones share the mean of their places.
#[must_use]
pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let place = first as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|index| ranks[*index] = place);
        first += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{super::noise::Noise, *};

    #[test]
    fn equal_values_share_their_places() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]), [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert!(ranks(&[]).is_empty());
    }

    #[test]
    fn independent_values_are_worth_their_number_and_alike_ones_less() {
        let factor = |alike: f64| {
            let of = |seed| inflation(&Noise::new(seed).alike(alike, 500));
            mean(&(0..20).map(of).collect::<Vec<_>>())
        };
        let (none, half, much) = (factor(0.0), factor(0.5), factor(0.9));
        assert!((1.0..1.2).contains(&none), "{none}");
        // The true factors are 3 and 19.
        assert!((2.5..4.0).contains(&half), "{half}");
        assert!((13.0..28.0).contains(&much), "{much}");
    }

    #[test]
    fn noise_that_hides_what_lasts_does_not_hide_it_from_both_estimates() {
        // Something slow under something quick: neighbours are hardly alike, but distant ones no less.
        let mut noise = Noise::new(3);
        let slow = noise.alike(0.97, 600);
        let values: Vec<f64> = slow.iter().map(|slow| slow + 4.0 * noise.normal()).collect();
        let alike = correlation(&values, 1);
        assert!(inflation(&values) > (1.0 + alike) / (1.0 - alike));
    }

    #[test]
    fn what_never_changes_or_is_short_is_taken_as_it_is() {
        assert_eq!(inflation(&[1.0, 2.0, 3.0]), 1.0);
        assert!(inflation(&[5.0; 100]) < 1.2);
    }
}
