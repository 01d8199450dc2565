//! Where the bytes of a room's frames go: by field and by cause, for some ticks.
//!
//! While a room is [metered](crate::HostedRoom::meter), each frame that a player or a spectator is sent is
//! entered here after it was written, from what was [planned](crate::plan) for it. A segment's bytes are
//! divided among its fields in proportion to what their [bits cost](tickwire_shared::codec::Pricer), once
//! for each encoding of a tick, however many viewers it is for. All entries together are the bytes of the
//! frames. Frames of [observers](crate::observe) are not entered: whoever looks at this would see itself.
//!
//! A room that is not metered asks once a frame whether it is.

use std::{collections::BTreeMap, sync::Arc};

use tickwire_shared::{
    Tick,
    codec::{Costs, Pricer},
    schema::{AUDIENCES, Audience},
};

use crate::{
    segments::{SegmentSlot, Segments},
    spec::Spec,
};

/// Why bytes are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The viewer knew nothing: it has joined, or is back and holds nothing that can be built upon.
    Keyframe,
    /// What it holds has changed.
    Delta,
    /// A segment came into its sight, by a move of its own or with the first entity there, or comes again
    /// after it was dropped because the viewer's budget was spent.
    Enter,
    /// What it held could not be built upon any more: it was too old, or the viewer's hash differed.
    Resync,
}

/// All causes, in the order of [`Line::bytes`].
pub const CAUSES: [Cause; 4] = [Cause::Keyframe, Cause::Delta, Cause::Enter, Cause::Resync];

/// Bytes by cause, in the order of [`CAUSES`].
pub type Bytes = [f64; CAUSES.len()];

/// What bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part<'a> {
    /// Whether anything is new, and the generations of what is.
    Ids,
    /// Which rows of a kind are new or gone, and which differ.
    Rows {
        /// The kind's name.
        kind: &'a str,
    },
    /// The values of a field.
    Field {
        /// The kind's name.
        kind: &'a str,
        /// The field's name.
        field: &'a str,
    },
}

/// What was spent on a part of an audience's segments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line<'a> {
    /// Whose segments they are.
    pub audience: Audience,
    /// What they say.
    pub part: Part<'a>,
    /// How many bytes that took; as these are shares of whole bytes, seldom whole numbers.
    pub bytes: Bytes,
}

/// Where the bytes of a room's frames went.
#[derive(Debug)]
pub struct Ledger {
    spec: Arc<Spec>,
    since: Tick,
    ticks: u32,
    frames: u64,
    header: u64,
    messages: u64,
    heads: [u64; CAUSES.len()],
    /// By audience: ids, rows by kind, fields.
    sums: [Vec<Bytes>; AUDIENCES.len()],
    /// What it takes to go on; nothing once all ticks are over.
    work: Option<Box<Work>>,
}

/// What encodings of this tick cost.
#[derive(Debug)]
struct Work {
    tick: Tick,
    /// By audience.
    pricers: [Pricer; AUDIENCES.len()],
    costs: Costs,
    /// Where an encoding's shares begin.
    priced: BTreeMap<(SegmentSlot, Option<u32>), usize>,
    /// In the order of `Ledger::sums`, and together the bytes of the encoding.
    shares: Vec<f64>,
}

impl Ledger {
    /// An empty ledger for the ticks after `since`.
    pub(crate) fn new(spec: Arc<Spec>, since: Tick, ticks: u32) -> Ledger {
        let layout = &spec.codecs[0].layout;
        let parts = 1 + layout.kinds.len() + layout.fields;
        let work = Work {
            tick: since,
            pricers: spec.codecs.each_ref().map(|it| Pricer::new(&it.layout, &it.priors)),
            costs: Costs::new(layout),
            priced: BTreeMap::new(),
            shares: Vec::new(),
        };
        Ledger {
            sums: AUDIENCES.map(|_| vec![Bytes::default(); parts]),
            spec,
            since,
            ticks,
            frames: 0,
            header: 0,
            messages: 0,
            heads: [0; CAUSES.len()],
            work: Some(Box::new(work)),
        }
    }

