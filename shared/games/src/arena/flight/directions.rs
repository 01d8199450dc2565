//! The 1,024 directions as vectors of whole numbers.

use std::f64::consts::TAU;

use glam::IVec2;

use super::super::tuning::HEADING_BITS;

const DIRECTIONS: i32 = 1 << HEADING_BITS;
const QUARTER: usize = 1 << (HEADING_BITS - 2);
/// How long a direction's vector is.
pub const LENGTH: i32 = 1 << 14;

/// The sines of the first quarter turn, both ends included, times [`LENGTH`].
const SINES: [i16; QUARTER + 1] = sines();

/// The vector of a direction, [`LENGTH`] long, from the x axis towards the y axis.
#[must_use]
pub fn unit(direction: i32) -> IVec2 {
    IVec2::new(sine(direction + QUARTER as i32), sine(direction))
}

fn sine(direction: i32) -> i32 {
    let direction = (direction & (DIRECTIONS - 1)) as usize;
    let (half, along) = (direction / (2 * QUARTER), direction % (2 * QUARTER));
    let sine = i32::from(SINES[if along <= QUARTER { along } else { 2 * QUARTER - along }]);
    if half == 0 { sine } else { -sine }
}

/// By their power series: `sin` itself is not known while compiling, nor the same everywhere.
const fn sines() -> [i16; QUARTER + 1] {
    let mut table = [0; QUARTER + 1];
    let mut index = 0;
    while index <= QUARTER {
        let angle = index as f64 * TAU / DIRECTIONS as f64;
        let (mut term, mut sum, mut n) = (angle, angle, 2.0);
        while n < 30.0 {
            term *= -angle * angle / (n * (n + 1.0));
            sum += term;
            n += 2.0;
        }
        table[index] = (sum * LENGTH as f64 + 0.5) as i16;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_sine_that_is_right_to_nine_digits_rounds_to_the_same_table() {
        for (index, sine) in SINES.iter().enumerate() {
            let exact = (index as f64 * TAU / f64::from(DIRECTIONS)).sin() * f64::from(LENGTH);
            assert_eq!(f64::from(*sine), exact.round(), "direction {index}");
            let to_border = 0.5 - (exact - exact.round()).abs();
            assert!(to_border > 1e-4, "direction {index} is rounded by a hair");
        }
    }

    #[test]
    fn opposite_directions_are_exactly_opposite() {
        assert_eq!(unit(0), IVec2::new(LENGTH, 0));
        assert_eq!(unit(256), IVec2::new(0, LENGTH));
        for direction in 0..DIRECTIONS {
            assert_eq!(unit(direction), -unit(direction + DIRECTIONS / 2));
            assert_eq!(unit(direction + 256), unit(direction).perp(), "a quarter turn on");
            let length = f64::from(unit(direction).length_squared()).sqrt();
            assert!((length - f64::from(LENGTH)).abs() < 1.0, "{direction}: {length}");
        }
    }
}
