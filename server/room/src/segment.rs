//! A segment: the entities that share a place and an audience, with their recent past
//! and this tick's encodings.
//!
//! One function makes all bytes: [`Segment::encode`], from a baseline (or none)
//! to a tick. Within a tick it is memoised by the baseline, so every viewer that
//! stands at the same one is served by one encoding.

use std::ops::Range;

use tickwire_shared::{
    EntityId, PlayerId, Tick,
    codec::{Encoder, Layout, Priors},
    rows::{MAX_ROWS, Rows},
    schema::Audience,
};

use crate::grid::Cell;

/// Whose a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The public fields of entities that everybody may see.
    Public,
    /// The public fields of entities that only a group sees.
    Group(u16),
    /// The team's fields of its entities.
    Team(u8),
    /// The owner's fields of its entities.
    Owner(PlayerId),
}

/// Which entities, and which of their fields, a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentKey {
    /// Where they are; without a place, they are seen from everywhere.
    pub cell: Option<Cell>,
    /// Whose they are.
    pub whose: Whose,
}

impl SegmentKey {
    /// A segment that is seen from everywhere.
    #[must_use]
    pub fn everywhere(whose: Whose) -> SegmentKey {
        SegmentKey { cell: None, whose }
    }

    /// Whose layout the rows have.
    #[must_use]
    pub fn audience(self) -> Audience {
        match self.whose {
            Whose::Public | Whose::Group(_) => Audience::Public,
            Whose::Team(_) => Audience::Team,
            Whose::Owner(_) => Audience::Owner,
        }
    }
}

/// The rows of one tick.
#[derive(Debug, Default)]
struct Snapshot {
    tick: Option<Tick>,
    rows: Rows,
    hash: Option<u32>,
}

/// An encoding made in this tick.
#[derive(Debug)]
struct Encoding {
    baseline: Option<Tick>,
    bytes: Range<usize>,
    outcome: Outcome,
}

/// How a segment stands to a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it was.
    Same,
    /// It is what was predicted.
    AsPredicted,
    /// It takes these bytes to say how it differs, or all that it is.
    Differs,
}

/// What a segment needs while it is watched: its history ring, and what was encoded in this tick.
#[derive(Debug, Default)]
pub struct Memory {
    ring: Vec<Snapshot>,
    encodings: Vec<Encoding>,
    bytes: Vec<u8>,
}

impl Memory {
    /// Memory for a history of so many ticks, a power of two.
    #[must_use]
    pub fn new(history: u32) -> Memory {
        assert!(history.is_power_of_two(), "the ring is indexed by a tick that wraps");
        assert!(history >= 2, "the tick before is what most frames build upon");
        let ring = (0..history).map(|_| Snapshot::default()).collect();
        // Up to date and one tick behind are the usual baselines.
        Memory { ring, encodings: Vec::with_capacity(2), ..Memory::default() }
    }

    /// For how many ticks it is.
    #[must_use]
    pub fn history(&self) -> u32 {
        self.ring.len() as u32
    }

    /// The same memory with nothing in it.
    fn cleared(mut self) -> Memory {
        self.ring.iter_mut().for_each(|snapshot| snapshot.tick = None);
        self.encodings.clear();
        self
    }
}

/// A segment with its history ring.
#[derive(Debug)]
pub struct Segment {
    /// Which one it is.
    pub key: SegmentKey,
    /// How many viewers are subscribed to it; without any nothing is captured.
    watchers: u32,
    /// The last tick in which it had an entity or a viewer.
    pub used: Tick,
    /// The last tick in which an entity came from another segment, or went to one.
    pub moved: Option<Tick>,
    memory: Memory,
}

/// What it takes to encode the segments of one audience.
#[derive(Debug)]
pub struct Codec {
    /// How rows are laid out.
    pub layout: Layout,
    /// Where the models start.
    pub priors: Priors,
}

impl Segment {
    /// A segment that nobody watches.
    #[must_use]
    pub fn new(key: SegmentKey, now: Tick) -> Self {
        Segment { key, watchers: 0, used: now, moved: None, memory: Memory::default() }
    }

    /// One more viewer; the first one brings the memory.
    pub fn watch(&mut self, memory: impl FnOnce() -> Memory) {
        if self.watchers == 0 {
            self.memory = memory().cleared();
        }
        self.watchers += 1;
    }

    /// One viewer less; the last one takes the memory along.
    pub fn unwatch(&mut self) -> Option<Memory> {
        self.watchers -= 1;
        (self.watchers == 0).then(|| std::mem::take(&mut self.memory))
    }

