//! Since when something changes.

use super::{
    autocorrelation::inflation,
    summary::median,
    theil_sen::{level, thinned},
};

/// The fewest points on either side of a change.
const FEWEST: usize = 5;

/// How values changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Along a line, from the first point on.
    Line,
    /// Not at all at first, along a line then.
    Bend,
    /// From one level to another at once.
    Jump,
}

/// When and how values began to change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// The time of it.
    pub since: f64,
    /// How they changed.
    pub shape: Shape,
}

/// Since when the values of points (time, value) change, if they do.
///
/// This does not test whether they do: ask it of what [`slope`](super::slope) has found to
/// trend. It fits a line, a level with a line after it and two levels to the medians of five
/// neighbours, each with the time of the change that leaves the smallest squares, and takes the
/// one that G. Schwarz's criterion prefers (Annals of Statistics 6, 1978), where alike points
/// count for as many as they are worth. None of fewer than twenty points.
#[must_use]
pub fn onset(points: &[(f64, f64)]) -> Option<Onset> {
    let points = smoothed(&thinned(points));
    if points.len() < 4 * FEWEST {
        return None;
    }
    let line = Onset { since: points[0].0, shape: Shape::Line };
    let line = (line, left_of_line(&points));
    let places = FEWEST..points.len() - FEWEST;
    let best = |shape, left: &dyn Fn(usize) -> f64| {
        let tried = places.clone().map(|place| (place, left(place)));
        let (place, left) = tried.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((Onset { since: points[place].0, shape }, left))
    };
    let bend = best(Shape::Bend, &|place| left_of_bend(&points, place))?;
    let jump = best(Shape::Jump, &|place| left_of_jump(&points, place))?;
    let worth = worth(&points);
    let cost = |(found, left): &(Onset, f64)| {
        let free = if found.shape == Shape::Line { 2.0 } else { 3.0 };
        worth * left.max(f64::MIN_POSITIVE).ln() + free * worth.ln()
    };
    let all = [line, bend, jump];
    all.into_iter().min_by(|a, b| cost(a).total_cmp(&cost(b))).map(|(found, _)| found)
}

/// Each value as the median of itself and its four neighbours: a spike is no change.
fn smoothed(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let around = |place: usize| &points[place.saturating_sub(2)..points.len().min(place + 3)];
    let value = |place| median(&around(place).iter().map(|point| point.1).collect::<Vec<_>>());
    points.iter().enumerate().map(|(place, (time, _))| (*time, value(place))).collect()
}

/// How many independent points they are worth.
fn worth(points: &[(f64, f64)]) -> f64 {
    let steps: Vec<f64> = points.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    // Five points share one median.
    (points.len() as f64 / inflation(&steps).max(5.0)).max(3.0)
}

/// The squares that two levels leave.
fn left_of_jump(points: &[(f64, f64)], place: usize) -> f64 {
    let (before, after) = points.split_at(place);
    spread(before) + spread(after)
}

/// The squares that the mean leaves.
fn spread(points: &[(f64, f64)]) -> f64 {
    let level = level(points);
    points.iter().map(|point| (point.1 - level).powi(2)).sum()
}

fn left_of_line(points: &[(f64, f64)]) -> f64 {
    left_of_bend(points, 0)
}

/// The squares that a level up to a place and a line from there leave.
fn left_of_bend(points: &[(f64, f64)], place: usize) -> f64 {
    let since = points[place].0;
    let run = |time: f64| (time - since).max(0.0);
    let count = points.len() as f64;
    let middle = points.iter().map(|point| run(point.0)).sum::<f64>() / count;
    let level = level(points);
    let (mut product, mut square) = (0.0, 0.0);
    for (time, value) in points {
        product += (run(*time) - middle) * (value - level);
        square += (run(*time) - middle).powi(2);
    }
    let slope = if square > 0.0 { product / square } else { 0.0 };
    let left = |point: &(f64, f64)| point.1 - level - slope * (run(point.0) - middle);
    points.iter().map(|point| left(point).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::{super::noise::Noise, *};

    fn points(seed: u64, alike: f64, value: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
        let noise = Noise::new(seed).alike(alike, 400);
        let point = |(index, noise): (usize, &f64)| {
            let time = 10.0 * index as f64;
            (time, value(time) + noise)
        };
        noise.iter().enumerate().map(point).collect()
    }

    /// How many of forty seeds find the shape, near the time.
    fn found(shape: Shape, since: f64, alike: f64, value: impl Fn(f64) -> f64) -> usize {
        let is_found = |seed: &u64| {
            let onset = onset(&points(*seed, alike, &value)).unwrap();
            onset.shape == shape && (onset.since - since).abs() <= 250.0
        };
        (0..40).filter(is_found).count()
    }

    #[test]
    fn the_time_and_kind_of_a_change_are_found() {
        for alike in [0.0, 0.5] {
            let line = found(Shape::Line, 0.0, alike, |time| time / 200.0);
            let bend = found(Shape::Bend, 1500.0, alike, |time| (time - 1500.0).max(0.0) / 200.0);
            let jump =
                found(Shape::Jump, 2500.0, alike, |time| if time < 2500.0 { 0.0 } else { 6.0 });
            assert!(line >= 36 && bend >= 36 && jump >= 38, "{line} {bend} {jump} at {alike}");
        }
    }

    #[test]
    fn a_bend_without_noise_is_where_it_is() {
        let value = |second: u32| (f64::from(second), f64::from(second.max(60)));
        let points: Vec<_> = (0..100).map(value).collect();
        let onset = onset(&points).unwrap();
        assert_eq!(onset.shape, Shape::Bend);
        assert!((58.0..=62.0).contains(&onset.since), "{onset:?}");
    }

    #[test]
    fn spikes_are_no_change() {
        let mut points = points(7, 0.0, |time| time / 100.0);
        points.iter_mut().step_by(37).for_each(|point| point.1 += 500.0);
        assert_eq!(onset(&points).unwrap().shape, Shape::Line);
    }

    #[test]
    fn too_little_says_nothing() {
        assert_eq!(onset(&[(0.0, 1.0); 19]), None);
    }
}
