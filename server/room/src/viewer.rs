//! One viewer: what was last written to it, and so what its next frame builds upon.
//!
//! **The baseline rule.** A transport is ordered and reliable, so what a segment builds upon
//! is what was last written of it to this viewer, without acknowledgement; [`Interest`] notes that
//! for each segment. If the history no longer has the last frame, or the viewer asked to start
//! again, there is no baseline, and the frame stands alone. Acknowledgements only pace the
//! frames; see [`crate::pace`].

use tickwire_shared::{Tick, frame::MAX_GAP, game::MAX_MESSAGE_BYTES_A_TICK};

use crate::{
    budget::Budget, config::RoomConfig, interest::Interest, pace::Pace, segments::SegmentSlot,
};

/// A viewer's messages beyond this many bytes cannot be kept, and it is given up.
const MAX_WAITING_MESSAGE_BYTES: usize = 2 * MAX_MESSAGE_BYTES_A_TICK;
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
    /// Messages for the next frame, packed.
    messages: Vec<u8>,
    message_count: u32,
    overflowed: bool,
    /// The last tick in which evidence was given.
    pub evidence_given: Option<Tick>,
}

impl Viewer {
    /// A viewer that joined at `now` and has been sent nothing.
    #[must_use]
    pub fn new(now: Tick, config: &RoomConfig) -> Self {
        Viewer {
            pace: Pace::new(now, config.tick_hz),
            budget: Budget::new(config.bytes_a_second, config.tick_hz, now),
            interest: Interest::default(),
            baseline: None,
            checks: Default::default(),
            next_check: 0,
            messages: Vec::new(),
            message_count: 0,
            overflowed: false,
            evidence_given: None,
        }
    }

    /// The tick that the frame of `now` may build upon, if `history` ticks are remembered.
    #[must_use]
    pub fn baseline(&self, now: Tick, history: u32) -> Option<Tick> {
        let most = history.min(u32::from(MAX_GAP) + 1) as i32;
        self.baseline.filter(|baseline| (1..most).contains(&now.since(*baseline)))
    }

    /// Makes the next frame stand alone and say everything again.
    pub fn forget(&mut self) {
        self.baseline = None;
    }

    /// A frame of `bytes` bytes for `now` was written.
    pub fn written(&mut self, now: Tick, bytes: usize) {
        self.baseline = Some(now);
        self.pace.sent(now);
        self.budget.spend(bytes);
        self.messages.clear();
        self.message_count = 0;
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

    /// Whether the messages of one more tick might not fit behind those that wait.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.messages.len() + MAX_MESSAGE_BYTES_A_TICK > MAX_WAITING_MESSAGE_BYTES
    }

    /// Whether a frame that stands alone does so only because the last one is too long ago.
    #[must_use]
    pub fn has_baseline(&self) -> bool {
        self.baseline.is_some()
    }

    /// Keeps a message for the next frame.
    pub fn queue_message(&mut self, bytes: &[u8]) {
        if self.messages.len() + bytes.len() > MAX_WAITING_MESSAGE_BYTES {
            self.overflowed = true;
            return;
        }
        self.messages.extend_from_slice(bytes);
        self.message_count += 1;
    }

    /// How many messages wait, and their bytes.
    #[must_use]
    pub fn messages(&self) -> (u32, &[u8]) {
        (self.message_count, &self.messages)
    }

    /// Whether a message had to be dropped, after which the viewer cannot be right any more.
    #[must_use]
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }
}
