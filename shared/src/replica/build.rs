//! Building what is held after a frame, beside what was held before it.

use std::sync::Arc;

use super::{
    HeldRows, HeldSegment,
    dialect::Dialect,
    memo::{Decoded, Memo, Source},
};
use crate::{
    codec::{Decoder, Layout},
    frame::{Cadence, FrameError, MAX_GAP, Reader, SegmentBody},
    ids::EntityId,
    rows::{MAX_HELD_ROWS, Rows},
    schema::Audience,
    tick::Tick,
};

/// What segments are decoded with.
pub(super) struct Means<'a> {
    dialect: &'a Arc<Dialect>,
    decoder: &'a mut Decoder,
    /// What others have decoded.
    decoded: Option<&'a mut Decoded>,
}

impl<'a> Means<'a> {
    /// A memo's decoder is warm from the viewer before, so it is taken rather than one's own.
    pub(super) fn new(
        dialect: &'a Arc<Dialect>,
        own: &'a mut Decoder,
        memo: Option<&'a mut Memo>,
    ) -> Self {
        match memo {
            Some(Memo { decoder, decoded, .. }) => {
                Means { dialect, decoder, decoded: Some(decoded) }
            }
            None => Means { dialect, decoder: own, decoded: None },
        }
    }

    /// Makes `rows` what follows from a source.
    fn fill(
        &mut self,
        source: &Source<'_>,
        rows: &mut HeldRows,
    ) -> Result<(), crate::codec::DecodeError> {
        // What only the owner sees is nobody else's to have decoded.
        let mut shared = self.decoded.as_deref_mut().filter(|_| source.audience != Audience::Owner);
        if let Some(found) =
            shared.as_deref().and_then(|decoded| decoded.find(self.dialect, source))
        {
            *rows = found;
            return Ok(());
        }
        let part = source.audience as usize;
        let (layout, priors) = (&self.dialect.layouts[part], &self.dialect.priors[part]);
        let baseline: (&Rows, u32) =
            source.baseline.map_or((Rows::EMPTY, 0), |(held, gap)| (held, gap));
        let (now, touched) = rows.renew();
        match source.bytes {
            Some(bytes) => self.decoder.decode(layout, priors, baseline, bytes, now)?,
            None => self.decoder.advance(layout, baseline, now),
        }
        touch(layout, baseline.0, now, touched);
        if let Some(decoded) = &mut shared {
            decoded.keep(self.dialect, source, rows);
        }
        Ok(())
    }
}

/// Notes which rows are new or other than before.
fn touch(layout: &Layout, before: &Rows, now: &Rows, touched: &mut Vec<EntityId>) {
    touched.clear();
    let mut old = before.iter(layout).peekable();
    for row in now.iter(layout) {
        while old.next_if(|old| old.id < row.id).is_some() {}
        let old = old.next_if(|old| old.id == row.id);
        if old.is_none_or(|old| old.values != row.values) {
            touched.push(row.id);
        }
    }
}

/// The next set of held segments while a frame is applied.
pub(super) struct Build<'a> {
    /// The tick of the frame.
    tick: Tick,
    /// What was held before; nothing when the frame stands alone.
    held: &'a [HeldSegment],
    means: Means<'a>,
    /// Which of the next segments stay as they are.
    kept: &'a mut Vec<usize>,
    /// Whether a keyframe stands for what was held already.
    replaced: bool,
    /// How far it has got: in `held`, in what is built, and in rows.
    at: usize,
    built: usize,
    rows: usize,
}

impl<'a> Build<'a> {
    pub(super) fn new(
        tick: Tick,
        held: &'a [HeldSegment],
        means: Means<'a>,
        kept: &'a mut Vec<usize>,
    ) -> Self {
        Build { tick, held, means, kept, replaced: false, at: 0, built: 0, rows: 0 }
    }

    /// Whether a keyframe stands for what was held already.
    pub(super) fn has_replaced(&self) -> bool {
        self.replaced
    }

    /// Builds everything into `next`, reusing its memory.
    pub(super) fn run(
        &mut self,
        mut reader: Reader<'_>,
        next: &mut Vec<HeldSegment>,
    ) -> Result<(), FrameError> {
        let mut lowest = 0;
        while let Some((handle, body)) = reader.segment()? {
            if handle < lowest {
                return Err(FrameError::Segment(handle << 3));
            }
            lowest = handle + 1;
            self.pass_until(handle, next)?;
            self.named(handle, body, next)?;
        }
        self.pass_until(u32::MAX, next)?;
        next.truncate(self.built);
        Ok(())
    }

