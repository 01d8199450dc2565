//! Headings as one of 1,024 directions, so that a turn is an equal step each tick.

use std::f32::consts::TAU;

use super::super::tuning::HEADING_BITS;

const DIRECTIONS: i32 = 1 << HEADING_BITS;

/// The nearest direction to an angle in radians.
fn direction(angle: f32) -> i32 {
    ((angle / TAU * DIRECTIONS as f32).round() as i32) & (DIRECTIONS - 1)
}

fn angle(direction: i32) -> f32 {
    direction as f32 * (TAU / DIRECTIONS as f32)
}

/// How far to turn from `from` to `to`, in directions: at most half a turn either way.
fn gap(from: f32, to: f32) -> i32 {
    let half = DIRECTIONS / 2;
    ((direction(to) - direction(from) + half) & (DIRECTIONS - 1)) - half
}

/// The nearest heading to an angle, both in radians; the result is in `0..TAU`.
#[must_use]
pub fn snapped(radians: f32) -> f32 {
    angle(direction(radians))
}

/// The heading after turning from `heading` towards `aim` by at most `most` directions.
#[must_use]
pub fn turn_towards(heading: f32, aim: f32, most: i32) -> f32 {
    let turned = direction(heading) + gap(heading, aim).clamp(-most, most);
    angle(turned & (DIRECTIONS - 1))
}

/// The angle from `from` to `to` the short way, in radians.
#[must_use]
pub fn difference(from: f32, to: f32) -> f32 {
    angle(gap(from, to))
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
        assert_eq!(turn_towards(angle(1020), angle(10), 6), angle(2));
        assert_eq!(turn_towards(angle(10), angle(1020), 6), angle(4));
        assert_eq!(turn_towards(angle(10), angle(12), 6), angle(12));
        assert!((difference(0.1, TAU - 0.1) + 0.2).abs() < 0.01);
    }
}