    /// How many ticks were metered, when the last one made is `now`.
    #[must_use]
    pub fn elapsed(&self, now: Tick) -> u32 {
        self.ticks.min(now.since(self.since).max(0) as u32)
    }

    /// How many ticks are to be metered.
    #[must_use]
    pub fn ticks(&self) -> u32 {
        self.ticks
    }

    /// How many frames were sent.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Bytes of frames' headers, their messages apart.
    #[must_use]
    pub fn header(&self) -> u64 {
        self.header
    }

    /// Bytes of messages: the game's, what people say, and who is there.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// Bytes that say which segment comes and how long it is, and which ones end or rest.
    #[must_use]
    pub fn heads(&self) -> Bytes {
        self.heads.map(|bytes| bytes as f64)
    }

    /// What was spent on the content of segments, by audience, kind and field; without what took nothing.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let all = AUDIENCES.into_iter().zip(&self.sums);
        let all = all.flat_map(|(audience, sums)| {
            self.parts().zip(sums).map(move |(part, bytes)| Line { audience, part, bytes: *bytes })
        });
        all.filter(|line| line.bytes.iter().any(|bytes| *bytes > 0.0))
    }

    /// In the order of the sums.
    fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let kinds = &self.spec.schema.kinds;
        let rows = kinds.iter().map(|kind| Part::Rows { kind: &kind.name });
        let fields = kinds.iter().flat_map(|kind| {
            kind.fields.iter().map(|field| Part::Field { kind: &kind.name, field: &field.name })
        });
        [Part::Ids].into_iter().chain(rows).chain(fields)
    }

    /// All bytes: those of the frames.
    #[must_use]
    pub fn total(&self) -> f64 {
        let content: f64 = self.sums.iter().flatten().flatten().sum();
        let heads: u64 = self.heads.iter().sum();
        content + (self.header + self.messages + heads) as f64
    }

    /// Whether a tick is one of those that are metered. Once they are over, memory is given back.
    pub(crate) fn meters(&mut self, now: Tick) -> bool {
        let age = now.since(self.since);
        let is_over = age > 0 && age as u32 > self.ticks;
        if is_over {
            self.work = None;
        }
        age > 0 && !is_over
    }

    /// Enters a frame but for its segments.
    pub(crate) fn enter_frame(&mut self, header: usize, messages: usize) {
        self.frames += 1;
        self.header += (header - messages) as u64;
        self.messages += messages as u64;
    }

    /// Enters what stands before a segment's content, or in place of it.
    pub(crate) fn enter_head(&mut self, cause: Cause, bytes: usize) {
        self.heads[cause as usize] += bytes as u64;
    }

    /// Enters the content of a segment: an encoding of this tick, and how many bytes it takes.
    pub(crate) fn enter_segment(
        &mut self,
        cause: Cause,
        (slot, baseline): (SegmentSlot, Option<Tick>),
        bytes: usize,
        segments: &mut Segments,
    ) {
        let Some(work) = &mut self.work else { return };
        let audience = segments.audience(slot);
        let sums = &mut self.sums[audience as usize];
        let shares = work.shares_of((slot, baseline), audience, bytes, segments);
        sums.iter_mut().zip(shares).for_each(|(sum, share)| sum[cause as usize] += share);
    }
}

impl Work {
    fn shares_of(
        &mut self,
        (slot, baseline): (SegmentSlot, Option<Tick>),
        audience: Audience,
        bytes: usize,
        segments: &mut Segments,
    ) -> &[f64] {
        if self.tick != segments.now() {
            self.tick = segments.now();
            self.priced.clear();
            self.shares.clear();
        }
        let key = (slot, baseline.map(|tick| tick.0));
        let start = self.priced.get(&key).copied().unwrap_or_else(|| {
            let start = self.shares.len();
            self.costs.clear();
            let pricer = &mut self.pricers[audience as usize];
            segments.price(slot, baseline, pricer, &mut self.costs);
            let bits: f64 = self.costs.iter().sum();
            let share = if bits > 0.0 { bytes as f64 / bits } else { 0.0 };
            self.shares.extend(self.costs.iter().map(|cost| cost * share));
            self.priced.insert(key, start);
            start
        });
        &self.shares[start..]
    }
}
