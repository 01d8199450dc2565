//! What stands in `#[replicate(...)]`.

use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::mistakes::Mistakes;

/// What may stand on a field, as it is written.
const FIELD_USAGES: &[&str] = &[
    "range = A..=B",
    "step = S",
    "angle = BITS",
    "quat = BITS",
    "text = BYTES",
    "linear",
    "by = FIELD",
    "wrap",
    "team",
    "owner",
    "name = \"...\"",
    "skip",
];

/// What may stand on a struct.
const STRUCT_USAGES: &[&str] = &["name = \"...\""];

/// Words that say the same thing in different ways, and why only one may stand.
const CONTRADICTIONS: &[(&[&str], &str)] = &[
    (&["range", "angle", "quat", "text"], "a field is quantised in one way"),
    (&["owner", "team"], "a field has one audience"),
    (&["linear", "by", "wrap"], "a field is predicted in one way"),
    (&["linear", "text"], "a text does not change by the same amount each tick"),
    (&["by", "text"], "a text does not change by an amount"),
    (&["by", "quat"], "a rotation is no sum of changes"),
];

/// One `key` or `key = value`.
struct Word {
    key: Ident,
    value: Option<Expr>,
}

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        // Keywords are let through here, so that they are told what any unknown word is told.
        let key = input.call(Ident::parse_any)?;
        let equals: Option<Token![=]> = input.parse()?;
        let value = equals.map(|_| input.parse()).transpose()?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error("expected a comma, or `=` and a value"));
        }
        Ok(Word { key, value })
    }
}

impl ToTokens for Word {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        self.key.to_tokens(tokens);
        self.value.to_tokens(tokens);
    }
}

/// The words of all `#[replicate(...)]` on one item; each is known, and stands once.
pub struct Words(Vec<Word>);

impl Words {
    /// The words on a field.
    pub fn on_field(attrs: &[Attribute], mistakes: &mut Mistakes) -> Words {
        let words = Words::read(attrs, FIELD_USAGES, mistakes);
        words.check_contradictions(mistakes);
        words.check_company(mistakes);
        words
    }

    /// The words on a struct.
    pub fn on_struct(attrs: &[Attribute], mistakes: &mut Mistakes) -> Words {
        Words::read(attrs, STRUCT_USAGES, mistakes)
    }

    /// Whether the word stands here.
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The word's value, if the word stands here.
    pub fn value(&self, key: &str) -> Option<&Expr> {
        self.find(key)?.value.as_ref()
    }

    /// The name that `name = "..."` gives.
    pub fn name(&self, mistakes: &mut Mistakes) -> Option<String> {
        let value = self.value("name")?;
        if let Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) = value {
            return Some(name.value());
        }
        mistakes.add(value, "a name is written in quotes: `name = \"...\"`");
        None
    }

    /// The field that `by = FIELD` names.
    pub fn by(&self, mistakes: &mut Mistakes) -> Option<&Ident> {
        let value = self.value("by")?;
        if let Expr::Path(path) = value
            && let Some(name) = path.path.get_ident()
        {
            return Some(name);
        }
        mistakes.add(value, "`by` names a field of this struct: `by = velocity`");
        None
    }

    fn find(&self, key: &str) -> Option<&Word> {
        self.0.iter().find(|word| word.key == key)
    }

    fn read(attrs: &[Attribute], usages: &[&str], mistakes: &mut Mistakes) -> Words {
        let mut words = Words(Vec::new());
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("replicate")) {
            let parse = Punctuated::<Word, Token![,]>::parse_terminated;
            for word in mistakes.keep(attr.parse_args_with(parse)).into_iter().flatten() {
                words.admit(word, usages, mistakes);
            }
        }
        words
    }

    /// Takes a word that is known, has a value when it needs one, and is new.
    fn admit(&mut self, word: Word, usages: &[&str], mistakes: &mut Mistakes) {
        let key = word.key.to_string();
        let Some(usage) = usages.iter().find(|usage| usage.split(' ').next() == Some(&key)) else {
            let known = usages.join("`, `");
            let text = format!("`{key}` is unknown; the words known here are `{known}`");
            return mistakes.add(&word, text);
        };
        match (&word.value, usage.contains('=')) {
            (Some(_), false) => mistakes.add(&word, format!("`{key}` takes no value")),
            (None, true) => mistakes.add(&word, format!("`{key}` needs its value: `{usage}`")),
            _ if self.has(&key) => mistakes.add(&word, format!("`{key}` stands here twice")),
            _ => self.0.push(word),
        }
    }

    /// Notes words that exclude each other.
    fn check_contradictions(&self, mistakes: &mut Mistakes) {
        for (keys, why) in CONTRADICTIONS {
            let mut present = self.0.iter().filter(|word| keys.iter().any(|key| word.key == key));
            let Some(first) = present.next() else { continue };
            for other in present {
                mistakes.add(other, format!("`{}` contradicts `{}`: {why}", other.key, first.key));
            }
        }
    }

    /// Notes a `step` or `wrap` without its `range`, and anything beside `skip`.
    fn check_company(&self, mistakes: &mut Mistakes) {
        if let Some(step) = self.find("step")
            && !self.has("range")
        {
            mistakes.add(step, "`step` needs a `range` to divide: `range = A..=B, step = S`");
        }
        if let Some(wrap) = self.find("wrap")
            && !self.has("range")
        {
            mistakes.add(wrap, "`wrap` needs a `range` whose ends meet: `range = A..=B, wrap`");
        }
        if self.has("skip") {
            for other in self.0.iter().filter(|word| word.key != "skip") {
                let why = "has no meaning on a field that `skip` keeps off the wire";
                mistakes.add(other, format!("`{}` {why}", other.key));
            }
        }
    }
}
