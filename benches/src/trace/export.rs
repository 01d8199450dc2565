//! Writes traces: of rows that a world replicated, or of values that have not been quantised yet.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use serde::Serialize;
use thiserror::Error;
use tickwire_shared::{
    EntityId,
    codec::Layout,
    rows::{Row, Rows},
    schema::{Audience, Field, FieldType, Kind, Predict, Schema},
};

use super::{json::Json, plain::Fields, value};

/// Why a trace cannot be written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The file cannot be written.
    #[error("the trace cannot be written: {0}")]
    Write(#[from] io::Error),
    /// A value that would not be read as what it is.
    #[error("tick {tick}: {kind}.{field} of {id} has no number that stands for exactly its value")]
    Inexact {
        /// The tick.
        tick: u64,
        /// The entity.
        id: EntityId,
        /// Its kind.
        kind: String,
        /// The field.
        field: String,
    },
}

/// Writes a trace, line by line.
#[derive(Debug)]
pub struct TraceWriter<W> {
    out: W,
    schema: Schema,
    layout: Layout,
    ids: HashMap<EntityId, u64>,
    next_id: u64,
}

impl<W: Write> TraceWriter<W> {
    /// Writes the public part of a schema as the first line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut out: W, schema: &Schema, hz: u32) -> Result<TraceWriter<W>, ExportError> {
        let mut schema = schema.clone();
        for kind in &mut schema.kinds {
            kind.fields.retain(|field| field.audience == Audience::Public);
        }
        let kinds = schema.kinds.iter().map(|kind| (kind.name.clone(), kind_json(kind)));
        let header = Json::Object(vec![
            ("game".into(), Json::Text(schema.game.clone())),
            ("hz".into(), Json::Whole(hz.into())),
            ("kinds".into(), Json::Object(kinds.collect())),
        ]);
        write_line(&mut out, &header)?;
        let layout = Layout::new(&schema, Audience::Public, hz);
        Ok(TraceWriter { out, schema, layout, ids: HashMap::new(), next_id: 0 })
    }

    /// Writes a tick of quantised rows, and makes sure that they are read as what they are.
    ///
    /// Entities are numbered as they appear, like games number them.
    ///
    /// # Errors
    /// When it cannot be written, or has a value that no number stands for.
    pub fn rows(&mut self, tick: u64, rows: &Rows) -> Result<(), ExportError> {
        self.ids.retain(|id, _| rows.ids().binary_search(id).is_ok());
        let mut entities = Vec::with_capacity(rows.len());
        for row in rows.iter(&self.layout) {
            let kind = &self.schema.kinds[row.id.kind()];
            check(tick, kind, row)?;
            let id = *self.ids.entry(row.id).or_insert_with(|| {
                self.next_id += 1;
                self.next_id - 1
            });
            entities.push((id, kind.name.as_str(), Fields { kind, columns: row.values }));
        }
        write_line(&mut self.out, &Line { tick, entities: &entities })
    }

    /// Writes a tick of entities whose fields are any objects.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn entities<F: Serialize>(
        &mut self,
        tick: u64,
        entities: &[(u64, &str, F)],
    ) -> Result<(), ExportError> {
        write_line(&mut self.out, &Line { tick, entities })
    }

    /// Ends the trace.
    ///
    /// # Errors
    /// When what is left cannot be written.
    pub fn finish(mut self) -> Result<(), ExportError> {
        Ok(self.out.flush()?)
    }
}

#[derive(Serialize)]
struct Line<'a, F> {
    tick: u64,
    entities: &'a [(u64, &'a str, F)],
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *out, line).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// Reads a row as a trace's reader will.
fn check(tick: u64, kind: &Kind, row: Row<'_>) -> Result<(), ExportError> {
    let mut columns = row.values;
    for (field, (name, plain)) in
        kind.fields.iter().zip(Fields { kind, columns: row.values }.iter())
    {
        let (these, rest) = columns.split_at(field.ty.columns().len());
        columns = rest;
        let text = serde_json::to_string(&plain).map_err(io::Error::from)?;
        let json: Json = serde_json::from_str(&text).map_err(io::Error::from)?;
        let mut read = vec![0; these.len()];
        if value::quantise(field, &json, &mut read).is_err() || read != these {
            let (kind, field) = (kind.name.clone(), name.to_owned());
            return Err(ExportError::Inexact { tick, id: row.id, kind, field });
        }
    }
    Ok(())
}

fn kind_json(kind: &Kind) -> Json {
    let fields = kind.fields.iter().map(|field| (field.name.clone(), field_json(field)));
    Json::Object(fields.collect())
}

fn field_json(field: &Field) -> Json {
    let whole = |value: i64| Json::Whole(value.into());
    let span =
        |min, max, step| vec![("min", float(min)), ("max", float(max)), ("step", float(step))];
    let (name, mut rest) = match field.ty {
        FieldType::Bool => ("bool", vec![]),
        FieldType::Int { min, max } => ("int", vec![("min", whole(min)), ("max", whole(max))]),
        FieldType::Float { min, max, step } => ("float", span(min, max, step)),
        FieldType::Vec2 { min, max, step } => ("vec2", span(min, max, step)),
        FieldType::Vec3 { min, max, step } => ("vec3", span(min, max, step)),
        FieldType::Angle { bits } => ("angle", vec![("bits", whole(bits.into()))]),
        FieldType::Quat { bits } => ("quat", vec![("bits", whole(bits.into()))]),
        FieldType::Enum { ref names } => {
            let names = names.iter().cloned().map(Json::Text).collect();
            ("enum", vec![("names", Json::List(names))])
        }
        FieldType::Text { bytes } => ("text", vec![("bytes", whole(bytes.into()))]),
    };
    if let Some(predict) = predict_json(field) {
        rest.push(("predict", predict));
    }
    let entries = [("type", Json::Text(name.into()))].into_iter().chain(rest);
    Json::Object(entries.map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The one place where the codec's `predict` becomes a trace's; see [`super::header`].
fn predict_json(field: &Field) -> Option<Json> {
    match &field.predict {
        Predict::Hold => None,
        Predict::Linear => Some(Json::Text("linear".into())),
        Predict::Wrap => Some(Json::Text("wrap".into())),
        Predict::By(velocity) => Some(Json::Text(format!("by({velocity})"))),
    }
}

/// The shortest digits that stand for a 32-bit float.
fn float(value: f32) -> Json {
    Json::Number(value.to_string().parse().unwrap_or_else(|_| f64::from(value)))
}
