//! How a row compares with what was predicted of it, number by number.

use super::{
    layout::{Coding, Group, KindLayout},
    model::Unrest,
    predict::{self, Off},
};
use crate::{
    rows::{self, Row},
    schema::MAX_COLUMNS,
};

/// A number that a row holds, beside what was predicted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Number {
    /// What was predicted.
    pub expected: u32,
    /// How far off that was.
    pub residual: i32,
    /// By how much the number had changed in the tick before.
    pub motion: i32,
    /// The class and sign of the residual before.
    pub jolt: i32,
}

/// A row's numbers, and its rotations as predicted.
#[derive(Debug)]
pub(super) struct Comparison {
    numbers: [Number; MAX_COLUMNS],
    rotations: [u32; MAX_COLUMNS],
}

impl Default for Comparison {
    fn default() -> Self {
        Comparison { numbers: [Number::default(); MAX_COLUMNS], rotations: [0; MAX_COLUMNS] }
    }
}

impl Comparison {
    /// Compares what became of `old` after `gap` ticks: whether it is not as predicted, and how
    /// much it was moving.
    #[inline]
    pub fn differs(
        &mut self,
        kind: &KindLayout,
        (old, gap): (&Row<'_>, u32),
        later: &[u32],
    ) -> (bool, Unrest) {
        let (mut off, mut unrest) = (0, Unrest::default());
        let (motions, jolts) = old.motion.split_at(kind.movers);
        for mover in &kind.moving {
            let (motion, jolt) = (motions[mover.motion], jolts[mover.motion]);
            let expected = predict::advance(mover.spec, old.values[mover.column], motion, gap);
            let residual = predict::difference(mover.spec, expected, later[mover.column]);
            self.numbers[mover.number] = Number { expected, residual, motion, jolt };
            unrest.note(motion, jolt);
            off |= residual;
        }
        for index in &kind.held {
            let number = &kind.numbers[*index];
            let expected = old.values[number.column];
            let residual = predict::difference(number.spec, expected, later[number.column]);
            self.numbers[*index] = Number { expected, residual, ..Number::default() };
            off |= residual;
        }
        let mut differs = off != 0;
        for group in kind.texts.iter().map(|index| &kind.groups[*index]) {
            differs |= !rows::equal(&old.values[group.columns()], &later[group.columns()]);
        }
        for group in kind.turning.iter().map(|index| &kind.groups[*index]) {
            differs |= self.turn(kind, group, (old, gap), later, &mut unrest);
        }
        for group in kind.led.iter().map(|index| &kind.groups[*index]) {
            let velocity = |comparison: &Self, column: usize| {
                let number = kind.numbers.iter().position(|number| number.column == column);
                number.map_or(0, |number| comparison.numbers[number].expected)
            };
            differs |= self.lead(kind, group, (*old, gap), later, velocity);
        }
        (differs, unrest)
    }

    /// Compares a rotation.
    fn turn(
        &mut self,
        kind: &KindLayout,
        group: &Group,
        (old, gap): (&Row<'_>, u32),
        later: &[u32],
        unrest: &mut Unrest,
    ) -> bool {
        let (columns, later) = (group.columns(), &later[group.columns()]);
        let predicted = predict::turned(kind, group, *old, gap);
        let differs = predicted != later;
        let off = if differs { Off::new(kind, group, &predicted, later) } else { Off::default() };
        for index in 0..3 {
            let past =
                |from: usize| group.motion.map_or(0, |first| old.motion[from + first + index]);
            let (expected, residual) = (off.expected[index], off.residuals[index]);
            let (motion, jolt) = (past(0), past(kind.movers));
            self.numbers[group.first + index] = Number { expected, residual, motion, jolt };
            unrest.note(motion, jolt);
        }
        self.rotations[columns].copy_from_slice(&predicted);
        differs
    }

    /// Compares a group that another one leads, whose columns are `velocity`.
    fn lead(
        &mut self,
        kind: &KindLayout,
        group: &Group,
        (old, gap): (Row<'_>, u32),
        later: &[u32],
        velocity: impl Fn(&Self, usize) -> u32,
    ) -> bool {
        let Some((first, rate)) = group.by else { return false };
        let mut off = 0;
        for (index, column) in group.columns().enumerate() {
            let spec = kind.columns[column];
            let velocity = velocity(self, first + index);
            let expected = predict::led(spec, old.values[column], rate.over(velocity, gap));
            let residual = predict::difference(spec, expected, later[column]);
            self.numbers[group.first + index] = Number { expected, residual, ..Number::default() };
            off |= residual;
        }
        off != 0
    }

    /// Compares a group that another one leads again, now that it is known what that became.
    pub fn follow(&mut self, kind: &KindLayout, group: &Group, old: (Row<'_>, u32), later: &[u32]) {
        self.lead(kind, group, old, later, |_, column| later[column]);
    }

    /// A group's numbers, how much they were moving, and whether any of its columns is not as
    /// predicted.
    #[inline]
    pub fn group(&self, group: &Group, old: Row<'_>, later: &[u32]) -> (&[Number], Unrest, bool) {
        let (mut unrest, mut off) = (Unrest::default(), 0);
        let numbers = &self.numbers[group.first..group.first + group.count];
        if group.coding == Coding::Text {
            let columns = group.columns();
            return (&[], unrest, !rows::equal(&old.values[columns.clone()], &later[columns]));
        }
        if group.motion.is_some() {
            numbers.iter().for_each(|number| unrest.note(number.motion, number.jolt));
        }
        numbers.iter().for_each(|number| off |= number.residual);
        let other =
            group.coding == Coding::Quat && self.rotations[group.start] != later[group.start];
        (numbers, unrest, off != 0 || other)
    }

    /// A rotation's columns as predicted.
    pub fn rotation(&self, group: &Group) -> &[u32] {
        &self.rotations[group.columns()]
    }
}
