use proptest::prelude::*;

use super::{super::noise::Noise, *};

/// Values as points, a second apart.
fn each_second(values: &[f64]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(second, value)| (second as f64, *value)).collect()
}

/// How many of so many seeds end in an interval that does not hold the slope.
fn missed(seeds: u64, truth: f64, make: impl Fn(&mut Noise) -> Vec<f64>) -> u64 {
    let is_missed = |seed: &u64| {
        let mut points = each_second(&make(&mut Noise::new(*seed)));
        points.iter_mut().for_each(|(time, value)| *value += truth * *time);
        let slope = slope(&points, 0.95).expect("there are points");
        assert!(slope.low <= slope.slope && slope.slope <= slope.high, "{slope:?}");
        slope.low > truth || slope.high < truth
    };
    (0..seeds).filter(is_missed).count() as u64
}

#[test]
fn the_slope_and_interval_of_sens_example_are_his() {
    // Sen 1968, section 6, with his interval of 93%; SciPy's theilslopes tells the same.
    let times = [1.0, 2.0, 3.0, 4.0, 10.0, 12.0, 18.0];
    let values = [9.0, 15.0, 19.0, 20.0, 45.0, 55.0, 78.0];
    let points: Vec<(f64, f64)> = times.into_iter().zip(values).collect();
    let found = slope(&points, 0.93).unwrap();
    assert_eq!((found.slope, found.start, found.high), (4.0, 6.0, 4.375));
    assert!((found.low - 3.714_285_714_285_714_4).abs() < 1e-12, "{found:?}");
    let mut turned = points.clone();
    turned.reverse();
    assert_eq!(slope(&turned, 0.93), Some(found));
}

#[test]
fn an_interval_holds_the_truth_as_often_as_it_says() {
    let independent = missed(200, 0.0, |noise| noise.alike(0.0, 80));
    assert!((2..=19).contains(&independent), "{independent} of 200");
    // 5% are 10; short series of alike values are known to be missed more often.
    for alike in [0.3, 0.6, 0.8] {
        let missed = missed(200, 0.01, |noise| noise.alike(alike, 120));
        assert!(missed <= 24, "{missed} of 200 at {alike}");
    }
    let wild = missed(200, -0.02, |noise| noise.wild(80));
    assert!(wild <= 19, "{wild} of 200");
}

#[test]
fn a_false_alarm_is_rare_when_values_wander_slowly() {
    let alarm = |seed: &u64| {
        let values = Noise::new(*seed).alike(0.95, 300);
        slope(&each_second(&values), 0.99).unwrap().low > 0.0
    };
    let alarms = (0..100).filter(alarm).count();
    assert!(alarms <= 5, "{alarms} of 100");
}

#[test]
fn a_trend_smaller_than_the_noise_is_found() {
    let is_found = |seed: &u64| {
        let mut values = Noise::new(*seed).alike(0.6, 300);
        values.iter_mut().enumerate().for_each(|(second, value)| *value += 0.005 * second as f64);
        slope(&each_second(&values), 0.99).unwrap().low > 0.0
    };
    let found = (0..100).filter(is_found).count();
    assert!(found >= 85, "{found} of 100");
}

#[test]
fn outliers_do_not_turn_the_line() {
    let mut points = each_second(&Noise::new(1).alike(0.0, 200));
    points.iter_mut().step_by(9).for_each(|point| point.1 += 1e6);
    let found = slope(&points, 0.95).unwrap();
    assert!(found.slope.abs() < 0.01 && found.low < 0.0, "{found:?}");
}

#[test]
fn what_never_changes_has_no_slope_and_no_doubt() {
    let found = slope(&each_second(&[12.0; 50]), 0.99).unwrap();
    assert_eq!((found.slope, found.low, found.high, found.start), (0.0, 0.0, 0.0, 12.0));
}

#[test]
fn too_few_points_leave_the_bounds_open() {
    assert_eq!(slope(&[], 0.95), None);
    assert_eq!(slope(&[(1.0, 2.0), (1.0, 3.0)], 0.95), None);
    let two = slope(&[(0.0, 1.0), (2.0, 5.0)], 0.95).unwrap();
    assert_eq!((two.slope, two.low, two.high), (2.0, f64::NEG_INFINITY, f64::INFINITY));
}

#[test]
fn many_points_are_averaged_and_keep_their_slope() {
    let mut noise = Noise::new(9);
    let value = |second: u32| (f64::from(second), 3.0 * f64::from(second) + noise.normal());
    let points: Vec<(f64, f64)> = (0..20_000).map(value).collect();
    assert_eq!(thinned(&points).len(), MOST_POINTS);
    let found = slope(&points, 0.95).unwrap();
    assert!(found.low <= 3.0 && 3.0 <= found.high && found.high - found.low < 1e-3, "{found:?}");
}

proptest! {
    #[test]
    fn any_points_have_an_answer_that_moves_with_them(
        points in prop::collection::vec((-1e6..1e6_f64, -1e6..1e6_f64), 0..60),
        (scale, shift) in (0.1..10.0_f64, -1e3..1e3_f64),
    ) {
        let found = slope(&points, 0.95);
        let moved: Vec<_> = points.iter().map(|(t, v)| (*t, v * scale + shift)).collect();
        let moved = slope(&moved, 0.95);
        prop_assert_eq!(found.is_some(), moved.is_some());
        if let (Some(found), Some(moved)) = (found, moved) {
            prop_assert!(found.low <= found.slope && found.slope <= found.high);
            let error = (moved.slope - found.slope * scale).abs();
            prop_assert!(error <= 1e-6 * (1.0 + moved.slope.abs()), "{} {}", found.slope, moved.slope);
        }
    }

    #[test]
    fn values_that_are_no_numbers_are_left_out(place in 0..20_usize) {
        let mut points = each_second(&Noise::new(4).alike(0.0, 20));
        points.insert(place, (f64::NAN, 1.0));
        points.insert(place, (3.0, f64::INFINITY));
        let clean: Vec<_> = points.iter().copied().filter(|p| p.0.is_finite() && p.1.is_finite()).collect();
        prop_assert_eq!(slope(&points, 0.95), slope(&clean, 0.95));
    }
}
