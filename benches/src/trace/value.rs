//! A field's value in a trace, and the columns that it becomes.

use glam::{Quat, Vec2, Vec3};
use tickwire_shared::{
    field::{Quantise, Ring, Rotation, Steps, Turn, columns_to_text, text_to_columns},
    schema::{Field, FieldType, Predict},
};

use super::{error::Wrong, json::Json};

/// Writes the columns of a field's value as the derive does, and says whether it had to be clamped
/// or cut.
///
/// # Errors
/// When the value is not what the field is declared as.
pub fn quantise(field: &Field, value: &Json, columns: &mut [u32]) -> Result<bool, Wrong> {
    match field.predict {
        Predict::Wrap => quantise_round(&field.ty, value, columns),
        _ => quantise_plain(&field.ty, value, columns),
    }
}

/// What goes round is never outside of its range.
fn quantise_round(ty: &FieldType, value: &Json, columns: &mut [u32]) -> Result<bool, Wrong> {
    let refuse = || Err(wrong(ty, value));
    match *ty {
        FieldType::Int { min, max } => {
            let Some(value) = value.whole() else { return refuse() };
            let (min, max) = (i128::from(min), i128::from(max));
            columns[0] = (value - min).rem_euclid(max - min + 1) as u32;
        }
        FieldType::Float { min, max, step } => {
            let Some(value) = value.number() else { return refuse() };
            (value as f32).quantise(&Ring { min, max, step }, columns);
        }
        FieldType::Vec2 { min, max, step } => {
            let Some(parts) = numbers::<2>(value) else { return refuse() };
            let value = Vec2::from_array(parts.map(|part| part as f32));
            value.quantise(&Ring { min, max, step }, columns);
        }
        FieldType::Vec3 { min, max, step } => {
            let Some(parts) = numbers::<3>(value) else { return refuse() };
            let value = Vec3::from_array(parts.map(|part| part as f32));
            value.quantise(&Ring { min, max, step }, columns);
        }
        _ => return quantise_plain(ty, value, columns),
    }
    Ok(false)
}

fn quantise_plain(ty: &FieldType, value: &Json, columns: &mut [u32]) -> Result<bool, Wrong> {
    let refuse = || Err(wrong(ty, value));
    match *ty {
        FieldType::Bool => {
            let Json::Bool(value) = value else { return refuse() };
            columns[0] = u32::from(*value);
            Ok(false)
        }
        FieldType::Int { min, max } => {
            let Some(value) = value.whole() else { return refuse() };
            // The derive's integers have at most 32 bits, a schema's range lies within 64.
            let kept = value.clamp(min.into(), max.into());
            columns[0] = (kept - i128::from(min)) as u32;
            Ok(kept != value)
        }
        FieldType::Float { min, max, step } => {
            let Some(value) = value.number() else { return refuse() };
            (value as f32).quantise(&Steps { min, max, step }, columns);
            Ok(is_outside(&[value], min, max, step))
        }
        FieldType::Vec2 { min, max, step } => {
            let Some(parts) = numbers::<2>(value) else { return refuse() };
            let value = Vec2::from_array(parts.map(|part| part as f32));
            value.quantise(&Steps { min, max, step }, columns);
            Ok(is_outside(&parts, min, max, step))
        }
        FieldType::Vec3 { min, max, step } => {
            let Some(parts) = numbers::<3>(value) else { return refuse() };
            let value = Vec3::from_array(parts.map(|part| part as f32));
            value.quantise(&Steps { min, max, step }, columns);
            Ok(is_outside(&parts, min, max, step))
        }
        FieldType::Angle { bits } => {
            let Some(value) = value.number().filter(|value| (*value as f32).is_finite()) else {
                return refuse();
            };
            (value as f32).quantise(&Turn { bits }, columns);
            Ok(false)
        }
        FieldType::Quat { bits } => {
            let Some(rotation) = numbers::<4>(value).and_then(unit) else { return refuse() };
            rotation.quantise(&Rotation { bits }, columns);
            Ok(false)
        }
        FieldType::Enum { ref names } => {
            let Json::Text(value) = value else { return refuse() };
            let Some(index) = names.iter().position(|name| name == value) else { return refuse() };
            columns[0] = index as u32;
            Ok(false)
        }
        FieldType::Text { .. } => {
            let Json::Text(value) = value else { return refuse() };
            text_to_columns(value, columns);
            Ok(columns_to_text(columns) != *value)
        }
    }
}

/// What values of a type look like, for messages.
#[must_use]
pub fn description(ty: &FieldType) -> String {
    match ty {
        FieldType::Bool => "true or false".into(),
        FieldType::Int { min, max } => format!("a whole number in {min}..={max}"),
        FieldType::Float { min, max, .. } => format!("a finite number in {min}..={max}"),
        FieldType::Vec2 { min, max, .. } => format!("[x,y], finite numbers in {min}..={max}"),
        FieldType::Vec3 { min, max, .. } => format!("[x,y,z], finite numbers in {min}..={max}"),
        FieldType::Angle { .. } => "a finite number of radians".into(),
        FieldType::Quat { .. } => "[x,y,z,w], finite numbers that are not all zero".into(),
        FieldType::Enum { names } => format!("one of {}", names.join(", ")),
        FieldType::Text { bytes } => format!("a text of at most {bytes} bytes"),
    }
}

