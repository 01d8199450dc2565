//! Whole sessions: frames in a row, and what a viewer holds after each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tickwire_shared::{
    Tick,
    codec::{
        Encoder, Layout, Priors,
        layout::CLASSES,
        model::{group, kind, once},
        priors::{EVEN, Tables},
    },
    control,
    frame::{self, Cadence, FrameHeader, FrameTick, InputEcho, Messages, SegmentBody},
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

/// Priors for any schema: all bits even, or every third bit different.
pub fn table(name: &str) -> Vec<u8> {
    let mut rng = Rng::new(99);
    let mut part = |length: usize| -> Vec<u16> {
        let odd = |at: usize| name != "even" && at.is_multiple_of(3);
        let mut entry = |at| if odd(at) { rng.next() as u16 } else { EVEN };
        (0..length).map(&mut entry).collect()
    };
    let (once, kind, group) = (part(once::BITS), part(kind::BITS), part(group::BITS));
    let mut groups = vec![group; CLASSES];
    if name != "even" {
        (0..CLASSES).for_each(|class| groups[class][300 + class] = 0x1234 + class as u16);
    }
    Tables { schema_hash: 0, once, kinds: vec![kind], groups, mapping: vec![] }.write()
}

/// Priors made for a schema, with three tables for all its fields.
pub fn mapped(schema: &Schema) -> Vec<u8> {
    let mut tables = Tables::read(&table("uneven")).expect("it was written here");
    tables.schema_hash = schema.hash();
    tables.groups.truncate(3);
    tables.kinds.push(tables.kinds[0].iter().map(|entry| entry ^ 0x0800).collect());
    let fields: usize = schema.kinds.iter().map(|kind| kind.fields.len()).sum();
    let kinds = (0..schema.kinds.len()).map(|kind| kind as u8 % 2);
    tables.mapping = kinds.chain((0..fields).map(|field| field as u8 % 3)).collect();
    tables.write()
}

/// Ticks a second in all sessions.
pub const HZ: u32 = 30;

/// Writes the frames of one viewer.
pub struct Server {
    pub schema: Schema,
    layouts: [Layout; 3],
    priors: [Priors; 3],
    encoder: Encoder,
    /// What the viewer holds, in the replica's own terms.
    held: BTreeMap<u32, HeldSegment>,
    tick: Tick,
}

/// How a segment is treated in a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// It is sent, unless it is live and became what was predicted.
    Send(Cadence),
    /// It is not named, although it rests.
    Leave,
    Keep,
}

/// What a frame carries besides segments.
#[derive(Default)]
pub struct Extras {
    pub hash: bool,
    pub input: InputEcho,
    /// Each its index and columns.
    pub messages: Vec<(u8, Vec<u32>)>,
}

impl Server {
    pub fn new(schema: Schema, table: &[u8], tick: u32) -> Server {
        let layouts = AUDIENCES.map(|audience| Layout::new(&schema, audience, HZ));
        let priors =
            [0, 1, 2].map(|part| Priors::new(&layouts[part], table).expect("the table fits"));
        let (encoder, held, tick) = (Encoder::default(), BTreeMap::new(), Tick(tick));
        Server { schema, layouts, priors, encoder, held, tick }
    }

    /// The frame that brings the viewer to `now`; a full one when `gap` is zero.
    pub fn frame(&mut self, gap: u8, now: View, extras: &Extras) -> Vec<u8> {
        self.frame_as_wished(gap, now, extras, |_| Wish::Send(Cadence::Live))
    }