    /// Whether any viewer is subscribed to it.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.watchers > 0
    }

    fn slot(&self, tick: Tick) -> usize {
        tick.0 as usize & (self.memory.ring.len() - 1)
    }

    fn snapshot(&self, tick: Tick) -> Option<&Snapshot> {
        let ring = &self.memory.ring;
        let snapshot = ring.get(tick.0 as usize & ring.len().wrapping_sub(1))?;
        (snapshot.tick == Some(tick)).then_some(snapshot)
    }

    /// The rows at a tick that is still remembered.
    #[must_use]
    pub fn rows(&self, tick: Tick) -> Option<&Rows> {
        self.snapshot(tick).map(|snapshot| &snapshot.rows)
    }

    /// Begins the capture of a tick, forgetting the oldest one.
    pub fn begin(&mut self, tick: Tick) {
        let (slot, before) = (self.slot(tick), self.slot(tick.offset(-1)));
        let mut rows = std::mem::take(&mut self.memory.ring[slot].rows);
        rows.clear();
        rows.make_room_like(&self.memory.ring[before].rows);
        self.memory.ring[slot] = Snapshot { tick: Some(tick), rows, hash: None };
        self.memory.encodings.clear();
        self.memory.bytes.clear();
        self.used = tick;
    }

    /// Takes one entity's columns.
    #[inline]
    pub fn put(&mut self, tick: Tick, id: EntityId, values: &[u32]) {
        let slot = self.slot(tick);
        self.memory.ring[slot].rows.push_values(id, values);
    }

    /// Ends the capture of a tick: what moved since the tick before is now known.
    pub fn end(&mut self, tick: Tick, layout: &Layout) {
        let slot = self.slot(tick);
        let mut rows = std::mem::take(&mut self.memory.ring[slot].rows);
        let count = rows.len();
        assert!(count <= MAX_ROWS, "{count} entities in one segment; clients accept {MAX_ROWS}");
        rows.derive_motion(layout, self.rows(tick.offset(-1)).unwrap_or(Rows::EMPTY));
        self.memory.ring[slot].rows = rows;
    }

    /// The bytes that lead from `baseline`, or from nothing, to `tick`, the latest one, and
    /// whether they are needed. Memoised until the next tick begins.
    ///
    /// # Panics
    /// When either tick is not remembered.
    pub fn encode(
        &mut self,
        codec: &Codec,
        encoder: &mut Encoder,
        baseline: Option<Tick>,
        tick: Tick,
    ) -> (Outcome, &[u8]) {
        let made = self.memory.encodings.iter().position(|made| made.baseline == baseline);
        let index = made.unwrap_or_else(|| self.encode_anew(codec, encoder, baseline, tick));
        let encoding = &self.memory.encodings[index];
        (encoding.outcome, &self.memory.bytes[encoding.bytes.clone()])
    }

    fn encode_anew(
        &mut self,
        codec: &Codec,
        encoder: &mut Encoder,
        baseline: Option<Tick>,
        tick: Tick,
    ) -> usize {
        let mut bytes = std::mem::take(&mut self.memory.bytes);
        let start = bytes.len();
        let outcome = self.encode_past(codec, encoder, baseline, tick, &mut bytes);
        let encoding = Encoding { baseline, bytes: start..bytes.len(), outcome };
        self.memory.bytes = bytes;
        self.memory.encodings.push(encoding);
        self.memory.encodings.len() - 1
    }

    /// Like [`Segment::encode`], for any remembered tick and without the memo.
    pub fn encode_past(
        &self,
        codec: &Codec,
        encoder: &mut Encoder,
        baseline: Option<Tick>,
        tick: Tick,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let (from, now) = self.step(baseline, tick);
        let encoded = encoder.encode(&codec.layout, &codec.priors, from, now, out);
        match (encoded.as_predicted && baseline.is_some(), encoded.updates) {
            (true, 0) => Outcome::Same,
            (true, _) => Outcome::AsPredicted,
            (false, _) => Outcome::Differs,
        }
    }

    /// The rows of a baseline, or none, with how many ticks passed since; and those of a tick.
    ///
    /// # Panics
    /// When either tick is not remembered.
    #[must_use]
    pub fn step(&self, baseline: Option<Tick>, tick: Tick) -> ((&Rows, u32), &Rows) {
        let remembered = |tick| self.rows(tick).expect("the tick is in the history");
        let from = match baseline {
            Some(before) => (remembered(before), tick.since(before) as u32),
            None => (Rows::EMPTY, 0),
        };
        (from, remembered(tick))
    }

    /// The hash of the rows at a tick that is remembered; memoised.
    ///
    /// # Panics
    /// When the tick is not remembered.
    pub fn hash(&mut self, tick: Tick) -> u32 {
        let slot = self.slot(tick);
        let snapshot = &mut self.memory.ring[slot];
        assert_eq!(snapshot.tick, Some(tick), "what a viewer holds is in the history");
        *snapshot.hash.get_or_insert_with(|| snapshot.rows.hash())
    }
}
