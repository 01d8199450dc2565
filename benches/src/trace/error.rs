//! What can be wrong with a trace, said so that whoever wrote it can mend it.

use thiserror::Error;
use tickwire_shared::{
    codec::{DecodeError, PriorsError},
    schema::SchemaError,
};

/// What is wrong with a trace, and where.
#[derive(Debug, Error)]
#[error("{file}:{line}: {problem}")]
pub struct TraceError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: Box<Problem>,
}

/// Where in a tick something stands.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("entity {id}, field {kind}.{field}")]
pub struct Place {
    /// The entity's id in the file.
    pub id: u64,
    /// Its kind's name.
    pub kind: String,
    /// The field's name.
    pub field: String,
}

/// A value that is not what its field is declared as.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("found {found}, but {expected} is expected; {advice}")]
pub struct Wrong {
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
    /// What to do.
    pub advice: &'static str,
}

/// What is wrong with a line.
#[derive(Debug, Error)]
pub enum Problem {
    /// The file cannot be read on.
    #[error("the file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// The line is longer than the limit.
    #[error(
        "the line is longer than {0} bytes; each tick is a line of its own, so end each with a \
         newline, or trace a part of the world"
    )]
    TooLong(usize),
    /// The line is not JSON.
    #[error("not JSON at byte {column}: {what}; {advice}")]
    NotJson {
        /// Where in the line, from 1.
        column: usize,
        /// What the parser has against it.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// The first line is no schema.
    #[error(
        "found {0}, but the first line must be the schema, such as \
         {{\"kinds\":{{\"ship\":{{\"hp\":{{\"type\":\"int\",\"min\":0,\"max\":100}}}}}}}}; write it \
         before the first tick"
    )]
    NoSchema(String),
    /// The priors are not for this schema.
    #[error("{0}; make some with --bin train from a trace of this game")]
    Priors(#[from] PriorsError),
    /// A schema and nothing after it.
    #[error("found no tick after the schema, so there is nothing to measure; write a line a tick")]
    NoTicks,
    /// A key that means nothing here.
    #[error("{at} has the unknown key {keys}; known are {known}; remove it or correct its name")]
    UnknownKeys {
        /// Whose key it is.
        at: String,
        /// The keys, quoted.
        keys: String,
        /// What is known there.
        known: String,
    },
    /// Something in the schema line is not as it should be.
    #[error("in the schema, {at}: {wrong}")]
    Schema {
        /// The path to it.
        at: String,
        /// What is wrong with it.
        wrong: Wrong,
    },
    /// The schema breaks a limit of the codec.
    #[error("in the schema: {0}; change it there")]
    Limit(#[from] SchemaError),
    /// A line that is no tick.
    #[error("{at}: {wrong}")]
    Tick {
        /// What part of the tick.
        at: String,
        /// What is wrong with it.
        wrong: Wrong,
    },
    /// Ticks that do not rise.
    #[error(
        "tick {found} follows tick {before}, but ticks must rise; sort the lines, or write each \
         recording to a file of its own"
    )]
    NotRising {
        /// The tick of this line.
        found: u64,
        /// The tick of the line before.
        before: u64,
    },
    /// An id that stands twice in one tick.
    #[error(
        "entity {0} stands twice in this tick; ids must be unique among all kinds, so give each \
         entity an id of its own"
    )]
    Duplicate(u64),
    /// A kind that the schema lacks.
    #[error(
        "entity {id}: found the kind {kind:?}, but the schema has {known}; add it to the schema"
    )]
    UnknownKind {
        /// The entity.
        id: u64,
        /// Its kind.
        kind: String,
        /// The kinds that there are.
        known: String,
    },
    /// A field that the schema lacks.
    #[error(
        "{place}: the schema has no such field, only {known}; add it there or leave it out here"
    )]
    UnknownField {
        /// Where.
        place: Place,
        /// The fields that there are.
        known: String,
    },
    /// A field that is not given.
    #[error(
        "{place}: found nothing, but {expected} is expected; every tick gives every field of every \
         entity, changed or not, so write it here or take it out of the schema"
    )]
    Missing {
        /// Where.
        place: Place,
        /// What should stand there.
        expected: String,
    },
    /// A value that its field cannot hold.
    #[error("{place}: {wrong}")]
    Value {
        /// Where.
        place: Place,
        /// What is wrong with it.
        wrong: Wrong,
    },
    /// More entities of a kind than there are slots.
    #[error(
        "entity {id}: more than {most} entities of kind {kind:?} at once, which is all that a \
         segment can hold; trace a part of the world, such as one cell"
    )]
    TooMany {
        /// The first that has no slot.
        id: u64,
        /// Its kind.
        kind: String,
        /// How many slots there are.
        most: usize,
    },
    /// What was encoded cannot be decoded.
    #[error("tick {tick} was encoded but cannot be decoded: {error}; please report this trace")]
    Undecodable {
        /// The tick.
        tick: u64,
        /// Why.
        error: DecodeError,
    },
    /// What was decoded is not what was encoded.
    #[error("tick {tick} was decoded but {what} differs from the trace; please report this trace")]
    Differs {
        /// The tick.
        tick: u64,
        /// The kind and field, or what else.
        what: String,
    },
}

impl Problem {
    /// The problem at its place.
    #[must_use]
    pub fn at(self, file: &str, line: u64) -> TraceError {
        TraceError { file: file.to_owned(), line, problem: Box::new(self) }
    }
}
