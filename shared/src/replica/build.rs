//! Building what is held after a frame, beside what was held before it.

use super::HeldSegment;
use crate::{
    codec::{Decoder, Layout, Priors},
    frame::{Cadence, FrameError, MAX_GAP, Reader, SegmentBody},
    rows::{MAX_HELD_ROWS, Rows},
    schema::Audience,
    tick::Tick,
};

/// The next set of held segments while a frame is applied.
pub(super) struct Build<'a> {
    /// The tick of the frame.
    tick: Tick,
    /// What was held before; nothing when the frame stands alone.
    held: &'a [HeldSegment],
    layouts: &'a [Layout; 3],
    priors: &'a [Priors; 3],
    decoder: &'a mut Decoder,
    /// Which of the next segments stay as they are.
    kept: &'a mut Vec<usize>,
    /// How far it has got: in `held`, in what is built, and in rows.
    at: usize,
    built: usize,
    rows: usize,
}

impl<'a> Build<'a> {
    pub(super) fn new(
        tick: Tick,
        held: &'a [HeldSegment],
        (layouts, priors): (&'a [Layout; 3], &'a [Priors; 3]),
        decoder: &'a mut Decoder,
        kept: &'a mut Vec<usize>,
    ) -> Self {
        Build { tick, held, layouts, priors, decoder, kept, at: 0, built: 0, rows: 0 }
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
            (SegmentBody::Keyframe(cadence, audience, bytes), _) => {
                let place = (handle, audience, cadence);
                self.decode(place, (Rows::EMPTY, 0), bytes, next)
            }
            (SegmentBody::Delta(cadence, bytes), Some(held)) => {
                let gap = self.gap(held)?;
                self.decode((handle, held.audience, cadence), (&held.rows, gap), bytes, next)
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

    fn decode(
        &mut self,
        (handle, audience, cadence): (u32, Audience, Cadence),
        baseline: (&Rows, u32),
        bytes: &[u8],
        next: &mut Vec<HeldSegment>,
    ) -> Result<(), FrameError> {
        let part = audience as usize;
        let segment = place(next, self.built, (handle, audience, cadence), self.tick);
        self.decoder
            .decode(&self.layouts[part], &self.priors[part], baseline, bytes, &mut segment.rows)
            .map_err(|error| FrameError::Decode { handle, error })?;
        let rows = segment.rows.len();
        self.count(rows)
    }

    fn advance(
        &mut self,
        held: &HeldSegment,
        cadence: Cadence,
        next: &mut Vec<HeldSegment>,
    ) -> Result<(), FrameError> {
        let gap = self.gap(held)?;
        let layout = &self.layouts[held.audience as usize];
        let segment = place(next, self.built, (held.handle, held.audience, cadence), self.tick);
        self.decoder.advance(layout, (&held.rows, gap), &mut segment.rows);
        self.count(held.rows.len())
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
