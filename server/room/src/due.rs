//! When a segment that a viewer is subscribed to is to be looked at.

use tickwire_shared::{Tick, frame::Cadence};

use crate::{
    interest::{Held, Interest, Subscription},
    segments::{SegmentSlot, Segments},
};

/// Whether it is the turn of a segment that is held, and into which or from which an entity last moved
/// at a tick.
#[inline]
pub fn is_due(
    (one, held): (&Subscription, Held),
    moved: Option<Tick>,
    segments: &Segments,
) -> bool {
    moved.is_some_and(|moved| moved.is_after(held.tick))
        || one.turns.are_due(held.tick, segments.now())
        || one.waits_since.is_some()
        // One that is live has to be told that it rests from now on.
        || held.cadence == Cadence::Live
        || is_old(held, segments)
}

/// Whether a copy will soon fall out of the history.
pub fn is_old(held: Held, segments: &Segments) -> bool {
    segments.now().since(held.tick) >= (segments.history() / 2) as i32
}

/// As another viewer with the same subscriptions was sent them, so that copies of what is far are of
/// the same ticks. The other one's frame of this tick is made.
#[derive(Clone, Copy, Debug)]
pub struct Like<'a> {
    /// What the other viewer holds.
    pub other: &'a Interest,
    /// The last frame of the viewer itself, if this one builds upon that.
    pub last: Option<Tick>,
}

impl Like<'_> {
    fn other(&self, index: usize, slot: SegmentSlot) -> Option<(&Subscription, Held)> {
        let other = self.other.subscriptions.get(index).filter(|other| other.slot == slot)?;
        Some((other, other.held?))
    }

    /// Whether a segment that the viewer does not hold is to be held.
    #[cold]
    pub fn appears(&self, index: usize, one: &Subscription) -> bool {
        self.other(index, one.slot).is_some()
    }

    /// Whether a segment that the viewer holds is to be looked at.
    #[cold]
    pub fn is_due(
        &self,
        index: usize,
        (one, held): (&Subscription, Held),
        segments: &Segments,
    ) -> bool {
        let now = segments.now();
        let is_old = now.since(held.tick) * 4 >= segments.history() as i32 * 3;
        if held.cadence == Cadence::Live || is_old {
            return true;
        }
        let Some((other, its)) = self.other(index, one.slot) else { return false };
        let was_sent = self.last.is_none_or(|last| its.tick.is_after(last));
        // What was not sent although it was its turn is as it was; unless there was no budget for it.
        was_sent || (other.waits_since.is_none() && other.turns.are_due(its.tick, now))
    }
}
