//! The client's copy of the world: applies frames, and can prove that it is right.
//!
//! The hash of a viewer's state is that of its tick, then of each segment it
//! holds in rising order of handle: the handle, then [`Rows::hash`].

mod change;
mod difference;

pub use change::{Change, ChangeKind};
pub use difference::{Difference, differences};

use change::{count_updates, diff, merge_move};

use crate::{
    Replicate,
    codec::{Decoder, Layout, Priors},
    frame::{self, FrameError, FrameTick, InputEcho, Reader, SegmentBody},
    ids::EntityId,
    record::RecordLayout,
    rows::{MAX_HELD_ROWS, Row, Rows, mix},
    schema::{AUDIENCES, Audience, MAX_COLUMNS, Schema, SchemaError},
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
    /// What it holds.
    pub rows: Rows,
}

/// The hash of a viewer's state.
#[must_use]
pub fn state_hash(tick: Tick, segments: impl Iterator<Item = (u32, u32)>) -> u32 {
    segments.fold(tick.0, |hash, (handle, rows)| mix(mix(hash, handle), rows))
}

/// A copy of what the server lets one viewer see.
#[derive(Debug)]
pub struct Replica {
    schema: Schema,
    layouts: [Layout; 3],
    priors: [Priors; 3],
    records: Vec<RecordLayout>,
    tick: Option<Tick>,
    /// What is held, in rising order of handle.
    segments: Vec<HeldSegment>,
    /// What was held before the last frame; the memory of the one after.
    before: Vec<HeldSegment>,
    decoder: Decoder,
    changes: Vec<Change>,
    messages: Vec<u8>,
    input: InputEcho,
}

/// Why a replica could not be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReplicaError {
    /// The schema breaks a limit.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The table of priors has the wrong length.
    #[error("a priors table of {0} bytes")]
    Priors(usize),
}

impl Replica {
    /// An empty replica for a schema and table of priors, as a welcome brings them.
    ///
    /// # Errors
    /// When the schema or the table is not valid.
    pub fn new(schema: Schema, priors: &[u8]) -> Result<Self, ReplicaError> {
        schema.validate()?;
        let layouts = AUDIENCES.map(|audience| Layout::new(&schema, audience));
        let spread = |layout| Priors::new(layout, priors).ok_or(ReplicaError::Priors(priors.len()));
        let [public, team, owner] = &layouts;
        let priors = [spread(public)?, spread(team)?, spread(owner)?];
        let records = schema.messages.iter().map(RecordLayout::new).collect();
        Ok(Replica {
            schema,
            layouts,
            priors,
            records,
            tick: None,
            segments: Vec::new(),
            before: Vec::new(),
            decoder: Decoder::default(),
            changes: Vec::new(),
            messages: Vec::new(),
            input: InputEcho::default(),
        })
    }

