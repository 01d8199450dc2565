//! `noise`: every field is another at random each tick, so no prediction is worth anything.
//!
//! What such a world costs beyond its raw bits is the price of the codec being wrong.

use tickwire_shared::{
    EntityId,
    codec::{Layout, model::bit_length},
    rows::Rows,
    schema::{Audience, Field, FieldType, Kind, Predict, Schema},
};

use super::public;
use crate::recording::Recording;

/// Fields of 1 to 20 bits, held and linear.
#[must_use]
pub fn schema() -> Schema {
    let int = |bits: u32| FieldType::Int { min: 0, max: (1 << bits) - 1 };
    let fields = vec![
        public("pos", FieldType::Vec2 { min: 0.0, max: 1023.75, step: 0.25 }, Predict::Linear),
        public("aim", FieldType::Vec2 { min: 0.0, max: 255.0, step: 1.0 }, Predict::Hold),
        public("heading", FieldType::Angle { bits: 10 }, Predict::Linear),
        public("rudder", FieldType::Angle { bits: 7 }, Predict::Hold),
        public("fuel", int(6), Predict::Hold),
        public("score", int(13), Predict::Hold),
        public("depth", int(20), Predict::Linear),
        public("lit", FieldType::Bool, Predict::Hold),
    ];
    let input = Kind { name: "input".into(), fields: Vec::new() };
    let kinds = vec![Kind { name: "static".into(), fields }];
    Schema { game: "noise".into(), kinds, input, messages: Vec::new(), requests: Vec::new() }
}

/// The bits of an entity as they are.
#[must_use]
pub fn raw_bits(schema: &Schema) -> u32 {
    let fields = schema.kinds[0].fields.iter();
    fields.flat_map(Field::columns).map(|column| bit_length(column.max)).sum()
}

/// Records `ticks` ticks of `entities` entities.
#[must_use]
pub fn record(entities: u16, seed: u64, ticks: usize) -> Recording {
    let schema = schema();
    let layout = Layout::new(&schema, Audience::Public, 30);
    let kind = &layout.kinds[0];
    let mut random = seed | 1;
    let mut next = |max: u32| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 32) as u32 % (max + 1)
    };
    let mut rows: Vec<Rows> = Vec::new();
    for _ in 0..ticks {
        let mut now = Rows::default();
        for slot in 0..entities {
            let values: Vec<u32> = kind.columns.iter().map(|column| next(column.max)).collect();
            now.push_still(EntityId::new(0, slot, 0), &values, kind.motions);
        }
        if let Some(before) = rows.last() {
            now.derive_motion(&layout, before);
        }
        rows.push(now);
    }
    Recording::public("noise", schema, layout, rows)
}
