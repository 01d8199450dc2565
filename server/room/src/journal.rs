//! How what a viewer holds came about, so that it can be taken back.
//!
//! Who comes back on another connection holds the frame that it applied last, and frames that were
//! written since may be lost. So of every frame that is not yet acknowledged it is noted what each
//! segment was before, unless that goes without saying: one that is live and stays so becomes
//! with every frame what that frame says. In small worlds hardly anything is ever noted.

use std::collections::VecDeque;

use tickwire_shared::{Tick, frame::Cadence};

use crate::{interest::Held, segments::SegmentSlot};

/// More notes than these are not kept for a viewer; the oldest frames can then not be taken back.
const MAX_ENTRIES: usize = 512;

/// What a frame made of a segment.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    frame: Tick,
    /// The number under which the viewer knows the segment, before or afterwards.
    pub handle: u16,
    /// The segment.
    pub slot: SegmentSlot,
    /// What the viewer held of it before.
    pub before: Option<Held>,
}

/// Notes on a viewer's frames, in their order; bounded, and empty once all are acknowledged.
#[derive(Debug, Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
    /// The oldest frame after which it is known what was held.
    oldest: Option<Tick>,
}

impl Journal {
    /// A frame is written that stands alone: what was held before it does not matter any more.
    pub fn restart(&mut self, frame: Tick) {
        self.entries.clear();
        self.oldest = Some(frame);
    }

    /// Notes what `frame` makes of a segment: what was held `before`, and how it is held afterwards.
    pub fn note(
        &mut self,
        frame: Tick,
        (slot, handle): (SegmentSlot, u16),
        before: Option<Held>,
        after: Option<Cadence>,
    ) {
        let was = before.map(|held| held.cadence);
        let goes_without_saying = was == after && after == Some(Cadence::Live);
        // Nor is a frame ever taken back that stands alone.
        if goes_without_saying || self.oldest == Some(frame) {
            return;
        }
        if self.entries.len() == MAX_ENTRIES {
            self.forget_oldest();
        }
        self.entries.push_back(Entry { frame, handle, slot, before });
    }

    fn forget_oldest(&mut self) {
        if let Some(Entry { frame, .. }) = self.entries.front().copied() {
            self.acknowledge(frame);
        }
    }

    /// The viewer has applied a frame, and will not go back to one before.
    pub fn acknowledge(&mut self, applied: Tick) {
        if self.oldest.is_some_and(|oldest| applied.is_after(oldest)) {
            self.oldest = Some(applied);
            while self.entries.pop_front_if(|entry| !entry.frame.is_after(applied)).is_some() {}
        }
    }

    /// Whether it is known what the viewer held after the frame of a tick.
    #[must_use]
    pub fn reaches(&self, applied: Tick) -> bool {
        self.oldest.is_some_and(|oldest| !oldest.is_after(applied))
    }

    /// Takes back the last thing that a frame after `applied` did.
    pub fn undo(&mut self, applied: Tick) -> Option<Entry> {
        self.entries.pop_back_if(|entry| entry.frame.is_after(applied))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rests(tick: u32) -> Option<Held> {
        Some(Held { tick: Tick(tick), handle: 3, cadence: Cadence::Rests })
    }

    fn note(journal: &mut Journal, frame: u32) {
        let place = (SegmentSlot::default(), 3);
        journal.note(Tick(frame), place, rests(frame - 1), Some(Cadence::Rests));
    }

    #[test]
    fn what_is_not_acknowledged_is_taken_back_the_latest_first() {
        let mut journal = Journal::default();
        journal.restart(Tick(1));
        (1..=5).for_each(|frame| note(&mut journal, frame));
        journal.acknowledge(Tick(2));
        assert!(!journal.reaches(Tick(1)) && journal.reaches(Tick(2)));
        let undone = std::iter::from_fn(|| journal.undo(Tick(3))).map(|entry| entry.before);
        assert!(undone.eq([rests(4), rests(3)]));
    }

    #[test]
    fn what_is_live_and_stays_so_is_not_noted() {
        let mut journal = Journal::default();
        journal.restart(Tick(1));
        let live = Some(Held { cadence: Cadence::Live, ..rests(1).unwrap() });
        journal.note(Tick(2), (SegmentSlot::default(), 3), live, Some(Cadence::Live));
        assert!(journal.entries.is_empty());
        journal.note(Tick(3), (SegmentSlot::default(), 3), live, None);
        assert_eq!(journal.entries.len(), 1, "but its end is");
    }

    #[test]
    fn when_there_are_too_many_notes_the_oldest_frames_cannot_be_taken_back() {
        let mut journal = Journal::default();
        journal.restart(Tick(1));
        (2..=MAX_ENTRIES as u32 + 11).for_each(|frame| note(&mut journal, frame));
        assert_eq!(journal.entries.len(), MAX_ENTRIES);
        assert!(!journal.reaches(Tick(10)) && journal.reaches(Tick(11)));
    }
}
