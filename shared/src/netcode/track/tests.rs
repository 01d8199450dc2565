//! One track, drawn by hand.

use super::*;

/// Ticks that it coasts.
const COASTING: f64 = 4.0;
/// Places are farther apart than that a tick only where an entity was put.
const FASTEST: f32 = 12.0;

/// A place on a line, and a number that does not move.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cart(f32, u8);

impl Blend for Cart {
    type Way = [f32; 1];

    fn way(&self, to: &Cart) -> [f32; 1] {
        [to.0 - self.0]
    }

    fn moved(&self, [by]: &[f32; 1]) -> Cart {
        Cart(self.0 + by, self.1)
    }

    fn is_jump(&self, to: &Cart, ticks: f32) -> bool {
        (to.0 - self.0).abs() > FASTEST * ticks
    }
}

/// A track of a cart whose place at each of `ticks` is what `place` says.
fn track(ticks: impl IntoIterator<Item = i64>, place: impl Fn(i64) -> f32) -> Track<Cart> {
    let mut track = Track::new(COASTING);
    ticks.into_iter().for_each(|tick| track.add(tick, tick, Cart(place(tick), tick as u8)));
    track
}

/// Where it is drawn at a tick, a sixtieth of a second after the last picture.
fn draw(track: &mut Track<Cart>, tick: f64) -> Option<f32> {
    track.draw(tick, 1.0 / 60.0, false).map(|cart| cart.0)
}

fn even(tick: i64) -> f32 {
    tick as f32 * 10.0
}

#[test]
fn between_neighbouring_ticks_it_moves_straight_and_what_does_not_move_is_held() {
    let mut track = track(0..5, even);
    assert_eq!(track.draw(2.25, 0.0, false), Some(&Cart(22.5, 2)));
    assert_eq!(track.draw(2.75, 0.0, false), Some(&Cart(27.5, 2)));
    assert_eq!(track.draw(3.0, 0.0, false), Some(&Cart(30.0, 3)));
}

#[test]
fn across_missing_ticks_it_follows_the_curve_that_its_speeds_make() {
    let swing = |tick: f64| ((tick / 6.0).sin() * 60.0) as f32;
    let mut track = track((0..30).map(|tick| tick * 2), |tick| swing(tick as f64));
    let (mut curved, mut straight) = (0.0, 0.0);
    for step in 90..500 {
        let tick = f64::from(step) / 10.0;
        let (from, to) = ((tick / 2.0).floor() * 2.0, (tick / 2.0).floor() * 2.0 + 2.0);
        let line = swing(from) + (swing(to) - swing(from)) * ((tick - from) / 2.0) as f32;
        curved += (draw(&mut track, tick).unwrap() - swing(tick)).abs();
        straight += (line - swing(tick)).abs();
    }
    assert!(curved < straight * 0.6, "{curved} off, and {straight} on straight lines");
}

#[test]
fn after_its_last_state_it_coasts_to_a_halt() {
    let mut track = track(0..6, even);
    let mut before = draw(&mut track, 5.0).unwrap();
    let mut step_before = 1.01;
    for step in 1..200 {
        let at = draw(&mut track, 5.0 + f64::from(step) / 10.0).unwrap();
        assert!(at >= before && at - before <= step_before + 1e-3, "ever slower: {before} to {at}");
        (before, step_before) = (at, at - before);
    }
    assert!((before - (50.0 + 10.0 * COASTING as f32)).abs() < 1e-3, "{before}");
}

#[test]
fn what_comes_after_coasting_leads_it_back_without_a_jump() {
    // It turned round when nobody could see it.
    let turning = |tick: i64| if tick <= 5 { even(tick) } else { even(10 - tick) };
    let mut track = track(0..6, turning);
    let mut before = 50.0;
    for step in 0..120 {
        let tick = 5.0 + f64::from(step) / 4.0;
        if step == 12 {
            (6..9).for_each(|tick| track.add(tick, tick, Cart(turning(tick), 0)));
        } else if step > 12 && step % 4 == 0 {
            let tick = 5 + i64::from(step) / 4;
            track.add(tick, tick, Cart(turning(tick), 0));
        }
        let at = draw(&mut track, tick.min(8.0 + f64::from(step.max(12) - 12) / 4.0)).unwrap();
        assert!((at - before).abs() < 12.0, "step {step}: from {before} to {at}");
        before = at;
    }
}

#[test]
fn what_is_put_elsewhere_is_at_the_one_place_then_at_the_other() {
    let mut track = track(0..10, |tick| if tick < 5 { even(tick) } else { even(tick) + 500.0 });
    assert_eq!(draw(&mut track, 3.9).map(|at| at < 40.0), Some(true));
    assert_eq!(draw(&mut track, 4.0), Some(40.0));
    assert_eq!(draw(&mut track, 4.99), Some(40.0));
    assert_eq!(draw(&mut track, 5.0), Some(550.0));
    assert_eq!(draw(&mut track, 5.5), Some(555.0));
}

#[test]
fn what_was_put_elsewhere_while_frames_were_held_up_does_not_glide_there() {
    let mut track = track(0..4, even);
    let coasted = draw(&mut track, 4.5).unwrap();
    (4..9).for_each(|tick| track.add(tick, tick, Cart(even(tick) + 500.0, 0)));
    for (tick, from) in [(4.75, 540.0), (5.0, 550.0), (5.5, 555.0)] {
        let at = draw(&mut track, tick).unwrap();
        assert!((at - coasted).abs() < FASTEST || at >= from, "{at} is on the way");
    }
    assert_eq!(draw(&mut track, 6.0), Some(560.0));
}

