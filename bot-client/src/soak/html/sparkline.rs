//! Small curves as pictures in the page.

use std::fmt::Write;

/// More points than this are not told apart in a small picture.
const MOST_POINTS: usize = 120;

/// A place for a curve: how wide and high it is.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// The range of a curve's times and values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The first time.
    pub from: f64,
    /// The last time.
    pub to: f64,
    /// The smallest value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
}

impl Range {
    /// The range of points; nothing of none.
    pub fn of(points: &[(f64, f64)]) -> Option<Range> {
        let (first, last) = (points.first()?.0, points.last()?.0);
        let values = || points.iter().map(|point| point.1).filter(|value| value.is_finite());
        let low = values().min_by(f64::total_cmp)?;
        let high = values().max_by(f64::total_cmp)?;
        // What hardly changes is not blown up until it looks as if it did.
        let room = (high - low).max(high.abs() * 0.05).max(1e-9);
        let middle = f64::midpoint(low, high);
        Some(Range {
            from: first,
            to: last.max(first + 1e-9),
            low: middle - room / 2.0,
            high: middle + room / 2.0,
        })
    }

    /// Where a point lies in a frame.
    pub fn place(&self, (time, value): (f64, f64), frame: Frame) -> (f64, f64) {
        let x = (time - self.from) / (self.to - self.from) * frame.width;
        let y = (self.high - value) / (self.high - self.low) * (frame.height - 4.0) + 2.0;
        (x, y)
    }
}

/// The curve as the `d` of a path. Of points too close to tell apart the lowest and the highest are kept.
pub fn path(points: &[(f64, f64)], range: Range, frame: Frame) -> String {
    let mut d = String::new();
    let group = (2 * points.len()).div_ceil(MOST_POINTS).max(1);
    for (index, (time, value)) in points.chunks(group).flat_map(extremes).enumerate() {
        let (x, y) = range.place((time, value), frame);
        let verb = if index == 0 { 'M' } else { 'L' };
        write!(d, "{verb}{x:.1} {y:.1}").expect("a string takes all that is written to it");
    }
    d
}

/// The lowest and the highest of some points, in the order of time.
fn extremes(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let finite =
        || points.iter().copied().filter(|point| point.0.is_finite() && point.1.is_finite());
    let low = finite().min_by(|a, b| a.1.total_cmp(&b.1));
    let high = finite().max_by(|a, b| a.1.total_cmp(&b.1));
    let mut both: Vec<_> = low.into_iter().chain(high).collect();
    both.sort_by(|a, b| a.0.total_cmp(&b.0));
    both.dedup();
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { width: 100.0, height: 24.0 };

    #[test]
    fn a_curve_fills_its_frame() {
        let points = [(0.0, 1.0), (5.0, 3.0), (10.0, 2.0)];
        let range = Range::of(&points).unwrap();
        assert_eq!(path(&points, range, FRAME), "M0.0 22.0L50.0 2.0L100.0 12.0");
    }

    #[test]
    fn what_stays_the_same_or_is_one_point_lies_in_the_middle() {
        let points = [(3.0, 8.0)];
        let range = Range::of(&points).unwrap();
        assert_eq!(path(&points, range, FRAME), "M0.0 12.0");
        assert_eq!(Range::of(&[]), None);
        assert_eq!(Range::of(&[(0.0, f64::NAN)]), None);
    }

    #[test]
    fn many_points_keep_their_extremes() {
        let mut points: Vec<_> = (0..5000).map(|index| (f64::from(index), 1.0)).collect();
        points[2345].1 = 9.0;
        let range = Range::of(&points).unwrap();
        let d = path(&points, range, FRAME);
        assert!(d.contains(" 2.0") && d.matches('L').count() <= MOST_POINTS, "{d}");
    }
}