fn wrong(ty: &FieldType, value: &Json) -> Wrong {
    let has_null = match value {
        Json::List(items) => items.contains(&Json::Null),
        other => *other == Json::Null,
    };
    let advice = match (ty, value) {
        _ if has_null => {
            "JavaScript writes NaN and infinity as null, so look for those in the game"
        }
        (FieldType::Int { .. }, Json::Number(_)) => "round it, or declare the field a float",
        (FieldType::Enum { .. }, Json::Text(_)) => "add the name to the schema or correct it here",
        (FieldType::Enum { .. }, _) => "write the name in quotes",
        _ => "correct the value, or the field's type in the schema",
    };
    Wrong { found: value.to_string(), expected: description(ty), advice }
}

fn numbers<const N: usize>(value: &Json) -> Option<[f64; N]> {
    let Json::List(items) = value else { return None };
    let numbers: Vec<f64> = items.iter().map_while(Json::number).collect();
    if items.len() == N { numbers.try_into().ok() } else { None }
}

fn unit(parts: [f64; 4]) -> Option<Quat> {
    // The largest part becomes one first: squares of tiny or huge numbers would be lost.
    let largest = parts.iter().fold(0.0, |most: f64, part| most.max(part.abs()));
    let scaled = Quat::from_array(parts.map(|part| (part / largest) as f32));
    (largest > 0.0).then(|| scaled.normalize())
}

/// Beyond the range by more than rounding explains.
fn is_outside(parts: &[f64], min: f32, max: f32, step: f32) -> bool {
    let slack = f64::from(step) / 2.0;
    let kept = f64::from(min) - slack..=f64::from(max) + slack;
    parts.iter().any(|part| !kept.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(ty: &FieldType, text: &str) -> Result<(Vec<u32>, bool), Wrong> {
        let mut columns = vec![0; ty.columns().len()];
        let clamped =
            quantise_plain(ty, &serde_json::from_str(text).expect("it is JSON"), &mut columns)?;
        Ok((columns, clamped))
    }

    #[test]
    fn values_become_what_the_derive_makes_of_them() {
        let (min, max, step) = (-10.0, 10.0, 0.25);
        let names = vec!["red".to_owned(), "blue".to_owned()];
        for (ty, text, wanted) in [
            (FieldType::Bool, "true", vec![1]),
            (FieldType::Int { min: -5, max: 5 }, "5.0", vec![10]),
            (FieldType::Float { min, max, step }, "0.13", vec![41]),
            (FieldType::Vec2 { min, max, step }, "[-10,10]", vec![0, 80]),
            (FieldType::Vec3 { min, max, step }, "[0,0,0.0]", vec![40, 40, 40]),
            (FieldType::Angle { bits: 8 }, "-1.5707963267948966", vec![192]),
            (FieldType::Quat { bits: 9 }, "[0,0,0,-7]", vec![3, 256, 256, 256]),
            (FieldType::Enum { names }, "\"blue\"", vec![1]),
            (FieldType::Text { bytes: 4 }, "\"ab\"", vec![0x6261]),
        ] {
            assert_eq!(columns(&ty, text), Ok((wanted, false)), "{text}");
        }
    }

    #[test]
    fn what_is_clamped_or_cut_is_said_to_be() {
        let steps = FieldType::Float { min: 0.0, max: 1.0, step: 0.5 };
        assert_eq!(columns(&steps, "1e300"), Ok((vec![2], true)));
        assert_eq!(columns(&FieldType::Int { min: 0, max: 9 }, "-1"), Ok((vec![0], true)));
        let text = FieldType::Text { bytes: 4 };
        assert_eq!(columns(&text, "\"abcde\""), Ok((vec![0x6463_6261], true)));
    }

    #[test]
    fn what_goes_round_is_wrapped_and_not_clamped() {
        let column = |ty: &FieldType, text: &str| {
            let mut columns = [0];
            let json = serde_json::from_str(text).expect("it is JSON");
            quantise_round(ty, &json, &mut columns).expect("it is a number");
            columns[0]
        };
        let compass = FieldType::Int { min: 0, max: 359 };
        assert_eq!(["0", "359", "360", "-1"].map(|it| column(&compass, it)), [0, 359, 0, 359]);
        let torus = FieldType::Float { min: 0.0, max: 100.0, step: 0.5 };
        assert_eq!(["0", "99.5", "100", "-0.5"].map(|it| column(&torus, it)), [0, 199, 0, 199]);
    }

    #[test]
    fn a_rotation_of_any_length_is_made_a_unit() {
        let quat = FieldType::Quat { bits: 9 };
        let unit = columns(&quat, "[0.5,0.5,0.5,0.5]");
        assert_eq!(columns(&quat, "[1e-200,1e-200,1e-200,1e-200]"), unit);
        assert_eq!(columns(&quat, "[1e200,1e200,1e200,1e200]"), unit);
        assert!(columns(&quat, "[0,0,0,0]").is_err());
    }

    #[test]
    fn null_leads_to_where_javascript_makes_it() {
        let vec2 = FieldType::Vec2 { min: 0.0, max: 1.0, step: 0.5 };
        let error = columns(&vec2, "[null,1]").expect_err("null is no number");
        assert!(error.to_string().contains("NaN"), "{error}");
    }
}
