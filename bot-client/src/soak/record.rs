//! What changes over time, in bounded space.

use super::report::Series;

/// The most points of a series in a report, and the most means.
const MOST_POINTS: usize = 600;

/// One thing that changes over time.
#[derive(Clone, Debug)]
pub struct Track {
    /// What it is.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// When and how much, in order.
    pub points: Vec<(f64, f64)>,
}

/// All that changes over time. How many points there are follows from how often one looks.
#[derive(Clone, Debug, Default)]
pub struct Record(Vec<Track>);

impl Record {
    /// Notes how much there is of something at a moment; nothing if that is not known.
    pub fn note(
        &mut self,
        (name, unit): (&'static str, &'static str),
        at: f64,
        value: Option<f64>,
    ) {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        match self.0.iter_mut().find(|track| track.name == name) {
            Some(track) => track.points.push((at, value)),
            None => self.0.push(Track { name, unit, points: vec![(at, value)] }),
        }
    }

    /// What is known of something.
    #[must_use]
    pub fn points(&self, name: &str) -> &[(f64, f64)] {
        self.0.iter().find(|track| track.name == name).map_or(&[], |track| &track.points)
    }

    /// The last that is known of something.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<f64> {
        self.points(name).last().map(|(_, value)| *value)
    }

    /// When something was beyond a limit for the first time.
    #[must_use]
    pub fn first_above(&self, name: &str, limit: f64) -> Option<f64> {
        self.points(name).iter().find(|(_, value)| *value > limit).map(|(at, _)| *at)
    }

    /// All of it for a report.
    #[must_use]
    pub fn series(&self) -> Vec<Series> {
        let series = |track: &Track| Series {
            name: track.name.to_owned(),
            unit: track.unit.to_owned(),
            points: thin(&track.points, MOST_POINTS).into_iter().map(rounded).collect(),
            means: means(&track.points, MOST_POINTS).into_iter().map(rounded).collect(),
        };
        self.0.iter().map(series).collect()
    }
}

/// Digits beyond what was measured only make files large.
fn rounded((at, value): (f64, f64)) -> (f64, f64) {
    let digits = |number: f64, scale: f64| (number * scale).round() / scale;
    (digits(at, 100.0), digits(value, 1000.0))
}

/// At most so many points; of neighbours that are left out, the lowest and the highest stay.
fn thin(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    if points.len() <= most {
        return points.to_vec();
    }
    let each = points.len().div_ceil(most / 2);
    let extremes = |few: &[(f64, f64)]| {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let (low, high) = (few.iter().min_by(by_value), few.iter().max_by(by_value));
        let mut kept: Vec<_> = low.into_iter().chain(high).copied().collect();
        kept.sort_by(|a, b| a.0.total_cmp(&b.0));
        kept.dedup();
        kept
    };
    points.chunks(each).flat_map(extremes).collect()
}

/// At most so many means of neighbours, in time and in value; none if all points stay.
fn means(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    if points.len() <= most {
        return Vec::new();
    }
    let each = points.len().div_ceil(most);
    let mean = |few: &[(f64, f64)]| {
        let (at, value) = few.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        (at / few.len() as f64, value / few.len() as f64)
    };
    points.chunks(each).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_stay_when_points_are_left_out() {
        let mut record = Record::default();
        for n in 0..5000 {
            let value = if n == 1234 { 99.0 } else { f64::from(n % 7) };
            record.note(("x", "ms"), f64::from(n), Some(value));
        }
        record.note(("x", "ms"), 5000.0, None);
        let series = &record.series()[0];
        assert!(series.points.len() <= MOST_POINTS, "{}", series.points.len());
        assert!(series.points.contains(&(1234.0, 99.0)));
        assert!(series.points.is_sorted_by(|a, b| a.0 < b.0));
        assert!(series.means.len() <= MOST_POINTS, "{}", series.means.len());
        let mean =
            series.means.iter().map(|point| point.1).sum::<f64>() / series.means.len() as f64;
        assert!((2.9..3.2).contains(&mean), "{mean}");
        assert_eq!(record.first_above("x", 50.0), Some(1234.0));
        assert_eq!((record.last("x"), record.last("y")), (Some(1.0), None));
    }

    #[test]
    fn few_points_stay_as_they_are() {
        let points = [(0.0, 1.0), (1.0, 1.0)];
        assert_eq!(thin(&points, 600), points);
        assert_eq!(means(&points, 600), []);
    }
}
