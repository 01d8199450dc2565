//! One viewer: what was last written to it, and so what its next frame builds upon.
//!
//! **The baseline rule.** A transport is ordered and reliable, so what a segment builds upon
//! is what was last written of it to this viewer, without acknowledgement; [`Interest`] notes that
//! for each segment. If the history no longer has the last frame, or the viewer asked to start
//! again, there is no baseline, and the frame stands alone. Acknowledgements pace the
//! frames; see [`crate::pace`].
//!
//! **When a session is resumed** on another connection, what was written to the old one may be lost.
//! Then the baseline is the frame that the client says it holds: all that was noted of frames since
//! is [taken back](crate::journal), and their messages come [again](crate::mail).

use tickwire_shared::{Tick, frame::MAX_GAP};

use crate::{
    budget::Budget,
    config::RoomConfig,
    interest::Interest,
    mail::{Bulletin, Mail},
    pace::Pace,
    segments::{SegmentSlot, Segments},
};

/// What a viewer held is remembered for this many frames with a hash.
const CHECKS: usize = 4;

/// What a viewer held when it was sent a hash: each segment's handle, slot and tick.
#[derive(Debug, Default)]
struct Check {
    tick: Option<Tick>,
    held: Vec<(u32, SegmentSlot, Tick)>,
}

/// A viewer of a room.
#[derive(Debug)]
pub struct Viewer {
    /// How many frames may be under way.
    pub pace: Pace,
    /// How many bytes it may be sent.
    pub budget: Budget,
    /// What it is subscribed to, and what it holds.
    pub interest: Interest,
    /// The tick of the last frame written, unless the next must stand alone.
    baseline: Option<Tick>,
    /// The last frames with a hash, in turn.
    checks: [Check; CHECKS],
    next_check: usize,
    /// What it is told.
    pub mail: Mail,
    /// The last tick in which evidence was given.
    pub evidence_given: Option<Tick>,
}

impl Viewer {
    /// A viewer that joined at `now` and has been sent nothing.
    #[must_use]
    pub fn new(now: Tick, config: &RoomConfig, bulletin: &Bulletin) -> Self {
        Viewer {
            pace: Pace::new(now, config.tick_hz),
            budget: Budget::new(config.bytes_a_second, config.tick_hz, now),
            interest: Interest::default(),
            baseline: None,
            checks: Default::default(),
            next_check: 0,
            mail: Mail::new(bulletin),
            evidence_given: None,
        }
    }

    /// The tick that the frame of `now` may build upon, if `history` ticks are remembered.
    #[must_use]
    pub fn baseline(&self, now: Tick, history: u32) -> Option<Tick> {
        let most = history.min(u32::from(MAX_GAP) + 1) as i32;
        self.baseline.filter(|baseline| (1..most).contains(&now.since(*baseline)))
    }

    /// Whether the viewer has the frame of `now` already.
    #[must_use]
    pub fn has(&self, now: Tick) -> bool {
        self.pace.last_sent() == Some(now) || self.baseline == Some(now)
    }

    /// Makes the next frame stand alone and say everything again.
    pub fn forget(&mut self) {
        self.baseline = None;
    }

    /// Nothing that it holds or was sent is known any more.
    pub fn restart(&mut self) {
        self.interest = Interest::default();
        self.checks = Default::default();
        self.baseline = None;
    }

    /// A frame of `bytes` bytes for `now` was written.
    pub fn written(&mut self, now: Tick, bytes: usize) {
        self.baseline = Some(now);
        self.pace.sent(now);
        self.budget.spend(bytes);
    }

    /// The viewer says that it has applied the frame of a tick.
    pub fn acknowledge(&mut self, now: Tick, applied: Tick) {
        self.pace.acknowledge(now, applied);
        // One that has been told to start again holds nothing that was written before.
        if self.baseline.is_some_and(|last| !applied.is_after(last)) {
            self.interest.journal.acknowledge(applied);
            self.mail.acknowledge(applied);
        }
    }

    /// Goes on for a client on another connection that holds the frame of `applied`: from there,
    /// if all that it takes is remembered, and else with a frame that stands alone. False when messages
    /// that were written since are lost.
    pub fn resume(
        &mut self,
        applied: Option<Tick>,
        segments: &Segments,
        bulletin: &Bulletin,
    ) -> bool {
        let last = self.baseline.take();
        let Some(applied) = applied else {
            self.mail.restart(bulletin);
            return true;
        };
        let was_written = last.is_some_and(|last| !applied.is_after(last));
        let ages = 0..segments.history() as i32;
        let is_recent = ages.contains(&segments.now().since(applied));
        if was_written && is_recent && self.interest.restore(applied, segments) {
            self.baseline = Some(applied);
        }
        self.mail.rewind(applied, bulletin)
    }

    /// Remembers what the viewer holds at a tick whose hash it is sent.
    pub fn note_check(&mut self, tick: Tick, held: &[(u32, SegmentSlot, Tick)]) {
        let check = &mut self.checks[self.next_check];
        self.next_check = (self.next_check + 1) % CHECKS;
        check.tick = Some(tick);
        check.held.clear();
        check.held.reserve_exact(held.len());
        check.held.extend_from_slice(held);
    }

    /// What the viewer held at a tick whose hash it was sent, in rising order of handle: each
    /// segment's handle, slot and tick. Nothing when that is no longer known.
    #[must_use]
    pub fn held_at(&self, tick: Tick) -> &[(u32, SegmentSlot, Tick)] {
        let check = self.checks.iter().find(|check| check.tick == Some(tick));
        check.map_or(&[], |check| &check.held)
    }

    /// Whether a frame that stands alone does so only because the last one is too long ago.
    #[must_use]
    pub fn has_baseline(&self) -> bool {
        self.baseline.is_some()
    }
}
