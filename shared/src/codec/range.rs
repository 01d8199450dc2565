//! A binary range coder with 32-bit arithmetic, after Martin's range coder as
//! used (with adaptive bits) in LZMA.
//!
//! ```text
//! range ∈ [2^24, 2^32)     bound = (range >> 15) · p0      p0 = P(bit = 0), 15 bits
//! bit 0 takes [0, bound)   bit 1 takes [bound, range)
//! ```
//! The encoder adds to `low` and carries straight into the bytes that it has
//! written. It ends with the fewest bytes (0 to 4) that name a point inside the
//! final interval; the decoder reads zeros beyond the end. So an input whose
//! every bit was the expected one can take no bytes at all, and a decoder can
//! tell exactly how many bytes it should have been given.

use std::hint::select_unpredictable;

use super::models::Models;

/// Bits in a probability.
pub const PROBABILITY_BITS: u32 = 15;
const TOP: u32 = 1 << 24;

/// A bit to be coded, and the model of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decision(u32);

impl Decision {
    /// A bit of a model.
    #[must_use]
    #[inline]
    pub fn new(model: usize, bit: bool) -> Decision {
        Decision((model as u32) << 1 | u32::from(bit))
    }

    /// The first bits of a unary code, of models that follow on each other.
    #[inline]
    pub(super) fn steps(first: usize, steps: [u32; 4]) -> [Decision; 4] {
        steps.map(|step| Decision(((first as u32) << 1) + step))
    }

    #[inline]
    fn model(self) -> usize {
        (self.0 >> 1) as usize
    }

    #[inline]
    fn bit(self) -> bool {
        self.0 & 1 == 1
    }
}

/// Where the coded number lies: within `range` from `low`, below the bytes that are written.
///
/// It is handed on by value, so that it stays in registers.
#[derive(Clone, Copy, Debug)]
struct Interval {
    low: u32,
    range: u32,
}

impl Interval {
    #[inline]
    fn bit(self, bit: bool, p0: u32, out: &mut Vec<u8>) -> Interval {
        let bound = (self.range >> PROBABILITY_BITS) * p0;
        // Nobody can guess which way a bit goes, least of all the processor.
        let range = select_unpredictable(bit, self.range - bound, bound);
        self.narrowed(select_unpredictable(bit, bound, 0), range, out)
    }

    #[inline]
    fn narrowed(self, ahead: u32, range: u32, out: &mut Vec<u8>) -> Interval {
        let (low, carried) = self.low.overflowing_add(ahead);
        if carried {
            carry(out);
        }
        let mut at = Interval { low, range };
        while at.range < TOP {
            out.push((at.low >> 24) as u8);
            at = Interval { low: at.low << 8, range: at.range << 8 };
        }
        at
    }

    #[inline(never)]
    fn learned(self, decisions: &[Decision], models: &mut Models, out: &mut Vec<u8>) -> Interval {
        let mut at = self;
        let models = models.touch_all(decisions.iter().map(|decision| decision.model()));
        for decision in decisions {
            let (model, bit) = (&mut models[decision.model()], decision.bit());
            let p0 = model.p0();
            model.learn(bit);
            at = at.bit(bit, p0, out);
        }
        at
    }

    #[inline(never)]
    fn raw(self, value: u32, count: u32, out: &mut Vec<u8>) -> Interval {
        let mut at = self;
        for shift in (0..count).rev() {
            let half = at.range >> 1;
            at = at.narrowed((value >> shift & 1) * half, half, out);
        }
        at
    }
}

/// Writes bits at given probabilities onto the end of a buffer.
#[derive(Debug)]
pub struct RangeEncoder<'a> {
    at: Interval,
    out: &'a mut Vec<u8>,
}

impl<'a> RangeEncoder<'a> {
    /// Starts at the end of `out`.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        RangeEncoder { at: Interval { low: 0, range: u32::MAX }, out }
    }

    /// Writes a bit whose probability of being zero is `p0 / 2^15`, `1..2^15`.
    #[inline]
    pub fn bit(&mut self, bit: bool, p0: u32) {
        self.at = self.at.bit(bit, p0, self.out);
    }

    /// Writes the bits of models that learn them.
    #[inline]
    pub(super) fn learned(&mut self, decisions: &[Decision], models: &mut Models) {
        self.at = self.at.learned(decisions, models, self.out);
    }

    /// Writes the low `count` bits of `value`, high bit first, at even odds.
    #[inline]
    pub fn raw(&mut self, value: u32, count: u32) {
        self.at = self.at.raw(value, count, self.out);
    }

    /// Ends with the fewest bytes that decode to what was written.
    pub fn finish(self) {
        let Interval { low, range } = self.at;
        for kept in 0..=4u32 {
            let mask =
                if kept == 0 { u32::MAX } else { (u64::from(u32::MAX) >> (8 * kept)) as u32 };
            let up = (u64::from(low) + u64::from(mask)) & !u64::from(mask);
            if up - u64::from(low) < u64::from(range) {
                if up > u64::from(u32::MAX) {
                    carry(self.out);
                }
                self.out.extend_from_slice(&(up as u32).to_be_bytes()[..kept as usize]);
                return;
            }
        }
    }
}

