//! A trace read tick by tick: what is in memory is one line and what it says.

use std::io::BufRead;

use tickwire_shared::{
    EntityId,
    schema::{Kind, Schema},
};

use super::{
    error::{Place, Problem, TraceError, Wrong},
    header::Header,
    json::Json,
    lines::{Lines, MOST_LINE_BYTES},
    names::{MOST_SLOTS, Names},
    value,
};

/// The longest gap that a frame can bridge; after a longer one comes a keyframe.
pub const MOST_GAP: u64 = 128;

/// One tick's entities in the order of their wire ids, with their quantised columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// The tick's number.
    pub number: u64,
    /// How many ticks the one before it is ago; nothing where a keyframe is due.
    pub gap: Option<u32>,
    /// The entities, in order.
    pub ids: Vec<EntityId>,
    /// Their columns, one entity after the other.
    pub values: Vec<u32>,
}

/// Reads a trace.
#[derive(Debug)]
pub struct TraceReader<R> {
    file: String,
    lines: Lines<R>,
    header: Header,
    parser: Parser,
    last: Option<u64>,
    tick: Tick,
}

impl<R: BufRead> TraceReader<R> {
    /// Reads the schema; `file` is what messages call the trace.
    ///
    /// # Errors
    /// When the first line is not a schema.
    pub fn new(reader: R, file: &str) -> Result<TraceReader<R>, TraceError> {
        TraceReader::with_limit(reader, file, MOST_LINE_BYTES)
    }

    /// The same with another limit for the length of a line.
    ///
    /// # Errors
    /// When the first line is not a schema.
    pub fn with_limit(reader: R, file: &str, limit: usize) -> Result<TraceReader<R>, TraceError> {
        let mut lines = Lines::new(reader, limit);
        let first = lines.next_json().and_then(|line| match line {
            Some(line) => Header::read(&line),
            None => Err(Problem::NoSchema("nothing".into())),
        });
        let header = first.map_err(|problem| problem.at(file, lines.number))?;
        let parser = Parser::new(&header.schema);
        let (file, tick) = (file.to_owned(), Tick::default());
        Ok(TraceReader { file, lines, header, parser, last: None, tick })
    }

    /// What the first line says.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many values of each kind's fields were outside their range so far.
    #[must_use]
    pub fn clamped(&self) -> &[Vec<u64>] {
        &self.parser.clamped
    }

    /// The next tick, or nothing at the end of the file.
    ///
    /// # Errors
    /// What is wrong with the next line.
    pub fn next_tick(&mut self) -> Result<Option<&Tick>, TraceError> {
        match self.read() {
            Ok(true) => Ok(Some(&self.tick)),
            Ok(false) => Ok(None),
            Err(problem) => Err(self.blame(problem)),
        }
    }

    /// A problem as one of the line that was read last.
    #[must_use]
    pub fn blame(&self, problem: Problem) -> TraceError {
        problem.at(&self.file, self.lines.number)
    }

    fn read(&mut self) -> Result<bool, Problem> {
        let Some(line) = self.lines.next_json()? else { return Ok(false) };
        let (number, entities) = split(&line)?;
        if let Some(before) = self.last.filter(|last| *last >= number) {
            return Err(Problem::NotRising { found: number, before });
        }
        self.tick.gap = self
            .last
            .map(|last| number - last)
            .filter(|gap| *gap <= MOST_GAP)
            .map(|gap| gap as u32);
        self.tick.number = number;
        self.last = Some(number);
        self.parser.parse(&self.header.schema, entities, &mut self.tick)?;
        Ok(true)
    }
}

/// The parts of a tick's line.
fn split(line: &Json) -> Result<(u64, &[Json]), Problem> {
    let Json::Object(entries) = line else {
        let expected = r#"a tick such as {"tick":1,"entities":[[7,"ship",{"hp":100}]]}"#;
        return Err(wrong("the line", line.to_string(), expected, "write one a line"));
    };
    let unknown = entries.iter().filter(|(key, _)| key != "tick" && key != "entities");
    let keys: Vec<String> = unknown.map(|(key, _)| format!("{key:?}")).collect();
    if !keys.is_empty() {
        let (at, known) = ("the tick".to_owned(), "tick, entities".to_owned());
        return Err(Problem::UnknownKeys { at, keys: keys.join(", "), known });
    }
    let found = |key| line.get(key).map_or("nothing".into(), Json::to_string);
    let number = line.get("tick").and_then(Json::whole).and_then(|tick| u64::try_from(tick).ok());
    let number = number.ok_or_else(|| {
        wrong("\"tick\"", found("tick"), "a whole number from 0", "number the ticks in order")
    })?;
    let Some(Json::List(entities)) = line.get("entities") else {
        let advice = "an empty tick has an empty list";
        return Err(wrong("\"entities\"", found("entities"), "a list", advice));
    };
    Ok((number, entities))
}

fn wrong(at: &str, found: String, expected: &str, advice: &'static str) -> Problem {
    let wrong = Wrong { found, expected: expected.to_owned(), advice };
    Problem::Tick { at: at.to_owned(), wrong }
}

