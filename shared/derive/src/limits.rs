//! What the numbers of a [`Spec`] must keep to.
//!
//! Each limit is there twice: judged here when the numbers are literals, where
//! it can point at them and be reported with other mistakes, and as an
//! assertion for the compiler when they are constants from somewhere else.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprLit, ExprUnary, Lit, Type, UnOp};

use crate::spec::Spec;

/// One limit.
pub struct Limit {
    /// The word that it is about.
    pub word: &'static str,
    /// What must hold, as the end of a sentence that begins with the word.
    pub text: &'static str,
    /// Whether it holds; `None` when that depends on more than literals.
    pub known: Option<bool>,
    /// The condition on `spec`, the finished value, for the compiler.
    pub holds: TokenStream,
}

/// The first limit that literals break, if any.
pub fn broken(limits: &[Limit]) -> Option<&Limit> {
    limits.iter().find(|limit| limit.known == Some(false))
}

/// The limits of a spec for a field of type `ty`, the most basic first.
pub fn limits(spec: &Spec, ty: &Type) -> Vec<Limit> {
    match spec {
        Spec::Whole => Vec::new(),
        Spec::Between { min, max } | Spec::Cycle { min, max } => between(min, max, ty),
        Spec::Steps { min, max, step } | Spec::Ring { min, max, step } => steps(min, max, step),
        Spec::Turn { bits } => vec![Limit {
            word: "angle",
            text: "takes 2 to 16 bits",
            known: number(bits).map(|bits| (2.0..=16.0).contains(&bits)),
            holds: quote!(::core::matches!(spec.bits, 2..=16)),
        }],
        Spec::Rotation { bits } => vec![Limit {
            word: "quat",
            text: "takes 4 to 16 bits",
            known: number(bits).map(|bits| (4.0..=16.0).contains(&bits)),
            holds: quote!(::core::matches!(spec.bits, 4..=16)),
        }],
        Spec::Chars { bytes } => vec![text(bytes)],
    }
}

fn text(bytes: &Expr) -> Limit {
    let fits = |bytes: f64| (4.0..=64.0).contains(&bytes) && bytes % 4.0 == 0.0;
    Limit {
        word: "text",
        text: "takes 4 to 64 bytes, a multiple of 4",
        known: number(bytes).map(fits),
        holds: quote!({
            let bytes: usize = #bytes;
            ::core::matches!(bytes, 4..=64) && bytes % 4 == 0
        }),
    }
}

fn between(min: &Expr, max: &Expr, ty: &Type) -> Vec<Limit> {
    let span = number(min).zip(number(max)).map(|(min, max)| max - min);
    let narrow = Limit {
        word: "range",
        text: "spans at most 2^32 whole numbers",
        known: span.map(|span| span <= f64::from(u32::MAX)),
        holds: quote!(spec.max as i128 - spec.min as i128 <= u32::MAX as i128),
    };
    let in_type = is_small_integer(ty).then(|| Limit {
        word: "range",
        text: "goes beyond what the field's type can hold",
        known: None,
        holds: quote!(<#ty>::MIN as i64 <= spec.min && spec.max <= <#ty>::MAX as i64),
    });
    [ascending(min, max), narrow].into_iter().chain(in_type).collect()
}

fn steps(min: &Expr, max: &Expr, step: &Expr) -> Vec<Limit> {
    let span = number(min).zip(number(max)).map(|(min, max)| max - min);
    let count = span.zip(number(step)).map(|(span, step)| span / step);
    let positive = Limit {
        word: "step",
        text: "must be finite and above zero",
        known: number(step).map(|step| step > 0.0),
        holds: quote!(spec.step > 0.0 && spec.step.is_finite()),
    };
    let few = Limit {
        word: "range",
        text: "must be finite and have fewer than 2^31 steps",
        known: count.map(|count| count <= f64::from(i32::MAX)),
        holds: quote!((spec.max as f64 - spec.min as f64) / spec.step as f64 <= i32::MAX as f64),
    };
    vec![ascending(min, max), positive, few]
}

fn ascending(min: &Expr, max: &Expr) -> Limit {
    Limit {
        word: "range",
        text: "must start below its end",
        known: number(min).zip(number(max)).map(|(min, max)| min < max),
        holds: quote!(spec.min < spec.max),
    }
}

/// Whether the type is written as one of the integers, whose bounds are then known by name.
fn is_small_integer(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    ["u8", "i8", "u16", "i16", "u32", "i32"].iter().any(|name| path.path.is_ident(name))
}

/// The value of a literal, which may have a minus in front.
fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|value| -value),
        Expr::Lit(ExprLit { lit: Lit::Int(value), .. }) => value.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Float(value), .. }) => value.base10_parse().ok(),
        _ => None,
    }
}
