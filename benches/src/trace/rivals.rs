//! What else the same changes could be sent as: the codecs that this one is compared with.
//!
//! Each gets what is fair to it: all send only what changed since the tick before, rounded to
//! the same steps, and none pays for framing. JSON and bincode send values as a game has them
//! (an angle is a number, a rotation four), the varints send the quantised integers.

use flate2::{Compress, Compression, FlushCompress};
use serde::{Serialize, Serializer};
use tickwire_shared::{
    codec::Layout,
    control,
    rows::{Row, Rows},
    schema::{ColumnSpec, Schema},
};

use super::plain::Fields;

/// How one tick's rows differ from those of the tick before.
#[derive(Debug, Default)]
pub struct Changes<'a> {
    /// Entities that were not there.
    pub new: Vec<Row<'a>>,
    /// Entities that were, and hold other values: before and now.
    pub changed: Vec<(Row<'a>, Row<'a>)>,
    /// Entities that are there no more.
    pub gone: Vec<Row<'a>>,
}

impl<'a> Changes<'a> {
    /// Walks two sets of rows in step.
    #[must_use]
    pub fn between(layout: &'a Layout, before: &'a Rows, now: &'a Rows) -> Changes<'a> {
        let mut changes = Changes::default();
        let mut old = before.iter(layout).peekable();
        for row in now.iter(layout) {
            while let Some(gone) = old.next_if(|old| old.id < row.id) {
                changes.gone.push(gone);
            }
            match old.next_if(|old| old.id == row.id) {
                Some(old) if old.values != row.values => changes.changed.push((old, row)),
                Some(_) => {}
                None => changes.new.push(row),
            }
        }
        changes.gone.extend(old);
        changes
    }

    /// How many entities of each kind were updated: those that are new or changed.
    pub fn count_updates(&self, by_kind: &mut [u64]) {
        let rows = self.new.iter().chain(self.changed.iter().map(|(_, now)| now));
        rows.for_each(|row| by_kind[row.id.kind()] += 1);
    }

    fn message(&self, schema: &'a Schema, tick: u64) -> Message<'a> {
        let rows = self.new.iter().chain(self.changed.iter().map(|(_, now)| now));
        let entity = |row: &Row<'a>| {
            let kind = &schema.kinds[row.id.kind()];
            Entity { row: *row, fields: Fields { kind, columns: row.values } }
        };
        let gone = self.gone.iter().map(|row| (row.id.kind() as u8, row.id.slot()));
        Message { tick, entities: rows.map(entity).collect(), gone: gone.collect() }
    }

    /// `count (id-gap column…)… count (id-gap mask column-delta…)… count id-gap…`, all as varints.
    fn varints(&self, layout: &Layout, out: &mut Vec<u8>) {
        out.clear();
        let mut last = 0;
        varint(self.new.len() as u64, out);
        for row in &self.new {
            varint(gap(&mut last, row), out);
            row.values.iter().for_each(|value| varint(u64::from(*value), out));
        }
        last = 0;
        varint(self.changed.len() as u64, out);
        for (old, row) in &self.changed {
            varint(gap(&mut last, row), out);
            deltas(&layout.kinds[row.id.kind()].columns, old.values, row.values, out);
        }
        last = 0;
        varint(self.gone.len() as u64, out);
        self.gone.iter().for_each(|row| varint(gap(&mut last, row), out));
    }
}

/// A tick as plain serialisation sends it.
#[derive(Serialize)]
struct Message<'a> {
    tick: u64,
    entities: Vec<Entity<'a>>,
    gone: Vec<(u8, u16)>,
}

/// An entity of a [`Message`]: `[7,"ship",{…}]`, and for machines the same without names.
struct Entity<'a> {
    row: Row<'a>,
    fields: Fields<'a>,
}

impl Serialize for Entity<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let id = self.row.id;
        match serializer.is_human_readable() {
            true => (id.slot(), &self.fields.kind.name, self.fields).serialize(serializer),
            false => (id.slot(), id.kind() as u8, self.fields).serialize(serializer),
        }
    }
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The distance from the id before, which is kept in `last`.
fn gap(last: &mut u32, row: &Row<'_>) -> u64 {
    // Without the generation, so that neighbours are one apart.
    let id = row.id.0 >> 8;
    let gap = id - *last;
    *last = id;
    u64::from(gap)
}

/// Which columns changed, and by how much, small changes of either sign being small numbers.
fn deltas(columns: &[ColumnSpec], before: &[u32], now: &[u32], out: &mut Vec<u8>) {
    let pairs = || before.iter().zip(now);
    let mask = pairs().rev().fold(0, |mask, (old, new)| mask << 1 | u64::from(old != new));
    varint(mask, out);
    for ((old, new), spec) in pairs().zip(columns).filter(|((old, new), _)| old != new) {
        let mut delta = i64::from(*new) - i64::from(*old);
        let turn = i64::from(spec.max) + 1;
        if spec.wrap && delta.abs() > turn / 2 {
            delta -= delta.signum() * turn;
        }
        varint((delta << 1 ^ delta >> 63) as u64, out);
    }
}

/// How the rivals are called, in the order of [`Rivals::tick`].
pub const NAMES: [&str; 4] = [
    "varint delta + deflate",
    "varint delta",
    "bincode of changed entities",
    "JSON of changed entities",
];

