//! Whole sessions: frames in a row, and what a viewer holds after each.

use serde_json::{Value, json};
use tickwire_shared::{
    Tick,
    codec::{Encoder, Layout, Priors, model::TABLE_BITS},
    control,
    frame::{self, FrameHeader, FrameTick, InputEcho, Messages, SegmentBody},
    record::RecordLayout,
    replica::{self, HeldSegment, Replica},
    rows::Rows,
    schema::{AUDIENCES, Audience, Schema},
};

use crate::{
    schemas,
    store::hex,
    verdict,
    world::{Rng, View, World},
};

/// A priors table: all bits even, or each bit different.
pub fn table(name: &str) -> Vec<u8> {
    let mut rng = Rng::new(99);
    let pair = |_| match name {
        "even" => [128, 0],
        _ => [rng.below(256) as u8, rng.below(80) as u8],
    };
    (0..TABLE_BITS).flat_map(pair).collect()
}

/// Writes the frames of one viewer.
pub struct Server {
    pub schema: Schema,
    layouts: [Layout; 3],
    priors: [Priors; 3],
    encoder: Encoder,
    held: View,
    tick: Tick,
}

/// What a frame carries besides segments.
#[derive(Default)]
pub struct Extras {
    pub hash: bool,
    pub input: Option<InputEcho>,
    /// Each its index and columns.
    pub messages: Vec<(u8, Vec<u32>)>,
}

impl Server {
    pub fn new(schema: Schema, table: &[u8], tick: u32) -> Server {
        let layouts = AUDIENCES.map(|audience| Layout::new(&schema, audience));
        let priors = [0, 1, 2].map(|part| {
            Priors::new(&layouts[part], table).expect("the table has the right length")
        });
        let (encoder, held, tick) = (Encoder::default(), View::new(), Tick(tick));
        Server { schema, layouts, priors, encoder, held, tick }
    }

    /// The frame that brings the viewer to `now`; a full one when `gap` is zero.
    pub fn frame(&mut self, gap: u8, now: View, extras: &Extras) -> Vec<u8> {
        self.tick = self.tick.offset(i32::from(gap));
        let hash = |(handle, (_, rows)): (&u32, &(Audience, Rows))| (*handle, rows.hash());
        let hash = replica::state_hash(self.tick, now.iter().map(hash));
        let messages = self.messages(extras);
        let header = FrameHeader {
            tick: if gap == 0 { FrameTick::Full(self.tick) } else { FrameTick::After(gap) },
            hash: extras.hash.then_some(hash),
            input: extras.input,
            messages: Messages { count: extras.messages.len() as u32, bytes: &messages },
        };
        let mut out = Vec::new();
        header.write(&mut out);
        self.segments(gap, &now, &mut out);
        self.held = now;
        out
    }

    fn messages(&self, extras: &Extras) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, columns) in &extras.messages {
            bytes.push(*index);
            RecordLayout::new(&self.schema.messages[usize::from(*index)]).pack(columns, &mut bytes);
        }
        bytes
    }

    fn segments(&mut self, gap: u8, now: &View, out: &mut Vec<u8>) {
        let handles: std::collections::BTreeSet<u32> =
            now.keys().chain(self.held.keys()).copied().collect();
        for handle in handles {
            let held = self.held.get(&handle).cloned().filter(|_| gap > 0);
            match (held, now.get(&handle)) {
                (Some((_, old)), Some((audience, rows))) => {
                    let (bytes, as_predicted) = self.encode(*audience, &old, gap, rows);
                    if !as_predicted {
                        frame::write_segment(handle, SegmentBody::Delta(&bytes), out);
                    }
                }
                (None, Some((audience, rows))) => {
                    let (bytes, _) = self.encode(*audience, Rows::EMPTY, 0, rows);
                    frame::write_segment(handle, SegmentBody::Keyframe(*audience, &bytes), out);
                }
                (Some(_), None) => frame::write_segment(handle, SegmentBody::Drop, out),
                (None, None) => {}
            }
        }
    }

    pub fn encode(
        &mut self,
        audience: Audience,
        old: &Rows,
        gap: u8,
        now: &Rows,
    ) -> (Vec<u8>, bool) {
        let part = audience as usize;
        let mut bytes = Vec::new();
        let baseline = (old, u32::from(gap));
        let layout = &self.layouts[part];
        let encoded = self.encoder.encode(layout, &self.priors[part], baseline, now, &mut bytes);
        (bytes, encoded.as_predicted)
    }

    /// What the viewer should hold, as an evidence message's segments.
    pub fn evidence(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        for (handle, (audience, rows)) in self.held.clone() {
            let (bytes, _) = self.encode(audience, Rows::EMPTY, 0, &rows);
            frame::write_segment(handle, SegmentBody::Keyframe(audience, &bytes), &mut out);
        }
        out
    }
}

