//! JSON as a trace holds it: objects keep their order, whole numbers their digits.
//!
//! The order of a schema's fields decides how they are coded, and ids may have
//! all of 64 bits; a general value type keeps neither.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};

/// One JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without a fraction.
    Whole(i128),
    /// Any other number, always finite.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order in which it was written and with each key once.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The object's value of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        let Json::Object(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value as a number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Json::Whole(whole) => Some(*whole as f64),
            Json::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The value as a whole number, if it is one; some writers put `.0` behind all numbers.
    #[must_use]
    pub fn whole(&self) -> Option<i128> {
        match self {
            Json::Whole(whole) => Some(*whole),
            Json::Number(number) if number.fract() == 0.0 => Some(*number as i128),
            _ => None,
        }
    }
}

/// How a message shows what it found: the value itself, if that is short.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => write!(f, "null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Whole(value) => write!(f, "{value}"),
            Json::Number(value) => write!(f, "{value}"),
            Json::Text(text) if text.chars().count() > 40 => {
                write!(f, "{:?}…", text.chars().take(40).collect::<String>())
            }
            Json::Text(text) => write!(f, "{text:?}"),
            Json::List(items) if items.len() <= 4 && !items.iter().any(Json::is_nested) => {
                let items: Vec<String> = items.iter().map(Json::to_string).collect();
                write!(f, "[{}]", items.join(","))
            }
            Json::List(items) => write!(f, "a list of {}", items.len()),
            Json::Object(_) => write!(f, "an object"),
        }
    }
}

impl Json {
    fn is_nested(&self) -> bool {
        matches!(self, Json::List(_) | Json::Object(_))
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Whole(value) => serializer.serialize_i128(*value),
            Json::Number(value) => serializer.serialize_f64(*value),
            Json::Text(text) => serializer.serialize_str(text),
            Json::List(items) => serializer.collect_seq(items),
            Json::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Whole(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Whole(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut entries: Vec<(String, Json)> = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Json>()? {
            // A linear search: an object of a trace has as many keys as an entity has fields.
            if entries.len() <= 256 && entries.iter().any(|(other, _)| *other == key) {
                return Err(A::Error::custom(format!("the key {key:?} stands there twice")));
            }
            entries.push((key, value));
        }
        Ok(Json::Object(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Json, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn objects_keep_their_order_and_numbers_their_digits() {
        let json = read(r#"{"z":18446744073709551615,"a":-0.5}"#).expect("it is JSON");
        let entries = [("z", Json::Whole(u64::MAX.into())), ("a", Json::Number(-0.5))];
        assert_eq!(json, Json::Object(entries.map(|(key, value)| (key.into(), value)).to_vec()));
    }

    #[test]
    fn what_was_read_is_written_as_it_stood() {
        let text = r#"{"z":[18446744073709551615,-0.5,null],"a":{"b":true,"a":"x"}}"#;
        let json = read(text).expect("it is JSON");
        assert_eq!(serde_json::to_string(&json).expect("it can be written"), text);
    }

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        let error = read(r#"{"a":1,"a":2}"#).expect_err("twice");
        assert!(error.to_string().contains("\"a\" stands there twice"), "{error}");
    }

    #[test]
    fn what_was_found_is_shown_as_briefly_as_it_can_be() {
        let shown = |text| read(text).expect("it is JSON").to_string();
        assert_eq!(shown("[1,2.5]"), "[1,2.5]");
        assert_eq!(shown("[[1],2]"), "a list of 2");
        assert_eq!(shown("\"up\""), "\"up\"");
        assert_eq!(shown("{}"), "an object");
    }
}
