//! What a trace costs, as numbers: for a script as JSON, for people through [`super::print`].

use serde::Serialize;
use tickwire_shared::{codec::Costs, schema::Schema};

use super::{
    header::Header,
    reader::Tick,
    rivals::{Changes, NAMES},
    what_if::WhatIf,
};

/// Sums over a trace's ticks. What a keyframe takes is never part of what a tick takes.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Ticks read.
    pub ticks: u64,
    /// How many of them had no tick before them to build upon.
    pub keyframes: u64,
    /// Ticks that went by from one to the next, keyframes apart.
    elapsed: u64,
    /// The most entities in one tick.
    entities_most: usize,
    updates: u64,
    updates_by_kind: Vec<u64>,
    /// By codec, this one first.
    bytes: [u64; 5],
    keyframe_bytes: [u64; 5],
}

impl Totals {
    /// Nothing yet, of this many kinds.
    #[must_use]
    pub fn new(kinds: usize) -> Totals {
        Totals { updates_by_kind: vec![0; kinds], ..Totals::default() }
    }

    /// Adds a tick.
    pub fn add(
        &mut self,
        tick: &Tick,
        updates: u32,
        changes: &Changes<'_>,
        ours: usize,
        rivals: [usize; 4],
    ) {
        self.ticks += 1;
        self.entities_most = self.entities_most.max(tick.ids.len());
        let sums = match tick.gap {
            Some(gap) => {
                self.elapsed += u64::from(gap);
                self.updates += u64::from(updates);
                changes.count_updates(&mut self.updates_by_kind);
                &mut self.bytes
            }
            None => {
                self.keyframes += 1;
                &mut self.keyframe_bytes
            }
        };
        let sizes = [ours].into_iter().chain(rivals);
        sums.iter_mut().zip(sizes).for_each(|(sum, bytes)| *sum += bytes as u64);
    }

    fn codec(&self, index: usize, hz: u32) -> CodecRow {
        let bytes = self.bytes[index] as f64;
        CodecRow {
            name: if index == 0 { "tickwire" } else { NAMES[index - 1] },
            bytes: self.bytes[index],
            bytes_per_tick: per(bytes, self.ticks - self.keyframes),
            bytes_per_update: per(bytes, self.updates),
            kilobits_per_second: per(bytes * 8.0 * f64::from(hz) / 1000.0, self.elapsed),
            keyframe_bytes: self.keyframe_bytes[index],
        }
    }
}

/// What a trace costs. Averages are over all ticks but keyframes; there is none of nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The trace's name.
    pub file: String,
    /// The game's.
    pub game: String,
    /// Ticks a second.
    pub hz: u32,
    /// Whether every tick was decoded again and was what had been encoded.
    pub verified: bool,
    /// Ticks read.
    pub ticks: u64,
    /// How many of them had no tick before them to build upon.
    pub keyframes: u64,
    /// What this codec took for those.
    pub keyframe_bytes: u64,
    /// The most entities in one tick.
    pub entities_most: usize,
    /// Entities that were new or held other values than the tick before, over all ticks.
    pub updates: u64,
    /// The same for one tick.
    pub updates_per_tick: Option<f64>,
    /// What this codec took.
    pub bytes: u64,
    /// The same for one tick.
    pub bytes_per_tick: Option<f64>,
    /// The same for one update.
    pub bytes_per_update: Option<f64>,
    /// The same for one second at `hz`.
    pub kilobits_per_second: Option<f64>,
    /// This codec and what it is compared with.
    pub codecs: Vec<CodecRow>,
    /// What each field costs.
    pub fields: Vec<FieldRow>,
    /// What is no field's.
    pub overhead: Vec<OverheadRow>,
}

/// One codec's sizes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodecRow {
    /// Its name.
    pub name: &'static str,
    /// What all ticks but keyframes took.
    pub bytes: u64,
    /// The same for one tick.
    pub bytes_per_tick: Option<f64>,
    /// The same for one update.
    pub bytes_per_update: Option<f64>,
    /// The same for one second.
    pub kilobits_per_second: Option<f64>,
    /// What the keyframes took.
    pub keyframe_bytes: u64,
}

