//! How two states of one viewer's segments differ, field by field: what a mismatch is explained with.

use std::collections::{BTreeMap, BTreeSet};

use super::HeldSegment;
use crate::{
    codec::Layout,
    ids::EntityId,
    schema::{AUDIENCES, Schema},
};

/// A column in which two states of a segment differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The entity.
    pub id: EntityId,
    /// Its kind's name.
    pub kind: String,
    /// The field's name; empty when one side lacks the whole row.
    pub field: String,
    /// The columns on our side, if we have the row.
    pub ours: Option<Vec<u32>>,
    /// The columns on the server's side, if it has the row.
    pub theirs: Option<Vec<u32>>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let side = |columns: &Option<Vec<u32>>| match columns {
            Some(columns) => format!("{columns:?}"),
            None => "absent".to_owned(),
        };
        let (ours, theirs) = (side(&self.ours), side(&self.theirs));
        let dot = if self.field.is_empty() { "" } else { "." };
        write!(
            f,
            "{} {}{dot}{}: {ours} here, {theirs} on the server",
            self.kind, self.id, self.field
        )
    }
}

/// Every field in which two states of one viewer's segments differ.
#[must_use]
pub fn differences(
    schema: &Schema,
    ours: &[HeldSegment],
    theirs: &[HeldSegment],
) -> Vec<Difference> {
    let mut found = Vec::new();
    for audience in AUDIENCES {
        let layout = Layout::new(schema, audience, 1);
        let all = |side: &[HeldSegment]| {
            let of_audience = side.iter().filter(|held| held.audience == audience);
            let rows = of_audience.flat_map(|held| held.rows.iter(&layout));
            rows.map(|row| (row.id, (row.values.to_vec(), row.motion.to_vec()))).collect()
        };
        compare(schema, &layout, all(ours), all(theirs), &mut found);
    }
    found
}

type RowsById = BTreeMap<EntityId, (Vec<u32>, Vec<i32>)>;

fn compare(
    schema: &Schema,
    layout: &Layout,
    ours: RowsById,
    theirs: RowsById,
    found: &mut Vec<Difference>,
) {
    let ids: BTreeSet<_> = ours.keys().chain(theirs.keys()).copied().collect();
    for id in ids {
        let kind = &schema.kinds[id.kind()];
        let mut note = |field: &str, ours: Option<Vec<u32>>, theirs: Option<Vec<u32>>| {
            let (kind, field) = (kind.name.clone(), field.to_owned());
            found.push(Difference { id, kind, field, ours, theirs });
        };
        let (Some(our), Some(their)) = (ours.get(&id), theirs.get(&id)) else {
            let values = |rows: &RowsById| rows.get(&id).map(|row| row.0.clone());
            note("", values(&ours), values(&theirs));
            continue;
        };
        let fields = kind.fields.iter().filter(|field| field.audience == layout.audience);
        for (field, group) in fields.zip(&layout.kinds[id.kind()].groups) {
            let columns = group.start..group.start + group.len;
            let (our, their) = (&our.0[columns.clone()], &their.0[columns]);
            if our != their {
                note(&field.name, Some(our.to_vec()), Some(their.to_vec()));
            }
        }
        if our.1 != their.1 {
            let words = |motion: &[i32]| Some(motion.iter().map(|m| *m as u32).collect());
            note("(motion)", words(&our.1), words(&their.1));
        }
    }
}
