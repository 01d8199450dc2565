//! Numbers, texts and counts as bits, for whoever takes them.

use super::{
    model::{self, Bit, COUNT_BITS, FRESH_BITS, Near, Past, bit_length, group, once},
    models::Models,
    range::{PROBABILITY_BITS, RangeEncoder},
};
use crate::schema::ColumnSpec;

/// Where coded bits go: a range coder, or a trainer that counts them.
pub trait BitSink {
    /// Takes a bit coded by the model of this number.
    fn bit(&mut self, model: usize, bit: bool);
    /// Takes bits at even odds.
    fn raw(&mut self, value: u32, count: u32);
    /// The models as they are.
    fn models(&self) -> &[Bit];
}

/// A range coder with its models.
pub(super) struct Coder<'a> {
    pub models: &'a mut Models,
    pub range: RangeEncoder<'a>,
}

impl BitSink for Coder<'_> {
    #[inline]
    fn bit(&mut self, model: usize, bit: bool) {
        let model = self.models.touch(model);
        self.range.bit(bit, model.p0());
        model.learn(bit);
    }

    fn raw(&mut self, value: u32, count: u32) {
        self.range.raw(value, count);
    }

    fn models(&self) -> &[Bit] {
        self.models.bits()
    }
}

/// Adds up what bits would cost, in 256ths of a bit.
pub(super) struct Meter<'a> {
    pub models: &'a [Bit],
    pub cost: u32,
}

impl BitSink for Meter<'_> {
    fn bit(&mut self, model: usize, bit: bool) {
        let p0 = self.models[model].p0();
        self.cost += cost(if bit { (1 << PROBABILITY_BITS) - p0 } else { p0 });
    }

    fn raw(&mut self, _value: u32, count: u32) {
        self.cost += count * 256;
    }

    fn models(&self) -> &[Bit] {
        self.models
    }
}

/// What a bit of this probability costs, in 256ths of a bit, to within a few of them.
fn cost(probability: u32) -> u32 {
    let class = bit_length(probability.max(1));
    let fraction = (probability << (16 - class)) & 0x7FFF;
    ((PROBABILITY_BITS + 1 - class) << 8).saturating_sub(fraction >> 7)
}

/// What a column's number is coded against.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    pub spec: ColumnSpec,
    pub value: u32,
    pub past: Past,
}

/// Encodes a residual and notes its class.
pub(super) fn number(
    base: usize,
    expected: Expected,
    residual: i32,
    near: &mut Near,
    sink: &mut impl BitSink,
) {
    let size = residual.unsigned_abs();
    let class = bit_length(size);
    let first =
        base + group::CLASS + model::class_context(expected.past.jolt, *near) * model::CLASS_BITS;
    unary(first, model::CLASS_BITS, class, model::most_class(expected.spec), sink);
    near.note(class);
    if class == 0 {
        return;
    }
    if model::known_sign(expected.spec, expected.value).is_none() {
        let context = model::sign_context(expected.past, class);
        sink.bit(base + group::SIGN + context, residual < 0);
    }
    mantissa(base, size, class, sink);
}

/// Encodes by how much a motion differs over a gap.
pub(super) fn motion(
    base: usize,
    (context, sign): (usize, usize),
    differs: i32,
    sink: &mut impl BitSink,
) {
    let class = bit_length(differs.unsigned_abs());
    unary(base + group::MOTION + context * model::CLASS_BITS, model::CLASS_BITS, class, 32, sink);
    if class > 0 {
        sink.bit(base + group::MOTION_SIGN + sign, differs < 0);
        mantissa(base, differs.unsigned_abs(), class, sink);
    }
}

/// Encodes a jolt over a gap.
pub(super) fn jolt(
    base: usize,
    (context, sign): (usize, usize),
    jolt: i32,
    sink: &mut impl BitSink,
) {
    let most = model::MOST_JOLT as usize;
    unary(base + group::JOLT + context * most, most, jolt.unsigned_abs(), most as u32, sink);
    if jolt != 0 {
        sink.bit(base + group::JOLT_SIGN + sign, jolt < 0);
    }
}

/// Encodes a class up to `most` in unary; steps beyond `models` share the last model.
#[inline]
fn unary(first: usize, models: usize, class: u32, most: u32, sink: &mut impl BitSink) {
    for step in 0..(class + 1).min(most) {
        sink.bit(first + (step as usize).min(models - 1), class > step);
    }
}

fn mantissa(base: usize, size: u32, class: u32, sink: &mut impl BitSink) {
    let first = base + group::MANTISSA + (class as usize - 1).min(model::MANTISSA_CLASSES - 1) * 3;
    if class >= 2 {
        let high = size >> (class - 2) & 1;
        sink.bit(first, high == 1);
        if class >= 3 {
            sink.bit(first + 1 + high as usize, size >> (class - 3) & 1 == 1);
            sink.raw(size, class - 3);
        }
    }
}

/// Encodes a new row's column: some leading bits by their models, the others as they are.
pub(super) fn fresh(base: usize, spec: ColumnSpec, value: u32, sink: &mut impl BitSink) {
    assert!(value <= spec.max, "a column above its maximum");
    let bits = bit_length(spec.max);
    let modelled = bits.min(FRESH_BITS);
    tree(base + group::FRESH, value.checked_shr(bits - modelled).unwrap_or(0), modelled, sink);
    sink.raw(value, bits - modelled);
}

/// Encodes which component of a quaternion is the largest.
pub(super) fn largest(
    base: usize,
    certainty: usize,
    (predicted, value): (u32, u32),
    sink: &mut impl BitSink,
) {
    sink.bit(base + group::LARGEST + certainty, value != predicted);
    if value != predicted {
        tree(base + group::LARGEST + 8, value, 2, sink);
    }
}

/// Encodes bytes up to and with the first NUL.
pub(super) fn text(columns: &[u32], sink: &mut impl BitSink) {
    for byte in columns.iter().flat_map(|column| column.to_le_bytes()) {
        tree(once::TEXT, u32::from(byte), 8, sink);
        if byte == 0 {
            return;
        }
    }
}

/// Encodes the low `bits` bits of a value, high bit first, each in the context of those before it.
pub(super) fn tree(first: usize, value: u32, bits: u32, sink: &mut impl BitSink) {
    let mut node = 1;
    for shift in (0..bits).rev() {
        let bit = value >> shift & 1;
        sink.bit(first + node, bit == 1);
        node = node * 2 + bit as usize;
    }
}

/// Encodes a count below 2^30: its class in unary, then the bits below the leading one.
pub(super) fn count(first: usize, value: u32, sink: &mut impl BitSink) {
    let class = bit_length(value);
    unary(first, COUNT_BITS, class, 31, sink);
    if class > 1 {
        sink.raw(value, class - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_is_priced_by_its_probability() {
        assert_eq!([cost(1 << 14), cost(1 << 13), cost(1 << 5)], [256, 512, 2560]);
        assert!(cost((1 << 15) - 32) < 4);
    }
}