/// What one field costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldRow {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub field: String,
    /// Its bits for each update of an entity of this kind.
    pub bits_per_update: Option<f64>,
    /// Its share of all bytes.
    pub share: Option<f64>,
    /// The share of all bytes that one bit fewer would save, for a number.
    pub one_bit_fewer_saves: Option<f64>,
    /// How many of its values lay outside its range, or were too long.
    pub clamped: u64,
}

/// What is no field's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OverheadRow {
    /// What it is.
    pub name: String,
    /// Its bits for each update.
    pub bits_per_update: Option<f64>,
    /// Its share of all bytes.
    pub share: Option<f64>,
}

impl Report {
    /// Puts together what was counted.
    #[must_use]
    pub fn new(
        file: &str,
        header: &Header,
        totals: &Totals,
        (costs, what_ifs): (&Costs, &[WhatIf]),
        clamped: &[Vec<u64>],
    ) -> Report {
        let Header { schema, hz } = header;
        let codecs: Vec<CodecRow> = (0..5).map(|index| totals.codec(index, *hz)).collect();
        let ours = codecs[0].clone();
        Report {
            file: file.to_owned(),
            game: schema.game.clone(),
            hz: *hz,
            // A tick that does not survive the codec ends the measurement with an error.
            verified: totals.ticks > 0,
            ticks: totals.ticks,
            keyframes: totals.keyframes,
            keyframe_bytes: ours.keyframe_bytes,
            entities_most: totals.entities_most,
            updates: totals.updates,
            updates_per_tick: per(totals.updates as f64, totals.ticks - totals.keyframes),
            bytes: ours.bytes,
            bytes_per_tick: ours.bytes_per_tick,
            bytes_per_update: ours.bytes_per_update,
            kilobits_per_second: ours.kilobits_per_second,
            codecs,
            fields: fields(schema, totals, costs, what_ifs, clamped),
            overhead: overhead(schema, totals, costs),
        }
    }
}

fn fields(
    schema: &Schema,
    totals: &Totals,
    costs: &Costs,
    what_ifs: &[WhatIf],
    clamped: &[Vec<u64>],
) -> Vec<FieldRow> {
    let bytes = totals.bytes[0];
    let mut rows = Vec::new();
    for (kind, of_kind) in schema.kinds.iter().enumerate() {
        for (at, field) in of_kind.fields.iter().enumerate() {
            let bits = costs.fields[rows.len()];
            let what_if = what_ifs.iter().find(|what| (what.kind, what.field) == (kind, at));
            let saved = |what: &WhatIf| per(bytes as f64 - what.bytes as f64, bytes);
            rows.push(FieldRow {
                kind: of_kind.name.clone(),
                field: field.name.clone(),
                bits_per_update: per(bits, totals.updates_by_kind[kind]),
                share: per(bits, bytes * 8),
                one_bit_fewer_saves: what_if.and_then(saved),
                clamped: clamped[kind][at],
            });
        }
    }
    rows
}

fn overhead(schema: &Schema, totals: &Totals, costs: &Costs) -> Vec<OverheadRow> {
    let all_bits = totals.bytes[0] as f64 * 8.0;
    let in_fields: f64 = costs.fields.iter().sum();
    let in_rows: f64 = costs.rows.iter().sum();
    let kinds = schema.kinds.iter().zip(&costs.rows);
    let rows = kinds.map(|(kind, bits)| (format!("{}: which differ", kind.name), *bits));
    let rest = all_bits - in_fields - in_rows - costs.ids;
    let ends = [("who is new".to_owned(), costs.ids), ("whole bytes".to_owned(), rest)];
    let row = |(name, bits)| OverheadRow {
        name,
        bits_per_update: per(bits, totals.updates),
        share: per(bits, totals.bytes[0] * 8),
    };
    rows.chain(ends).map(row).collect()
}

/// An average, unless it would be one of nothing.
fn per(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}
