//! Headings as one of 1,024 directions, so that a turn is an equal step each tick.

use std::f32::consts::TAU;

use super::super::tuning::HEADING_BITS;

const DIRECTIONS: i32 = 1 << HEADING_BITS;

/// The nearest direction to an angle in radians, in `0..1024`.
#[must_use]
pub fn direction(angle: f32) -> i32 {
    ((angle / TAU * DIRECTIONS as f32).round() as i32) & (DIRECTIONS - 1)
}

/// The angle of a direction, in radians.
#[must_use]
pub fn angle(direction: i32) -> f32 {
    direction as f32 * (TAU / DIRECTIONS as f32)
}

/// How far to turn from one direction to another: at most half a turn either way.
fn gap(from: i32, to: i32) -> i32 {
    let half = DIRECTIONS / 2;
    ((to - from + half) & (DIRECTIONS - 1)) - half
}

/// The nearest heading to an angle, both in radians; the result is in `0..TAU`.
#[must_use]
pub fn snapped(radians: f32) -> f32 {
    angle(direction(radians))
}

/// The direction after turning from `heading` towards `aim` by at most `most`.
#[must_use]
pub fn turned(heading: i32, aim: i32, most: i32) -> i32 {
    (heading + gap(heading, aim).clamp(-most, most)) & (DIRECTIONS - 1)
}

/// The angle from `from` to `to` the short way, in radians.
#[must_use]
pub fn difference(from: f32, to: f32) -> f32 {
    angle(gap(direction(from), direction(to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_survives_being_snapped_again() {
        for index in 0..DIRECTIONS {
            assert_eq!(direction(angle(index)), index);
            assert_eq!(snapped(angle(index) - TAU), angle(index));
        }
    }

    #[test]
    fn turning_goes_the_short_way_round() {
        assert_eq!(turned(1020, 10, 6), 2);
        assert_eq!(turned(10, 1020, 6), 4);
        assert_eq!(turned(10, 12, 6), 12);
        assert!((difference(0.1, TAU - 0.1) + 0.2).abs() < 0.01);
    }
}
