//! Capture: the game's entities, quantised, sorted into segments.

use std::collections::BTreeMap;

use tickwire_shared::{
    EntityId, Tick,
    game::{Belongs, CaptureSink},
};

use crate::segment::{Codec, Segment, SegmentKey};

/// A life of a slot.
#[derive(Clone, Copy, Debug, Default)]
struct Life {
    version: u32,
    generation: u8,
}

/// Tells the lives of slots apart, by kind and slot.
///
/// The generation advances at most once a tick, which is what lets eight bits
/// of it name an entity over the whole history; a slot map's version might not.
#[derive(Debug, Default)]
pub struct Generations(Vec<Vec<Life>>);

impl Generations {
    fn of(&mut self, kind: usize, slot: u16, version: u32) -> u8 {
        if self.0.len() <= kind {
            self.0.resize_with(kind + 1, Vec::new);
        }
        let lives = &mut self.0[kind];
        if lives.len() <= usize::from(slot) {
            lives.resize(usize::from(slot) + 1, Life::default());
        }
        let life = &mut lives[usize::from(slot)];
        if life.version != version {
            *life = Life { version, generation: life.generation.wrapping_add(1) };
        }
        life.generation
    }
}

/// All segments of a room, and the codecs of their audiences.
#[derive(Debug)]
pub struct Segments {
    codecs: [Codec; 3],
    segments: BTreeMap<SegmentKey, Segment>,
    generations: Generations,
    history: u32,
}

impl Segments {
    /// No segments but the public one.
    #[must_use]
    pub fn new(codecs: [Codec; 3], history: u32) -> Self {
        let segments = BTreeMap::from([(SegmentKey::Public, Segment::new(history))]);
        Segments { codecs, segments, generations: Generations::default(), history }
    }

    /// A segment with its codec.
    pub fn get_mut(&mut self, key: SegmentKey) -> Option<(&mut Segment, &Codec)> {
        let codec = &self.codecs[key.audience() as usize];
        self.segments.get_mut(&key).map(|segment| (segment, codec))
    }

    /// Makes sure that a segment is there; `false` when its audience has no fields.
    pub fn add(&mut self, key: SegmentKey) -> bool {
        let layout = &self.codecs[key.audience() as usize].layout;
        if !layout.is_empty() {
            let history = self.history;
            self.segments.entry(key).or_insert_with(|| Segment::new(history));
        }
        !layout.is_empty()
    }

    /// Forgets a segment.
    pub fn remove(&mut self, key: SegmentKey) {
        self.segments.remove(&key);
    }

    /// Begins the capture of a tick.
    pub fn begin(&mut self, tick: Tick) -> TickCapture<'_> {
        self.segments.values_mut().for_each(|segment| segment.begin(tick));
        TickCapture { segments: self, tick }
    }

    /// Ends it.
    pub fn end(&mut self, tick: Tick) {
        for (key, segment) in &mut self.segments {
            segment.end(tick, &self.codecs[key.audience() as usize].layout);
        }
    }
}

/// Takes the entities of one tick.
#[derive(Debug)]
pub struct TickCapture<'a> {
    segments: &'a mut Segments,
    tick: Tick,
}

impl CaptureSink for TickCapture<'_> {
    fn put(&mut self, kind: usize, slot: u16, version: u32, belongs: Belongs, columns: &[u32]) {
        let generation = self.segments.generations.of(kind, slot, version);
        let id = EntityId::new(kind as u8, slot, generation);
        let keys = [
            Some(SegmentKey::Public),
            belongs.team.map(SegmentKey::Team),
            belongs.player.map(SegmentKey::Owner),
        ];
        for key in keys.into_iter().flatten() {
            let Some((segment, codec)) = self.segments.get_mut(key) else { continue };
            let part = &codec.layout.kinds[kind];
            if part.present {
                let end = part.first_column + part.columns.len();
                segment.put(self.tick, &codec.layout, id, &columns[part.first_column..end]);
            }
        }
    }
}
