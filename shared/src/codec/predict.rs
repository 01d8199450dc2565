//! What a row is expected to become, and what its motion is.
//!
//! A column that moves carries its *motion*: by how much it changed in the tick
//! before; and its *jolt*: how far off it was from what had been predicted, as a
//! size class with a sign. Both are part of the replicated state, so whoever holds a
//! baseline predicts from it exactly as the server does. Over one tick they
//! follow from the values; over a longer gap (and in a keyframe) they are sent.

use super::{
    layout::{Coding, Group, KindLayout, Mover},
    model, quat,
};
use crate::{
    rows::Row,
    schema::{ColumnSpec, FieldType},
};

/// The value that lies `ticks · motion` beyond `value`, kept inside the column's range.
#[must_use]
#[inline]
pub fn advance(column: ColumnSpec, value: u32, motion: i32, ticks: u32) -> u32 {
    keep(column, i64::from(value) + i64::from(motion) * i64::from(ticks))
}

/// Brings a number into the column's range: round and round, or to the nearer end.
#[inline]
fn keep(column: ColumnSpec, value: i64) -> u32 {
    let max = i64::from(column.max);
    if !column.wrap {
        value.clamp(0, max) as u32
    } else if (0..=max).contains(&value) {
        // Most are, and dividing takes long.
        value as u32
    } else {
        value.rem_euclid(max + 1) as u32
    }
}

/// The difference that leads from `from` to `to`; the shorter way round when the column wraps.
#[must_use]
#[inline]
pub fn difference(column: ColumnSpec, from: u32, to: u32) -> i32 {
    if !column.wrap {
        return to.wrapping_sub(from) as i32;
    }
    let around = i64::from(column.max) + 1;
    let ahead = i64::from(to) - i64::from(from);
    let ahead = if ahead < 0 { ahead + around } else { ahead };
    (if ahead >= around - around / 2 { ahead - around } else { ahead }) as i32
}

/// The value that a difference leads to, which may lie outside a range that does not wrap.
#[must_use]
#[inline]
pub fn apply(column: ColumnSpec, from: u32, difference: i32) -> u32 {
    if column.wrap {
        keep(column, i64::from(from) + i64::from(difference))
    } else {
        from.wrapping_add_signed(difference)
    }
}

/// What a velocity does to a place in a tick, in 1/65536ths of a step of the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What one step of the velocity does.
    step: i64,
    /// What the velocity's least value does.
    least: i64,
}

impl Rate {
    /// The rate of a velocity whose columns go up to `most`, for a place of type `place`.
    ///
    /// Plain 64-bit floats, in this order, so that JavaScript arrives at the same integers.
    #[must_use]
    pub fn new((velocity, most): (&FieldType, u32), place: &FieldType, tick_hz: u32) -> Rate {
        let (least, step) = unit(velocity);
        let grain = unit(place).1 * f64::from(tick_hz.max(1));
        // The product with any column, and then with any gap, stays below 2^53.
        let limit = (1u64 << 44) as f64;
        let step = (step / grain * 65536.0).round().min((limit / f64::from(most.max(1))).floor());
        let least = (least / grain * 65536.0).round().clamp(-limit, limit);
        Rate { step: step as i64, least: least as i64 }
    }

    /// By how much the place changes in `ticks` ticks.
    #[must_use]
    pub fn over(self, velocity: u32, ticks: u32) -> i64 {
        ((i64::from(velocity) * self.step + self.least) * i64::from(ticks) + 32768) >> 16
    }
}

/// A number's least value and its step.
fn unit(ty: &FieldType) -> (f64, f64) {
    match ty {
        FieldType::Int { min, .. } => (*min as f64, 1.0),
        FieldType::Float { min, step, .. }
        | FieldType::Vec2 { min, step, .. }
        | FieldType::Vec3 { min, step, .. } => (f64::from(*min), f64::from(*step)),
        FieldType::Angle { bits } => (0.0, std::f64::consts::TAU / f64::from(1u32 << bits)),
        _ => (0.0, 1.0),
    }
}

/// Predicts a whole row `ticks` after `old` in the columns that still hold the old values.
pub fn predict_row(kind: &KindLayout, old: Row<'_>, ticks: u32, predicted: &mut [u32]) {
    for mover in &kind.moving {
        predicted[mover.column] = next(mover, old, ticks);
    }
    for group in kind.turning.iter().map(|index| &kind.groups[*index]) {
        predicted[group.columns()].copy_from_slice(&turned(kind, group, old, ticks));
    }
    for group in kind.led.iter().map(|index| &kind.groups[*index]) {
        let velocity = velocity(group, predicted);
        predict_by(kind, group, (old.values, velocity), ticks, predicted);
    }
}

/// Whether a row became what is predicted of it, in kinds of which no group is led by another.
#[inline]
pub fn went_as_predicted(kind: &KindLayout, old: Row<'_>, ticks: u32, later: &[u32]) -> bool {
    let held = |column: usize| old.values[column] == later[column];
    let group = |index: &usize| &kind.groups[*index];
    debug_assert!(kind.led.is_empty());
    kind.moving.iter().all(|mover| next(mover, old, ticks) == later[mover.column])
        && kind.held.iter().all(|number| held(kind.numbers[*number].column))
        && kind.texts.iter().map(group).all(|group| group.columns().all(held))
        && kind
            .turning
            .iter()
            .map(group)
            .all(|group| turned(kind, group, old, ticks) == later[group.columns()])
}

