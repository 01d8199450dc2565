//! The client's copy of the world: applies frames, and can prove that it is right.
//!
//! The hash of a viewer's state is that of its tick, then of each segment it
//! holds in rising order of handle: the handle, the segment's tick, then [`crate::rows::Rows::hash`].
//!
//! An entity has one row for each audience, but a segment that rests may show an entity
//! that has meanwhile moved on to another. What counts is the row that is newest.

mod build;
mod change;
mod dialect;
mod difference;
mod held;
mod memo;

use std::sync::{Arc, OnceLock};

pub use change::{Change, ChangeKind};
pub use dialect::Dialect;
pub use difference::{Difference, differences};
pub use held::HeldRows;
pub use memo::Memo;

use build::{Build, Means};
use change::{Note, diff};

use crate::{
    Replicate,
    codec::{Decoder, Layout, PriorsError},
    frame::{self, Cadence, FrameError, FrameTick, InputEcho, Reader},
    ids::EntityId,
    rows::{Row, mix},
    schema::{Audience, MAX_COLUMNS, Schema, SchemaError},
    tick::Tick,
};

/// What a frame did to a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The tick that the replica now holds.
    pub tick: Tick,
    /// Whether the frame stood alone.
    pub full: bool,
    /// The server's hash and ours, when the frame carried one.
    pub hash: Option<HashCheck>,
    /// Entities whose state changed or that came into view, each counted once.
    pub updates: u32,
}

/// Two hashes that should be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCheck {
    /// The server's.
    pub expected: u32,
    /// Ours.
    pub actual: u32,
}

impl HashCheck {
    /// Whether they are the same.
    #[must_use]
    pub fn holds(self) -> bool {
        self.expected == self.actual
    }
}

/// One segment as a viewer holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldSegment {
    /// The segment's number for this viewer.
    pub handle: u32,
    /// Whose it is.
    pub audience: Audience,
    /// The tick that its rows are of.
    pub tick: Tick,
    /// What it does in frames that do not name it.
    pub cadence: Cadence,
    /// What it holds.
    pub rows: HeldRows,
}

/// The hash of a viewer's state: of each segment its handle, its tick and the hash of its rows.
#[must_use]
pub fn state_hash(tick: Tick, segments: impl Iterator<Item = (u32, Tick, u32)>) -> u32 {
    segments.fold(tick.0, |hash, (handle, tick, rows)| mix(mix(mix(hash, handle), tick.0), rows))
}

/// A copy of what the server lets one viewer see.
#[derive(Debug)]
pub struct Replica {
    dialect: Arc<Dialect>,
    tick: Option<Tick>,
    /// What is held, in rising order of handle.
    segments: Vec<HeldSegment>,
    /// What was held before the last frame.
    before: Vec<HeldSegment>,
    /// Memory for what the next frame makes of it.
    next: Vec<HeldSegment>,
    decoder: Decoder,
    /// Which of `segments` the last frame left as they were, by rising index.
    kept: Vec<usize>,
    notes: Vec<Note>,
    /// Of which entities more than one segment of an audience speaks, in order.
    overlaps: Vec<(EntityId, Audience)>,
    /// What the last frame changed, once somebody wanted to know.
    changes: OnceLock<Vec<Change>>,
    /// Memory to count updates with.
    updated: Vec<EntityId>,
    messages: Vec<u8>,
    input: InputEcho,
}

/// Why a replica could not be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReplicaError {
    /// The schema breaks a limit.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The priors cannot be used.
    #[error(transparent)]
    Priors(#[from] PriorsError),
}

impl Replica {
    /// An empty replica for a schema, priors and tick rate, as a welcome brings them.
    ///
    /// # Errors
    /// When the schema or the table is not valid.
    pub fn new(schema: Schema, priors: &[u8], tick_hz: u32) -> Result<Self, ReplicaError> {
        Ok(Replica::of(Arc::new(Dialect::new(schema, priors, tick_hz)?)))
    }

