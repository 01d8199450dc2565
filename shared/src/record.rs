//! Records: inputs and messages as fixed-width bits, with no models and no baseline.
//!
//! ```text
//! record := column*            columns in the order of the schema
//! column := bit{w}             w = bits needed for the column's max, low bit first
//!           text columns have w = 32
//! ```
//! Bits fill each byte from its low end; the last byte is padded with zeros,
//! so a record of a kind always has the same length.

use thiserror::Error;

use crate::{codec::model::bit_length, schema::Kind};

/// A record that was refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RecordError {
    /// The length is not that of this kind's records.
    #[error("a record of {got} bytes where {want} were expected")]
    Length {
        /// The length that arrived.
        got: usize,
        /// The length of this kind.
        want: usize,
    },
    /// A column is above its maximum.
    #[error("column {0} is above its maximum")]
    Range(usize),
    /// Padding bits are set.
    #[error("padding bits are set")]
    Padding,
}

/// How records of one kind are laid out.
#[derive(Clone, Debug)]
pub struct RecordLayout {
    /// Each column's maximum and width in bits.
    columns: Vec<(u32, u32)>,
    bytes: usize,
}

impl RecordLayout {
    /// The layout of a kind's records.
    #[must_use]
    pub fn new(kind: &Kind) -> Self {
        let columns = kind.fields.iter().flat_map(|field| field.columns());
        let columns: Vec<_> = columns.map(|column| (column.max, bit_length(column.max))).collect();
        let bits: u32 = columns.iter().map(|(_, width)| width).sum();
        RecordLayout { columns, bytes: bits.div_ceil(8) as usize }
    }

    /// The length of every record, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many columns a record has.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Appends a record to `out`.
    ///
    /// # Panics
    /// When a column is above its maximum.
    pub fn pack(&self, columns: &[u32], out: &mut Vec<u8>) {
        let (mut pending, mut filled) = (0u64, 0);
        for ((max, width), column) in self.columns.iter().zip(columns) {
            assert!(column <= max, "a column above its maximum: {column} > {max}");
            pending |= u64::from(*column) << filled;
            filled += width;
            while filled >= 8 {
                out.push(pending as u8);
                pending >>= 8;
                filled -= 8;
            }
        }
        if filled > 0 {
            out.push(pending as u8);
        }
    }

    /// Reads a record that must take up all of `bytes` into `columns`.
    ///
    /// # Errors
    /// See [`RecordError`]; `columns` is then unspecified.
    pub fn unpack(&self, bytes: &[u8], columns: &mut [u32]) -> Result<(), RecordError> {
        if bytes.len() != self.bytes {
            return Err(RecordError::Length { got: bytes.len(), want: self.bytes });
        }
        let mut rest = bytes.iter();
        let (mut pending, mut filled) = (0u64, 0);
        for (index, (max, width)) in self.columns.iter().enumerate() {
            while filled < *width {
                pending |= u64::from(*rest.next().expect("the length was checked")) << filled;
                filled += 8;
            }
            let value = (pending & ((1 << width) - 1)) as u32;
            pending >>= width;
            filled -= width;
            if value > *max {
                return Err(RecordError::Range(index));
            }
            columns[index] = value;
        }
        if pending == 0 { Ok(()) } else { Err(RecordError::Padding) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Audience, Field, FieldType, Predict};

    fn layout() -> RecordLayout {
        let types = [
            FieldType::Bool,
            FieldType::Int { min: -1, max: 1 },
            FieldType::Int { min: 0, max: i64::from(u32::MAX) },
            FieldType::Angle { bits: 10 },
        ];
        let field = |(index, ty)| Field {
            name: format!("f{index}"),
            ty,
            predict: Predict::Hold,
            audience: Audience::Public,
        };
        let fields = types.into_iter().enumerate().map(field).collect();
        RecordLayout::new(&Kind { name: "input".into(), fields })
    }

    #[test]
    fn a_record_comes_back() {
        let layout = layout();
        for columns in [[0, 0, 0, 0], [1, 2, u32::MAX, 1023], [0, 1, 0x8000_0001, 512]] {
            let mut bytes = Vec::new();
            layout.pack(&columns, &mut bytes);
            assert_eq!(bytes.len(), 6, "45 bits take six bytes");
            let mut back = [9; 4];
            layout.unpack(&bytes, &mut back).unwrap();
            assert_eq!(back, columns);
        }
    }

    #[test]
    fn a_record_that_nobody_packed_is_refused() {
        let layout = layout();
        let mut columns = [0; 4];
        let short = layout.unpack(&[0; 5], &mut columns);
        assert_eq!(short, Err(RecordError::Length { got: 5, want: 6 }));
        let range = layout.unpack(&[0b0000_0110, 0, 0, 0, 0, 0], &mut columns);
        assert_eq!(range, Err(RecordError::Range(1)));
        let padding = layout.unpack(&[0, 0, 0, 0, 0, 0x80], &mut columns);
        assert_eq!(padding, Err(RecordError::Padding));
    }
}
