//! All segments of a room, by key and by slot.
//!
//! A segment comes into being with its first entity or its first viewer, and is forgotten when
//! it has had neither for a while. It takes memory for a history only while somebody watches.

use std::{collections::BTreeMap, sync::Arc};

use tickwire_shared::{
    Tick,
    codec::{Costs, Pricer},
    rows::Rows,
    schema::Audience,
    slotmap::{SecondaryMap, SlotMap, new_key_type},
};

use crate::{
    segment::{Codec, Memory, Outcome, Segment, SegmentKey},
    spec::Spec,
    work::Coding,
};

new_key_type! {
    /// Names a segment for as long as it exists.
    pub struct SegmentSlot;
}

/// Segments without entities and viewers are kept for this many ticks, and looked for as often.
const FORGET_AFTER: u32 = 64;

/// An owner's segment remembers at most this many ticks, a power of two: there are as many as there
/// are players, and saying all of one again takes hardly more bytes than how it differs.
const OWNER_HISTORY: u32 = 8;

/// What a frame asks of every segment, and of most of them nothing else: kept close together,
/// because a viewer of a large world looks at hundreds.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// Whether it has no entities in the last tick.
    pub is_empty: bool,
    /// The last tick in which an entity came from another segment, or went to one.
    pub moved: Option<Tick>,
    /// How it stands to the tick before and how many bytes that takes, once anybody has asked.
    step: Option<(Outcome, u32)>,
}

/// All segments of a room, and the codecs of their audiences.
#[derive(Debug)]
pub struct Segments {
    spec: Arc<Spec>,
    segments: SlotMap<SegmentSlot, Segment>,
    status: SecondaryMap<SegmentSlot, Status>,
    by_key: BTreeMap<SegmentKey, SegmentSlot>,
    coding: Coding,
    /// What segments no longer need.
    spare: Vec<Memory>,
    history: u32,
    now: Tick,
}

impl Segments {
    /// No segments; they will remember `history` ticks, a power of two.
    #[must_use]
    pub fn new(spec: Arc<Spec>, history: u32, now: Tick) -> Self {
        Segments {
            spec,
            segments: SlotMap::with_key(),
            status: SecondaryMap::new(),
            by_key: BTreeMap::new(),
            coding: Coding::default(),
            spare: Vec::new(),
            history,
            now,
        }
    }

    /// The tick that was captured last.
    #[must_use]
    pub fn now(&self) -> Tick {
        self.now
    }

    /// How many ticks are remembered of segments that others than an owner see.
    #[must_use]
    pub fn history(&self) -> u32 {
        self.history
    }

    fn history_of(&self, key: SegmentKey) -> u32 {
        match key.audience() {
            Audience::Owner => self.history.min(OWNER_HISTORY),
            _ => self.history,
        }
    }

    /// The codec of an audience's segments.
    #[must_use]
    pub fn codec_of(&self, audience: Audience) -> &Codec {
        &self.spec.codecs[audience as usize]
    }

    /// A segment, unless it was forgotten.
    #[must_use]
    pub fn get(&self, slot: SegmentSlot) -> Option<&Segment> {
        self.segments.get(slot)
    }

    /// What is known of a watched segment after the last tick.
    #[must_use]
    pub fn status(&self, slot: SegmentSlot) -> Option<Status> {
        self.status.get(slot).copied()
    }

    /// A segment with its codec, unless it was forgotten.
    pub fn get_with_codec(&mut self, slot: SegmentSlot) -> Option<(&mut Segment, &Codec)> {
        let segment = self.segments.get_mut(slot)?;
        let codec = &self.spec.codecs[segment.key.audience() as usize];
        Some((segment, codec))
    }

    /// A segment, unless it was forgotten.
    pub fn get_mut(&mut self, slot: SegmentSlot) -> Option<&mut Segment> {
        self.segments.get_mut(slot)
    }

    /// The slot of a segment, which comes into being if it has to.
    pub fn slot(&mut self, key: SegmentKey) -> SegmentSlot {
        let (segments, now) = (&mut self.segments, self.now);
        *self.by_key.entry(key).or_insert_with(|| segments.insert(Segment::new(key, now)))
    }

    /// Subscribes one more viewer to a segment; `None` when its audience has no fields.
    pub fn watch(&mut self, key: SegmentKey) -> Option<SegmentSlot> {
        if self.codec_of(key.audience()).layout.is_empty() {
            return None;
        }
        let slot = self.slot(key);
        let history = self.history_of(key);
        let spare = &mut self.spare;
        self.segments[slot].watch(|| {
            let fits = spare.iter().rposition(|memory| memory.history() == history);
            fits.map_or_else(|| Memory::new(history), |index| spare.swap_remove(index))
        });
        Some(slot)
    }

    /// Ends a viewer's subscription.
    pub fn unwatch(&mut self, slot: SegmentSlot) {
        if let Some(segment) = self.segments.get_mut(slot) {
            self.spare.extend(segment.unwatch());
        }
    }

