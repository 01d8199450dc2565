//! A field that goes over the wire, and the code that each of them gets.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Type, ext::IdentExt, spanned::Spanned};

use crate::{
    attrs::Words,
    limits::{broken, limits},
    mistakes::Mistakes,
    spec::Spec,
};

/// Who may see a field, in the order in which a kind's fields are laid out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Everybody.
    Public,
    /// The entity's team.
    Team,
    /// The entity's owner.
    Owner,
}

impl Audience {
    fn of(words: &Words) -> Audience {
        if words.has("owner") {
            Audience::Owner
        } else if words.has("team") {
            Audience::Team
        } else {
            Audience::Public
        }
    }
}

impl ToTokens for Audience {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let variant = match self {
            Audience::Public => quote!(Public),
            Audience::Team => quote!(Team),
            Audience::Owner => quote!(Owner),
        };
        tokens.extend(quote!(::tickwire_shared::schema::Audience::#variant));
    }
}

/// A field that goes over the wire.
pub struct Sent<'a> {
    /// The field's name in Rust.
    pub ident: &'a Ident,
    /// Its name on the wire.
    pub name: String,
    /// Who may see it.
    pub audience: Audience,
    /// The wire's name of the field that says how this one changes.
    by: Option<String>,
    ty: &'a Type,
    words: Words,
    spec: Spec,
}

impl<'a> Sent<'a> {
    /// Reads what the words on a field say about it.
    pub fn new(ident: &'a Ident, ty: &'a Type, words: Words, mistakes: &mut Mistakes) -> Sent<'a> {
        let name = words.name(mistakes).unwrap_or_else(|| ident.unraw().to_string());
        let spec = Spec::of(&words, mistakes);
        if let Some(limit) = broken(&limits(&spec, ty)) {
            mistakes.add(words.value(limit.word), format!("`{}` {}", limit.word, limit.text));
        }
        Sent { ident, name, audience: Audience::of(&words), by: None, ty, words, spec }
    }

    /// Looks up the field that `by` names among all that are sent.
    pub fn link(sent: &mut [Sent<'a>], mistakes: &mut Mistakes) {
        for index in 0..sent.len() {
            let field = &sent[index];
            let Some(by) = field.words.by(mistakes) else { continue };
            let named = sent.iter().find(|other| other.ident == by);
            let problem = match named {
                None => "names no field of this struct that is sent",
                Some(other) if other.audience != field.audience => {
                    "names a field of another audience"
                }
                Some(other) if other.words.has("by") => "names a field that has a `by` itself",
                Some(other) if other.words.has("wrap") => "names a field that wraps",
                Some(other) => {
                    sent[index].by = Some(other.name.clone());
                    continue;
                }
            };
            mistakes.add(by, format!("`by` {problem}"));
        }
    }

    /// The definition of the field's spec: a constant that asserts its limits.
    ///
    /// An item of its own is evaluated by the compiler whether or not anything
    /// uses it, so that every field with a mistake is told of.
    pub fn constant(&self) -> TokenStream {
        let (constant, ty, value) = (self.constant_name(), self.spec.ty(), self.spec.value());
        let asserts = limits(&self.spec, self.ty).into_iter().map(|limit| {
            let place = self.words.value(limit.word).map_or_else(Span::call_site, Spanned::span);
            let text = format!("field `{}`: `{}` {}", self.ident, limit.word, limit.text);
            let holds = limit.holds;
            quote_spanned!(place.resolved_at(Span::mixed_site())=> ::core::assert!(#holds, #text);)
        });
        quote! {
            #[allow(non_upper_case_globals)]
            const #constant: #ty = {
                let spec = #value;
                #(#asserts)*
                spec
            };
        }
    }

    /// How many columns the field takes.
    pub fn columns(&self) -> TokenStream {
        let via = self.via();
        quote!(#via::COLUMNS)
    }

    /// The expression that writes the field of `self` to `columns`.
    pub fn quantise(&self) -> TokenStream {
        let (via, ident, constant) = (self.via(), self.ident, self.constant_name());
        quote!(#via::quantise(&self.#ident, &#constant, columns))
    }

    /// The expression that reads the field from `columns`.
    pub fn restore(&self) -> TokenStream {
        let (via, constant) = (self.via(), self.constant_name());
        quote!(#via::restore(&#constant, columns))
    }

    /// The expression of the field's entry in the schema.
    pub fn entry(&self) -> TokenStream {
        let (via, name, constant) = (self.via(), &self.name, self.constant_name());
        let predict = match &self.by {
            Some(by) => quote!(By(::std::string::String::from(#by))),
            None if self.words.has("linear") => quote!(Linear),
            None if self.words.has("wrap") => quote!(Wrap),
            None => quote!(Hold),
        };
        let audience = self.audience;
        quote! {
            ::tickwire_shared::schema::Field {
                name: ::std::string::String::from(#name),
                ty: #via::field_type(&#constant),
                predict: ::tickwire_shared::schema::Predict::#predict,
                audience: #audience,
            }
        }
    }

    /// The field's type seen as what its spec makes of it.
    ///
    /// Spanned at the type, because that is where a missing implementation is shown.
    fn via(&self) -> TokenStream {
        let (ty, spec) = (self.ty, self.spec.ty());
        quote_spanned!(ty.span()=> <#ty as ::tickwire_shared::field::Quantise<#spec>>)
    }

    fn constant_name(&self) -> Ident {
        format_ident!("__{}", self.ident)
    }
}