    /// Goes on over the held segments below `handle`, which the frame does not name.
    fn pass_until(&mut self, handle: u32, next: &mut Vec<HeldSegment>) -> Result<(), FrameError> {
        while let Some(held) = self.held.get(self.at).filter(|held| held.handle < handle) {
            self.at += 1;
            match held.cadence {
                Cadence::Live => self.advance(held, Cadence::Live, next)?,
                Cadence::Rests => self.keep(held, next)?,
            }
        }
        Ok(())
    }

    fn named(
        &mut self,
        handle: u32,
        body: SegmentBody<'_>,
        next: &mut Vec<HeldSegment>,
    ) -> Result<(), FrameError> {
        let held = self.held.get(self.at).filter(|held| held.handle == handle);
        self.at += usize::from(held.is_some());
        match (body, held) {
            (SegmentBody::Keyframe(cadence, audience, bytes), held) => {
                self.replaced |= held.is_some();
                let source =
                    Source { tick: self.tick, audience, baseline: None, bytes: Some(bytes) };
                self.fill((handle, cadence), &source, next)
            }
            (SegmentBody::Delta(cadence, bytes), Some(held)) => {
                let baseline = Some((&held.rows, self.gap(held)?));
                let (tick, audience) = (self.tick, held.audience);
                let source = Source { tick, audience, baseline, bytes: Some(bytes) };
                self.fill((handle, cadence), &source, next)
            }
            (SegmentBody::Advance(cadence), Some(held)) => self.advance(held, cadence, next),
            (SegmentBody::Keep, Some(held)) => self.keep(held, next),
            (SegmentBody::Drop, Some(_)) => Ok(()),
            (_, None) => Err(FrameError::NoBaseline),
        }
    }

    /// How many ticks the frame is beyond a held segment.
    fn gap(&self, held: &HeldSegment) -> Result<u32, FrameError> {
        let gap = self.tick.since(held.tick);
        if (1..=i32::from(MAX_GAP)).contains(&gap) {
            Ok(gap as u32)
        } else {
            Err(FrameError::NoBaseline)
        }
    }

    fn fill(
        &mut self,
        (handle, cadence): (u32, Cadence),
        source: &Source<'_>,
        next: &mut Vec<HeldSegment>,
    ) -> Result<(), FrameError> {
        let segment = place(next, self.built, (handle, source.audience, cadence), self.tick);
        let filled = self.means.fill(source, &mut segment.rows);
        filled.map_err(|error| FrameError::Decode { handle, error })?;
        let rows = segment.rows.len();
        self.count(rows)
    }

    fn advance(
        &mut self,
        held: &HeldSegment,
        cadence: Cadence,
        next: &mut Vec<HeldSegment>,
    ) -> Result<(), FrameError> {
        let baseline = Some((&held.rows, self.gap(held)?));
        let (tick, audience) = (self.tick, held.audience);
        let source = Source { tick, audience, baseline, bytes: None };
        self.fill((held.handle, cadence), &source, next)
    }

    /// Leaves a segment as it is; its rows are moved when the whole frame has turned out well.
    fn keep(&mut self, held: &HeldSegment, next: &mut Vec<HeldSegment>) -> Result<(), FrameError> {
        self.kept.push(self.built);
        place(next, self.built, (held.handle, held.audience, Cadence::Rests), held.tick);
        self.count(held.rows.len())
    }

    /// Ends a segment; refuses a frame as soon as it has brought more rows than a client should hold.
    fn count(&mut self, rows: usize) -> Result<(), FrameError> {
        self.built += 1;
        self.rows += rows;
        if self.rows > MAX_HELD_ROWS { Err(FrameError::TooManyRows) } else { Ok(()) }
    }
}

/// The next segment to fill, in memory that was used before where there is some.
fn place(
    next: &mut Vec<HeldSegment>,
    index: usize,
    (handle, audience, cadence): (u32, Audience, Cadence),
    tick: Tick,
) -> &mut HeldSegment {
    if index == next.len() {
        next.push(HeldSegment::default());
    }
    let segment = &mut next[index];
    (segment.handle, segment.audience, segment.cadence) = (handle, audience, cadence);
    segment.tick = tick;
    segment
}
