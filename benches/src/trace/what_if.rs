//! What one bit less of a field would save: the same ticks with that field half as fine.

use tickwire_shared::schema::FieldType;

use super::{
    header::Header,
    reader::Tick,
    wire::{Lane, adopt},
};

/// Each takes as much memory as there are fields, so a schema of thousands has the first ones only.
const MOST: usize = 200;

/// One field, half as fine, in a lane of its own.
#[derive(Debug)]
pub struct WhatIf {
    /// The field's kind.
    pub kind: usize,
    /// Its index there.
    pub field: usize,
    /// The columns of the kind that lose a bit.
    columns: std::ops::Range<usize>,
    lane: Lane,
    values: Vec<u32>,
    /// What the ticks took, keyframes apart.
    pub bytes: u64,
}

impl WhatIf {
    /// One for each field that can lose a bit, up to a limit.
    #[must_use]
    pub fn all(header: &Header, table: Option<&[u8]>) -> Vec<WhatIf> {
        let fields = header.schema.kinds.iter().enumerate();
        let fields = fields.flat_map(|(kind, k)| (0..k.fields.len()).map(move |at| (kind, at)));
        fields.filter_map(|(kind, at)| WhatIf::new(header, table, kind, at)).take(MOST).collect()
    }

    fn new(header: &Header, table: Option<&[u8]>, kind: usize, field: usize) -> Option<WhatIf> {
        let fields = &header.schema.kinds[kind].fields;
        let ty = coarser(&fields[field].ty)?;
        let start: usize = fields[..field].iter().map(|field| field.ty.columns().len()).sum();
        // The first column of a rotation is which of its parts is left out.
        let first = start + usize::from(matches!(ty, FieldType::Quat { .. }));
        let columns = first..start + ty.columns().len();
        let mut header = header.clone();
        header.schema.kinds[kind].fields[field].ty = ty;
        let table = table.map(|table| adopt(table, &header.schema)).transpose().ok()?;
        let lane = Lane::new(&header, table.as_deref()).ok()?;
        Some(WhatIf { kind, field, columns, lane, values: Vec::new(), bytes: 0 })
    }

    /// Encodes one more tick.
    pub fn tick(&mut self, tick: &Tick) {
        self.values.clear();
        self.values.extend_from_slice(&tick.values);
        let mut start = 0;
        for id in &tick.ids {
            if id.kind() == self.kind {
                let columns = start + self.columns.start..start + self.columns.end;
                self.values[columns].iter_mut().for_each(|value| *value >>= 1);
            }
            start += self.lane.layout.kinds[id.kind()].columns.len();
        }
        self.lane.encode(tick, &self.values);
        if tick.gap.is_some() {
            self.bytes += self.lane.bytes.len() as u64;
        }
    }
}

/// The type with half the values, if it is a number and has values to lose.
fn coarser(ty: &FieldType) -> Option<FieldType> {
    let finer = ty.columns();
    let coarser = match *ty {
        FieldType::Int { min, max } => FieldType::Int { min: 0, max: (max - min) / 2 },
        FieldType::Float { min, max, step } => FieldType::Float { min, max, step: step * 2.0 },
        FieldType::Vec2 { min, max, step } => FieldType::Vec2 { min, max, step: step * 2.0 },
        FieldType::Vec3 { min, max, step } => FieldType::Vec3 { min, max, step: step * 2.0 },
        FieldType::Angle { bits } if bits > 2 => FieldType::Angle { bits: bits - 1 },
        FieldType::Quat { bits } if bits > 4 => FieldType::Quat { bits: bits - 1 },
        _ => return None,
    };
    let most = finer.last().map_or(0, |column| column.max);
    let left = coarser.columns().last().map_or(0, |column| column.max);
    (most > 1 && left >= most >> 1).then_some(coarser)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_every_value_still_fits() {
        let (min, max, step) = (-3.0, 10.0, 0.7);
        for ty in [
            FieldType::Int { min: i64::from(i32::MIN), max: i64::from(i32::MAX) },
            FieldType::Int { min: -1, max: 1 },
            FieldType::Float { min, max, step },
            FieldType::Vec2 { min, max, step },
            FieldType::Vec3 { min, max, step: 6.5 },
            FieldType::Angle { bits: 16 },
            FieldType::Quat { bits: 5 },
        ] {
            let less = coarser(&ty).unwrap_or_else(|| panic!("{ty:?} has a bit to lose"));
            for (column, less) in ty.columns().iter().zip(less.columns()).rev().take(1) {
                assert!(less.max >= column.max >> 1 && less.max < column.max, "{ty:?}");
            }
        }
    }

    #[test]
    fn what_is_no_number_or_has_no_bit_to_lose_is_left_out() {
        for ty in [
            FieldType::Bool,
            FieldType::Int { min: 0, max: 1 },
            FieldType::Angle { bits: 2 },
            FieldType::Quat { bits: 4 },
            FieldType::Text { bytes: 4 },
        ] {
            assert_eq!(coarser(&ty), None);
        }
    }
}