    /// Like [`Server::frame`], treating each segment as its handle deserves.
    pub fn frame_as_wished(
        &mut self,
        gap: u8,
        now: View,
        extras: &Extras,
        wish: impl Fn(u32) -> Wish,
    ) -> Vec<u8> {
        self.tick = self.tick.offset(i32::from(gap));
        if gap == 0 {
            self.held.clear();
        }
        let mut segments = Vec::new();
        let handles: BTreeSet<u32> = now.keys().chain(self.held.keys()).copied().collect();
        for handle in handles {
            self.segment(handle, now.get(&handle), wish(handle), &mut segments);
        }
        let hash = |held: &HeldSegment| (held.handle, held.tick, held.rows.hash());
        let hash = replica::state_hash(self.tick, self.held.values().map(hash));
        let messages = self.messages(extras);
        let header = FrameHeader {
            tick: if gap == 0 { FrameTick::Full(self.tick) } else { FrameTick::After(gap) },
            hash: extras.hash.then_some(hash),
            input: extras.input,
            messages: Messages { count: extras.messages.len() as u32, bytes: &messages },
        };
        let mut out = Vec::new();
        header.write(&mut out);
        out.extend_from_slice(&segments);
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

    fn segment(
        &mut self,
        handle: u32,
        now: Option<&(Audience, Rows)>,
        wish: Wish,
        out: &mut Vec<u8>,
    ) {
        let held = self.held.get(&handle).cloned();
        let Some((audience, rows)) = now else {
            self.held.remove(&handle);
            return frame::write_segment(handle, SegmentBody::Drop, out);
        };
        let (cadence, bytes, as_predicted) = match (wish, &held) {
            (Wish::Leave, _) => return,
            (Wish::Keep, _) => {
                self.held.get_mut(&handle).expect("what is kept is held").cadence = Cadence::Rests;
                return frame::write_segment(handle, SegmentBody::Keep, out);
            }
            (Wish::Send(cadence), None) => {
                let (bytes, _) = self.encode(*audience, Rows::EMPTY, 0, rows);
                (cadence, bytes, false)
            }
            (Wish::Send(cadence), Some(held)) => {
                let gap = self.tick.since(held.tick) as u8;
                let (bytes, as_predicted) = self.encode(*audience, &held.rows, gap, rows);
                (cadence, bytes, as_predicted)
            }
        };
        let was_live = held.as_ref().is_some_and(|held| held.cadence == Cadence::Live);
        if !(as_predicted && was_live && cadence == Cadence::Live) {
            let body = match (held.is_some(), as_predicted) {
                (false, _) => SegmentBody::Keyframe(cadence, *audience, &bytes),
                (true, true) => SegmentBody::Advance(cadence),
                (true, false) => SegmentBody::Delta(cadence, &bytes),
            };
            frame::write_segment(handle, body, out);
        }
        let (audience, rows, tick) = (*audience, rows.clone(), self.tick);
        self.held
            .insert(handle, HeldSegment { handle, audience, tick, cadence, rows: rows.into() });
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
        for (handle, held) in self.held.clone() {
            let (bytes, _) = self.encode(held.audience, Rows::EMPTY, 0, &held.rows);
            let body = SegmentBody::Keyframe(Cadence::Live, held.audience, &bytes);
            frame::write_segment(handle, body, &mut out);
        }
        out
    }
}

/// A session's frames and how to begin it.
pub struct Session {
    pub name: &'static str,
    pub schema: Schema,
    pub table: Vec<u8>,
    pub frames: Vec<Vec<u8>>,
    evidence: Vec<u8>,
}

/// All sessions.
pub fn all() -> Vec<Session> {
    let public = &[(0, Audience::Public)][..];
    let every =
        &[(1, Audience::Public), (2, Audience::Team), (3, Audience::Owner), (40, Audience::Public)];
    let far = &[(0, Audience::Public), (65_535, Audience::Owner)];
    let plan = |name, schema: Schema, table_name, seed, handles, gaps| Plan {
        name,
        table: if table_name == "mapped" { mapped(&schema) } else { table(table_name) },
        schema,
        seed,
        handles,
        gaps,
    };
    let (everything, ships, moves) = (schemas::every_field, schemas::ships, schemas::moves);
    [
        plan("ships, tick by tick", ships(), "even", 1, public, &[0, 1, 1, 1, 1, 1, 1, 1]),
        plan("ships, skipping ticks", ships(), "uneven", 2, far, &[0, 1, 2, 1, 5, 1, 128, 3]),
        plan("every field, tick by tick", everything(), "even", 3, every, &[0, 1, 1, 1, 1, 1]),
        plan("every field, skipping ticks", everything(), "uneven", 4, every, &[0, 3, 1, 2, 90, 1]),
        plan("every field, started over", everything(), "uneven", 5, public, &[0, 1, 0, 1, 2, 0]),
        plan("every way to move", moves(), "mapped", 7, far, &[0, 1, 1, 1, 2, 1, 9, 1, 1]),
    ]
    .into_iter()
    .map(Plan::play)
    .chain([changed_audience(), far_segments(), moved_on(), rested_for_too_long()])
    .collect()
}

/// Segments that rest, are kept, wake and go, each at a tick of its own.
fn far_segments() -> Session {
    let (name, schema, table_name) = ("far segments rest", schemas::every_field(), "uneven");
    let handles = [0, 3, 17, 1000].map(|handle| (handle, Audience::Public));
    let mut server = Server::new(schema.clone(), &table(table_name), u32::MAX - 6);
    let mut world = World::new(&schema, 8, &handles, 5);
    let mut frames = vec![server.frame(0, world.view(), &Extras::default())];
    for index in 1..24u32 {
        let gap = 1 + u8::from(index % 7 == 0);
        let mut view = world.view();
        for _ in 0..gap {
            view = world.step();
        }
        if index == 20 {
            view.remove(&17);
        }
        let wish = move |handle| match handle {
            0 => Wish::Send(Cadence::Live),
            3 if index % 4 == 1 => Wish::Send(Cadence::Rests),
            17 if index % 8 == 3 => Wish::Send(Cadence::Rests),
            // Too many bytes now and then; then it waits until there is room, and is live again.
            1000 if index % 5 < 3 => Wish::Send(Cadence::Live),
            1000 if index % 5 == 3 => Wish::Keep,
            3 | 17 if index == 1 => Wish::Keep,
            _ => Wish::Leave,
        };
        let extras = Extras { hash: true, ..Extras::default() };
        frames.push(server.frame_as_wished(gap, view, &extras, wish));
    }
    let evidence = server.evidence();
    Session { name, schema, table: table(table_name), frames, evidence }
}

/// What was left to rest for 129 ticks cannot be built upon, and for 128 it can.
fn rested_for_too_long() -> Session {
    let (name, schema, table_name) = ("left to rest for too long", schemas::ships(), "even");
    let mut server = Server::new(schema.clone(), &table(table_name), 5);
    let mut world = World::new(&schema, 14, &[(0, Audience::Public)], 3);
    let extras = Extras { hash: true, ..Extras::default() };
    let frames = vec![
        server.frame(0, world.view(), &extras),
        server.frame_as_wished(100, world.step(), &extras, |_| Wish::Keep),
        vec![0x82, 0, 29, 4],
        server.frame(28, world.step(), &extras),
    ];
    let evidence = server.evidence();
    Session { name, schema, table: table(table_name), frames, evidence }
}

/// An entity moves on to another segment while the one that it left rests, and one comes back.
fn moved_on() -> Session {
    let (name, schema, table_name) = ("entities move on", schemas::ships(), "even");
    let mut server = Server::new(schema.clone(), &table(table_name), 5);
    let layout = Layout::new(&schema, Audience::Public, HZ);
    let all = World::new(&schema, 12, &[(0, Audience::Public)], 4).view()[&0].1.clone();
    // Which of four entities are in the segment 0; the others are in the segment 1.
    let places = [0b1111, 0b0111, 0b0110, 0b0110, 0b1110, 0b1000, 0b1000];
    let mut frames = Vec::new();
    for (index, place) in places.into_iter().enumerate() {
        let part = |inside: bool| {
            let mut rows = Rows::default();
            for (bit, row) in all.iter(&layout).enumerate() {
                if (place >> bit & 1 == 1) == inside {
                    rows.push(row);
                }
            }
            (Audience::Public, rows)
        };
        let view = View::from([(0, part(true)), (1, part(false))]);
        let wish = |handle| match (handle, index) {
            (0, 0) | (1, _) => Wish::Send(Cadence::Live),
            (0, 1) => Wish::Keep,
            (0, 3 | 6) => Wish::Send(Cadence::Rests),
            _ => Wish::Leave,
        };
        let extras = Extras { hash: true, ..Extras::default() };
        frames.push(server.frame_as_wished(u8::from(index > 0), view, &extras, wish));
    }
    let evidence = server.evidence();
    Session { name, schema, table: table(table_name), frames, evidence }
}

/// One handle stands for another audience's segment from the second frame on.
fn changed_audience() -> Session {
    let (name, schema, table) = ("a handle changes its audience", schemas::ships(), table("even"));
    let mut server = Server::new(schema.clone(), &table, 10);
    let view = |audience| World::new(&schema, 6, &[(1, audience)], 4).view();
    let mut frames = vec![server.frame(0, view(Audience::Public), &Extras::default())];
    for audience in [Audience::Owner, Audience::Public] {
        let mut frame = vec![0x82, 0, 1];
        server.held.clear();
        frame.extend_from_slice(&server.frame(1, view(audience), &Extras::default())[3..]);
        frames.push(frame);
    }
    let evidence = server.evidence();
    Session { name, schema, table, frames, evidence }
}

struct Plan {
    name: &'static str,
    schema: Schema,
    table: Vec<u8>,
    seed: u64,
    handles: &'static [(u32, Audience)],
    /// The gap of each frame; zero for a full one.
    gaps: &'static [u8],
}

impl Plan {
    fn play(self) -> Session {
        let mut server = Server::new(self.schema.clone(), &self.table, u32::MAX - 2);
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
        let columns = schema.messages[index].fields.iter().flat_map(|field| field.columns());
        (index as u8, columns.map(|column| rng.column(column.max)).collect())
    };
    let count = rng.below(4);
    Extras {
        hash: index % 4 != 1,
        input: InputEcho {
            slack: (index % 2 == 1).then(|| rng.next() as i16),
            age: if index % 3 == 1 { rng.next() as u8 } else { 0 },
        },
        messages: (0..count).map(|_| message(rng.below(schema.messages.len()), rng)).collect(),
    }
}

/// The sessions as golden cases.
pub fn cases() -> Vec<Value> {
    all().iter().map(case).collect()
}

fn case(session: &Session) -> Value {
    let mut replica =
        Replica::new(session.schema.clone(), &session.table, HZ).expect("it is valid");
    let steps: Vec<_> = session.frames.iter().map(|bytes| step(&mut replica, bytes)).collect();
    let evidence = replica.read_evidence(Tick(0), &session.evidence).expect("it was written here");
    let before = replica::differences(&session.schema, &evidence, replica.segments());
    assert!(before.is_empty(), "{before:?}");
    let mut broken = evidence.clone();
    broken.remove(0);
    let differences = replica::differences(&session.schema, &broken, replica.segments());
    json!({
        "name": session.name, "schema": hex(&control::encode(&session.schema)),
        "priors": hex(&session.table), "tickHz": HZ, "steps": steps,
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
        "input": [json!(replica.input().slack), json!(replica.input().age)],
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
    json!([held.handle, held.audience as u8, rows, held.tick.0, held.cadence as u8])
}
