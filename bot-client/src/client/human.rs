//! Quantised columns as a person reads them, by the schema alone.

use tickwire_shared::{
    field::{Quantise, Rotation, Steps, Turn, Whole, columns_to_text},
    glam::{Quat, Vec2, Vec3},
    schema::FieldType,
};

/// The value that a field's columns stand for.
///
/// Columns that do not fit the type are shown as they are: this describes what
/// went wrong, so it must not itself insist on anything.
#[must_use]
pub fn describe(ty: &FieldType, columns: &[u32]) -> String {
    if columns.len() != ty.columns().len() {
        return format!("{columns:?}");
    }
    match ty {
        FieldType::Bool => bool::restore(&Whole, columns).to_string(),
        FieldType::Int { min, .. } => (min + i64::from(columns[0])).to_string(),
        &FieldType::Float { min, max, step } => {
            number(f32::restore(&Steps { min, max, step }, columns), step)
        }
        &FieldType::Vec2 { min, max, step } => {
            list(&Vec2::restore(&Steps { min, max, step }, columns).to_array(), step)
        }
        &FieldType::Vec3 { min, max, step } => {
            list(&Vec3::restore(&Steps { min, max, step }, columns).to_array(), step)
        }
        &FieldType::Angle { bits } => {
            format!("{:.2}°", f32::restore(&Turn { bits }, columns).to_degrees())
        }
        &FieldType::Quat { bits } => {
            list(&Quat::restore(&Rotation { bits }, columns).to_array(), 0.0001)
        }
        FieldType::Enum { names } => {
            let name = names.get(columns[0] as usize);
            name.cloned().unwrap_or_else(|| format!("variant {}", columns[0]))
        }
        FieldType::Text { .. } => format!("{:?}", columns_to_text(columns)),
    }
}

/// Motions, which are signed and lie in columns as they would in memory.
#[must_use]
pub fn describe_motion(words: &[u32]) -> String {
    let signed: Vec<i32> = words.iter().map(|word| *word as i32).collect();
    format!("{signed:?} a tick")
}

/// As many decimals as the step can tell apart.
fn number(value: f32, step: f32) -> String {
    let decimals = (-step.log10()).ceil().clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

fn list(values: &[f32], step: f32) -> String {
    let values: Vec<String> = values.iter().map(|value| number(*value, step)).collect();
    format!("({})", values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_well() {
        let (min, max, step) = (-10.0, 10.0, 0.25);
        let names = vec!["idle".to_owned(), "boost".to_owned()];
        let text = |text: &str| {
            let mut columns = [0; 2];
            tickwire_shared::field::text_to_columns(text, &mut columns);
            columns
        };
        let cases: [(FieldType, &[u32], &str); 9] = [
            (FieldType::Bool, &[1], "true"),
            (FieldType::Int { min: -5, max: 5 }, &[2], "-3"),
            (FieldType::Float { min, max, step }, &[1], "-9.8"),
            (FieldType::Vec2 { min, max, step: 1.0 }, &[0, 20], "(-10, 10)"),
            (FieldType::Angle { bits: 8 }, &[64], "90.00°"),
            (FieldType::Enum { names: names.clone() }, &[1], "boost"),
            (FieldType::Enum { names }, &[7], "variant 7"),
            (FieldType::Text { bytes: 8 }, &text("Zoë"), "\"Zoë\""),
            (FieldType::Bool, &[1, 2], "[1, 2]"),
        ];
        for (ty, columns, want) in cases {
            assert_eq!(describe(&ty, columns), want, "{ty:?}");
        }
    }

    #[test]
    fn motion_is_signed() {
        assert_eq!(describe_motion(&[u32::MAX, 3]), "[-1, 3] a tick");
    }
}