/// Makes rows of a line's entities, keeping its working memory from one to the next.
#[derive(Debug)]
struct Parser {
    names: Names,
    /// Each entity's id and kind, in the line's order.
    entities: Vec<(u64, usize)>,
    /// Their columns, in the line's order.
    values: Vec<u32>,
    /// Where each one's columns begin, and its name.
    starts: Vec<usize>,
    named: Vec<EntityId>,
    order: Vec<usize>,
    /// The columns of each kind, by field.
    columns: Vec<Vec<usize>>,
    clamped: Vec<Vec<u64>>,
}

impl Parser {
    fn new(schema: &Schema) -> Parser {
        let columns = |kind: &Kind| kind.fields.iter().map(|f| f.ty.columns().len()).collect();
        Parser {
            names: Names::new(schema.kinds.len()),
            entities: Vec::new(),
            values: Vec::new(),
            starts: Vec::new(),
            named: Vec::new(),
            order: Vec::new(),
            columns: schema.kinds.iter().map(columns).collect(),
            clamped: schema.kinds.iter().map(|kind| vec![0; kind.fields.len()]).collect(),
        }
    }

    fn parse(&mut self, schema: &Schema, line: &[Json], tick: &mut Tick) -> Result<(), Problem> {
        self.entities.clear();
        self.values.clear();
        self.starts.clear();
        for (nth, entity) in line.iter().enumerate() {
            let (id, kind, fields) = entity_parts(schema, nth, entity)?;
            self.entities.push((id, kind));
            self.starts.push(self.values.len());
            self.fields(&schema.kinds[kind], id, kind, fields)?;
        }
        self.refuse_duplicates()?;
        self.names.tick(&self.entities, &mut self.named).map_err(|id| {
            let kind = self.entities.iter().find(|(other, _)| *other == id).map_or(0, |e| e.1);
            Problem::TooMany { id, kind: schema.kinds[kind].name.clone(), most: MOST_SLOTS }
        })?;
        self.sort_into(tick);
        Ok(())
    }

    fn fields(
        &mut self,
        kind: &Kind,
        id: u64,
        index: usize,
        fields: &[(String, Json)],
    ) -> Result<(), Problem> {
        let place = |field: &str| Place { id, kind: kind.name.clone(), field: field.to_owned() };
        for (nth, field) in kind.fields.iter().enumerate() {
            // Nearly always the fields stand in the schema's order.
            let here = fields.get(nth).filter(|(name, _)| *name == field.name);
            let found = here.or_else(|| fields.iter().find(|(name, _)| *name == field.name));
            let Some((_, json)) = found else {
                let expected = value::description(&field.ty);
                return Err(Problem::Missing { place: place(&field.name), expected });
            };
            let start = self.values.len();
            self.values.resize(start + self.columns[index][nth], 0);
            let clamped = value::quantise(field, json, &mut self.values[start..])
                .map_err(|wrong| Problem::Value { place: place(&field.name), wrong })?;
            self.clamped[index][nth] += u64::from(clamped);
        }
        // Keys are unique and all of the kind's were found, so one more is unknown.
        let is_known = |name: &str| kind.fields.iter().any(|field| field.name == name);
        match fields.iter().find(|(name, _)| fields.len() > kind.fields.len() && !is_known(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let known: Vec<&str> = kind.fields.iter().map(|field| &*field.name).collect();
                Err(Problem::UnknownField { place: place(name), known: known.join(", ") })
            }
        }
    }

    fn refuse_duplicates(&mut self) -> Result<(), Problem> {
        let entities = &self.entities;
        self.order.clear();
        self.order.extend(0..entities.len());
        self.order.sort_unstable_by_key(|index| entities[*index].0);
        let mut pairs = self.order.windows(2);
        match pairs.find(|pair| entities[pair[0]].0 == entities[pair[1]].0) {
            Some(pair) => Err(Problem::Duplicate(entities[pair[0]].0)),
            None => Ok(()),
        }
    }

    /// Rows stand in the order of their names.
    fn sort_into(&mut self, tick: &mut Tick) {
        let named = &self.named;
        self.order.sort_unstable_by_key(|index| named[*index]);
        tick.ids.clear();
        tick.values.clear();
        for index in &self.order {
            let id = named[*index];
            let start = self.starts[*index];
            let end = start + self.columns[id.kind()].iter().sum::<usize>();
            tick.ids.push(id);
            tick.values.extend_from_slice(&self.values[start..end]);
        }
    }
}

type Parts<'a> = (u64, usize, &'a [(String, Json)]);

fn entity_parts<'a>(schema: &Schema, nth: usize, entity: &'a Json) -> Result<Parts<'a>, Problem> {
    let at = format!("entities[{nth}]");
    let parts = match entity {
        Json::List(parts) => parts.as_slice(),
        _ => &[],
    };
    let [id, Json::Text(kind), Json::Object(fields)] = parts else {
        let expected = r#"[id, kind, fields] such as [7,"ship",{"hp":100}]"#;
        return Err(wrong(&at, entity.to_string(), expected, "write all three"));
    };
    let id = id.whole().and_then(|id| u64::try_from(id).ok()).ok_or_else(|| {
        let advice = "number the entities";
        wrong(&at, id.to_string(), "a whole number, 0 to 2^64 - 1, as the id", advice)
    })?;
    let index = schema.kind_index(kind).ok_or_else(|| {
        let known: Vec<&str> = schema.kinds.iter().map(|kind| &*kind.name).collect();
        Problem::UnknownKind { id, kind: kind.clone(), known: known.join(", ") }
    })?;
    Ok((id, index, fields))
}
