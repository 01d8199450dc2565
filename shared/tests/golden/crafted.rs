//! Segments written bit by bit, for what no encoder would write.

use tickwire_shared::codec::{
    Layout, Priors,
    model::{Bit, COUNT_BITS, bit_length, once},
    range::RangeEncoder,
};

/// Writes modelled bits as an encoder would, but any that it is told to.
pub struct Crafted<'a> {
    models: Vec<Bit>,
    priors: Priors,
    range: RangeEncoder<'a>,
}

impl<'a> Crafted<'a> {
    pub fn new(layout: &Layout, table: &[u8], out: &'a mut Vec<u8>) -> Crafted<'a> {
        let priors = Priors::new(layout, table).expect("the table fits");
        let models = priors.bits().to_vec();
        Crafted { models, priors, range: RangeEncoder::new(out) }
    }

    pub fn bit(&mut self, model: usize, bit: bool) {
        self.range.bit(bit, self.models[model].p0());
        self.models[model].learn(bit);
    }

    pub fn kind_bit(&mut self, kind: usize, offset: usize, bit: bool) {
        self.bit(self.priors.kind_base(kind) + offset, bit);
    }

    pub fn group_bit(&mut self, group: usize, offset: usize, bit: bool) {
        self.bit(self.priors.group_base(group) + offset, bit);
    }

    pub fn raw(&mut self, value: u32, count: u32) {
        self.range.raw(value, count);
    }

    /// A count or a slot of the first kind, at `kind::COUNT` or `kind::SLOT`.
    pub fn count(&mut self, offset: usize, value: u32) {
        let class = bit_length(value);
        for step in 0..(class + 1).min(31) {
            self.kind_bit(0, offset + (step as usize).min(COUNT_BITS - 1), class > step);
        }
        if class > 1 {
            self.raw(value, class - 1);
        }
    }

    pub fn generation(&mut self, byte: u8) {
        let mut node = 1;
        for shift in (0..8).rev() {
            let bit = byte >> shift & 1;
            self.bit(once::GENERATION + node, bit == 1);
            node = node * 2 + usize::from(bit);
        }
    }

    pub fn finish(self) {
        self.range.finish();
    }
}
