//! What is modelled: adaptive bits, and how numbers, rows and texts are made of them.
//!
//! Every segment starts again from the [priors](super::priors), so that whoever
//! holds the baseline can decode it. What counts as similar, a *context*, is
//! decided here: by how fast a thing moves, how wrong its last prediction was, and
//! how wrong those of its neighbours in the same row are.

use crate::schema::ColumnSpec;

pub use super::priors::BUILTIN;

/// One adaptive bit: the probability of zero (15 bits) and how much evidence stands behind it
/// (above these), in one word, because it is read and written all the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bit(u32);

/// Evidence beyond this no longer slows adaptation.
const MOST_SEEN: u32 = 250;
/// `RATE[seen]` is 2^16 / (seen + 1.5); as many as a byte can name, so that no bound is checked.
const RATE: [i32; 256] = rates();

const fn rates() -> [i32; 256] {
    let mut table = [0; 256];
    let mut seen = 0;
    while seen < table.len() {
        table[seen] = ((1 << 17) / (2 * seen + 3)) as i32;
        seen += 1;
    }
    table
}

/// Probabilities stay within `LEAST..=2^15 - LEAST`, so that no bit costs over 10 bits.
const LEAST: i32 = 32;

/// The evidence that a prior can start with.
pub const EVIDENCE: [u32; 16] = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 160, 250];

impl Bit {
    /// The bit that a prior's 16 bits describe: 12 of probability, 4 of evidence.
    #[must_use]
    pub fn from_prior(prior: u16) -> Bit {
        Bit(u32::from((prior >> 4) * 8 + 4) | EVIDENCE[usize::from(prior & 15)] << 16)
    }

    /// The probability of zero, of 2^15.
    #[must_use]
    #[inline]
    pub fn p0(self) -> u32 {
        self.0 & 0xFFFF
    }

    /// Learns from a bit.
    #[inline]
    pub fn learn(&mut self, bit: bool) {
        let (p0, seen) = (self.p0() as i32, self.0 >> 16);
        // By how much it falls short of the most, or of the least.
        let short = (1 << 15) - LEAST - p0 - (-i32::from(bit) & ((1 << 15) - 2 * LEAST));
        let moved = p0 + ((short * RATE[usize::from(seen as u8)]) >> 16);
        *self = Bit(moved as u32 | (seen + u32::from(seen < MOST_SEEN)) << 16);
    }
}

/// Contexts of a number's class: eight sizes of its jolt by six of the row so far.
pub const CLASS_CONTEXTS: usize = 48;
/// Bits of a class's unary code; longer classes share the last.
pub const CLASS_BITS: usize = 12;
/// Contexts of a number's sign: seven jolts by three signs of motion by three classes.
pub const SIGN_CONTEXTS: usize = 63;
/// Classes with a mantissa of their own; longer ones share the last.
pub const MANTISSA_CLASSES: usize = 16;
/// Contexts of what is sent over a gap: classes of the value's residual, sizes of a jolt.
pub const GAP_CONTEXTS: usize = 8;
/// A jolt is within this, either way.
pub const MOST_JOLT: i32 = 7;
/// Steps of a count's class that have a model of their own; longer ones share the last.
pub const COUNT_BITS: usize = 16;
/// Leading bits of a new row's column that are modelled.
pub const FRESH_BITS: u32 = 3;

/// Offsets of a group's bits from the group's first.
pub mod group {
    use super::{
        CLASS_BITS, CLASS_CONTEXTS, FRESH_BITS, GAP_CONTEXTS, MANTISSA_CLASSES, MOST_JOLT,
        SIGN_CONTEXTS,
    };
    /// Whether the group differs: four sizes of motion by four of jolt by four of the row so far.
    pub const DIFFERS: usize = 0;
    /// Whether its columns are sent as they are.
    pub const RAW: usize = DIFFERS + 64;
    /// Whether a new row's group equals the previous new row's.
    pub const SAME: usize = RAW + 1;
    /// Whether another component of a quaternion is the largest, by how sure that was; then which.
    pub const LARGEST: usize = SAME + 1;
    /// The leading bits of a new row's column.
    pub const FRESH: usize = LARGEST + 8 + 4;
    /// The unary code of a residual's class.
    pub const CLASS: usize = FRESH + (1 << FRESH_BITS);
    /// The residual's sign.
    pub const SIGN: usize = CLASS + CLASS_CONTEXTS * CLASS_BITS;
    /// The two bits below the residual's leading one.
    pub const MANTISSA: usize = SIGN + SIGN_CONTEXTS;
    /// Over a gap, the class and sign of what a motion differs by.
    pub const MOTION: usize = MANTISSA + MANTISSA_CLASSES * 3;
    /// The sign of it, by the sign of the value's residual.
    pub const MOTION_SIGN: usize = MOTION + GAP_CONTEXTS * CLASS_BITS;
    /// Over a gap, the size of a jolt, by that of the expected one; over two ticks apart.
    pub const JOLT: usize = MOTION_SIGN + 3;
    /// Its sign, by that of the expected one.
    pub const JOLT_SIGN: usize = JOLT + 2 * GAP_CONTEXTS * MOST_JOLT as usize;
    /// How many bits a group has.
    pub const BITS: usize = JOLT_SIGN + 3;
}

/// Offsets of the bits that a segment has once.
pub mod once {
    /// Whether anything is new.
    pub const ANY_NEW: usize = 0;
    /// Generations of new rows, a tree of eight bits.
    pub const GENERATION: usize = ANY_NEW + 1;
    /// Texts, a tree of eight bits a byte.
    pub const TEXT: usize = GENERATION + 256;
    /// How many bits there are.
    pub const BITS: usize = TEXT + 256;
}

