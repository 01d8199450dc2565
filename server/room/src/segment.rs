//! A segment: the entities that share an audience, with their recent past and
//! this tick's encodings.
//!
//! One function makes all bytes: [`Segment::encode`], from a baseline (or none)
//! to a tick. Within a tick it is memoised by the baseline, so every viewer that
//! is up to date is served by one encoding.

use std::ops::Range;

use tickwire_shared::{
    EntityId, PlayerId, Tick,
    codec::{Encoder, Layout, Priors},
    rows::{MAX_ROWS, Rows},
    schema::Audience,
};

/// Which entities, and which of their fields, a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SegmentKey {
    /// The public fields of all entities.
    Public,
    /// The team's fields of its entities.
    Team(u8),
    /// The owner's fields of its entities.
    Owner(PlayerId),
}

impl SegmentKey {
    /// Whose layout the rows have.
    #[must_use]
    pub fn audience(self) -> Audience {
        match self {
            SegmentKey::Public => Audience::Public,
            SegmentKey::Team(_) => Audience::Team,
            SegmentKey::Owner(_) => Audience::Owner,
        }
    }
}

#[derive(Debug, Default)]
struct Snapshot {
    tick: Option<Tick>,
    rows: Rows,
}

/// An encoding made in this tick.
#[derive(Debug)]
struct Encoding {
    baseline: Option<Tick>,
    bytes: Range<usize>,
    as_predicted: bool,
}

/// A segment with its history ring.
#[derive(Debug)]
pub struct Segment {
    ring: Vec<Snapshot>,
    encodings: Vec<Encoding>,
    bytes: Vec<u8>,
    hash: Option<u32>,
    motion: Vec<i32>,
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
    /// An empty segment that will remember `history` ticks, a power of two.
    #[must_use]
    pub fn new(history: u32) -> Self {
        assert!(history.is_power_of_two(), "the ring is indexed by a tick that wraps");
        Segment {
            ring: (0..history).map(|_| Snapshot::default()).collect(),
            encodings: Vec::new(),
            bytes: Vec::new(),
            hash: None,
            motion: Vec::new(),
        }
    }

    fn slot(&self, tick: Tick) -> usize {
        tick.0 as usize % self.ring.len()
    }

    /// The rows at a tick that is still remembered.
    #[must_use]
    pub fn rows(&self, tick: Tick) -> Option<&Rows> {
        let snapshot = &self.ring[self.slot(tick)];
        (snapshot.tick == Some(tick)).then_some(&snapshot.rows)
    }

    /// Begins the capture of a tick, forgetting the oldest one.
    pub fn begin(&mut self, tick: Tick) {
        let slot = self.slot(tick);
        self.ring[slot].tick = Some(tick);
        self.ring[slot].rows.clear();
        self.encodings.clear();
        self.bytes.clear();
        self.hash = None;
    }

    /// Takes one entity's columns.
    pub fn put(&mut self, tick: Tick, layout: &Layout, id: EntityId, values: &[u32]) {
        let slot = self.slot(tick);
        self.ring[slot].rows.push_still(id, values, layout.kinds[id.kind()].motions);
    }

    /// Ends the capture of a tick: what moved since the tick before is now known.
    pub fn end(&mut self, tick: Tick, layout: &Layout) {
        let slot = self.slot(tick);
        let count = self.ring[slot].rows.len();
        assert!(count <= MAX_ROWS, "{count} entities in one segment; clients accept {MAX_ROWS}");
        let mut rows = std::mem::take(&mut self.ring[slot].rows);
        let mut motion = std::mem::take(&mut self.motion);
        if let Some(before) = self.rows(tick.offset(-1)) {
            rows.derive_motion(layout, before, &mut motion);
        }
        self.motion = motion;
        self.ring[slot].rows = rows;
    }

    /// The bytes that lead from `baseline`, or from nothing, to `tick`; empty for a
    /// delta when all is as predicted. Memoised until the next tick begins.
    ///
    /// # Panics
    /// When either tick is not remembered.
    pub fn encode(
        &mut self,
        codec: &Codec,
        encoder: &mut Encoder,
        baseline: Option<Tick>,
        tick: Tick,
    ) -> Segmented<'_> {
        let made = self.encodings.iter().position(|made| made.baseline == baseline);
        let index = made.unwrap_or_else(|| self.encode_anew(codec, encoder, baseline, tick));
        let encoding = &self.encodings[index];
        Segmented {
            bytes: &self.bytes[encoding.bytes.clone()],
            as_predicted: encoding.as_predicted && baseline.is_some(),
        }
    }

    fn encode_anew(
        &mut self,
        codec: &Codec,
        encoder: &mut Encoder,
        baseline: Option<Tick>,
        tick: Tick,
    ) -> usize {
        let mut bytes = std::mem::take(&mut self.bytes);
        let start = bytes.len();
        let as_predicted = self.encode_past(codec, encoder, baseline, tick, &mut bytes);
        let bytes_end = bytes.len();
        self.bytes = bytes;
        self.encodings.push(Encoding { baseline, bytes: start..bytes_end, as_predicted });
        self.encodings.len() - 1
    }

    /// Like [`Segment::encode`], for any remembered tick and without the memo.
    pub fn encode_past(
        &self,
        codec: &Codec,
        encoder: &mut Encoder,
        baseline: Option<Tick>,
        tick: Tick,
        out: &mut Vec<u8>,
    ) -> bool {
        let remembered = |tick| self.rows(tick).expect("the tick is in the history");
        let from = match baseline {
            Some(before) => (remembered(before), tick.since(before) as u32),
            None => (Rows::EMPTY, 0),
        };
        let now = remembered(tick);
        encoder.encode(&codec.layout, &codec.priors, from, now, out).as_predicted
    }

    /// The hash of the rows at `tick`, which must be the latest; memoised.
    pub fn hash(&mut self, tick: Tick) -> u32 {
        if let Some(hash) = self.hash {
            return hash;
        }
        let hash = self.rows(tick).map_or(0, Rows::hash);
        self.hash = Some(hash);
        hash
    }
}

/// A segment's bytes for some viewers.
#[derive(Clone, Copy, Debug)]
pub struct Segmented<'a> {
    /// The coded bytes.
    pub bytes: &'a [u8],
    /// Whether a frame may leave the segment out.
    pub as_predicted: bool,
}