#[test]
fn it_appears_at_its_first_tick_and_goes_at_the_tick_without_it() {
    let mut track = track(10..13, even);
    track.end(13);
    assert_eq!(draw(&mut track, 9.9), None);
    assert_eq!(draw(&mut track, 10.0), Some(100.0));
    assert!(draw(&mut track, 12.9).unwrap() > 128.0, "it flies to its end");
    assert!(!track.is_over(12.9));
    assert_eq!(draw(&mut track, 13.0), None);
    assert!(track.is_over(13.0));
}

#[test]
fn what_comes_back_under_the_same_name_is_gone_in_between_and_does_not_glide() {
    let mut track = track(0..5, even);
    track.end(5);
    (8..12).for_each(|tick| track.add(tick, tick, Cart(even(tick) + 30.0, 0)));
    let drawn: Vec<_> = (6..20).map(|half| draw(&mut track, f64::from(half) / 2.0)).collect();
    let (there, back) =
        ([Some(30.0), Some(35.0), Some(40.0), Some(45.0)], [Some(110.0), Some(115.0)]);
    assert_eq!(drawn[..4], there);
    assert_eq!(drawn[4..10], [None; 6]);
    assert_eq!(drawn[10..12], back);
}

#[test]
fn what_turns_out_to_rest_is_led_back_to_where_it_is() {
    let mut track = track(0..4, even);
    let (mut before, mut farthest) = (draw(&mut track, 2.5).unwrap(), 0.0_f32);
    for step in 1..200 {
        if step % 2 == 0 {
            track.add(3 + step / 2, 3, Cart(30.0, 0));
        }
        let at = draw(&mut track, 2.5 + step as f64 / 2.0).unwrap();
        assert!((at - before).abs() < 10.0 * COASTING as f32 * 0.2, "from {before} to {at}");
        (before, farthest) = (at, farthest.max(at));
    }
    assert!(farthest > 60.0, "nobody knew at first: {farthest}");
    assert!((before - 30.0).abs() < 0.1, "{before}");
}

#[test]
fn what_is_sent_every_fourth_tick_and_stops_is_not_seen_to_go_further() {
    let mut track = track([0], even);
    let stopped = |tick: i64| even(tick.min(40));
    let mut before = 0.0;
    for quarter in 4..400 {
        let newest = quarter / 4;
        if quarter % 4 == 0 {
            // What is as it was is not sent again.
            let known = (newest - newest % 4).min(40);
            track.add(newest, known, Cart(stopped(known), 0));
        }
        track.follow(0.25 / 4.0);
        let tick = quarter as f64 / 4.0 - 1.5 - track.lag();
        let Some(at) = draw(&mut track, tick) else { continue };
        assert!((before..=400.0).contains(&at), "from {before} to {at}");
        before = at;
    }
    assert_eq!(before, 400.0);
}

#[test]
fn the_lag_follows_how_often_it_is_sent_and_time_never_goes_back_for_it() {
    let mut track = track(0..40, even);
    let (mut before, mut at_before) = (0.0, 0.0);
    // From the tick 40 on it is sent every eighth tick, and from 120 on every tick again.
    for quarter in 80..800 {
        let newest = quarter / 4;
        if quarter % 4 == 0 && newest >= 40 {
            let known = if newest < 120 { newest - newest % 8 } else { newest };
            track.add(newest, known, Cart(even(known), 0));
        }
        track.follow(0.25 / 4.0);
        let tick = quarter as f64 / 4.0 - 1.5 - track.lag();
        let at = draw(&mut track, tick).expect("it is to be seen all the time");
        assert!(tick >= before, "from {before} to {tick}");
        if quarter > 80 {
            let step = at - at_before;
            assert!((-1e-3..7.0).contains(&step), "at {tick} from {at_before} by {step}");
        }
        if quarter == 470 {
            assert!((track.lag() - 7.0).abs() < 1e-6, "{}", track.lag());
        }
        (before, at_before) = (tick, at);
    }
    assert_eq!(track.lag(), 0.0);
}

#[test]
fn a_track_that_nobody_draws_stays_short_and_is_still_there_when_somebody_does() {
    let mut track = track(0..10, even);
    let before = draw(&mut track, 5.0).unwrap();
    (10..10_000).for_each(|tick| track.add(tick, tick, Cart(even(tick), 0)));
    assert_eq!(track.samples.len(), HISTORY);
    assert!(draw(&mut track, 5.1).is_some_and(|at| at >= before), "what is left is later");
    assert_eq!(track.draw(9990.5, 60.0, true), Some(&Cart(99_905.0, 0)));
}

#[test]
fn the_first_state_alone_stays_where_it_is() {
    let mut track = track([3], even);
    assert_eq!(draw(&mut track, 3.5), Some(30.0));
    assert_eq!(draw(&mut track, 9.0), Some(30.0));
    let mut empty: Track<Cart> = Track::new(COASTING);
    assert_eq!(draw(&mut empty, 3.0), None);
    assert!(empty.is_over(3.0));
}
