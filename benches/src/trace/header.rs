//! A trace's first line: the schema, and how many ticks a second there are.

use tickwire_shared::schema::{Audience, Field, FieldType, Kind, Predict, Schema};

use super::{
    error::{Problem, Wrong},
    json::Json,
};

/// What the first line says.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The kinds and their fields; everything in a trace is public.
    pub schema: Schema,
    /// Ticks a second.
    pub hz: u32,
}

const DEFAULT_HZ: u32 = 60;
const TYPES: &str = "bool, int, float, vec2, vec3, angle, quat, enum, text";

impl Header {
    /// Reads the first line.
    ///
    /// # Errors
    /// What in it is not as it should be.
    pub fn read(line: &Json) -> Result<Header, Problem> {
        if line.get("kinds").is_none() {
            let found = if line.get("tick").is_some() { "a tick".into() } else { line.to_string() };
            return Err(Problem::NoSchema(found));
        }
        let entries = entries(line, "the line")?;
        check_keys(entries, "the line", &["kinds", "hz", "game"])?;
        let whole = |json| whole(json, "hz", 1, 1000);
        let hz = line.get("hz").map_or(Ok(i64::from(DEFAULT_HZ)), whole)? as u32;
        let game = line.get("game").map_or(Ok("trace"), |json| text(json, "game"))?.to_owned();
        let kinds = line.get("kinds").expect("looked for above");
        let kinds = self::entries(kinds, "kinds")?.iter().map(|(name, json)| kind(name, json));
        let kinds = kinds.collect::<Result<_, _>>()?;
        let input = Kind { name: "input".into(), fields: Vec::new() };
        let schema = Schema { game, kinds, input, messages: Vec::new(), requests: Vec::new() };
        schema.validate()?;
        Ok(Header { schema, hz })
    }
}

fn kind(name: &str, json: &Json) -> Result<Kind, Problem> {
    let at = format!("kinds.{name}");
    let fields = entries(json, &at)?.iter().map(|(field, json)| {
        let at = format!("{at}.{field}");
        let ty = field_type(json, &at)?;
        let predict = json.get("predict").map_or(Ok(Predict::Hold), |json| predict(json, &at))?;
        Ok(Field { name: field.clone(), ty, predict, audience: Audience::Public })
    });
    Ok(Kind { name: name.to_owned(), fields: fields.collect::<Result<_, Problem>>()? })
}

fn field_type(json: &Json, at: &str) -> Result<FieldType, Problem> {
    let entries = entries(json, at)?;
    let name = text(need(json, "type", at, "one of the types")?, &format!("{at}.type"))?;
    let keys: &[&str] = match name {
        "bool" => &["type", "predict"],
        "int" => &["type", "min", "max", "predict"],
        "float" | "vec2" | "vec3" => &["type", "min", "max", "step", "predict"],
        "angle" | "quat" => &["type", "bits", "predict"],
        "enum" => &["type", "names", "predict"],
        "text" => &["type", "bytes", "predict"],
        _ => {
            let found = format!("the type {name:?}");
            return Err(wrong(&format!("{at}.type"), found, TYPES, "choose one of these"));
        }
    };
    check_keys(entries, at, keys)?;
    let number = |key: &str| number(need(json, key, at, "a number")?, &format!("{at}.{key}"));
    let whole = |key: &str, least, most| {
        whole(need(json, key, at, "a whole number")?, &format!("{at}.{key}"), least, most)
    };
    let span = || Ok::<_, Problem>((number("min")?, number("max")?, number("step")?));
    Ok(match name {
        "bool" => FieldType::Bool,
        "int" => FieldType::Int {
            min: whole("min", i64::MIN, i64::MAX)?,
            max: whole("max", i64::MIN, i64::MAX)?,
        },
        "float" => span().map(|(min, max, step)| FieldType::Float { min, max, step })?,
        "vec2" => span().map(|(min, max, step)| FieldType::Vec2 { min, max, step })?,
        "vec3" => span().map(|(min, max, step)| FieldType::Vec3 { min, max, step })?,
        "angle" => FieldType::Angle { bits: whole("bits", 2, 16)? as u8 },
        "quat" => FieldType::Quat { bits: whole("bits", 4, 16)? as u8 },
        "enum" => {
            FieldType::Enum { names: names(need(json, "names", at, "a list of names")?, at)? }
        }
        // Columns hold four bytes each, so the derive rounds up too.
        _ => FieldType::Text { bytes: (whole("bytes", 1, 64)? as u8).next_multiple_of(4) },
    })
}

fn names(json: &Json, at: &str) -> Result<Vec<String>, Problem> {
    let at = format!("{at}.names");
    match json {
        Json::List(items) => items.iter().map(|item| text(item, &at).map(str::to_owned)).collect(),
        other => Err(wrong(&at, other.to_string(), "a list of names", "write [\"a\",\"b\"]")),
    }
}

/// The one place where a trace's `predict` becomes the codec's.
fn predict(json: &Json, at: &str) -> Result<Predict, Problem> {
    let at = format!("{at}.predict");
    let by = match json {
        Json::Text(name) => match name.as_str() {
            "hold" => return Ok(Predict::Hold),
            "linear" => return Ok(Predict::Linear),
            "wrap" => return Ok(Predict::Wrap),
            name => name.strip_prefix("by(").and_then(|rest| rest.strip_suffix(')')),
        },
        Json::Object(entries) => {
            check_keys(entries, &at, &["by"])?;
            json.get("by").and_then(|by| if let Json::Text(by) = by { Some(&**by) } else { None })
        }
        _ => None,
    };
    match by {
        Some(velocity) => Ok(Predict::By(velocity.to_owned())),
        None => {
            let known = "hold, linear, wrap or by(FIELD)";
            Err(wrong(&at, json.to_string(), known, "choose one of these"))
        }
    }
}

