//! What is modelled: adaptive bits, and how numbers, rows and texts are made of them.
//!
//! Every segment starts again from the priors, so that whoever holds the
//! baseline can decode it. A [`Priors`] says where each bit starts; the table
//! of one group's bits stands for every group of a schema.

use super::layout::Layout;

/// One adaptive bit: the probability of zero (15 bits) and how much evidence stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bit {
    p0: u16,
    seen: u16,
}

/// Evidence beyond this no longer slows adaptation.
const MOST_SEEN: u16 = 60;
/// `RATE[seen]` is 2^16 / (seen + 1.5).
const RATE: [i32; MOST_SEEN as usize + 1] = rates();

const fn rates() -> [i32; MOST_SEEN as usize + 1] {
    let mut table = [0; MOST_SEEN as usize + 1];
    let mut seen = 0;
    while seen < table.len() {
        table[seen] = ((1 << 17) / (2 * seen + 3)) as i32;
        seen += 1;
    }
    table
}

/// Probabilities stay within `LEAST..=2^15 - LEAST`, so that no bit costs over 10 bits.
const LEAST: i32 = 32;

impl Bit {
    /// The probability of zero, of 2^15.
    #[must_use]
    #[inline]
    pub fn p0(self) -> u32 {
        u32::from(self.p0)
    }

    /// Learns from a bit.
    #[inline]
    pub fn learn(&mut self, bit: bool) {
        let target = if bit { LEAST } else { (1 << 15) - LEAST };
        let p0 = i32::from(self.p0);
        let moved = p0 + (((target - p0) * RATE[usize::from(self.seen)]) >> 16);
        self.p0 = moved as u16;
        self.seen += u16::from(self.seen < MOST_SEEN);
    }

    /// Reads a prior's two bytes: p0 in 1/256ths (its middle), then the evidence.
    fn from_prior(pair: &[u8]) -> Bit {
        let p0 = u16::from(pair[0]) * 128 + 64;
        Bit { p0, seen: u16::from(pair[1]).min(MOST_SEEN) }
    }
}

/// Contexts of a number's class: six sizes of motion by four of the neighbour's residual.
pub const CLASS_CONTEXTS: usize = 24;
/// Bits of a class's unary code; longer classes share the last.
pub const CLASS_BITS: usize = 14;
/// Contexts of a number's sign: the sign of the motion.
pub const SIGN_CONTEXTS: usize = 3;
/// Classes with a mantissa of their own; longer ones share the last.
pub const MANTISSA_CLASSES: usize = 16;

/// Offsets of a group's bits from the group's first.
pub mod group {
    use super::{CLASS_BITS, CLASS_CONTEXTS, MANTISSA_CLASSES, SIGN_CONTEXTS};
    /// Whether the group differs: four sizes of motion, by whether an earlier group differed.
    pub const DIFFERS: usize = 0;
    /// The unary code of a residual's class.
    pub const CLASS: usize = DIFFERS + 8;
    /// The residual's sign.
    pub const SIGN: usize = CLASS + CLASS_CONTEXTS * CLASS_BITS;
    /// The two bits below the residual's leading one.
    pub const MANTISSA: usize = SIGN + SIGN_CONTEXTS;
    /// Whether a new row's column equals the previous new row's.
    pub const SAME: usize = MANTISSA + MANTISSA_CLASSES * 3;
    /// Whether a quaternion's largest component changed, then which it is.
    pub const LARGEST: usize = SAME + 1;
    /// How many bits a group has.
    pub const BITS: usize = LARGEST + 4;
}

/// Offsets of the bits that a segment has once.
pub mod once {
    /// Whether anything is new.
    pub const ANY_NEW: usize = 0;
    /// How many rows of a kind are new: Exp-Golomb.
    pub const COUNT: usize = ANY_NEW + 1;
    /// The distance from the previous new slot: Exp-Golomb.
    pub const SLOT: usize = COUNT + 32;
    /// The generation, a tree of eight bits.
    pub const GENERATION: usize = SLOT + 32;
    /// Texts, a tree of eight bits a byte.
    pub const TEXT: usize = GENERATION + 256;
    /// How many bits there are.
    pub const BITS: usize = TEXT + 256;
}

