//! What is left of a value when what the load explains is taken out.

use super::theil_sen::slope;

/// Points (time, value) less what their load explains, and as high as at the mean load.
///
/// A server with more players has more connections open and more in memory. When the load goes up and
/// down, so do they, which hides a slow growth and looks like one towards the end. `load` are
/// points of the same run, in the order of time; each value goes with the last load up to its
/// time. How much a unit of load brings is the slope of Theil and Sen between the two, which
/// a growth over time does not move as long as the load does not grow as steadily; if it does,
/// there is no telling the two apart, and the load is taken for the reason. Nothing changes if there is no load or always the same.
#[must_use]
pub fn without_load(points: &[(f64, f64)], load: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let at = |time: f64| {
        let place = load.partition_point(|(since, _)| *since <= time).saturating_sub(1);
        load.get(place).map_or(0.0, |(_, load)| *load)
    };
    let loads: Vec<f64> = points.iter().map(|(time, _)| at(*time)).collect();
    let pairs: Vec<_> = loads.iter().copied().zip(points.iter().map(|point| point.1)).collect();
    let each = slope(&pairs, 0.95).map_or(0.0, |slope| slope.slope);
    let mean = super::mean(&loads);
    let freed = |((time, value), load): (&(f64, f64), &f64)| (*time, value - each * (load - mean));
    points.iter().zip(&loads).map(freed).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{noise::Noise, slope},
        *,
    };

    type Points = Vec<(f64, f64)>;

    /// An hour in which the load comes and goes seven times, and what opens with it and leaks so many an hour.
    fn hour(seed: u64, leak: f64) -> (Points, Points) {
        let mut noise = Noise::new(seed);
        let time = |index: u32| 10.0 * f64::from(index);
        let bots =
            |time: f64| 70.0 + (30.0 * (time / 3600.0 * 7.0 * std::f64::consts::TAU).sin()).round();
        let load: Points = (0..360).map(time).map(|time| (time, bots(time))).collect();
        let mut open = |(time, bots): &(f64, f64)| {
            (*time, 20.0 + bots + leak * time / 3600.0 + noise.normal())
        };
        let open = load.iter().map(&mut open).collect();
        (open, load)
    }

    #[test]
    fn a_leak_under_a_load_that_comes_and_goes_is_found_when_the_load_is_out() {
        let (open, load) = hour(1, 5.0);
        let with = slope(&open, 0.99).unwrap();
        assert!(with.low < 0.0, "{with:?}");
        let without = slope(&without_load(&open, &load), 0.99).unwrap();
        let leak = without.slope * 3600.0;
        assert!(without.low > 0.0 && (4.0..6.0).contains(&leak), "{without:?}");
    }

    #[test]
    fn where_nothing_leaks_nothing_is_found() {
        let alarm = |seed: &u64| {
            let (open, load) = hour(*seed, 0.0);
            slope(&without_load(&open, &load), 0.99).unwrap().low > 0.0
        };
        let alarms = (0..40).filter(alarm).count();
        assert!(alarms <= 2, "{alarms} of 40");
    }

    #[test]
    fn without_a_load_that_changes_all_stays() {
        let points = [(0.0, 1.0), (1.0, 3.0), (2.0, 2.0)];
        assert_eq!(without_load(&points, &[]), points);
        assert_eq!(without_load(&points, &[(0.5, 40.0)]).len(), 3);
        assert_eq!(without_load(&points, &[(0.0, 40.0), (1.0, 40.0)]), points);
    }
}