/// What a column that moves is expected to become.
#[inline]
fn next(mover: &Mover, old: Row<'_>, ticks: u32) -> u32 {
    advance(mover.spec, old.values[mover.column], old.motion[mover.motion], ticks)
}

/// What a place becomes that moves by so much.
#[inline]
pub(super) fn led(spec: ColumnSpec, value: u32, by: i64) -> u32 {
    keep(spec, i64::from(value) + by)
}

/// What a rotation is expected to become.
#[must_use]
pub fn turned(kind: &KindLayout, group: &Group, old: Row<'_>, ticks: u32) -> [u32; 4] {
    let columns = &old.values[group.columns()];
    let mut turned = [columns[0], columns[1], columns[2], columns[3]];
    let Some(first) = group.motion else { return turned };
    let motion = &old.motion[first..first + 3];
    if motion != [0; 3] {
        let max = kind.columns[group.start + 1].max;
        let parts = quat::turned(columns, motion, max, ticks);
        quat::frame(parts, quat::largest(parts), max, &mut turned);
    }
    turned
}

/// The columns of `values` that say how fast a group changes, if there are such.
#[must_use]
pub fn velocity(group: &Group, values: &[u32]) -> [u32; 3] {
    let mut velocity = [0; 3];
    if let Some((first, _)) = group.by {
        velocity[..group.len].copy_from_slice(&values[first..first + group.len]);
    }
    velocity
}

/// Predicts a group that changes as another one says: by that one's new value.
pub fn predict_by(
    kind: &KindLayout,
    group: &Group,
    (old, velocity): (&[u32], [u32; 3]),
    ticks: u32,
    predicted: &mut [u32],
) {
    let Some((_, rate)) = group.by else { return };
    for (column, velocity) in group.numbers().zip(velocity) {
        predicted[column] = led(kind.columns[column], old[column], rate.over(velocity, ticks));
    }
}

/// The columns of a rotation as predicted, written like `like`.
#[must_use]
pub fn expected(kind: &KindLayout, group: &Group, predicted: &[u32], like: u32) -> [u32; 4] {
    let mut columns = [0; 4];
    quat::reframed(predicted, like, kind.columns[group.start + 1].max, &mut columns);
    columns
}

/// By how much each number of a group is off what was predicted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Off {
    /// What was predicted; of a rotation, written as it now is.
    pub expected: [u32; 3],
    /// What that differs by.
    pub residuals: [i32; 3],
}

impl Off {
    /// Compares the columns of a group.
    #[must_use]
    #[inline]
    pub fn new(kind: &KindLayout, group: &Group, predicted: &[u32], values: &[u32]) -> Off {
        if group.coding == Coding::Quat {
            let reframed = expected(kind, group, predicted, values[0]);
            return Off::between(&kind.columns[group.numbers()], &reframed[1..], &values[1..]);
        }
        Off::between(&kind.columns[group.columns()], predicted, values)
    }

    #[inline]
    fn between(columns: &[ColumnSpec], predicted: &[u32], values: &[u32]) -> Off {
        let mut off = Off::default();
        let each = off.expected.iter_mut().zip(&mut off.residuals);
        for (((expected, residual), from), (to, spec)) in
            each.zip(predicted).zip(values.iter().zip(columns))
        {
            *expected = *from;
            *residual = difference(*spec, *from, *to);
        }
        off
    }
}

/// By how much each number of a group differs from what was predicted, given whole rows.
#[must_use]
pub fn residuals(kind: &KindLayout, group: &Group, predicted: &[u32], values: &[u32]) -> [i32; 3] {
    Off::new(kind, group, &predicted[group.columns()], &values[group.columns()]).residuals
}

