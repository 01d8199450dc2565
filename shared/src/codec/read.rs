//! Numbers, texts and counts from bits: the mirror of [`super::write`].

use super::{
    decode::DecodeError,
    model::{self, COUNT_BITS, FRESH_BITS, Near, Past, bit_length, group, once},
    models::Models,
    range::RangeDecoder,
};
use crate::schema::ColumnSpec;

/// A range decoder with its models.
pub(super) struct Bits<'a, 'b> {
    models: &'a mut Models,
    range: RangeDecoder<'b>,
}

impl<'a, 'b> Bits<'a, 'b> {
    pub fn new(models: &'a mut Models, bytes: &'b [u8]) -> Self {
        Bits { models, range: RangeDecoder::new(bytes) }
    }

    #[inline(always)]
    pub fn bit(&mut self, model: usize) -> bool {
        let model = self.models.touch(model);
        let bit = self.range.bit(model.p0());
        model.learn(bit);
        bit
    }

    pub fn raw(&mut self, count: u32) -> u32 {
        self.range.raw(count)
    }

    pub fn check(&self) -> Result<(), DecodeError> {
        if self.range.overran() { Err(DecodeError::Truncated) } else { Ok(()) }
    }

    pub fn finish(&self) -> Result<(), DecodeError> {
        if self.range.has_trailing() { Err(DecodeError::Trailing) } else { self.check() }
    }

    /// Reads a residual against what is expected of a column, and notes its class.
    pub fn number(
        &mut self,
        base: usize,
        (spec, expected): (ColumnSpec, u32),
        past: Past,
        near: &mut Near,
    ) -> i32 {
        // The decoder in a variable of its own, and all that is called inlined: then it is in
        // registers, and each bit waits for the one before, but not for memory.
        let mut bits = Bits { models: &mut *self.models, range: self.range };
        let residual = bits.residual(base, (spec, expected), past, near);
        self.range = bits.range;
        residual
    }

    #[inline(always)]
    fn residual(
        &mut self,
        base: usize,
        (spec, expected): (ColumnSpec, u32),
        past: Past,
        near: &mut Near,
    ) -> i32 {
        let context = model::class_context(past.jolt, *near);
        let first = base + group::CLASS + context * model::CLASS_BITS;
        let class = self.unary(first, model::CLASS_BITS, model::most_class(spec));
        near.note(class);
        if class == 0 {
            return 0;
        }
        let negative = model::known_sign(spec, expected)
            .unwrap_or_else(|| self.bit(base + group::SIGN + model::sign_context(past, class)));
        self.signed(base, class, negative)
    }

    /// Reads by how much a motion differs over a gap.
    pub fn motion(&mut self, base: usize, (context, sign): (usize, usize)) -> i32 {
        let first = base + group::MOTION + context * model::CLASS_BITS;
        let class = self.unary(first, model::CLASS_BITS, 32);
        if class == 0 {
            return 0;
        }
        let negative = self.bit(base + group::MOTION_SIGN + sign);
        self.signed(base, class, negative)
    }

    /// Reads a jolt over a gap.
    pub fn jolt(&mut self, base: usize, (context, sign): (usize, usize)) -> i32 {
        let most = model::MOST_JOLT as usize;
        let size = self.unary(base + group::JOLT + context * most, most, most as u32) as i32;
        let negative = size > 0 && self.bit(base + group::JOLT_SIGN + sign);
        if negative { -size } else { size }
    }

    /// Reads a class up to `most` in unary; steps beyond `models` share the last model.
    #[inline(always)]
    fn unary(&mut self, first: usize, models: usize, most: u32) -> u32 {
        let mut class = 0;
        while class < most && self.bit(first + (class as usize).min(models - 1)) {
            class += 1;
        }
        class
    }

    #[inline(always)]
    fn signed(&mut self, base: usize, class: u32, negative: bool) -> i32 {
        let size = self.mantissa(base, class) as i32;
        if negative { size.wrapping_neg() } else { size }
    }

    #[inline(always)]
    fn mantissa(&mut self, base: usize, class: u32) -> u32 {
        let first =
            base + group::MANTISSA + (class as usize - 1).min(model::MANTISSA_CLASSES - 1) * 3;
        if class == 1 {
            return 1;
        }
        let high = u32::from(self.bit(first));
        if class == 2 {
            return 2 | high;
        }
        let low = u32::from(self.bit(first + 1 + high as usize));
        (4 | high << 1 | low) << (class - 3) | self.range.raw(class - 3)
    }

    /// Reads a new row's column that goes up to `max`.
    pub fn fresh(&mut self, base: usize, max: u32) -> u32 {
        let bits = bit_length(max);
        let modelled = bits.min(FRESH_BITS);
        let high = self.tree(base + group::FRESH, modelled);
        let low = self.range.raw(bits - modelled);
        high.checked_shl(bits - modelled).unwrap_or(0) | low
    }

    /// Reads which component of a quaternion is the largest.
    pub fn largest(&mut self, base: usize, certainty: usize, predicted: u32) -> u32 {
        if self.bit(base + group::LARGEST + certainty) {
            self.tree(base + group::LARGEST + 8, 2)
        } else {
            predicted
        }
    }

    /// Reads bytes up to and with the first NUL.
    pub fn text(&mut self, columns: &mut [u32]) {
        columns.fill(0);
        for index in 0..columns.len() * 4 {
            let byte = self.tree(once::TEXT, 8);
            if byte == 0 {
                return;
            }
            columns[index / 4] |= byte << (index % 4 * 8);
        }
    }

    /// Reads `bits` bits, high bit first, each in the context of those before it.
    pub fn tree(&mut self, first: usize, bits: u32) -> u32 {
        let mut node = 1;
        for _ in 0..bits {
            node = node * 2 + usize::from(self.bit(first + node));
        }
        node as u32 - (1 << bits)
    }

    /// Reads a count below 2^31.
    pub fn count(&mut self, first: usize) -> u32 {
        match self.unary(first, COUNT_BITS, 31) {
            0 => 0,
            class => 1 << (class - 1) | self.range.raw(class - 1),
        }
    }
}
