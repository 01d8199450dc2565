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
    /// Whether a block may differ from the priors.
    touched: Vec<bool>,
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
        self.touched.resize(self.bits.len().div_ceil(1 << BLOCK), false);
    }

    fn reset_touched(&mut self, priors: &[Bit]) {
        for (eight, touched) in self.touched.chunks_mut(8).enumerate() {
            if touched == [false; 8] {
                continue;
            }
            for (block, touched) in touched.iter_mut().enumerate().filter(|(_, touched)| **touched)
            {
                *touched = false;
                let start = (eight * 8 + block) << BLOCK;
                let end = self.bits.len().min(start + (1 << BLOCK));
                self.bits[start..end].copy_from_slice(&priors[start..end]);
            }
        }
    }

    /// A model that is about to learn.
    #[inline]
    pub fn touch(&mut self, model: usize) -> &mut Bit {
        self.touched[model >> BLOCK] = true;
        &mut self.bits[model]
    }

    /// All models, of which these are about to learn.
    #[inline]
    pub fn touch_all(&mut self, models: impl Iterator<Item = usize>) -> &mut [Bit] {
        models.for_each(|model| self.touched[model >> BLOCK] = true);
        &mut self.bits
    }

    /// A model as it is.
    #[inline]
    pub fn bit(&self, model: usize) -> Bit {
        self.bits[model]
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
            requests: Vec::new(),
        };
        Priors::new(&Layout::new(&schema, Audience::Public, 30), BUILTIN).expect("they fit")
    }

    #[test]
    fn what_was_touched_is_set_anew_and_so_is_all_for_other_priors() {
        let (small, large) = (priors(1), priors(9));
        let mut models = Models::default();
        for priors in [&small, &large, &large, &small, &large] {
            models.reset(priors);
            assert_eq!(models.bits, priors.bits());
            for model in (0..priors.bits().len()).step_by(97).chain([priors.bits().len() - 1]) {
                models.touch(model).learn(true);
            }
            assert_ne!(models.bits, priors.bits());
        }
    }
}
