//! What is wrong with a scenario: where, what, and what would be right.

use std::{fmt, io, ops::Range};

use super::shipped::SHIPPED;

/// What is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ScenarioError {
    /// The name or the file that was asked for.
    name: String,
    /// The line, counted from 1, if it is about one.
    line: Option<usize>,
    what: String,
    hint: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ScenarioError { name, line, what, hint } = self;
        match line {
            Some(line) => write!(f, "{name}:{line}: {what}; {hint}"),
            None => write!(f, "{name}: {what}; {hint}"),
        }
    }
}

impl ScenarioError {
    pub(super) fn unknown(name: &str) -> ScenarioError {
        let names: Vec<_> = SHIPPED.iter().map(|shipped| shipped.name).collect();
        let hint = format!("there are {}, and files that end in .toml", names.join(", "));
        let what = "no such scenario is shipped".to_owned();
        ScenarioError { name: name.to_owned(), line: None, what, hint }
    }

    pub(super) fn unreadable(name: &str, error: &io::Error) -> ScenarioError {
        let what = format!("the file cannot be read: {error}");
        let hint = "`tickwire-bots soak --print steady` shows one to begin with".to_owned();
        ScenarioError { name: name.to_owned(), line: None, what, hint }
    }
}

/// The text that is read, to find lines in.
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// What the TOML reader says.
    pub(super) fn syntax(&self, error: &toml::de::Error) -> ScenarioError {
        let hint = "`tickwire-bots soak --print steady` shows how it is written".to_owned();
        let line = error.span().map(|span| self.line(span.start));
        ScenarioError { name: self.name.to_owned(), line, what: error.message().to_owned(), hint }
    }

    /// Something is wrong with what stands here.
    pub(super) fn at(&self, span: Range<usize>, what: String, hint: String) -> ScenarioError {
        ScenarioError { name: self.name.to_owned(), line: Some(self.line(span.start)), what, hint }
    }

    /// Something is wrong with the first value of this key.
    pub(super) fn at_key(&self, key: &str, what: String, hint: String) -> ScenarioError {
        let is_it = |line: &str| line.trim_start().trim_start_matches('[').starts_with(key);
        let line = self.text.lines().position(is_it).map(|index| index + 1);
        ScenarioError { name: self.name.to_owned(), line, what, hint }
    }

    fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
    }
}