/// Works out the motion of a row and its jolts, when nothing else is said: it was `old`, became
/// `later`, and `predicted` was expected.
///
/// Over one tick that is exact. Over a gap the motion is taken to have changed evenly, and the
/// jolts are nought.
pub fn motion_between(
    kind: &KindLayout,
    (old, predicted): (Row<'_>, &[u32]),
    later: &[u32],
    ticks: u32,
    motion: &mut [i32],
) {
    let (motions, jolts) = motion.split_at_mut(kind.movers);
    for Mover { column, motion: at, spec, .. } in &kind.moving {
        let residual = difference(*spec, predicted[*column], later[*column]);
        motions[*at] = match ticks {
            0 | 1 => difference(*spec, old.values[*column], later[*column]),
            _ => old.motion[*at].wrapping_add(evenly(residual, ticks)),
        };
        jolts[*at] = if ticks == 1 { model::jolt(residual) } else { 0 };
    }
    for group in kind.turning.iter().map(|index| &kind.groups[*index]) {
        let columns = group.columns();
        let from = (old, &predicted[columns.clone()]);
        turn_between(kind, group, from, &later[columns], ticks, (motions, jolts));
    }
}

/// Works out the motion of a row one tick after `old`.
pub fn motion_after(kind: &KindLayout, old: Row<'_>, later: &[u32], motion: &mut [i32]) {
    let (motions, jolts) = motion.split_at_mut(kind.movers);
    for mover @ Mover { column, motion: at, spec, .. } in &kind.moving {
        let residual = difference(*spec, next(mover, old, 1), later[*column]);
        motions[*at] = difference(*spec, old.values[*column], later[*column]);
        jolts[*at] = model::jolt(residual);
    }
    for group in kind.turning.iter().map(|index| &kind.groups[*index]) {
        let columns = group.columns();
        let from = (old, &turned(kind, group, old, 1)[..]);
        turn_between(kind, group, from, &later[columns], 1, (motions, jolts));
    }
}

/// Works out the motion of a rotation and its jolts, given what it was expected to become and became.
fn turn_between(
    kind: &KindLayout,
    group: &Group,
    (old, predicted): (Row<'_>, &[u32]),
    later: &[u32],
    ticks: u32,
    (motions, jolts): (&mut [i32], &mut [i32]),
) {
    let Some(first) = group.motion else { return };
    let (before, was) = (&old.values[group.columns()], &old.motion[first..first + 3]);
    let (motions, jolts) = (&mut motions[first..first + 3], &mut jolts[first..first + 3]);
    jolts.fill(0);
    if was == [0; 3] && later == before {
        return motions.fill(0);
    }
    let changes = Off::new(kind, group, before, later).residuals;
    let residuals = Off::new(kind, group, predicted, later).residuals;
    let reframed = before[0] != later[0];
    for index in 0..3 {
        motions[index] = match ticks {
            0 | 1 => changes[index],
            _ if reframed => changes[index] / ticks as i32,
            _ => was[index].wrapping_add(evenly(residuals[index], ticks)),
        };
        if ticks == 1 {
            jolts[index] = model::jolt(residuals[index]);
        }
    }
}

/// By how much a motion has changed that changed evenly, and led so far astray in `ticks` ticks.
fn evenly(residual: i32, ticks: u32) -> i32 {
    (i64::from(residual) * 2 / i64::from(ticks + 1)) as i32
}

/// The jolt to expect of a column that changed by `change` in `ticks` ticks, by `motion` in the last.
#[must_use]
pub fn expected_jolt(change: i32, motion: i32, ticks: u32) -> i32 {
    if ticks < 2 {
        return 0;
    }
    let ahead = i64::from(motion) * i64::from(ticks) - i64::from(change);
    let bent = ahead * 2 / i64::from(ticks * (ticks - 1));
    model::jolt(bent.clamp(-255, 255) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: ColumnSpec = ColumnSpec { max: 1000, wrap: false };
    const FULL: ColumnSpec = ColumnSpec { max: u32::MAX, wrap: false };
    const RING: ColumnSpec = ColumnSpec { max: 255, wrap: true };
    const ODD: ColumnSpec = ColumnSpec { max: 4, wrap: true };

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
        assert_eq!(difference(RING, 0, 128), -128);
        assert_eq!(difference(PLAIN, 900, 100), -800);
        assert_eq!([0, 1, 2, 3, 4].map(|to| difference(ODD, 0, to)), [0, 1, 2, -2, -1]);
        assert_eq!(advance(ODD, 4, 2, 3), 0);
    }

    #[test]
    fn a_difference_leads_back_for_all_extremes() {
        for (from, to) in [(0, u32::MAX), (u32::MAX, 0), (1 << 31, 0), (0, 1 << 31)] {
            assert_eq!(apply(FULL, from, difference(FULL, from, to)), to);
        }
        for (from, to) in (0..5).flat_map(|from| (0..5).map(move |to| (from, to))) {
            assert_eq!(apply(ODD, from, difference(ODD, from, to)), to);
        }
        for from in 0..=255 {
            assert_eq!(apply(RING, from, difference(RING, from, 255 - from)), 255 - from);
        }
    }

    #[test]
    fn a_velocity_moves_by_its_units_a_second() {
        let velocity = FieldType::Float { min: -8.0, max: 8.0, step: 0.5 };
        let place = FieldType::Float { min: 0.0, max: 100.0, step: 0.25 };
        let rate = Rate::new((&velocity, 32), &place, 4);
        assert_eq!(rate.over(32, 1), 8, "8 units a second are 2 a tick, 8 steps of a quarter");
        assert_eq!(rate.over(0, 2), -16);
        assert_eq!(rate.over(16, 100), 0);
    }

    #[test]
    fn an_absurd_velocity_stays_within_bounds() {
        let velocity = FieldType::Int { min: -(1 << 40), max: (1 << 32) - (1 << 40) - 1 };
        let place = FieldType::Float { min: 0.0, max: 1e-30, step: 1e-38 };
        let rate = Rate::new((&velocity, u32::MAX), &place, 1);
        assert!(rate.over(u32::MAX, 128).unsigned_abs() < 1 << 37);
    }
}
