//! The slope of what is measured over time.

use super::{
    autocorrelation::inflation,
    normal::normal_quantile,
    summary::{mean, median, windows},
};

/// More points than this are averaged in runs first, so that the pairs stay below 180,000.
pub const MOST_POINTS: usize = 600;

/// A slope, in units of the value for each unit of time, and the bounds that hold it with the chance that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// The middle of the slopes between any two points.
    pub slope: f64,
    /// The value that the line through the middle of the points has at time 0.
    pub start: f64,
    /// The interval's lower end; minus infinity if there are too few points to tell.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The slope through points (time, value), with an interval that holds it with a chance of `confidence`.
///
/// The slope is that of H. Theil (Proceedings of the KNAW 53, 1950): the median of the slopes
/// between all pairs, which outliers among less than 29% of the points cannot move far. The
/// interval is that of P. K. Sen (Journal of the American Statistical Association 63, 1968),
/// which needs no distribution; its variance is multiplied by [`inflation`] of what the line
/// leaves over. Ties are not used to make it narrower.
///
/// None of fewer than two different times. Points need no order; those that are not finite are left out.
#[must_use]
pub fn slope(points: &[(f64, f64)], confidence: f64) -> Option<Slope> {
    let points = thinned(points);
    let mut slopes = pairwise(&points);
    if slopes.is_empty() {
        return None;
    }
    let slope = median(&slopes);
    let rest: Vec<f64> = points.iter().map(|(time, value)| value - slope * time).collect();
    let reach = reach(points.len(), confidence, inflation(&rest));
    let pairs = slopes.len() as f64;
    let (from, to) = ((pairs - reach) / 2.0, (pairs + reach) / 2.0);
    let mut nth = |place: f64, beyond: f64| {
        let is_inside = place >= 0.0 && place < pairs;
        let mut at = || *slopes.select_nth_unstable_by(place as usize, f64::total_cmp).1;
        if is_inside { at() } else { beyond }
    };
    let low = nth((from - 1.0).floor(), f64::NEG_INFINITY);
    let high = nth(to.ceil(), f64::INFINITY);
    Some(Slope { slope, start: median(&rest), low, high })
}

/// By how many pairs the rising may outnumber the falling ones by chance.
fn reach(count: usize, confidence: f64, inflation: f64) -> f64 {
    let count = count as f64;
    let variance = count * (count - 1.0) * (2.0 * count + 5.0) / 18.0;
    normal_quantile(0.5 + confidence / 2.0) * (variance * inflation).sqrt()
}

/// The slopes between any two points of different times.
fn pairwise(points: &[(f64, f64)]) -> Vec<f64> {
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (index, (time, value)) in points.iter().enumerate() {
        let later = points[index + 1..].iter().filter(|(later, _)| later > time);
        slopes.extend(later.map(|(later, other)| (other - value) / (later - time)));
    }
    slopes
}

/// The points in the order of time, at most [`MOST_POINTS`] of them.
pub(super) fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let is_finite = |point: &&(f64, f64)| point.0.is_finite() && point.1.is_finite();
    let mut points: Vec<_> = points.iter().filter(is_finite).copied().collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (times, values): (Vec<_>, Vec<_>) = points.into_iter().unzip();
    windows(&times, MOST_POINTS).into_iter().zip(windows(&values, MOST_POINTS)).collect()
}

/// The mean value of points.
pub(super) fn level(points: &[(f64, f64)]) -> f64 {
    mean(&points.iter().map(|point| point.1).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
