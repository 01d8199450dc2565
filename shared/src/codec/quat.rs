//! Rotations in whole numbers: how a quaternion that turns steadily goes on.
//!
//! Of the four components the columns hold three; the largest follows from them,
//! because the squares add up to one. All components here are in units of
//! `√½ / max`, so that one is `max · √2`, and its square `2 · max²`. No number
//! exceeds 2^53, so JavaScript computes the same with its doubles.

/// A quaternion's four components.
pub type Parts = [i64; 4];

/// Steps that are really turned; what turned on for longer has long done something else.
const MOST_STEPS: u32 = 8;

/// All four components of what the columns say.
fn parts(columns: &[u32], max: u32) -> Parts {
    let (largest, max) = (columns[0] as usize & 3, i64::from(max));
    let mut parts = [0; 4];
    let mut squares = 0;
    let others = (0..4).filter(|index| *index != largest);
    for (column, index) in columns[1..].iter().zip(others) {
        parts[index] = 2 * i64::from(*column) - max;
        squares += parts[index] * parts[index];
    }
    parts[largest] = (2 * max * max - squares).max(0).isqrt();
    parts
}

/// The component that is largest by size, the first of equals.
#[must_use]
pub fn largest(parts: Parts) -> usize {
    (1..4).fold(0, |best, index| if parts[index].abs() > parts[best].abs() { index } else { best })
}

/// How clearly the largest component is the largest: 0 to 7.
#[must_use]
pub fn certainty(columns: &[u32], max: u32) -> usize {
    let mut sizes = parts(columns, max).map(i64::abs);
    sizes.sort_unstable();
    let ahead = (sizes[3] - sizes[2]) * 128 / i64::from(max);
    super::model::bit_length(ahead as u32).min(7) as usize
}

/// Writes a quaternion as columns that leave out the component `largest`, as well as it goes.
pub fn frame(parts: Parts, largest: usize, max: u32, columns: &mut [u32]) {
    let (sign, max) = (if parts[largest] < 0 { -1 } else { 1 }, i64::from(max));
    columns[0] = largest as u32;
    let others = (0..4).filter(|index| *index != largest);
    for (column, index) in columns[1..].iter_mut().zip(others) {
        *column = ((sign * parts[index] + max + 1) >> 1).clamp(0, max) as u32;
    }
}

/// The columns of a rotation as they would be if `largest` were left out.
pub fn reframed(columns: &[u32], largest: u32, max: u32, out: &mut [u32; 4]) {
    if columns[0] == largest {
        out.copy_from_slice(columns);
    } else {
        frame(parts(columns, max), largest as usize & 3, max, out);
    }
}

/// What a rotation that changed by `motion` in the last tick is `ticks` ticks later.
#[must_use]
pub fn turned(columns: &[u32], motion: &[i32], max: u32, ticks: u32) -> Parts {
    let mut before = [columns[0], 0, 0, 0];
    for (index, motion) in motion.iter().enumerate() {
        let was = i64::from(columns[index + 1]) - i64::from(*motion);
        before[index + 1] = was.clamp(0, i64::from(max)) as u32;
    }
    let (mut before, mut now) = (parts(&before, max), parts(columns, max));
    for _ in 0..ticks.min(MOST_STEPS) {
        let next = step(before, now, max);
        (before, now) = (now, next);
    }
    now
}

/// The rotation that follows on two: `q1 · q0⁻¹ · q1`, which is `2 (q0 · q1) q1 - q0`.
///
/// With unit quaternions `q0 · q1` is one less half of the square of their distance, and that
/// square is far less rough than the product would be.
fn step(before: Parts, now: Parts, max: u32) -> Parts {
    let max = i64::from(max);
    let square = 2 * max * max;
    let apart: i64 = (0..4).map(|index| (now[index] - before[index]).pow(2)).sum();
    let apart = apart.min(4 * square);
    let mut next = [0; 4];
    for (index, next) in next.iter_mut().enumerate() {
        let bent = now[index].abs() * apart + square / 2;
        let bent = now[index].signum() * (bent / square);
        *next = (2 * now[index] - before[index] - bent).clamp(-2 * max, 2 * max);
    }
    next
}

#[cfg(test)]
mod tests {
    use glam::{Quat, Vec3};

    use super::*;
    use crate::field::{Quantise, Rotation};

    fn columns(angle: f32) -> [u32; 4] {
        let quat = Quat::from_axis_angle(Vec3::new(0.48, 0.6, 0.64), angle);
        let mut columns = [0; 4];
        quat.quantise(&Rotation { bits: 12 }, &mut columns);
        columns
    }

    #[test]
    fn a_steady_turn_goes_on_even_where_another_component_becomes_the_largest() {
        let max = 4095;
        for start in 0..60 {
            let angle = |tick: i32| (start + tick) as f32 * 0.1;
            let (mut before, now, next) = ([0; 4], columns(angle(1)), columns(angle(2)));
            reframed(&columns(angle(0)), now[0], max, &mut before);
            let motion = [1, 2, 3].map(|index| now[index] as i32 - before[index] as i32);
            let mut predicted = [0; 4];
            frame(turned(&now, &motion, max, 1), next[0] as usize, max, &mut predicted);
            for index in 1..4 {
                let off = predicted[index].abs_diff(next[index]);
                assert!(off <= 6, "{predicted:?} for {next:?} at {}", angle(2));
            }
        }
    }

    #[test]
    fn nothing_overflows_at_the_extremes() {
        let max = 65535;
        for corner in 0..4u32 {
            let all = [corner, max, 0, max];
            let turned = turned(&all, &[i32::MIN, i32::MAX, -1], max, 128);
            assert!(turned.iter().all(|part| part.abs() <= 2 * i64::from(max)));
        }
    }
}