/// Offsets of a kind's bits from the kind's first.
pub mod kind {
    /// Whether a row differs: three sizes of motion, by how many of the two rows before differed.
    pub const DIFFERS: usize = 0;
    /// Whether a row that differs is gone.
    pub const GONE: usize = DIFFERS + 9;
    /// Whether the motion differs from what the values imply, over a gap.
    pub const MOTION: usize = GONE + 1;
    /// How many bits a kind has.
    pub const BITS: usize = MOTION + 1;
}

/// How many bits the table of one of each has: that is what a priors file holds.
pub const TABLE_BITS: usize = once::BITS + kind::BITS + group::BITS;

/// Where every bit of a layout's models starts.
#[derive(Clone, Debug)]
pub struct Priors {
    bits: Vec<Bit>,
    kinds: usize,
}

/// The priors used when a game has none of its own: two bytes a bit.
pub const BUILTIN: &[u8] = include_bytes!("../../../assets/priors/builtin.bin");

impl Priors {
    /// Spreads a table of one of each over a layout: every kind and group starts alike.
    ///
    /// Returns `None` when `table` does not have two bytes for each of [`TABLE_BITS`].
    #[must_use]
    pub fn new(layout: &Layout, table: &[u8]) -> Option<Priors> {
        if table.len() != TABLE_BITS * 2 {
            return None;
        }
        let bits: Vec<Bit> = table.chunks_exact(2).map(Bit::from_prior).collect();
        let (once, rest) = bits.split_at(once::BITS);
        let (kind, group) = rest.split_at(kind::BITS);
        let mut all = once.to_vec();
        all.extend(std::iter::repeat_n(kind, layout.kinds.len()).flatten());
        all.extend(std::iter::repeat_n(group, layout.groups).flatten());
        Some(Priors { bits: all, kinds: layout.kinds.len() })
    }

    /// Where a kind's bits begin.
    #[must_use]
    pub fn kind_base(&self, kind: usize) -> usize {
        once::BITS + kind * kind::BITS
    }

    /// Where a group's bits begin.
    #[must_use]
    pub fn group_base(&self, group: usize) -> usize {
        once::BITS + self.kinds * kind::BITS + group * group::BITS
    }

    /// The entry of the table that a bit started from; for training.
    #[must_use]
    pub fn table_entry(&self, bit: usize) -> usize {
        let kinds_end = once::BITS + self.kinds * kind::BITS;
        if bit < once::BITS {
            bit
        } else if bit < kinds_end {
            once::BITS + (bit - once::BITS) % kind::BITS
        } else {
            once::BITS + kind::BITS + (bit - kinds_end) % group::BITS
        }
    }

    /// Makes `models` what they are at the beginning of a segment.
    pub fn reset(&self, models: &mut Vec<Bit>) {
        models.clear();
        models.extend_from_slice(&self.bits);
    }
}

/// The bits needed for `value`: its class.
#[must_use]
#[inline]
pub fn bit_length(value: u32) -> u32 {
    32 - value.leading_zeros()
}

/// The context of a number's class, from its motion and the class of its neighbour, if any.
#[must_use]
#[inline]
pub fn class_context(motion: i32, neighbour: Option<u32>) -> usize {
    let motion = bit_length(motion.unsigned_abs()).min(5) as usize;
    let neighbour = match neighbour {
        None => 0,
        Some(0) => 1,
        Some(1..=2) => 2,
        Some(_) => 3,
    };
    motion * 4 + neighbour
}

/// The context of a number's sign.
#[must_use]
#[inline]
pub fn sign_context(motion: i32) -> usize {
    (motion.signum() + 1) as usize
}

/// The context of a group's flag, from its largest motion.
#[must_use]
#[inline]
pub fn group_context(motion: &[i32], earlier_differs: bool) -> usize {
    motion_size(motion).min(3) * 2 + usize::from(earlier_differs)
}

/// The context of a row's flag, from its motion and the two rows of its kind before it.
#[must_use]
#[inline]
pub fn row_context(motion: &[i32], recent: usize) -> usize {
    motion_size(motion).min(2) * 3 + recent
}

/// How large the largest motion is: two bits a step, nought when all is still.
#[inline]
fn motion_size(motion: &[i32]) -> usize {
    let largest = motion.iter().map(|motion| motion.unsigned_abs()).max().unwrap_or(0);
    bit_length(largest).div_ceil(2) as usize
}
