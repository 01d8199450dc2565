//! What a row is expected to become, and what its motion is.
//!
//! A linearly predicted column carries its *motion*: by how much it changed in
//! the tick before. Motion is part of the replicated state, so whoever holds a
//! baseline predicts from it exactly as the server does. Over one tick motion
//! follows from the two values; over a longer gap (and in a keyframe) it is sent.

use super::layout::{Coding, Group, KindLayout};
use crate::schema::ColumnSpec;

/// The value that lies `ticks · motion` beyond `value`, kept inside the column's range.
#[must_use]
pub fn advance(column: ColumnSpec, value: u32, motion: i32, ticks: u32) -> u32 {
    let moved = i64::from(value) + i64::from(motion) * i64::from(ticks);
    if column.wrap {
        moved as u32 & column.max
    } else {
        moved.clamp(0, i64::from(column.max)) as u32
    }
}

/// The difference that leads from `from` to `to`; the shorter way round when the column wraps.
#[must_use]
pub fn difference(column: ColumnSpec, from: u32, to: u32) -> i32 {
    let raw = to.wrapping_sub(from);
    if !column.wrap {
        return raw as i32;
    }
    let unused = column.max.leading_zeros();
    ((raw << unused) as i32) >> unused
}

/// The value that a difference leads to, which may lie outside the column's range.
#[must_use]
pub fn apply(column: ColumnSpec, from: u32, difference: i32) -> u32 {
    let to = from.wrapping_add_signed(difference);
    if column.wrap { to & column.max } else { to }
}

/// Predicts a whole row `ticks` after one of `values` and `motion`.
pub fn predict_row(
    kind: &KindLayout,
    values: &[u32],
    motion: &[i32],
    ticks: u32,
    predicted: &mut Vec<u32>,
) {
    predicted.clear();
    predicted.extend_from_slice(values);
    for group in &kind.groups {
        let Some(first) = group.motion else { continue };
        for (index, column) in group.numbers().enumerate() {
            predicted[column] =
                advance(kind.columns[column], values[column], motion[first + index], ticks);
        }
    }
}

/// The motion that leads from `earlier` to `later` in `ticks` ticks, rounded towards zero.
///
/// A quaternion whose largest component changed has none: its columns then mean other things.
pub fn motion_between(
    kind: &KindLayout,
    earlier: &[u32],
    later: &[u32],
    ticks: u32,
    motion: &mut Vec<i32>,
) {
    motion.clear();
    for group in kind.groups.iter().filter(|group| group.motion.is_some()) {
        let still = is_reframed(group, earlier, later);
        motion.extend(group.numbers().map(|column| {
            let change = difference(kind.columns[column], earlier[column], later[column]);
            if still { 0 } else { change / ticks as i32 }
        }));
    }
}

fn is_reframed(group: &Group, earlier: &[u32], later: &[u32]) -> bool {
    group.coding == Coding::Quat && earlier[group.start] != later[group.start]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: ColumnSpec = ColumnSpec { max: 1000, wrap: false };
    const FULL: ColumnSpec = ColumnSpec { max: u32::MAX, wrap: false };
    const RING: ColumnSpec = ColumnSpec { max: 255, wrap: true };

    #[test]
    fn a_prediction_stays_in_range() {
        assert_eq!(advance(PLAIN, 990, 7, 2), 1000);
        assert_eq!(advance(PLAIN, 3, -7, 2), 0);
        assert_eq!(advance(RING, 250, 7, 2), 8);
        assert_eq!(advance(FULL, u32::MAX, i32::MAX, 128), u32::MAX);
        assert_eq!(advance(FULL, 5, i32::MIN, 128), 0);
    }

    #[test]
    fn a_difference_goes_the_shorter_way_round() {
        assert_eq!(difference(RING, 250, 4), 10);
        assert_eq!(difference(RING, 4, 250), -10);
        assert_eq!(difference(PLAIN, 900, 100), -800);
    }

    #[test]
    fn a_difference_leads_back_for_all_extremes() {
        for (from, to) in [(0, u32::MAX), (u32::MAX, 0), (1 << 31, 0), (0, 1 << 31)] {
            assert_eq!(apply(FULL, from, difference(FULL, from, to)), to);
        }
        for from in 0..=255 {
            assert_eq!(apply(RING, from, difference(RING, from, 255 - from)), 255 - from);
        }
    }
}