/// A session's frames and how to begin it.
pub struct Session {
    pub name: &'static str,
    pub schema: Schema,
    pub table: &'static str,
    pub frames: Vec<Vec<u8>>,
    evidence: Vec<u8>,
}

/// All sessions.
pub fn all() -> Vec<Session> {
    let public = &[(0, Audience::Public)][..];
    let every =
        &[(1, Audience::Public), (2, Audience::Team), (3, Audience::Owner), (40, Audience::Public)];
    let far = &[(0, Audience::Public), (65_535, Audience::Owner)];
    let plan = |name, schema, table, seed, handles, gaps| Plan {
        name,
        schema,
        table,
        seed,
        handles,
        gaps,
    };
    let (everything, ships) = (schemas::every_field, schemas::ships);
    [
        plan("ships, tick by tick", ships(), "even", 1, public, &[0, 1, 1, 1, 1, 1, 1, 1]),
        plan("ships, skipping ticks", ships(), "uneven", 2, far, &[0, 1, 2, 1, 5, 1, 128, 3]),
        plan("every field, tick by tick", everything(), "even", 3, every, &[0, 1, 1, 1, 1, 1]),
        plan("every field, skipping ticks", everything(), "uneven", 4, every, &[0, 3, 1, 2, 90, 1]),
        plan("every field, started over", everything(), "uneven", 5, public, &[0, 1, 0, 1, 2, 0]),
    ]
    .into_iter()
    .map(Plan::play)
    .chain([changed_audience()])
    .collect()
}

/// One handle stands for another audience's segment from the second frame on.
fn changed_audience() -> Session {
    let (name, schema, table_name) = ("a handle changes its audience", schemas::ships(), "even");
    let mut server = Server::new(schema.clone(), &table(table_name), 10);
    let view = |audience| World::new(&schema, 6, &[(1, audience)], 4).view();
    let mut frames = vec![server.frame(0, view(Audience::Public), &Extras::default())];
    for audience in [Audience::Owner, Audience::Public] {
        let mut frame = vec![0x82, 0, 1];
        server.held = View::new();
        frame.extend_from_slice(&server.frame(1, view(audience), &Extras::default())[3..]);
        frames.push(frame);
    }
    let evidence = server.evidence();
    Session { name, schema, table: table_name, frames, evidence }
}

struct Plan {
    name: &'static str,
    schema: Schema,
    table: &'static str,
    seed: u64,
    handles: &'static [(u32, Audience)],
    /// The gap of each frame; zero for a full one.
    gaps: &'static [u8],
}

impl Plan {
    fn play(self) -> Session {
        let mut server = Server::new(self.schema.clone(), &table(self.table), u32::MAX - 2);
        let mut world = World::new(&self.schema, self.seed, self.handles, 6);
        let mut rng = Rng::new(self.seed);
        let mut frames = Vec::new();
        for (index, gap) in self.gaps.iter().enumerate() {
            let mut view = world.view();
            for _ in 0..*gap {
                view = world.step();
            }
            if index % 3 == 2 && index + 1 < self.gaps.len() {
                // A segment goes out of view, and comes back with a keyframe.
                view.remove(&self.handles[self.handles.len() - 1].0);
            }
            let extras = extras(index, &self.schema, &mut rng);
            frames.push(server.frame(*gap, view, &extras));
        }
        let evidence = server.evidence();
        Session { name: self.name, schema: self.schema, table: self.table, frames, evidence }
    }
}