fn entries<'a>(json: &'a Json, at: &str) -> Result<&'a [(String, Json)], Problem> {
    match json {
        Json::Object(entries) => Ok(entries),
        other => Err(wrong(at, other.to_string(), "an object", "write {\"name\":…}")),
    }
}

fn need<'a>(json: &'a Json, key: &str, at: &str, expected: &str) -> Result<&'a Json, Problem> {
    let missing = || wrong(&format!("{at}.{key}"), "nothing".into(), expected, "add it");
    json.get(key).ok_or_else(missing)
}

fn text<'a>(json: &'a Json, at: &str) -> Result<&'a str, Problem> {
    match json {
        Json::Text(text) => Ok(text),
        other => Err(wrong(at, other.to_string(), "a text", "put it in quotes")),
    }
}

fn number(json: &Json, at: &str) -> Result<f32, Problem> {
    let found = json.number().map(|number| number as f32).filter(|number| number.is_finite());
    found.ok_or_else(|| wrong(at, json.to_string(), "a number", "write a 32-bit float"))
}

fn whole(json: &Json, at: &str, least: i64, most: i64) -> Result<i64, Problem> {
    let found = json.whole().and_then(|whole| i64::try_from(whole).ok());
    found.filter(|whole| (least..=most).contains(whole)).ok_or_else(|| {
        let expected = match most {
            i64::MAX => "a whole number".to_owned(),
            _ => format!("a whole number, {least} to {most}"),
        };
        wrong(at, json.to_string(), &expected, "correct it")
    })
}

fn check_keys(entries: &[(String, Json)], at: &str, known: &[&str]) -> Result<(), Problem> {
    let unknown = entries.iter().filter(|(key, _)| !known.contains(&key.as_str()));
    let keys: Vec<String> = unknown.map(|(key, _)| format!("{key:?}")).collect();
    match keys.is_empty() {
        true => Ok(()),
        false => Err(Problem::UnknownKeys {
            at: at.to_owned(),
            keys: keys.join(", "),
            known: known.join(", "),
        }),
    }
}

fn wrong(at: &str, found: String, expected: &str, advice: &'static str) -> Problem {
    let wrong = Wrong { found, expected: expected.to_owned(), advice };
    Problem::Schema { at: at.to_owned(), wrong }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Header, Problem> {
        Header::read(&serde_json::from_str(text).expect("it is JSON"))
    }

    fn field(text: &str) -> Result<Field, Problem> {
        let header = read(&format!(r#"{{"kinds":{{"a":{{"f":{text}}}}}}}"#))?;
        Ok(header.schema.kinds[0].fields[0].clone())
    }

    #[test]
    fn every_type_can_be_declared() {
        let span = r#""min":-1,"max":1,"step":0.5"#;
        let (min, max, step) = (-1.0, 1.0, 0.5);
        let names = vec!["a".to_owned(), "b".to_owned()];
        for (text, ty) in [
            (r#"{"type":"bool"}"#.to_owned(), FieldType::Bool),
            (r#"{"type":"int","min":-5,"max":5}"#.into(), FieldType::Int { min: -5, max: 5 }),
            (format!(r#"{{"type":"float",{span}}}"#), FieldType::Float { min, max, step }),
            (format!(r#"{{"type":"vec2",{span}}}"#), FieldType::Vec2 { min, max, step }),
            (format!(r#"{{"type":"vec3",{span}}}"#), FieldType::Vec3 { min, max, step }),
            (r#"{"type":"angle","bits":10}"#.into(), FieldType::Angle { bits: 10 }),
            (r#"{"type":"quat","bits":9}"#.into(), FieldType::Quat { bits: 9 }),
            (r#"{"type":"enum","names":["a","b"]}"#.into(), FieldType::Enum { names }),
            (r#"{"type":"text","bytes":15}"#.into(), FieldType::Text { bytes: 16 }),
        ] {
            let field = field(&text).expect(&text);
            assert_eq!((field.ty, field.predict), (ty, Predict::Hold), "{text}");
        }
    }

    #[test]
    fn kinds_and_fields_keep_the_order_of_the_file() {
        let header =
            read(r#"{"hz":30,"kinds":{"z":{"y":{"type":"bool"},"x":{"type":"bool"}},"a":{}}}"#)
                .expect("it is a schema");
        let names: Vec<&str> = header.schema.kinds.iter().map(|kind| &*kind.name).collect();
        assert_eq!((names, header.hz), (vec!["z", "a"], 30));
        assert_eq!(header.schema.kinds[0].fields[0].name, "y");
    }

    #[test]
    fn every_prediction_is_read_and_others_are_refused() {
        let predicts = [("\"linear\"", Predict::Linear), ("\"wrap\"", Predict::Wrap)];
        let by = Predict::By("vel".into());
        let by = [("\"by(vel)\"", by.clone()), ("{\"by\":\"vel\"}", by)];
        for (text, predict) in predicts.into_iter().chain(by) {
            let json = format!(
                r#"{{"x":{{"type":"int","min":0,"max":9,"predict":{text}}},"vel":{{"type":"int","min":-9,"max":9}}}}"#
            );
            let header = read(&format!(r#"{{"kinds":{{"k":{json}}}}}"#)).expect(text);
            assert_eq!(header.schema.kinds[0].fields[0].predict, predict);
        }
        let error = read(r#"{"kinds":{"k":{"x":{"type":"bool","predict":"by(y)"}}}}"#);
        assert!(error.expect_err("there is no y").to_string().contains("\"x\""));
        let error = field(r#"{"type":"bool","predict":"magic"}"#).expect_err("no such thing");
        assert!(error.to_string().contains("found \"magic\""), "{error}");
    }
}
