//! How states of an entity are blended: what a type has to say of itself, and the curves.

use std::f32::consts::TAU;

/// How many times its average speed over a stretch a curve may have at its ends. With more it would
/// overshoot (Fritsch and Carlson, "Monotone piecewise cubic interpolation", 1980).
const STEEPEST: f32 = 3.0;

/// A state of an entity that can be drawn between two ticks.
///
/// What moves of it is a short list of numbers; everything else is what it was at the earlier tick.
///
/// ```
/// use tickwire_shared::{glam::Vec2, netcode::{Blend, shorter_turn}};
///
/// #[derive(Clone)]
/// struct Ship { pos: Vec2, heading: f32, hp: u8 }
///
/// impl Blend for Ship {
///     type Way = [f32; 3];
///
///     fn way(&self, to: &Ship) -> [f32; 3] {
///         let by = to.pos - self.pos;
///         [by.x, by.y, shorter_turn(self.heading, to.heading)]
///     }
///
///     fn moved(&self, [x, y, turn]: &[f32; 3]) -> Ship {
///         Ship { pos: self.pos + Vec2::new(*x, *y), heading: self.heading + turn, ..self.clone() }
///     }
///
///     fn is_jump(&self, to: &Ship, ticks: f32) -> bool {
///         // Twelve a tick is the fastest that a ship flies.
///         self.pos.distance(to.pos) > 12.0 * ticks
///     }
/// }
/// ```
pub trait Blend: Clone {
    /// The way from one state to another, or a speed: `[f32; N]` with a number for each that moves.
    type Way: AsRef<[f32]> + AsMut<[f32]> + Copy + Default + std::fmt::Debug;

    /// By how much `to` differs; angles the shorter way round (see [`shorter_turn`]).
    #[must_use]
    fn way(&self, to: &Self) -> Self::Way;

    /// This state, further along a way. Where the numbers have bounds, this keeps to them.
    #[must_use]
    fn moved(&self, way: &Self::Way) -> Self;

    /// Whether an entity cannot have moved from here to there in so many ticks but was put there: it
    /// is then at the one place, and next at the other.
    #[must_use]
    fn is_jump(&self, to: &Self, ticks: f32) -> bool;
}

/// The turn from one angle to another in radians, by at most half a turn.
#[must_use]
pub fn shorter_turn(from: f32, to: f32) -> f32 {
    let turns = (to - from) / TAU;
    (turns - turns.round()) * TAU
}

/// So many times a way.
pub(super) fn scaled<W: AsMut<[f32]>>(mut way: W, by: f32) -> W {
    for number in way.as_mut() {
        *number *= by;
    }
    way
}

/// How far along `way` one is after a share of it, on a curve that leaves and comes in with the given
/// speeds (for the whole way) and never overshoots its ends: a cubic Hermite spline.
pub(super) fn curve<W: AsRef<[f32]> + AsMut<[f32]> + Copy>(
    way: W,
    first: W,
    last: W,
    share: f32,
) -> W {
    let rest = 1.0 - share;
    let onward = share * share * (3.0 - 2.0 * share);
    let (leaving, coming) = (share * rest * rest, -share * share * rest);
    let mut out = way;
    let speeds = first.as_ref().iter().zip(last.as_ref());
    for (by, (first, last)) in out.as_mut().iter_mut().zip(speeds) {
        let (first, last) = (bounded(*first, *by), bounded(*last, *by));
        *by = *by * onward + first * leaving + last * coming;
    }
    out
}

/// A speed at one end of a way that does not make the curve overshoot.
fn bounded(speed: f32, way: f32) -> f32 {
    if speed * way <= 0.0 {
        return 0.0;
    }
    let most = STEEPEST * way.abs();
    speed.clamp(-most, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_goes_the_shorter_way_round() {
        let close = |a: f32, b: f32| (a - b).abs() < 1e-4;
        assert!(close(shorter_turn(0.1, TAU - 0.1), -0.2));
        assert!(close(shorter_turn(TAU - 0.1, 0.1), 0.2));
        assert!(close(shorter_turn(-40.0 * TAU, 1.0), 1.0), "however often it went round");
    }

    #[test]
    fn a_curve_begins_and_ends_where_it_should_with_the_speeds_that_it_should() {
        let at = |share| curve([10.0], [5.0], [20.0], share)[0];
        assert_eq!((at(0.0), at(1.0)), (0.0, 10.0));
        let (leaving, coming) = ((at(1e-3) - at(0.0)) / 1e-3, (at(1.0) - at(0.999)) / 1e-3);
        assert!((leaving - 5.0).abs() < 0.1 && (coming - 20.0).abs() < 0.1, "{leaving} {coming}");
    }

    #[test]
    fn a_curve_never_overshoots_whatever_the_speeds_are() {
        for (first, last) in [(500.0, -500.0), (-40.0, 900.0), (1e30, 1e30), (0.0, 0.0)] {
            let mut before = 0.0;
            for step in 0..=1000 {
                let [at] = curve([10.0], [first], [last], step as f32 / 1000.0);
                assert!(at >= before - 1e-5 && at <= 10.00001, "{first} {last}: {before} {at}");
                before = at;
            }
        }
    }
}