/// The rivals, and the stream that one of them keeps.
#[derive(Debug)]
pub struct Rivals {
    deflate: Compress,
    varints: Vec<u8>,
    deflated: Vec<u8>,
}

impl Default for Rivals {
    fn default() -> Rivals {
        // Raw deflate at zlib's usual level, as WebSocket libraries set up permessage-deflate.
        let deflate = Compress::new(Compression::new(6), false);
        Rivals { deflate, varints: Vec::new(), deflated: Vec::new() }
    }
}

impl Rivals {
    /// How many bytes each rival takes for one tick.
    pub fn tick(
        &mut self,
        schema: &Schema,
        layout: &Layout,
        tick: u64,
        changes: &Changes<'_>,
    ) -> [usize; 4] {
        let message = changes.message(schema, tick);
        let json = serde_json::to_vec(&message).expect("a message of plain values is JSON");
        let bincode = control::encode(&message);
        changes.varints(layout, &mut self.varints);
        self.deflate();
        [self.deflated.len(), self.varints.len(), bincode.len(), json.len()]
    }

    /// Deflates the varints as permessage-deflate does with context takeover: one stream, flushed
    /// after each message, without the four bytes that every flush ends with.
    fn deflate(&mut self) {
        self.deflated.clear();
        let mut input = self.varints.as_slice();
        loop {
            self.deflated.reserve(input.len() + 64);
            let before = self.deflate.total_in();
            let flush = FlushCompress::Sync;
            let output = &mut self.deflated;
            self.deflate.compress_vec(input, output, flush).expect("deflating cannot fail");
            input = &input[(self.deflate.total_in() - before) as usize..];
            if input.is_empty() && self.deflated.len() < self.deflated.capacity() {
                break;
            }
        }
        if self.deflated.ends_with(&[0, 0, 0xFF, 0xFF]) {
            self.deflated.truncate(self.deflated.len() - 4);
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Decompress, FlushDecompress};
    use tickwire_shared::{
        EntityId,
        schema::{Audience, Field, FieldType, Kind, Predict},
    };

    use super::*;

    fn schema() -> Schema {
        let field = |name: &str, ty| Field {
            name: name.into(),
            ty,
            predict: Predict::Hold,
            audience: Audience::Public,
        };
        let fields = vec![
            field("hp", FieldType::Int { min: -10, max: 1000 }),
            field("way", FieldType::Angle { bits: 8 }),
        ];
        let input = Kind { name: "input".into(), fields: Vec::new() };
        let kinds = vec![Kind { name: "ship".into(), fields }];
        Schema { game: "test".into(), kinds, input, messages: Vec::new(), requests: Vec::new() }
    }

    fn rows(entities: &[(u16, [u32; 2])]) -> Rows {
        let mut rows = Rows::default();
        for (slot, values) in entities {
            rows.push_still(EntityId::new(0, *slot, 0), values, 0);
        }
        rows
    }

    #[test]
    fn changes_are_what_is_new_changed_and_gone() {
        let layout = Layout::new(&schema(), Audience::Public, 60);
        let before = rows(&[(0, [1, 1]), (1, [1, 1]), (2, [1, 1])]);
        let now = rows(&[(0, [1, 1]), (2, [2, 1]), (3, [1, 1])]);
        let changes = Changes::between(&layout, &before, &now);
        let counts = (changes.new.len(), changes.changed.len(), changes.gone.len());
        assert_eq!(counts, (1, 1, 1));
        let mut updates = [0];
        changes.count_updates(&mut updates);
        assert_eq!(updates, [2]);
    }

    #[test]
    fn the_bytes_are_those_that_the_formats_say() {
        let (schema, layout) = (schema(), Layout::new(&schema(), Audience::Public, 60));
        let (before, now) = (rows(&[(5, [10, 250]), (9, [0, 0])]), rows(&[(5, [10, 4])]));
        let changes = Changes::between(&layout, &before, &now);
        let mut varints = Vec::new();
        changes.varints(&layout, &mut varints);
        // Nothing new; one changed, five ids on, its second column, by +10; one gone, nine on.
        assert_eq!(varints, [0, 1, 5, 0b10, 20, 1, 9]);
        let message = changes.message(&schema, 3);
        let json = serde_json::to_string(&message).expect("it is JSON");
        assert_eq!(
            json,
            r#"{"tick":3,"entities":[[5,"ship",{"hp":0,"way":0.09817477}]],"gone":[[0,9]]}"#
        );
        // tick, one entity, its slot, kind, hp and the float; one gone, its kind and slot.
        assert_eq!(control::encode(&message).len(), 1 + 1 + 1 + 1 + 1 + 4 + 1 + 1 + 1);
    }

    #[test]
    fn what_was_deflated_is_inflated_as_a_browser_would() {
        let mut rivals = Rivals::default();
        let mut inflate = Decompress::new(false);
        for round in 0..50u32 {
            rivals.varints = (0..round * 40).map(|byte| (byte * byte % 251) as u8).collect();
            rivals.deflate();
            let mut input = rivals.deflated.clone();
            input.extend([0, 0, 0xFF, 0xFF]);
            let mut output = Vec::with_capacity(rivals.varints.len() + 1);
            inflate
                .decompress_vec(&input, &mut output, FlushDecompress::Sync)
                .expect("it inflates");
            assert_eq!(output, rivals.varints);
        }
    }
}