    /// Applies a frame, all of it or nothing.
    ///
    /// A hash that differs is no error: the frame is applied and the check returned,
    /// because the difference is what one then wants to look at.
    ///
    /// # Errors
    /// See [`FrameError`]; the replica is unchanged.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<Applied, FrameError> {
        let (header, reader) = frame::read_header(bytes, &self.records)?;
        let (tick, gap) = match (header.tick, self.tick) {
            (FrameTick::Full(tick), _) => (tick, None),
            (FrameTick::After(gap), Some(held)) => (held.offset(i32::from(gap)), Some(gap)),
            (FrameTick::After(_), None) => return Err(FrameError::NoBaseline),
        };
        let mut next = std::mem::take(&mut self.before);
        let built = self.build(gap.map(u32::from), reader, &mut next);
        self.before = next;
        built?;
        std::mem::swap(&mut self.segments, &mut self.before);
        self.tick = Some(tick);
        self.input = header.input.unwrap_or(self.input);
        self.messages.clear();
        self.messages.extend_from_slice(header.messages.bytes);
        let updates = self.note_changes();
        let hash = header.hash.map(|expected| HashCheck { expected, actual: self.hash() });
        Ok(Applied { tick, full: gap.is_none(), hash, updates })
    }

    /// Builds what is held after a frame into `next`, reusing its memory.
    fn build(
        &mut self,
        gap: Option<u32>,
        mut reader: Reader<'_>,
        next: &mut Vec<HeldSegment>,
    ) -> Result<(), FrameError> {
        let mut build = Build { held: 0, built: 0, rows: 0, next };
        let mut lowest = 0;
        while let Some((handle, body)) = reader.segment()? {
            if handle < lowest {
                return Err(FrameError::Segment(handle << 2));
            }
            lowest = handle + 1;
            self.advance_until(handle, gap, &mut build);
            self.build_segment(handle, body, gap, &mut build)?;
            build.check()?;
        }
        self.advance_until(u32::MAX, gap, &mut build);
        build.check()?;
        let built = build.built;
        next.truncate(built);
        Ok(())
    }

    /// Advances the held segments below `handle`, which the frame does not name.
    fn advance_until(&mut self, handle: u32, gap: Option<u32>, build: &mut Build<'_>) {
        // A frame that stands alone forgets what it does not name.
        let Some(gap) = gap else { return };
        while let Some(held) = self.segments.get(build.held)
            && held.handle < handle
        {
            let layout = &self.layouts[held.audience as usize];
            let segment = build.push(held.handle, held.audience);
            self.decoder.advance(layout, (&held.rows, gap), &mut segment.rows);
            let rows = segment.rows.len();
            build.rows += rows;
            build.held += 1;
        }
    }

    fn build_segment(
        &mut self,
        handle: u32,
        body: SegmentBody<'_>,
        gap: Option<u32>,
        build: &mut Build<'_>,
    ) -> Result<(), FrameError> {
        let held = self.segments.get(build.held).filter(|held| held.handle == handle);
        build.held += usize::from(held.is_some());
        let (audience, baseline, bytes) = match (body, held, gap) {
            (SegmentBody::Drop, Some(_), Some(_)) => return Ok(()),
            (SegmentBody::Keyframe(audience, bytes), ..) => (audience, (Rows::EMPTY, 0), bytes),
            (SegmentBody::Delta(bytes), Some(held), Some(gap)) => {
                (held.audience, (&held.rows, gap), bytes)
            }
            _ => return Err(FrameError::NoBaseline),
        };
        let part = audience as usize;
        let segment = build.push(handle, audience);
        self.decoder
            .decode(&self.layouts[part], &self.priors[part], baseline, bytes, &mut segment.rows)
            .map_err(|error| FrameError::Decode { handle, error })?;
        let rows = segment.rows.len();
        build.rows += rows;
        Ok(())
    }

    /// Notes what the last frame changed and counts the entities that it updated.
    fn note_changes(&mut self) -> u32 {
        self.changes.clear();
        let mut before = self.before.iter().peekable();
        for after in &self.segments {
            let same =
                |held: &HeldSegment| held.handle == after.handle && held.audience == after.audience;
            // A handle that now stands for another audience's segment counts as gone, too.
            let is_gone = |held: &&HeldSegment| held.handle <= after.handle && !same(held);
            while let Some(gone) = before.next_if(is_gone) {
                diff(&self.layouts, gone.audience, &gone.rows, Rows::EMPTY, &mut self.changes);
            }
            let held = before.next_if(|held| same(held)).map_or(Rows::EMPTY, |held| &held.rows);
            diff(&self.layouts, after.audience, held, &after.rows, &mut self.changes);
        }
        for gone in before {
            diff(&self.layouts, gone.audience, &gone.rows, Rows::EMPTY, &mut self.changes);
        }
        self.changes.sort_unstable_by_key(|change| (change.id, change.audience, change.kind));
        self.changes.dedup_by(|later, earlier| merge_move(earlier, later));
        count_updates(&self.changes)
    }

    /// The hash of what is held.
    #[must_use]
    pub fn hash(&self) -> u32 {
        let segments = self.segments.iter().map(|held| (held.handle, held.rows.hash()));
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
        &self.schema
    }

    /// How the server last saw this player's inputs.
    #[must_use]
    pub fn input(&self) -> InputEcho {
        self.input
    }

    /// What the last frame changed, by id.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The messages of the last frame: each its index in the schema and its record.
    pub fn messages(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let mut rest = self.messages.as_slice();
        std::iter::from_fn(move || {
            let (index, after) = rest.split_first()?;
            let length = self.records[usize::from(*index)].bytes();
            let (record, after) = after.split_at(length);
            rest = after;
            Some((usize::from(*index), record))
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
        &self.layouts[audience as usize]
    }

    /// All entities of type `T` whose public part is in view, by id; parts that this viewer may not
    /// see are zero columns.
    pub fn iter<T: Replicate>(&self) -> impl Iterator<Item = (EntityId, T)> {
        let kind = self.schema.kind_index(T::NAME);
        let public = self.segments.iter().filter(|held| held.audience == Audience::Public);
        let rows = public.flat_map(|held| held.rows.iter(self.layout(Audience::Public)));
        rows.filter(move |row| Some(row.id.kind()) == kind).map(|row| {
            let mut columns = [0; MAX_COLUMNS];
            self.collect(row, &mut columns);
            (row.id, T::restore(&columns[..T::COLUMNS]))
        })
    }

    /// Puts a public row and the same entity's private ones side by side.
    fn collect(&self, public: Row<'_>, columns: &mut [u32; MAX_COLUMNS]) {
        columns[..public.values.len()].copy_from_slice(public.values);
        let private = self.segments.iter().filter(|held| held.audience != Audience::Public);
        for held in private {
            let layout = self.layout(held.audience);
            if let Some(row) = held.rows.find(layout, public.id) {
                let first = layout.kinds[row.id.kind()].first_column;
                columns[first..first + row.values.len()].copy_from_slice(row.values);
            }
        }
    }

    /// Reads the keyframes of an evidence message.
    ///
    /// # Errors
    /// See [`FrameError`].
    pub fn read_evidence(&mut self, segments: &[u8]) -> Result<Vec<HeldSegment>, FrameError> {
        // Keyframes without a baseline: just what a frame that stands alone consists of.
        let mut held = Vec::new();
        self.build(None, Reader(segments), &mut held)?;
        Ok(held)
    }
}

/// The next set of held segments while a frame is applied.
struct Build<'a> {
    held: usize,
    built: usize,
    rows: usize,
    next: &'a mut Vec<HeldSegment>,
}

impl Build<'_> {
    /// Refuses a frame as soon as it has brought more rows than a client should hold.
    fn check(&self) -> Result<(), FrameError> {
        if self.rows > MAX_HELD_ROWS { Err(FrameError::TooManyRows) } else { Ok(()) }
    }

    /// The next segment to fill, in memory that was used before where there is some.
    fn push(&mut self, handle: u32, audience: Audience) -> &mut HeldSegment {
        if self.built == self.next.len() {
            self.next.push(HeldSegment::default());
        }
        let segment = &mut self.next[self.built];
        self.built += 1;
        (segment.handle, segment.audience) = (handle, audience);
        segment
    }
}