    /// Swaps the working memory for another.
    pub fn lend(&mut self, coding: &mut Coding) {
        std::mem::swap(&mut self.coding, coding);
    }

    /// Forgets all segments and gives back their memory. Nobody may be subscribed to any.
    pub fn forget_all(&mut self) {
        self.segments = SlotMap::with_key();
        self.status = SecondaryMap::new();
        self.by_key.clear();
        self.spare = Vec::new();
    }

    /// Begins the capture of a tick.
    pub fn begin(&mut self, tick: Tick) {
        self.now = tick;
        if tick.0.is_multiple_of(FORGET_AFTER) {
            self.forget();
        }
        let watched = self.segments.values_mut().filter(|segment| segment.is_watched());
        watched.for_each(|segment| segment.begin(tick));
    }

    /// Ends it.
    pub fn end(&mut self) {
        let watched = self.segments.iter_mut().filter(|(_, segment)| segment.is_watched());
        for (slot, segment) in watched {
            let codec = &self.spec.codecs[segment.key.audience() as usize];
            segment.end(self.now, &codec.layout);
            let is_empty = segment.rows(self.now).is_none_or(Rows::is_empty);
            self.status.insert(slot, Status { is_empty, moved: segment.moved, step: None });
        }
    }

    fn forget(&mut self) {
        let (now, by_key) = (self.now, &mut self.by_key);
        self.segments.retain(|_, segment| {
            let idle = now.since(segment.used) > FORGET_AFTER as i32;
            let keep = segment.is_watched() || !idle;
            if !keep {
                by_key.remove(&segment.key);
            }
            keep
        });
    }

    /// Whether a segment's rows of a tick are remembered.
    #[must_use]
    pub fn remembers(&self, slot: SegmentSlot, tick: Tick) -> bool {
        self.segments.get(slot).is_some_and(|segment| segment.rows(tick).is_some())
    }

    /// How the last tick stands to `baseline`, and how many bytes lead from there to it.
    ///
    /// # Panics
    /// When there is no such segment, or the baseline is not remembered.
    pub fn size(&mut self, slot: SegmentSlot, baseline: Option<Tick>) -> (Outcome, usize) {
        let is_step = baseline == Some(self.now.offset(-1));
        let step = self.status.get(slot).and_then(|status| status.step).filter(|_| is_step);
        if let Some((outcome, bytes)) = step {
            return (outcome, bytes as usize);
        }
        let (_, outcome, bytes) = self.encode(slot, baseline);
        let bytes = bytes.len();
        if let Some(status) = self.status.get_mut(slot).filter(|_| is_step) {
            status.step = Some((outcome, bytes as u32));
        }
        (outcome, bytes)
    }

    /// What leads from `baseline` to the last tick, and for whom it is; see [`Segment::encode`].
    ///
    /// # Panics
    /// When there is no such segment, or the baseline is not remembered.
    pub fn encoded(&mut self, slot: SegmentSlot, baseline: Option<Tick>) -> (Audience, &[u8]) {
        let (audience, _, bytes) = self.encode(slot, baseline);
        (audience, bytes)
    }

    fn encode(&mut self, slot: SegmentSlot, baseline: Option<Tick>) -> (Audience, Outcome, &[u8]) {
        let segment = &mut self.segments[slot];
        let audience = segment.key.audience();
        let codec = &self.spec.codecs[audience as usize];
        let encoder = self.coding.encoder(audience as usize);
        let (outcome, bytes) = segment.encode(codec, encoder, baseline, self.now);
        (audience, outcome, bytes)
    }

    /// Whose layout a segment's rows have.
    ///
    /// # Panics
    /// When there is no such segment.
    #[must_use]
    pub fn audience(&self, slot: SegmentSlot) -> Audience {
        self.segments[slot].key.audience()
    }

    /// Adds what the bits cost that lead from `baseline` to the last tick.
    ///
    /// # Panics
    /// When there is no such segment, or the baseline is not remembered.
    pub fn price(
        &mut self,
        slot: SegmentSlot,
        baseline: Option<Tick>,
        pricer: &mut Pricer,
        costs: &mut Costs,
    ) {
        let segment = &self.segments[slot];
        let audience = segment.key.audience() as usize;
        let (codec, encoder) = (&self.spec.codecs[audience], self.coding.encoder(audience));
        let (from, now) = segment.step(baseline, self.now);
        pricer.add(encoder, (&codec.layout, &codec.priors), from, now, costs);
    }

    /// Appends all that a segment was at a tick, if that is remembered.
    pub fn keyframe_past(
        &mut self,
        slot: SegmentSlot,
        tick: Tick,
        out: &mut Vec<u8>,
    ) -> Option<SegmentKey> {
        let segment = self.segments.get(slot)?;
        segment.rows(tick)?;
        let audience = segment.key.audience() as usize;
        let (codec, encoder) = (&self.spec.codecs[audience], self.coding.encoder(audience));
        segment.encode_past(codec, encoder, None, tick, out);
        Some(segment.key)
    }
}
