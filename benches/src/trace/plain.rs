//! Columns as plain values again: for the other codecs, and for traces that are written.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeTuple},
};
use tickwire_shared::{
    field::{Quantise, Rotation, Steps, Turn, columns_to_text},
    glam::{Quat, Vec2, Vec3},
    schema::{FieldType, Kind},
};

/// A field's value, written as anybody would write it.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain<'a> {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number or an angle.
    Float(f32),
    /// A vector or a rotation.
    Floats(Vec<f32>),
    /// A name and its index: a text for people, a number for machines.
    Name(&'a str, u32),
    /// A text.
    Text(String),
}

impl Plain<'_> {
    /// The value that a field's columns stand for.
    #[must_use]
    pub fn restore<'a>(ty: &'a FieldType, columns: &[u32]) -> Plain<'a> {
        match *ty {
            FieldType::Bool => Plain::Bool(columns[0] != 0),
            FieldType::Int { min, .. } => Plain::Int(min + i64::from(columns[0])),
            FieldType::Float { min, max, step } => {
                Plain::Float(f32::restore(&Steps { min, max, step }, columns))
            }
            FieldType::Vec2 { min, max, step } => {
                Plain::Floats(Vec2::restore(&Steps { min, max, step }, columns).to_array().to_vec())
            }
            FieldType::Vec3 { min, max, step } => {
                Plain::Floats(Vec3::restore(&Steps { min, max, step }, columns).to_array().to_vec())
            }
            FieldType::Angle { bits } => Plain::Float(f32::restore(&Turn { bits }, columns)),
            FieldType::Quat { bits } => Plain::Floats(rotation(bits, columns).to_array().to_vec()),
            FieldType::Enum { ref names } => Plain::Name(&names[columns[0] as usize], columns[0]),
            FieldType::Text { .. } => Plain::Text(columns_to_text(columns)),
        }
    }
}

/// A rotation that quantises to the very same columns, if there is one.
///
/// What the columns stand for does not always do: where two parts are nearly equal, rounding can
/// make the one larger that was not, so the others are moved a little towards nought.
fn rotation(bits: u8, columns: &[u32]) -> Quat {
    let tries = (0..50).map(|hundredth| shrunk(bits, columns, hundredth as f32 / 100.0));
    let is_exact = |quat: &Quat| {
        let mut again = [0; 4];
        quat.quantise(&Rotation { bits }, &mut again);
        again == columns
    };
    let mut tries = tries.filter(is_exact);
    tries.next().unwrap_or_else(|| Quat::restore(&Rotation { bits }, columns))
}

/// The columns' rotation with its three smaller parts moved by some of a step.
fn shrunk(bits: u8, columns: &[u32], steps: f32) -> Quat {
    let most = ((1u32 << bits) - 1) as f32;
    let bound = std::f32::consts::FRAC_1_SQRT_2;
    let largest = columns[0] as usize & 3;
    let mut parts = [0.0f32; 4];
    let others = (0..4).filter(|index| *index != largest);
    for (index, column) in others.zip(&columns[1..]) {
        let part = (*column as f32 / most * 2.0 - 1.0) * bound;
        parts[index] = part.signum() * (part.abs() - steps * 2.0 * bound / most).max(0.0);
    }
    let squares: f32 = parts.iter().map(|part| part * part).sum();
    parts[largest] = (1.0 - squares).max(0.0).sqrt();
    Quat::from_array(parts).normalize()
}

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Plain::Bool(value) => serializer.serialize_bool(*value),
            Plain::Int(value) => serializer.serialize_i64(*value),
            Plain::Float(value) => serializer.serialize_f32(*value),
            Plain::Floats(values) => {
                let mut tuple = serializer.serialize_tuple(values.len())?;
                values.iter().try_for_each(|value| tuple.serialize_element(value))?;
                tuple.end()
            }
            Plain::Name(name, _) if serializer.is_human_readable() => {
                serializer.serialize_str(name)
            }
            Plain::Name(_, index) => serializer.serialize_u32(*index),
            Plain::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// An entity's fields: an object with names for people, the bare values for machines.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// Its kind.
    pub kind: &'a Kind,
    /// Its columns.
    pub columns: &'a [u32],
}

impl<'a> Fields<'a> {
    /// Each field's name and value.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Plain<'a>)> {
        let mut columns = self.columns;
        self.kind.fields.iter().map(move |field| {
            let (these, rest) = columns.split_at(field.ty.columns().len());
            columns = rest;
            (field.name.as_str(), Plain::restore(&field.ty, these))
        })
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let len = self.kind.fields.len();
        if serializer.is_human_readable() {
            let mut map = serializer.serialize_map(Some(len))?;
            self.iter().try_for_each(|(name, value)| map.serialize_entry(name, &value))?;
            map.end()
        } else {
            let mut tuple = serializer.serialize_tuple(len)?;
            self.iter().try_for_each(|(_, value)| tuple.serialize_element(&value))?;
            tuple.end()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_with_two_largest_parts_quantises_to_what_it_was() {
        // From the recorded cubes: rounding made another part larger than the largest.
        for columns in [[2, 298, 2, 228], [2, 337, 33, 415], [3, 53, 94, 104]] {
            let spec = Rotation { bits: 9 };
            let mut again = [0; 4];
            Quat::restore(&spec, &columns).quantise(&spec, &mut again);
            assert_ne!(again, columns, "or there would be nothing to do");
            rotation(9, &columns).quantise(&spec, &mut again);
            assert_eq!(again, columns);
        }
    }

    #[test]
    fn people_read_names_and_machines_indices() {
        let plain = Plain::Name("red", 2);
        assert_eq!(serde_json::to_string(&plain).expect("it is JSON"), "\"red\"");
        assert_eq!(tickwire_shared::control::encode(&plain), [2]);
    }
}
