//! The adaptive bits of the segment at hand.
//!
//! A schema with many fields has tens of thousands of models, and a cell with a few rows touches a
//! few hundred of them. So which were touched is noted, in blocks, and only these are
//! set anew for the next segment.

use super::{model::Bit, priors::Priors};

/// Models are set anew in blocks of 2 to this power.
const BLOCK: usize = 6;

/// All models of a layout, as they stand within a segment.
#[derive(Debug, Default)]
pub(super) struct Models {
    bits: Vec<Bit>,
    /// A bit for each block that differs from the priors.
    touched: Vec<u64>,
    /// The priors that the others are still equal to.
    of: Option<u64>,
}

impl Models {
    /// Makes them what they are at the beginning of a segment.
    pub fn reset(&mut self, priors: &Priors) {
        if self.of == Some(priors.fingerprint()) {
            return self.reset_touched(priors.bits());
        }
        self.of = Some(priors.fingerprint());
        self.bits.clear();
        self.bits.extend_from_slice(priors.bits());
        self.touched.clear();
        self.touched.resize(self.bits.len().div_ceil(64 << BLOCK), 0);
    }

    fn reset_touched(&mut self, priors: &[Bit]) {
        for (word, touched) in self.touched.iter_mut().enumerate() {
            while *touched != 0 {
                let block = word * 64 + touched.trailing_zeros() as usize;
                *touched &= *touched - 1;
                let end = self.bits.len().min((block + 1) << BLOCK);
                self.bits[block << BLOCK..end].copy_from_slice(&priors[block << BLOCK..end]);
            }
        }
    }

    /// A model that is about to learn.
    #[inline]
    pub fn touch(&mut self, model: usize) -> &mut Bit {
        self.touched[model >> (BLOCK + 6)] |= 1 << (model >> BLOCK & 63);
        &mut self.bits[model]
    }

    /// All of them.
    pub fn bits(&self) -> &[Bit] {
        &self.bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        codec::{BUILTIN, Layout},
        schema::{Audience, Field, FieldType, Kind, Predict, Schema},
    };

    fn priors(fields: usize) -> Priors {
        let field = |index| Field {
            name: format!("f{index}"),
            ty: FieldType::Bool,
            predict: Predict::Hold,
            audience: Audience::Public,
        };
        let kind = |fields| Kind { name: "k".into(), fields };
        let schema = Schema {
            game: "g".into(),
            kinds: vec![kind((0..fields).map(field).collect())],
            input: kind(Vec::new()),
            messages: Vec::new(),
        };
        Priors::new(&Layout::new(&schema, Audience::Public, 30), BUILTIN).expect("they fit")
    }

    #[test]
    fn what_was_touched_is_set_anew_and_so_is_all_for_other_priors() {
        let (small, large) = (priors(1), priors(9));
        let mut models = Models::default();
        for priors in [&small, &large, &large, &small, &large] {
            models.reset(priors);
            assert_eq!(models.bits(), priors.bits());
            for model in (0..priors.bits().len()).step_by(97).chain([priors.bits().len() - 1]) {
                models.touch(model).learn(true);
            }
            assert_ne!(models.bits(), priors.bits());
        }
    }
}
