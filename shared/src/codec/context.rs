//! What both ends look at before they code a flag or a number.

use super::{
    layout::{Group, KindLayout},
    model::{GAP_CONTEXTS, bit_length},
    predict,
};
use crate::rows::Row;

/// How many of the last two rows of a kind differed.
#[derive(Debug, Default)]
pub(super) struct Recent {
    kind: usize,
    differed: [bool; 2],
}

impl Recent {
    pub(super) fn of(&mut self, kind: usize) -> usize {
        if self.kind != kind {
            *self = Recent { kind, differed: [false; 2] };
        }
        self.differed.iter().filter(|differed| **differed).count()
    }

    pub(super) fn push(&mut self, differed: bool) {
        self.differed = [self.differed[1], differed];
    }
}

/// A group's motion and jolts; nothing when it does not move.
pub(super) fn past<'a>(
    kind: &KindLayout,
    group: &Group,
    motion: &'a [i32],
) -> (&'a [i32], &'a [i32]) {
    let Some(first) = group.motion else { return (&[], &[]) };
    let count = group.numbers().len();
    let jolt = kind.movers + first;
    (&motion[first..first + count], &motion[jolt..jolt + count])
}

/// A group's columns over a gap, as far as their motion can be told from them.
pub(super) struct Leap {
    /// The values' residuals and changes; nothing for a new row.
    known: Option<([i32; 3], [i32; 3])>,
    gap: u32,
}

impl Leap {
    pub fn new(
        kind: &KindLayout,
        group: &Group,
        (old, gap): (Option<Row<'_>>, u32),
        predicted: &[u32],
        values: &[u32],
    ) -> Leap {
        let known = old.map(|old| {
            let residuals = predict::residuals(kind, group, predicted, values);
            (residuals, predict::residuals(kind, group, old.values, values))
        });
        Leap { known, gap }
    }

    /// The contexts of what a motion differs by: of its class, and of its sign.
    pub fn motion_context(&self, index: usize) -> (usize, usize) {
        let Some((residuals, _)) = self.known else { return (GAP_CONTEXTS - 1, 1) };
        let residual = residuals[index];
        let class = bit_length(residual.unsigned_abs()) as usize;
        (class.min(GAP_CONTEXTS - 1), (residual.signum() + 1) as usize)
    }

    /// The contexts of a jolt beside a motion: of its size, and of its sign.
    pub fn jolt_context(&self, index: usize, motion: i32) -> (usize, usize) {
        let Some((_, changes)) = self.known else { return (0, 1) };
        let jolt = predict::expected_jolt(changes[index], motion, self.gap);
        // Over two ticks the expected jolt is the true one, but for turns and ends of ranges.
        let sure = if self.gap == 2 { GAP_CONTEXTS } else { 0 };
        (sure + jolt.unsigned_abs() as usize, (jolt.signum() + 1) as usize)
    }
}
