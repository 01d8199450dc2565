//! What each field's bits cost, at the odds that the codec gave them.
//!
//! A [`Pricer`] walks over a segment once more as the encoder did, and repeats what its models learn.
//! That takes as long as encoding, so whoever wants to know pays for it, and nobody else.

use super::{
    encode::Encoder,
    layout::Layout,
    model::{Bit, once},
    models::Models,
    priors::Priors,
    range::PROBABILITY_BITS,
    write::BitSink,
};
use crate::rows::Rows;

/// What encodings cost, by what their bits say; in bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Costs {
    /// Whether anything is new, and the generations of what is.
    pub ids: f64,
    /// By kind of the schema: which rows are new or gone, and which differ.
    pub rows: Vec<f64>,
    /// By field of the schema, all kinds' one after the other: its values.
    pub fields: Vec<f64>,
}

impl Costs {
    /// Nothing yet.
    #[must_use]
    pub fn new(layout: &Layout) -> Costs {
        Costs { ids: 0.0, rows: vec![0.0; layout.kinds.len()], fields: vec![0.0; layout.fields] }
    }

    /// Sets all to nothing.
    pub fn clear(&mut self) {
        self.ids = 0.0;
        self.rows.fill(0.0);
        self.fields.fill(0.0);
    }

    /// All of it, in this order: ids, rows by kind, fields.
    pub fn iter(&self) -> impl Iterator<Item = f64> {
        [self.ids].into_iter().chain(self.rows.iter().copied()).chain(self.fields.iter().copied())
    }

    fn spend(&mut self, owner: Owner, bits: f64) {
        match owner {
            Owner::Ids => self.ids += bits,
            Owner::Rows(kind) => self.rows[kind] += bits,
            Owner::Field(field) => self.fields[field] += bits,
        }
    }
}

/// Whose bits a model's are.
#[derive(Clone, Copy, Debug)]
enum Owner {
    Ids,
    Rows(usize),
    Field(usize),
}

/// Prices encodings of one layout.
#[derive(Debug)]
pub struct Pricer {
    models: Models,
    /// Where each owner's models begin, in order.
    owners: Vec<(usize, Owner)>,
}

impl Pricer {
    /// A pricer for segments of a layout that start from these priors.
    #[must_use]
    pub fn new(layout: &Layout, priors: &Priors) -> Pricer {
        let mut owners = vec![(0, Owner::Ids)];
        for (index, kind) in layout.kinds.iter().enumerate() {
            owners.push((priors.kind_base(index), Owner::Rows(index)));
            owners.extend(kind.groups.iter().map(|group| {
                let first = priors.group_base(group.model);
                (first, Owner::Field(group.field))
            }));
        }
        // Fields that others predict are coded after those, but their models stand in the schema's order.
        owners.sort_unstable_by_key(|(first, _)| *first);
        Pricer { models: Models::default(), owners }
    }

    /// Adds what it costs to encode `now` from a baseline and a gap, as [`Encoder::encode`] does unless
    /// all is as predicted. The layout and the priors are those that the pricer was made for.
    // Compiled by whoever calls it: beside a second walk the encoder's own would not be inlined as it is.
    #[inline]
    pub fn add(
        &mut self,
        encoder: &mut Encoder,
        (layout, priors): (&Layout, &Priors),
        baseline: (&Rows, u32),
        now: &Rows,
        costs: &mut Costs,
    ) {
        self.models.reset(priors);
        let mut clerk = Clerk { pricer: self, costs, last: Owner::Ids };
        encoder.encode_into(layout, priors, baseline, now, &mut clerk);
    }
}

/// Writes down what each bit costs.
struct Clerk<'a> {
    pricer: &'a mut Pricer,
    costs: &'a mut Costs,
    last: Owner,
}

impl BitSink for Clerk<'_> {
    fn bit(&mut self, model: usize, bit: bool) {
        // All texts share their models, so a text's bits are those of the field begun last.
        let is_text = (once::TEXT..once::BITS).contains(&model);
        if !is_text {
            let after = self.pricer.owners.partition_point(|(first, _)| *first <= model);
            self.last = self.pricer.owners[after - 1].1;
        }
        let model = self.pricer.models.touch(model);
        let zero = f64::from(model.p0()) / f64::from(1 << PROBABILITY_BITS);
        model.learn(bit);
        self.costs.spend(self.last, -(if bit { 1.0 - zero } else { zero }).log2());
    }

    fn raw(&mut self, _value: u32, count: u32) {
        self.costs.spend(self.last, f64::from(count));
    }

    fn model(&self, model: usize) -> Bit {
        self.pricer.models.bit(model)
    }
}