    /// An empty replica for frames of a dialect, which many may share.
    #[must_use]
    pub fn of(dialect: Arc<Dialect>) -> Replica {
        Replica {
            dialect,
            tick: None,
            segments: Vec::new(),
            before: Vec::new(),
            next: Vec::new(),
            decoder: Decoder::default(),
            kept: Vec::new(),
            notes: Vec::new(),
            overlaps: Vec::new(),
            changes: OnceLock::new(),
            updated: Vec::new(),
            messages: Vec::new(),
            input: InputEcho::default(),
        }
    }

    /// Applies a frame, all of it or nothing.
    ///
    /// A hash that differs is no error: the frame is applied and the check returned,
    /// because the difference is what one then wants to look at.
    ///
    /// # Errors
    /// See [`FrameError`]; the replica is unchanged.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<Applied, FrameError> {
        self.apply_by(bytes, None)
    }

    /// Does what [`Replica::apply`] does, with what other replicas have decoded already.
    ///
    /// The outcome is the same, whatever is in `memo`.
    ///
    /// # Errors
    /// See [`FrameError`]; the replica is unchanged.
    pub fn apply_with(&mut self, bytes: &[u8], memo: &mut Memo) -> Result<Applied, FrameError> {
        self.apply_by(bytes, Some(memo))
    }

    fn apply_by(&mut self, bytes: &[u8], memo: Option<&mut Memo>) -> Result<Applied, FrameError> {
        let dialect = self.dialect.clone();
        let (header, reader) = frame::read_header(bytes, &dialect.records)?;
        let (tick, gap) = match (header.tick, self.tick) {
            (FrameTick::Full(tick), _) => (tick, None),
            (FrameTick::After(gap), Some(held)) => (held.offset(i32::from(gap)), Some(gap)),
            (FrameTick::After(_), None) => return Err(FrameError::NoBaseline),
        };
        let full = gap.is_none();
        let is_new = self.build(tick, full, reader, memo)?;
        self.tick = Some(tick);
        self.input = header.input;
        self.messages.clear();
        self.messages.extend_from_slice(header.messages.bytes);
        let updates = if is_new { self.count_touched() } else { self.note_changes() };
        let hash = header.hash.map(|expected| HashCheck { expected, actual: self.hash() });
        Ok(Applied { tick, full, hash, updates })
    }

    /// Makes the held segments what a frame says they are at `tick`, or leaves them alone.
    ///
    /// Whether each of them was decoded from what was held of it before, or is new to the viewer.
    fn build(
        &mut self,
        tick: Tick,
        full: bool,
        reader: Reader<'_>,
        memo: Option<&mut Memo>,
    ) -> Result<bool, FrameError> {
        self.kept.clear();
        let held = if full { &[] } else { self.segments.as_slice() };
        let means = Means::new(&self.dialect, &mut self.decoder, memo);
        let mut build = Build::new(tick, held, means, &mut self.kept);
        build.run(reader, &mut self.next)?;
        let was_replaced = build.has_replaced() || (full && !self.segments.is_empty());
        std::mem::swap(&mut self.segments, &mut self.before);
        std::mem::swap(&mut self.segments, &mut self.next);
        self.take_over_kept();
        Ok(self.kept.is_empty() && !was_replaced)
    }

    /// Moves the rows that stay as they are; now that nothing can fail, no copy is needed.
    fn take_over_kept(&mut self) {
        let mut from = 0;
        for to in &self.kept {
            let after = &mut self.segments[*to];
            while self.before[from].handle != after.handle {
                from += 1;
            }
            std::mem::swap(&mut self.before[from].rows, &mut after.rows);
        }
    }

    /// Counts the entities that were touched, where each segment follows from what was held of it
    /// and none rests. What exactly was changed is found when somebody asks.
    fn count_touched(&mut self) -> u32 {
        self.overlaps.clear();
        self.changes.take();
        let longest = self.segments.iter().max_by_key(|held| held.rows.touched().len());
        let longest = longest.map_or(&[][..], |held| held.rows.touched());
        let all = self.segments.iter().map(|held| held.rows.touched());
        // Most entities are in the public segment, and so is most of what others have of them.
        let others = all.filter(|touched| !std::ptr::eq(*touched, longest)).flatten();
        self.updated.clear();
        self.updated.extend(others.filter(|id| longest.binary_search(id).is_err()));
        self.updated.sort_unstable();
        self.updated.dedup();
        (longest.len() + self.updated.len()) as u32
    }

    /// Notes what the last frame changed; how many entities came or changed.
    fn note_changes(&mut self) -> u32 {
        // Rows of different ages can only speak of one entity while some segment rests.
        let resting = if self.kept.is_empty() { &[] } else { self.segments.as_slice() };
        self.overlaps.retain(|(id, audience)| change::overlaps(resting, *audience, *id));
        let mut notes = std::mem::take(&mut self.notes);
        let mut changes = self.changes.take().unwrap_or_default();
        notes.clear();
        changes.clear();
        self.compare(&self.kept, &mut notes);
        change::settle(&mut notes, resting, &mut changes, &mut self.overlaps);
        self.notes = notes;
        self.overlaps.sort_unstable();
        self.overlaps.dedup();
        let updates = change::count_updates(&changes);
        self.changes = changes.into();
        updates
    }

    /// Finds what the last frame changed, when it was counted without.
    fn find_changes(&self) -> Vec<Change> {
        let (mut notes, mut changes) = (Vec::new(), Vec::new());
        // It kept none. What is noted as kept now may be what a frame that failed would have.
        self.compare(&[], &mut notes);
        change::settle(&mut notes, &[], &mut changes, &mut Vec::new());
        changes
    }

    /// Compares each segment with what was held of it before, but for those that were `kept`.
    fn compare(&self, kept: &[usize], notes: &mut Vec<Note>) {
        let layouts = &self.dialect.layouts;
        let mut before = self.before.iter().peekable();
        let mut kept = kept.iter().peekable();
        for (index, after) in self.segments.iter().enumerate() {
            let same =
                |held: &HeldSegment| held.handle == after.handle && held.audience == after.audience;
            // A handle that now stands for another audience's segment counts as gone, too.
            let is_gone = |held: &&HeldSegment| held.handle <= after.handle && !same(held);
            while let Some(gone) = before.next_if(is_gone) {
                diff(layouts, Some(gone), None, notes);
            }
            let held = before.next_if(|held| same(held));
            if kept.next_if(|kept| **kept == index).is_none() {
                diff(layouts, held, Some(after), notes);
            }
        }
        for gone in before {
            diff(layouts, Some(gone), None, notes);
        }
    }

    /// The hash of what is held.
    #[must_use]
    pub fn hash(&self) -> u32 {
        let segments = self.segments.iter().map(|held| (held.handle, held.tick, held.rows.hash()));
        state_hash(self.tick.unwrap_or_default(), segments)
    }

    /// The tick that is held, once a frame was applied.
    #[must_use]
    pub fn tick(&self) -> Option<Tick> {
        self.tick
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.dialect.schema
    }

    /// How the server last saw this player's inputs.
    #[must_use]
    pub fn input(&self) -> InputEcho {
        self.input
    }

    /// What the last frame changed, by id.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        self.changes.get_or_init(|| self.find_changes())
    }

    /// The messages of the last frame, the game's and the room's: each its index and its record or
    /// body. Those from [`FIRST_INDEX`](crate::room_message::FIRST_INDEX) on are the room's.
    pub fn messages(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let mut rest = self.messages.as_slice();
        std::iter::from_fn(move || {
            let (index, after) = rest.split_first()?;
            let mut reader = Reader(after);
            let body = match self.dialect.records.get(usize::from(*index)) {
                Some(layout) => reader.take(layout.bytes()),
                None => reader.block(),
            };
            rest = reader.0;
            // They were looked at when the frame came.
            Some((usize::from(*index), body.ok()?))
        })
    }

    /// The segments that are held, in rising order of handle.
    #[must_use]
    pub fn segments(&self) -> &[HeldSegment] {
        &self.segments
    }

    /// The layout of an audience's segments.
    #[must_use]
    pub fn layout(&self, audience: Audience) -> &Layout {
        &self.dialect.layouts[audience as usize]
    }

    /// All entities of type `T` whose public part is in view, by id; parts that this viewer may not
    /// see are zero columns.
    pub fn iter<T: Replicate>(&self) -> impl Iterator<Item = (EntityId, T)> {
        self.dated().map(|(id, _, entity)| (id, entity))
    }

    /// As [`Replica::iter`], each with the tick that its public part is of: where a segment rests,
    /// that is not the replica's, but the one at which it was sent last.
    pub fn dated<T: Replicate>(&self) -> impl Iterator<Item = (EntityId, Tick, T)> {
        let kind = self.schema().kind_index(T::NAME);
        let rows = self.current_rows(Audience::Public);
        rows.filter(move |(_, row)| Some(row.id.kind()) == kind).map(|(tick, row)| {
            let mut columns = [0; MAX_COLUMNS];
            self.collect(row, &mut columns);
            (row.id, tick, T::restore(&columns[..T::COLUMNS]))
        })
    }

    /// An entity by its id, if its public part is in view.
    #[must_use]
    pub fn get<T: Replicate>(&self, id: EntityId) -> Option<T> {
        if Some(id.kind()) != self.schema().kind_index(T::NAME) {
            return None;
        }
        let public = self.segments.iter().filter(|held| held.audience == Audience::Public);
        let mut rows = public.filter(|held| !self.is_outdated(held, id));
        let row = rows.find_map(|held| held.rows.find(self.layout(Audience::Public), id))?;
        let mut columns = [0; MAX_COLUMNS];
        self.collect(row, &mut columns);
        Some(T::restore(&columns[..T::COLUMNS]))
    }

    /// The entities whose owner's part this viewer holds: its own.
    pub fn own(&self) -> impl Iterator<Item = EntityId> {
        self.current_rows(Audience::Owner).map(|(_, row)| row.id)
    }

    /// The rows of an audience with their ticks, each entity's newest one only, segment by segment.
    fn current_rows(&self, audience: Audience) -> impl Iterator<Item = (Tick, Row<'_>)> {
        let held = self.segments.iter().filter(move |held| held.audience == audience);
        held.flat_map(move |held| {
            let rows = held.rows.iter(self.layout(audience));
            let current = rows.filter(|row| !self.is_outdated(held, row.id));
            current.map(|row| (held.tick, row))
        })
    }

    /// Whether a newer segment speaks of an entity that `held` still shows.
    fn is_outdated(&self, held: &HeldSegment, id: EntityId) -> bool {
        self.overlaps.binary_search(&(id, held.audience)).is_ok()
            && change::newest(&self.segments, held.audience, id)
                .is_some_and(|newest| newest.tick.is_after(held.tick))
    }

    /// Puts a public row and the same entity's private ones side by side.
    fn collect(&self, public: Row<'_>, columns: &mut [u32; MAX_COLUMNS]) {
        columns[..public.values.len()].copy_from_slice(public.values);
        let private = self.segments.iter().filter(|held| held.audience != Audience::Public);
        for held in private.filter(|held| !self.is_outdated(held, public.id)) {
            let layout = self.layout(held.audience);
            if let Some(row) = held.rows.find(layout, public.id) {
                let first = layout.kinds[row.id.kind()].first_column;
                columns[first..first + row.values.len()].copy_from_slice(row.values);
            }
        }
    }

    /// Reads the keyframes of an evidence message about `tick`.
    ///
    /// # Errors
    /// See [`FrameError`].
    pub fn read_evidence(
        &mut self,
        tick: Tick,
        segments: &[u8],
    ) -> Result<Vec<HeldSegment>, FrameError> {
        // Keyframes without a baseline: just what a frame that stands alone consists of.
        let mut held = Vec::new();
        let mut kept = Vec::new();
        let means = Means::new(&self.dialect, &mut self.decoder, None);
        let mut build = Build::new(tick, &[], means, &mut kept);
        build.run(Reader(segments), &mut held)?;
        Ok(held)
    }
}
