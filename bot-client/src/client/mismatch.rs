//! What is known of a mismatch: which fields differ, and by how much.

use serde::Serialize;
use tickwire_shared::{
    Tick,
    replica::{Difference, HeldSegment, differences},
    schema::Schema,
};

use super::human::{describe, describe_motion};

/// The most differences that a report spells out; the rest are counted.
pub const MOST_FIELDS: usize = 32;

/// A mismatch, once the server's evidence has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MismatchReport {
    /// The tick at which the hashes differed.
    pub tick: u32,
    /// The server's hash.
    pub expected: u32,
    /// The client's.
    pub actual: u32,
    /// The fields that differ, at most [`MOST_FIELDS`] of them.
    pub fields: Vec<FieldDifference>,
    /// How many fields differ.
    pub total: usize,
    /// Segments that the client held and the evidence does not have.
    pub missing_segments: Vec<u32>,
}

/// One field that differs, as it lies in the rows and as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldDifference {
    /// The entity's kind.
    pub kind: String,
    /// The entity's id.
    pub entity: String,
    /// The field; empty when one side lacks the entity.
    pub field: String,
    /// The client's columns, if it has the entity.
    pub ours: Option<Vec<u32>>,
    /// The server's columns, if it has the entity.
    pub theirs: Option<Vec<u32>>,
    /// The client's value.
    pub our_value: String,
    /// The server's value.
    pub their_value: String,
}

/// What a client held when a hash was not its own.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) tick: Tick,
    pub(super) expected: u32,
    pub(super) actual: u32,
    pub(super) segments: Vec<HeldSegment>,
}

impl MismatchReport {
    /// Compares what was held with what the server says should have been.
    pub(super) fn new(schema: &Schema, mut held: Held, theirs: &[HeldSegment]) -> MismatchReport {
        // The server may no longer remember a segment; then nothing can be said of its rows.
        let given = |segment: &HeldSegment| theirs.iter().any(|t| t.handle == segment.handle);
        let missing = held.segments.iter().filter(|segment| !given(segment));
        let missing_segments = missing.map(|segment| segment.handle).collect();
        held.segments.retain(given);
        let found = differences(schema, &held.segments, theirs);
        let fields = found.iter().take(MOST_FIELDS);
        MismatchReport {
            tick: held.tick.0,
            expected: held.expected,
            actual: held.actual,
            fields: fields.map(|difference| FieldDifference::new(schema, difference)).collect(),
            total: found.len(),
            missing_segments,
        }
    }
}

impl FieldDifference {
    fn new(schema: &Schema, difference: &Difference) -> FieldDifference {
        let value = |columns: &Option<Vec<u32>>| match columns {
            None => "absent".to_owned(),
            Some(columns) => field_value(schema, difference, columns),
        };
        FieldDifference {
            kind: difference.kind.clone(),
            entity: difference.id.to_string(),
            field: difference.field.clone(),
            our_value: value(&difference.ours),
            their_value: value(&difference.theirs),
            ours: difference.ours.clone(),
            theirs: difference.theirs.clone(),
        }
    }
}

fn field_value(schema: &Schema, difference: &Difference, columns: &[u32]) -> String {
    let fields = &schema.kinds[difference.id.kind()].fields;
    match fields.iter().find(|field| field.name == difference.field) {
        Some(field) => describe(&field.ty, columns),
        None if difference.field.is_empty() => "present".to_owned(),
        None => describe_motion(columns),
    }
}

impl std::fmt::Display for FieldDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let dot = if self.field.is_empty() { "" } else { "." };
        let FieldDifference { kind, entity, field, our_value, their_value, .. } = self;
        write!(f, "{kind}{dot}{field} of {entity}: {our_value}")?;
        write_columns(f, self.ours.as_deref())?;
        write!(f, " here, {their_value}")?;
        write_columns(f, self.theirs.as_deref())?;
        f.write_str(" on the server")
    }
}

fn write_columns(f: &mut std::fmt::Formatter<'_>, columns: Option<&[u32]>) -> std::fmt::Result {
    columns.map_or(Ok(()), |columns| write!(f, " {columns:?}"))
}

impl std::fmt::Display for MismatchReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let MismatchReport { tick, expected, actual, .. } = self;
        write!(f, "tick {tick}: hash {actual:08x} here, {expected:08x} on the server")?;
        for field in &self.fields {
            write!(f, "\n  {field}")?;
        }
        if self.total > self.fields.len() {
            write!(f, "\n  and {} more fields", self.total - self.fields.len())?;
        }
        if !self.missing_segments.is_empty() {
            write!(f, "\n  the server gave no evidence for segments {:?}", self.missing_segments)?;
        } else if self.total == 0 {
            f.write_str(
                "\n  no field differs: it is the hash that is wrong, or made of other ids",
            )?;
        }
        Ok(())
    }
}
