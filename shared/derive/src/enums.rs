//! `Variants` for an enum without fields.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput, Error, Ident, Result};

use crate::{
    mistakes::Mistakes,
    names::{self, snake_case},
};

/// The most variants an enum may have.
const MAX_VARIANTS: usize = 256;

/// The implementation, or everything that is wrong with the enum.
pub fn expand(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    let mut mistakes = Mistakes::default();
    check_bare(input, data, &mut mistakes);
    let variants: Vec<&Ident> = data.variants.iter().map(|variant| &variant.ident).collect();
    let wire: Vec<String> = variants.iter().map(|ident| snake_case(ident)).collect();
    let pairs: Vec<_> = wire.iter().map(String::as_str).zip(variants.iter().copied()).collect();
    names::check(&pairs, &mut mistakes);
    mistakes.finish(())?;
    let Some((first, others)) = variants.split_first() else {
        let text = "an enum that is replicated needs at least one variant";
        return Err(Error::new_spanned(&input.ident, text));
    };
    Ok(implementation(&input.ident, first, others, &wire))
}

fn implementation(ident: &Ident, first: &Ident, others: &[&Ident], wire: &[String]) -> TokenStream {
    let indices = (1u32..).take(others.len()).collect::<Vec<_>>();
    // `Variant {}` names a variant without fields in whichever way it was declared.
    quote! {
        #[automatically_derived]
        impl ::tickwire_shared::field::Variants for #ident {
            const NAMES: &'static [&'static str] = &[#(#wire),*];
            fn index(&self) -> u32 {
                match self {
                    Self::#first {} => 0,
                    #(Self::#others {} => #indices,)*
                }
            }
            fn from_index(index: u32) -> Self {
                match index {
                    #(#indices => Self::#others {},)*
                    _ => Self::#first {},
                }
            }
        }
    }
}

/// Notes everything beyond a list of at most [`MAX_VARIANTS`] names.
fn check_bare(input: &DeriveInput, data: &DataEnum, mistakes: &mut Mistakes) {
    if let Some(beyond) = data.variants.iter().nth(MAX_VARIANTS) {
        let text = format!("an enum that is replicated has at most {MAX_VARIANTS} variants");
        mistakes.add(&beyond.ident, text);
    }
    let on_variants = data.variants.iter().flat_map(|variant| &variant.attrs);
    for attr in input.attrs.iter().chain(on_variants) {
        if attr.path().is_ident("replicate") {
            mistakes.add(
                attr,
                "an enum takes no `#[replicate(...)]`: its variants are named on the wire \
                 as they are here, in snake case",
            );
        }
    }
    for variant in data.variants.iter().filter(|variant| !variant.fields.is_empty()) {
        mistakes.add(
            &variant.fields,
            "an enum that is replicated is a plain list of names; \
             keep the data in fields of the struct that holds the enum",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enum_of(variants: usize) -> DeriveInput {
        let names: Vec<String> = (0..variants).map(|index| format!("V{index}")).collect();
        let source = format!("enum Wide {{ {} }}", names.join(", "));
        syn::parse_str(&source).expect("the source is an enum")
    }

    fn mistake_in(input: &DeriveInput) -> Option<String> {
        let syn::Data::Enum(data) = &input.data else { panic!("the input is an enum") };
        expand(input, data).err().map(|error| error.to_string())
    }

    #[test]
    fn an_enum_has_at_most_256_variants() {
        assert_eq!(mistake_in(&enum_of(256)), None);
        let text = "an enum that is replicated has at most 256 variants";
        assert_eq!(mistake_in(&enum_of(257)).as_deref(), Some(text));
    }
}
