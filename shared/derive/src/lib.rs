//! `#[derive(Replicate)]` for Tickwire.
//!
//! A struct with named fields becomes a kind of entity, an input or a message;
//! an enum without fields becomes the type of a field. What may stand in
//! `#[replicate(...)]` is told at [`macro@Replicate`].
//!
//! Every mistake in a type is reported in one go. What the macro cannot judge,
//! because it sees tokens and not values or types, it leaves to the compiler:
//! bounds become constants that are asserted, and an attribute that does not
//! fit its field fails as a missing implementation of `Quantise`.

mod attrs;
mod enums;
mod limits;
mod mistakes;
mod names;
mod sent;
mod spec;
mod structs;

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Error, Fields, Result, parse_macro_input};

/// Implements `Replicate` for a struct, or `Variants` for an enum without fields.
///
/// The struct's name on the wire is its name in snake case, unless
/// `#[replicate(name = "...")]` stands on it. In front of a field,
/// `#[replicate(...)]` takes these words, separated by commas:
///
/// | Word | On | Meaning |
/// |---|---|---|
/// | (none) | `bool`, `u8` to `i32`, enums | the type's whole range |
/// | `range = A..=B` | integers | whole numbers from `A` to `B` |
/// | `range = A..=B, step = S` | `f32`, `Vec2`, `Vec3` | numbers from `A` to `B` by `S` |
/// | `angle = BITS` | `f32` | radians, as one of 2^`BITS` directions (2 to 16) |
/// | `quat = BITS` | `Quat` | a rotation with `BITS` bits a component (4 to 16) |
/// | `text = BYTES` | `String` | at most `BYTES` bytes (4 to 64, a multiple of 4) |
/// | `linear` | all but text | expected to go on changing as it did |
/// | `by = FIELD` | numbers, angles | expected to change by what `FIELD` says, in its units a second |
/// | `wrap` | with `range` | like `linear`, where the end of the range is its beginning |
/// | `team` | any | seen by the entity's team only |
/// | `owner` | any | seen by the entity's owner only |
/// | `name = "..."` | any | its name on the wire |
/// | `skip` | any `Default` | stays on the server; stands alone |
///
/// Bounds may be any constant expressions, `Self::CONSTANT` among them. On the
/// wire public fields come first, then the team's, then the owner's.
///
/// ```ignore
/// #[derive(Replicate)]
/// struct Ship {
///     #[replicate(range = 0.0..=ARENA_SIZE, step = 1.0 / 16.0, linear)]
///     position: Vec2,
///     #[replicate(angle = 12)]
///     heading: f32,
///     #[replicate(owner, range = 0..=Self::MAX_AMMO)]
///     ammo: u16,
///     #[replicate(skip)]
///     cooldown: f32,
/// }
/// ```
#[proc_macro_derive(Replicate, attributes(replicate))]
pub fn derive_replicate(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    if !input.generics.params.is_empty() {
        let text = "a generic type has no single layout on the wire; \
                    write a type of its own for each case and derive `Replicate` for that";
        return Err(Error::new_spanned(&input.generics.params, text));
    }
    match &input.data {
        Data::Enum(data) => enums::expand(input, data),
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if !fields.unnamed.is_empty() => {
                let text = "a tuple struct has no field names to put on the wire; \
                            write a struct with named fields, `struct Name { field: Type }`";
                Err(Error::new_spanned(fields, text))
            }
            fields => structs::expand(input, fields),
        },
        Data::Union(data) => {
            let text = "a union cannot be replicated, because nothing tells which field is live; \
                        write a struct, or an enum without fields";
            Err(Error::new_spanned(data.union_token, text))
        }
    }
}
