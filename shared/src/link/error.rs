//! What is wrong with a network that somebody asked for.

use thiserror::Error;

use super::profile::names;

/// Why a text says no conditions, or conditions cannot be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NetError {
    /// A field lies outside its range.
    #[error("{key} must be {range}")]
    Range {
        /// The field, as in the text form.
        key: &'static str,
        /// What it may be.
        range: &'static str,
    },
    /// There is no text.
    #[error("no network is named; write one of {names}, or fields such as latency=30ms", names = names())]
    Empty,
    /// A word is no profile.
    #[error(
        "there is no network {0:?}; write one of {names}, or fields such as latency=30ms",
        names = names()
    )]
    Profile(String),
    /// A field is none that there is.
    #[error("{0:?} is no field; there are latency, jitter, loss, up, down and blackout")]
    Field(String),
    /// A field is there twice.
    #[error("{0} is given twice; leave one of them out")]
    Twice(&'static str),
    /// A field's value cannot be read.
    #[error("{key} cannot be {value:?}; write it as {example}")]
    Value {
        /// The field.
        key: &'static str,
        /// What was given.
        value: String,
        /// What it looks like.
        example: &'static str,
    },
    /// A share of a mix cannot be read.
    #[error(
        "the share of {0} cannot be {1:?}; write a whole number from 1 to 1000, as in wifi=70,4g=30"
    )]
    Share(String, String),
    /// Not one network but many were given where there can only be one.
    #[error("this is a mix; here write one network only, such as wifi")]
    Mix,
}
