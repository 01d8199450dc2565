//! One viewer's frame: a header, then the segments that it subscribes to.

use tickwire_shared::{
    Game, PlayerId, Tick,
    frame::{FrameHeader, FrameTick, MAX_FRAME_BYTES, Messages},
    replica::state_hash,
};

use crate::{
    pace::Decision,
    room::{Player, Room},
};

/// Whether a frame was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poll {
    /// A frame was appended.
    Frame,
    /// The viewer has enough frames under way or is on a lower rate; a later one will merge this tick.
    Skipped,
    /// There is nothing to send: the player is unknown or away, or has this tick's frame.
    Nothing,
}

impl<G: Game> Room<G> {
    /// Appends the frame of the last tick for a player, if one is due.
    pub(crate) fn write_frame(&mut self, player: PlayerId, out: &mut Vec<u8>) -> Poll {
        let Some(index) = self.position(player) else { return Poll::Nothing };
        let Player { viewer, away, .. } = &mut self.players[index];
        if away.is_some() || !viewer.interest.is_set() || viewer.has(self.now) {
            return Poll::Nothing;
        }
        let urgent = viewer.mail.is_pressed(&self.bulletin);
        let history = self.config.history_ticks;
        let decision = viewer.pace.decide(self.now, urgent, history);
        self.counters.note_pace(decision, &mut viewer.pace);
        if decision != Decision::Send {
            return Poll::Skipped;
        }
        let baseline = viewer.baseline(self.now, history);
        self.counters.lag_keyframes += u64::from(baseline.is_none() && viewer.has_baseline());
        let start = out.len();
        self.plan_segments(index, baseline);
        self.write_header(index, baseline, out);
        self.plan.write(&mut self.segments, out);
        let bytes = out.len() - start;
        assert!(bytes <= MAX_FRAME_BYTES, "a frame of {bytes} bytes; clients accept 1048576");
        self.players[index].viewer.written(self.now, bytes);
        self.count_frame(baseline);
        Poll::Frame
    }

    /// Decides what the frame says of each segment.
    fn plan_segments(&mut self, index: usize, baseline: Option<Tick>) {
        let viewer = &mut self.players[index].viewer;
        if baseline.is_none() {
            viewer.interest.forget_held(self.now);
        }
        let available = viewer.budget.available(self.now);
        let waiting = self.plan.make(&mut viewer.interest, &mut self.segments, available);
        self.counters.deferred_segments += waiting as u64;
    }

    /// Notes that a player's connection still has the rest of an earlier frame to send.
    pub(crate) fn note_blocked(&mut self, player: PlayerId) {
        let Some(index) = self.position(player) else { return };
        self.players[index].viewer.pace.blocked(self.now);
    }

    fn write_header(&mut self, index: usize, baseline: Option<Tick>, out: &mut Vec<u8>) {
        // Due when a multiple of the interval was passed, so that a viewer that skips ticks is checked too.
        let number = |tick: Tick| tick.0 / self.config.hash_interval;
        let due = baseline.is_none_or(|baseline| number(baseline) != number(self.now));
        let hash = due.then(|| self.viewer_hash(index));
        let tick = match baseline {
            None => FrameTick::Full(self.now),
            Some(baseline) => FrameTick::After(self.now.since(baseline) as u8),
        };
        let mut packed = std::mem::take(&mut self.plan.messages);
        packed.clear();
        let told = self.players[index].viewer.mail.told();
        let count = self.tell_presences(index, &mut packed);
        let player = &mut self.players[index];
        let count = player.viewer.mail.write(self.now, &self.bulletin, count, &mut packed);
        let input = player.inputs.take_echo(self.now);
        self.tell_departures(index, told, &mut packed);
        let messages = Messages { count, bytes: &packed };
        FrameHeader { tick, hash, input, messages }.write(out);
        self.plan.messages = packed;
    }

    /// The hash of what a viewer holds after this tick's frame.
    fn viewer_hash(&mut self, index: usize) -> u32 {
        let (viewer, segments) = (&mut self.players[index].viewer, &mut self.segments);
        let held = self.plan.held(&viewer.interest);
        viewer.note_check(self.now, held);
        let hashes = held.iter().filter_map(|(handle, slot, tick)| {
            Some((*handle, *tick, segments.get_mut(*slot)?.hash(*tick)))
        });
        state_hash(self.now, hashes)
    }

    fn count_frame(&mut self, baseline: Option<Tick>) {
        self.counters.frames += 1;
        match baseline {
            None => self.counters.full_frames += 1,
            Some(tick) if self.now.since(tick) > 1 => self.counters.merged_frames += 1,
            Some(_) => {}
        }
    }
}
