//! How a field is quantised: which of the specs in `tickwire_shared::field`, and its numbers.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprLit, ExprRange, ExprUnary, Lit, RangeLimits};

use crate::{attrs::Words, mistakes::Mistakes};

/// A spec, with its numbers as they were written.
pub enum Spec {
    /// The type's own full range.
    Whole,
    /// Whole numbers.
    Between {
        /// The least value.
        min: Expr,
        /// The greatest value.
        max: Expr,
    },
    /// Real numbers.
    Steps {
        /// The least value.
        min: Expr,
        /// The greatest value.
        max: Expr,
        /// The distance between neighbouring values.
        step: Expr,
    },
    /// Whole numbers that go round.
    Cycle {
        /// The least value.
        min: Expr,
        /// The greatest value.
        max: Expr,
    },
    /// Real numbers that go round.
    Ring {
        /// The least value.
        min: Expr,
        /// Where the range begins again.
        max: Expr,
        /// The distance between neighbouring values.
        step: Expr,
    },
    /// An angle.
    Turn {
        /// Bits of precision.
        bits: Expr,
    },
    /// A rotation.
    Rotation {
        /// Bits a component.
        bits: Expr,
    },
    /// A text.
    Chars {
        /// The longest text.
        bytes: Expr,
    },
}

impl Spec {
    /// The spec that the words on a field ask for.
    pub fn of(words: &Words, mistakes: &mut Mistakes) -> Spec {
        if let Some(range) = words.value("range") {
            let Some((min, max)) = bounds(range, mistakes) else { return Spec::Whole };
            let wraps = words.has("wrap");
            match words.value("step").cloned() {
                Some(step) if wraps => return Spec::Ring { min, max, step },
                Some(step) => return Spec::Steps { min, max, step },
                None => {}
            }
            if is_real(&min) || is_real(&max) {
                mistakes.add(range, "a `range` of real numbers needs `step = S` beside it");
            }
            return if wraps { Spec::Cycle { min, max } } else { Spec::Between { min, max } };
        }
        let value = |key| words.value(key).cloned();
        let turn = || value("angle").map(|bits| Spec::Turn { bits });
        let rotation = || value("quat").map(|bits| Spec::Rotation { bits });
        let chars = || value("text").map(|bytes| Spec::Chars { bytes });
        turn().or_else(rotation).or_else(chars).unwrap_or(Spec::Whole)
    }

    /// The Rust type of the spec.
    pub fn ty(&self) -> TokenStream {
        let name = match self {
            Spec::Whole => quote!(Whole),
            Spec::Between { .. } => quote!(Between),
            Spec::Steps { .. } => quote!(Steps),
            Spec::Cycle { .. } => quote!(Cycle),
            Spec::Ring { .. } => quote!(Ring),
            Spec::Turn { .. } => quote!(Turn),
            Spec::Rotation { .. } => quote!(Rotation),
            Spec::Chars { bytes } => quote!(Chars::<{ #bytes }>),
        };
        quote!(::tickwire_shared::field::#name)
    }

    /// The value of that type.
    pub fn value(&self) -> TokenStream {
        let ty = self.ty();
        match self {
            Spec::Whole | Spec::Chars { .. } => ty,
            // The cast lets the bounds of a `u16` field be constants of type `u16`.
            Spec::Between { min, max } | Spec::Cycle { min, max } => {
                quote!(#ty { min: (#min) as i64, max: (#max) as i64 })
            }
            Spec::Steps { min, max, step } | Spec::Ring { min, max, step } => {
                quote!(#ty { min: #min, max: #max, step: #step })
            }
            Spec::Turn { bits } | Spec::Rotation { bits } => quote!(#ty { bits: #bits }),
        }
    }
}

/// Both ends of `A..=B`.
fn bounds(range: &Expr, mistakes: &mut Mistakes) -> Option<(Expr, Expr)> {
    if let Expr::Range(ExprRange {
        start: Some(min),
        limits: RangeLimits::Closed(_),
        end: Some(max),
        ..
    }) = range
    {
        return Some((Expr::clone(min), Expr::clone(max)));
    }
    mistakes.add(range, "a range names both ends, which belong to it: `range = A..=B`");
    None
}

/// Whether an expression is a literal with a point, such as `-0.5`.
fn is_real(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(ExprUnary { expr, .. }) => is_real(expr),
        Expr::Lit(ExprLit { lit, .. }) => matches!(lit, Lit::Float(_)),
        _ => false,
    }
}