fn extras(index: usize, schema: &Schema, rng: &mut Rng) -> Extras {
    let message = |index: usize, rng: &mut Rng| {
        let columns = schema.messages[index].fields.iter().flat_map(|field| field.ty.columns());
        (index as u8, columns.map(|column| rng.column(column.max)).collect())
    };
    let count = rng.below(4);
    Extras {
        hash: index % 4 != 1,
        input: (index % 2 == 1)
            .then(|| InputEcho { age: rng.next() as u8, slack: rng.next() as i8 }),
        messages: (0..count).map(|_| message(rng.below(schema.messages.len()), rng)).collect(),
    }
}

/// The sessions as golden cases, preceded by the tables that they name.
pub fn cases() -> Vec<Value> {
    let tables =
        json!({ "tables": { "even": hex(&table("even")), "uneven": hex(&table("uneven")) } });
    std::iter::once(tables).chain(all().iter().map(case)).collect()
}

fn case(session: &Session) -> Value {
    let mut replica =
        Replica::new(session.schema.clone(), &table(session.table)).expect("it is valid");
    let steps: Vec<_> = session.frames.iter().map(|bytes| step(&mut replica, bytes)).collect();
    let evidence = replica.read_evidence(&session.evidence).expect("it was written here");
    let before = replica::differences(&session.schema, &evidence, replica.segments());
    assert!(before.is_empty(), "{before:?}");
    let mut broken = evidence.clone();
    broken.remove(0);
    let differences = replica::differences(&session.schema, &broken, replica.segments());
    json!({
        "name": session.name, "schema": hex(&control::encode(&session.schema)),
        "table": session.table, "steps": steps,
        "evidence": hex(&session.evidence),
        "differencesWithoutTheFirst": differences.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// Applies a frame and tells what came of it.
pub fn step(replica: &mut Replica, bytes: &[u8]) -> Value {
    let applied = match replica.apply(bytes) {
        Ok(applied) => applied,
        Err(error) => {
            let (code, says) = (verdict::frame(&error), error.to_string());
            return json!({ "hex": hex(bytes), "refused": code, "says": says });
        }
    };
    let hash = applied.hash.map(|check| {
        assert!(check.holds(), "a golden frame's hash does not hold");
        check.expected
    });
    let changes = replica.changes().iter();
    let changes: Vec<_> = changes.map(|it| (it.id.0, it.audience as u8, it.kind as u8)).collect();
    json!({
        "hex": hex(bytes), "tick": applied.tick.0, "full": applied.full, "hash": hash,
        "held": replica.hash(), "updates": applied.updates, "changes": changes,
        "input": [i16::from(replica.input().age), i16::from(replica.input().slack)],
        "messages": messages(replica),
        "segments": replica.segments().iter().map(|it| segment(replica, it)).collect::<Vec<_>>(),
    })
}

fn messages(replica: &Replica) -> Vec<(usize, Vec<u32>)> {
    let unpack = |(index, record): (usize, &[u8])| {
        let layout = RecordLayout::new(&replica.schema().messages[index]);
        let mut columns = vec![0; layout.columns()];
        layout.unpack(record, &mut columns).ok().map(|()| (index, columns))
    };
    replica.messages().filter_map(unpack).collect()
}

fn segment(replica: &Replica, held: &HeldSegment) -> Value {
    let rows = held.rows.iter(replica.layout(held.audience));
    let rows: Vec<_> = rows.map(|row| json!([row.id.0, row.values, row.motion])).collect();
    json!([held.handle, held.audience as u8, rows])
}