/// Carries into the bytes that were written.
#[cold]
fn carry(out: &mut [u8]) {
    // The coded number is below one, so a carry always finds a byte to stop at.
    for byte in out.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            return;
        }
    }
}

/// Reads bits at given probabilities from all of a slice.
#[derive(Clone, Copy, Debug)]
pub struct RangeDecoder<'a> {
    code: u32,
    range: u32,
    input: &'a [u8],
    read: usize,
}

impl<'a> RangeDecoder<'a> {
    /// Starts at the beginning of `input`.
    #[must_use]
    pub fn new(input: &'a [u8]) -> Self {
        let mut decoder = RangeDecoder { code: 0, range: u32::MAX, input, read: 0 };
        for _ in 0..4 {
            decoder.code = decoder.code << 8 | u32::from(decoder.byte());
        }
        decoder
    }

    /// Reads a bit whose probability of being zero is `p0 / 2^15`.
    #[inline(always)]
    pub fn bit(&mut self, p0: u32) -> bool {
        let bound = (self.range >> PROBABILITY_BITS) * p0;
        let bit = self.code >= bound;
        if bit {
            self.code -= bound;
            self.range -= bound;
        } else {
            self.range = bound;
        }
        self.normalise();
        bit
    }

    /// Reads `count` bits at even odds, high bit first.
    #[inline(always)]
    pub fn raw(&mut self, count: u32) -> u32 {
        let mut value = 0;
        for _ in 0..count {
            self.range >>= 1;
            let bit = self.code >= self.range;
            if bit {
                self.code -= self.range;
            }
            value = value << 1 | u32::from(bit);
            self.normalise();
        }
        value
    }

    #[inline(always)]
    fn normalise(&mut self) {
        while self.range < TOP {
            self.code = self.code << 8 | u32::from(self.byte());
            self.range <<= 8;
        }
    }

    #[inline(always)]
    fn byte(&mut self) -> u8 {
        let byte = self.input.get(self.read).copied().unwrap_or(0);
        self.read += 1;
        byte
    }

    /// Whether more was read than an encoder can have left out.
    #[must_use]
    pub fn overran(&self) -> bool {
        self.read > self.input.len() + 4
    }

    /// Whether bytes are left that no encoder would have written.
    #[must_use]
    pub fn has_trailing(&self) -> bool {
        self.read < self.input.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_at_any_odds() {
        let odds = [1, 37, 1 << 14, 32_000, (1 << 15) - 1];
        for seed in 1..200u32 {
            let mut random = seed;
            let mut next = || {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                random >> 16
            };
            let bits: Vec<(bool, u32)> =
                (0..seed).map(|_| (next() % 3 == 0, odds[next() as usize % odds.len()])).collect();
            let mut bytes = vec![0xFF];
            let mut encoder = RangeEncoder::new(&mut bytes);
            for (bit, p0) in &bits {
                encoder.bit(*bit, *p0);
                encoder.raw(u32::from(*bit) * 5, 3);
            }
            encoder.finish();
            assert_eq!(bytes[0], 0xFF, "what stood before is untouched");
            let mut decoder = RangeDecoder::new(&bytes[1..]);
            for (bit, p0) in &bits {
                assert_eq!(decoder.bit(*p0), *bit);
                assert_eq!(decoder.raw(3), u32::from(*bit) * 5);
            }
            assert!(!decoder.overran() && !decoder.has_trailing());
        }
    }

    #[test]
    fn a_likely_history_takes_no_bytes() {
        let mut bytes = Vec::new();
        let mut encoder = RangeEncoder::new(&mut bytes);
        (0..5).for_each(|_| encoder.bit(false, 32_000));
        encoder.finish();
        assert!(bytes.is_empty());
    }
}
