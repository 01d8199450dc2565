//! Numbers, texts and counts as bits, for whoever takes them.

use super::{
    compare::Number,
    layout::NumberLayout,
    model::{self, Bit, COUNT_BITS, FRESH_BITS, Near, Past, bit_length, group, once},
    models::Models,
    range::{Decision, PROBABILITY_BITS, RangeEncoder},
};
use crate::schema::ColumnSpec;

/// Where coded bits go: a range coder, or a trainer that counts them.
pub trait BitSink {
    /// Takes a bit coded by the model of this number.
    fn bit(&mut self, model: usize, bit: bool);
    /// Takes a bit if it is wanted.
    #[inline]
    fn bit_if(&mut self, wanted: bool, model: usize, bit: bool) {
        if wanted {
            self.bit(model, bit);
        }
    }
    /// Takes the first [`LOW_CLASS`] bits of the unary code of a class up to `most`.
    #[inline]
    fn steps(&mut self, first: usize, class: u32, most: u32) {
        for step in 0..LOW_CLASS.min(class + 1).min(most) {
            self.bit(first + step as usize, class > step);
        }
    }
    /// Takes bits at even odds.
    fn raw(&mut self, value: u32, count: u32);
    /// Makes sure that the models have learned from all bits so far.
    fn settle(&mut self) {}
    /// A model, which may not have learned from the last bits yet.
    fn model(&self, model: usize) -> Bit;
}

/// Classes below this are coded without branches.
const LOW_CLASS: u32 = 4;
/// The first bits of a class's unary code, as decisions of the models from 0 on.
const STEPS: [[u32; LOW_CLASS as usize]; LOW_CLASS as usize + 1] =
    [[0, 2, 4, 6], [1, 2, 4, 6], [1, 3, 4, 6], [1, 3, 5, 6], [1, 3, 5, 7]];

/// How many bits may wait.
const QUEUE: usize = 512;

/// Bits that wait to be coded.
#[derive(Debug)]
pub(super) struct Queue([Decision; QUEUE]);

impl Default for Queue {
    fn default() -> Self {
        Queue([Decision::default(); QUEUE])
    }
}

/// A range coder with its models.
///
/// Coding a bit has to wait for the one before; finding out what to code has not. So bits are
/// queued and coded many at a time, in a loop that does nothing else.
pub(super) struct Coder<'a> {
    models: &'a mut Models,
    range: RangeEncoder<'a>,
    queue: &'a mut Queue,
    queued: usize,
}

impl<'a> Coder<'a> {
    /// Codes to the end of `out`.
    pub fn new(models: &'a mut Models, queue: &'a mut Queue, out: &'a mut Vec<u8>) -> Self {
        Coder { models, range: RangeEncoder::new(out), queue, queued: 0 }
    }

    /// Ends with the fewest bytes.
    pub fn finish(mut self) {
        self.flush();
        self.range.finish();
    }

    #[inline]
    fn flush(&mut self) {
        self.range.learned(&self.queue.0[..self.queued], self.models);
        self.queued = 0;
    }
}

impl BitSink for Coder<'_> {
    #[inline]
    fn bit(&mut self, model: usize, bit: bool) {
        self.bit_if(true, model, bit);
    }

    /// Without a branch: a bit that is not wanted is written where the next one will be.
    #[inline]
    fn bit_if(&mut self, wanted: bool, model: usize, bit: bool) {
        if self.queued >= QUEUE {
            self.flush();
        }
        self.queue.0[self.queued] = Decision::new(model, bit);
        self.queued += usize::from(wanted);
    }

    /// Without a branch, as above.
    #[inline]
    fn steps(&mut self, first: usize, class: u32, most: u32) {
        if self.queued > QUEUE - LOW_CLASS as usize {
            self.flush();
        }
        let class = class.min(LOW_CLASS);
        let waiting = &mut self.queue.0[self.queued..self.queued + LOW_CLASS as usize];
        waiting.copy_from_slice(&Decision::steps(first, STEPS[class as usize]));
        self.queued += (class + 1).min(most).min(LOW_CLASS) as usize;
    }

    fn raw(&mut self, value: u32, count: u32) {
        if count > 0 {
            self.flush();
            self.range.raw(value, count);
        }
    }

    fn settle(&mut self) {
        self.flush();
    }

    #[inline]
    fn model(&self, model: usize) -> Bit {
        self.models.bit(model)
    }
}

/// Adds up what bits would cost, in 256ths of a bit.
pub(super) struct Meter<'a, S> {
    pub sink: &'a S,
    pub cost: u32,
}

impl<S: BitSink> BitSink for Meter<'_, S> {
    fn bit(&mut self, model: usize, bit: bool) {
        let p0 = self.sink.model(model).p0();
        self.cost += cost(if bit { (1 << PROBABILITY_BITS) - p0 } else { p0 });
    }

    fn raw(&mut self, _value: u32, count: u32) {
        self.cost += count * 256;
    }

    fn model(&self, model: usize) -> Bit {
        self.sink.model(model)
    }
}

/// What a bit of this probability costs, in 256ths of a bit, to within a few of them.
fn cost(probability: u32) -> u32 {
    let class = bit_length(probability.max(1));
    let fraction = (probability << (16 - class)) & 0x7FFF;
    ((PROBABILITY_BITS + 1 - class) << 8).saturating_sub(fraction >> 7)
}

/// Encodes a residual and notes its class.
#[inline(always)]
pub(super) fn number(
    base: usize,
    layout: &NumberLayout,
    (number, gap): (&Number, u32),
    near: &mut Near,
    sink: &mut impl BitSink,
) {
    let (past, most) = (Past::new(number.motion, number.jolt, gap), layout.most);
    let size = number.residual.unsigned_abs();
    let class = bit_length(size);
    let first = base + group::CLASS + model::class_context(past.jolt, *near) * model::CLASS_BITS;
    // Which class it is cannot be guessed, so there are no branches by it as long as it is low.
    sink.steps(first, class, most);
    for step in LOW_CLASS..(class + 1).min(most) {
        sink.bit(first + (step as usize).min(model::CLASS_BITS - 1), class > step);
    }
    near.note(class);
    let open = class > 0 && model::is_sign_open(layout.spec, number.expected);
    let context = model::sign_context(past, class.max(1));
    sink.bit_if(open, base + group::SIGN + context, number.residual < 0);
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

#[inline(always)]
fn mantissa(base: usize, size: u32, class: u32, sink: &mut impl BitSink) {
    let table = (class as usize).clamp(1, model::MANTISSA_CLASSES) - 1;
    let first = base + group::MANTISSA + table * 3;
    // The leading one at the top; the two bits below it are modelled.
    let top = size.wrapping_shl(32 - class);
    let high = top >> 30 & 1;
    sink.bit_if(class >= 2, first, high == 1);
    sink.bit_if(class >= 3, first + 1 + high as usize, top >> 29 & 1 == 1);
    if class > 3 {
        sink.raw(size, class - 3);
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