/// Offsets of a kind's bits from the kind's first.
pub mod kind {
    use super::COUNT_BITS;
    /// Whether a row differs: four sizes of motion by four of jolt, by how many of the two rows
    /// before differed.
    pub const DIFFERS: usize = 0;
    /// Whether a row that differs is gone, by the size of its motion.
    pub const GONE: usize = DIFFERS + 48;
    /// Whether the motion differs from what the values imply, over a gap.
    pub const MOTION: usize = GONE + 4;
    /// How many rows are new.
    pub const COUNT: usize = MOTION + 1;
    /// How far on the next new row's slot is.
    pub const SLOT: usize = COUNT + COUNT_BITS;
    /// How many bits a kind has.
    pub const BITS: usize = SLOT + COUNT_BITS;
}

/// The bits needed for `value`: its class.
#[must_use]
#[inline]
pub fn bit_length(value: u32) -> u32 {
    32 - value.leading_zeros()
}

/// The largest class that a column's residual can have.
#[must_use]
#[inline]
pub fn most_class(column: ColumnSpec) -> u32 {
    if column.wrap { bit_length(column.max / 2 + column.max % 2) } else { bit_length(column.max) }
}

/// Whether a residual's sign has to be told: the opposite of [`known_sign`].
#[must_use]
#[inline]
pub fn is_sign_open(column: ColumnSpec, expected: u32) -> bool {
    column.wrap || column.max > i32::MAX as u32 || expected != 0 && expected != column.max
}

/// Whether a residual must be negative, where its expected value leaves only one way to go.
#[must_use]
#[inline]
pub fn known_sign(column: ColumnSpec, expected: u32) -> Option<bool> {
    match expected {
        // In a wider range a residual may go round the 32 bits.
        _ if column.wrap || column.max > i32::MAX as u32 => None,
        0 => Some(false),
        at if at == column.max => Some(true),
        _ => None,
    }
}

/// The jolt that a residual leaves behind: its class with its sign.
#[must_use]
#[inline]
pub fn jolt(residual: i32) -> i32 {
    let size = (bit_length(residual.unsigned_abs()) as i32).min(MOST_JOLT);
    if residual < 0 { -size } else { size }
}

/// How wrong the predictions of a row have been so far, as the context of what follows: nought
/// before anything was noted, else one more than the largest class.
#[derive(Clone, Copy, Debug, Default)]
pub struct Near(u32);

impl Near {
    /// Notes a number's class.
    #[inline]
    pub fn note(&mut self, class: u32) {
        self.0 = self.0.max(class + 1);
    }

    /// The context, in which classes count up to `most`.
    #[inline]
    fn level(self, most: u32) -> usize {
        self.0.min(most + 1) as usize
    }
}

/// How a number has moved, and how that surprised.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past {
    /// By how much it changed in the tick before.
    pub motion: i32,
    /// The class and sign of its last residual; over a gap, of what is to be expected.
    pub jolt: i32,
}

impl Past {
    /// A column's past, as it matters `gap` ticks later: the longer, the more may have happened.
    #[must_use]
    #[inline]
    pub fn new(motion: i32, jolt: i32, gap: u32) -> Past {
        if gap <= 1 || motion == 0 && jolt == 0 {
            return Past { motion, jolt };
        }
        let grown = (jolt.abs() + bit_length(gap - 1) as i32 * 3 / 2).min(MOST_JOLT);
        Past { motion, jolt: if jolt < 0 { -grown } else { grown } }
    }
}

/// The context of a number's class.
#[must_use]
#[inline]
pub fn class_context(jolt: i32, near: Near) -> usize {
    jolt.unsigned_abs().min(MOST_JOLT as u32) as usize * 6 + near.level(4)
}

/// The context of a number's sign.
#[must_use]
#[inline]
pub fn sign_context(past: Past, class: u32) -> usize {
    let jolt = (past.jolt.clamp(-3, 3) + 3) as usize;
    (jolt * 3 + (past.motion.signum() + 1) as usize) * 3 + class.min(3) as usize - 1
}

/// How much a row or a group is moving, and how much that surprised.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unrest {
    /// As long as the largest motion, in bits.
    motion: u32,
    jolt: u32,
}

impl Unrest {
    /// All of some motions and jolts.
    #[must_use]
    #[inline]
    pub fn of(motions: &[i32], jolts: &[i32]) -> Unrest {
        let mut unrest = Unrest::default();
        motions.iter().zip(jolts).for_each(|(motion, jolt)| unrest.note(*motion, *jolt));
        unrest
    }

    /// Notes a number's motion and jolt.
    #[inline]
    pub fn note(&mut self, motion: i32, jolt: i32) {
        self.motion |= motion.unsigned_abs();
        self.jolt = self.jolt.max(jolt.unsigned_abs());
    }

    /// How large the largest motion is: two bits a step, nought when all is still, at most three.
    #[must_use]
    #[inline]
    pub fn motion_size(self) -> usize {
        (bit_length(self.motion).div_ceil(2) as usize).min(3)
    }

    #[inline]
    fn level(self) -> usize {
        self.motion_size() * 4 + self.jolt.min(3) as usize
    }
}

/// The context of a group's flag.
#[must_use]
#[inline]
pub fn group_context(unrest: Unrest, near: Near) -> usize {
    unrest.level() * 4 + near.level(2)
}

/// The context of a row's flag, from how many of the two rows of its kind before it differed.
#[must_use]
#[inline]
pub fn row_context(unrest: Unrest, recent: usize) -> usize {
    unrest.level() * 3 + recent
}
