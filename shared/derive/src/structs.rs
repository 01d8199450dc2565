//! `Replicate` for a struct with named fields.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Field, Fields, Result, spanned::Spanned};

use crate::{
    attrs::Words,
    mistakes::Mistakes,
    names::{self, snake_case},
    sent::Sent,
};

/// The implementation, or everything that is wrong with the struct.
pub fn expand(input: &DeriveInput, fields: &Fields) -> Result<TokenStream> {
    let mut mistakes = Mistakes::default();
    let name = kind_name(input, &mut mistakes);
    let (sent, skipped) = sort(fields, &mut mistakes);
    mistakes.finish(())?;
    let ident = &input.ident;
    let constants = constants(ident, &sent);
    let functions = functions(&sent, &skipped);
    let columns = sent.iter().map(Sent::columns);
    // The block keeps the fields' constants out of the user's module.
    Ok(quote! {
        const _: () = {
            #constants
            #[automatically_derived]
            impl ::tickwire_shared::field::Replicate for #ident {
                const NAME: &'static str = #name;
                const COLUMNS: usize = 0 #(+ #columns)*;
                #functions
            }
        };
    })
}

/// The struct's name on the wire.
fn kind_name(input: &DeriveInput, mistakes: &mut Mistakes) -> String {
    let words = Words::on_struct(&input.attrs, mistakes);
    let name = words.name(mistakes).unwrap_or_else(|| snake_case(&input.ident));
    names::check(&[(&name, &input.ident)], mistakes);
    name
}

/// The fields that are sent, in the order of the wire, and those that are not.
fn sort<'a>(fields: &'a Fields, mistakes: &mut Mistakes) -> (Vec<Sent<'a>>, Vec<&'a Field>) {
    let (mut sent, mut skipped) = (Vec::new(), Vec::new());
    for field in fields {
        let ident = field.ident.as_ref().expect("tuple structs with fields were refused");
        let words = Words::on_field(&field.attrs, mistakes);
        if words.has("skip") {
            skipped.push(field);
        } else {
            sent.push(Sent::new(ident, &field.ty, words, mistakes));
        }
    }
    let all: Vec<_> = sent.iter().map(|field| (field.name.as_str(), field.ident)).collect();
    names::check(&all, mistakes);
    Sent::link(&mut sent, mistakes);
    sent.sort_by_key(|field| field.audience);
    (sent, skipped)
}

/// The fields' specs, and the limit on all of them together.
fn constants(ident: &Ident, sent: &[Sent<'_>]) -> TokenStream {
    let specs: TokenStream = sent.iter().map(Sent::constant).collect();
    let specs = name_self(specs, ident);
    let text = format!("`{ident}` flattens to more than 64 columns");
    quote_spanned! {ident.span().resolved_at(Span::mixed_site())=>
        #specs
        const _: () = ::core::assert!(
            <#ident as ::tickwire_shared::field::Replicate>::COLUMNS
                <= ::tickwire_shared::schema::MAX_COLUMNS,
            #text,
        );
    }
}

/// `Self` by its name, because constants beside the implementation have no `Self`.
fn name_self(tokens: TokenStream, ident: &Ident) -> TokenStream {
    let rename = |token| match token {
        TokenTree::Ident(word) if word == "Self" => {
            let mut renamed = ident.clone();
            renamed.set_span(word.span());
            renamed.into()
        }
        TokenTree::Group(group) => {
            let mut renamed = Group::new(group.delimiter(), name_self(group.stream(), ident));
            renamed.set_span(group.span());
            renamed.into()
        }
        other => other,
    };
    tokens.into_iter().map(rename).collect()
}

/// `kind`, `quantise` and `restore`.
fn functions(sent: &[Sent<'_>], skipped: &[&Field]) -> TokenStream {
    let entries = sent.iter().map(Sent::entry);
    let restore = restore(sent, skipped);
    let columns = sent.iter().map(Sent::columns);
    let quantise = sent.iter().map(Sent::quantise);
    quote! {
        fn kind() -> ::tickwire_shared::schema::Kind {
            ::tickwire_shared::schema::Kind {
                name: ::std::string::String::from(<Self as ::tickwire_shared::field::Replicate>::NAME),
                fields: ::std::vec![#(#entries),*],
            }
        }
        #[inline]
        fn quantise(&self, rest: &mut [u32]) {
            #(
                let (columns, rest) = rest.split_at_mut(#columns);
                #quantise;
            )*
            ::core::debug_assert!(rest.is_empty(), "more columns than the value takes");
        }
        #restore
    }
}

fn restore(sent: &[Sent<'_>], skipped: &[&Field]) -> TokenStream {
    let columns = sent.iter().map(Sent::columns);
    let restore = sent.iter().map(Sent::restore);
    let idents: Vec<&Ident> = sent.iter().map(|field| field.ident).collect();
    // Names of our own, because a field may be called `rest` or `columns`.
    let value = |index| format_ident!("value_{}", index, span = Span::mixed_site());
    let values = (0..sent.len()).map(value).collect::<Vec<_>>();
    let defaults = skipped.iter().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote_spanned!(ty.span()=> #ident: <#ty as ::core::default::Default>::default())
    });
    quote! {
        fn restore(rest: &[u32]) -> Self {
            #(
                let (columns, rest) = rest.split_at(#columns);
                let #values = #restore;
            )*
            ::core::debug_assert!(rest.is_empty(), "more columns than the value takes");
            Self { #(#idents: #values,)* #(#defaults,)* }
        }
    }
}
