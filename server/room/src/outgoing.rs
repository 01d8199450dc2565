//! One viewer's frame: a header, then the segments that it subscribes to.

use tickwire_shared::{
    Game, Tick,
    frame::{FrameHeader, FrameTick, InputEcho, MAX_FRAME_BYTES, Messages},
    replica::state_hash,
};

use crate::{
    due::Like,
    ledger::Cause,
    observe::{Seat, viewer_at},
    pace::Decision,
    room::Room,
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
    /// Appends the frame of the last tick for a viewer, if one is due.
    pub(crate) fn write_frame(&mut self, seat: Seat, out: &mut Vec<u8>) -> Poll {
        let away = matches!(seat, Seat::Player(index) if self.players[index].away.is_some());
        let viewer = viewer_at(&mut self.players, &mut self.observers, seat);
        if away || !viewer.interest.is_set() || viewer.has(self.now) {
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
        self.plan_segments(seat, baseline);
        self.write_header(seat, baseline, out);
        let header = out.len() - start;
        self.plan.write(&mut self.segments, out);
        if self.ledger.is_some() {
            self.enter_frame(seat, baseline, header);
        }
        let bytes = out.len() - start;
        assert!(bytes <= MAX_FRAME_BYTES, "a frame of {bytes} bytes; clients accept 1048576");
        viewer_at(&mut self.players, &mut self.observers, seat).written(self.now, bytes);
        self.count_frame(baseline);
        Poll::Frame
    }

    /// Enters a frame that was written into the ledger, if it is metered.
    #[cold]
    fn enter_frame(&mut self, seat: Seat, baseline: Option<Tick>, header: usize) {
        let was_sent = self.viewer(seat).pace.last_sent().is_some();
        let is_player = matches!(seat, Seat::Player(_));
        let Some(ledger) = &mut self.ledger else { return };
        if !(is_player && ledger.meters(self.now)) {
            return;
        }
        let cause = match baseline {
            Some(_) => Cause::Delta,
            // Who was sent frames over this connection has started anew.
            None if was_sent => Cause::Resync,
            None => Cause::Keyframe,
        };
        ledger.enter_frame(header, self.plan.messages.len());
        self.plan.enter(cause, &mut self.segments, ledger);
    }

    /// Decides what the frame says of each segment.
    fn plan_segments(&mut self, seat: Seat, baseline: Option<Tick>) {
        let (viewer, like) = match seat {
            Seat::Player(index) => (&mut self.players[index].viewer, None),
            Seat::Observer(index) => {
                let like = self.observers.like(index).and_then(|id| self.position(id));
                let like = like.map(|index| &self.players[index]);
                let like = like.filter(|it| it.viewer.has(self.now));
                (self.observers.viewer_mut(index), like.map(|it| &it.viewer.interest))
            }
        };
        if baseline.is_none() {
            viewer.interest.forget_held(self.now);
        }
        let available = viewer.budget.available(self.now);
        let (interest, segments) = (&mut viewer.interest, &mut self.segments);
        let like = like.map(|other| Like { other, last: baseline });
        let waiting = self.plan.make(interest, segments, available, like.as_ref());
        self.counters.deferred_segments += waiting as u64;
    }

    fn write_header(&mut self, seat: Seat, baseline: Option<Tick>, out: &mut Vec<u8>) {
        // Due when a multiple of the interval was passed, so that a viewer that skips ticks is checked too.
        let number = |tick: Tick| tick.0 / self.config.hash_interval;
        let due = baseline.is_none_or(|baseline| number(baseline) != number(self.now));
        let hash = due.then(|| self.viewer_hash(seat));
        let tick = match baseline {
            None => FrameTick::Full(self.now),
            Some(baseline) => FrameTick::After(self.now.since(baseline) as u8),
        };
        let mut packed = std::mem::take(&mut self.plan.messages);
        packed.clear();
        let told = self.viewer(seat).mail.told();
        let count = self.tell_presences(seat, &mut packed);
        let viewer = viewer_at(&mut self.players, &mut self.observers, seat);
        let count = viewer.mail.write(self.now, &self.bulletin, count, &mut packed);
        let input = match seat {
            Seat::Player(index) => self.players[index].inputs.take_echo(self.now),
            Seat::Observer(_) => InputEcho::default(),
        };
        self.tell_departures(seat, told, &mut packed);
        let messages = Messages { count, bytes: &packed };
        FrameHeader { tick, hash, input, messages }.write(out);
        self.plan.messages = packed;
    }

    /// The hash of what a viewer holds after this tick's frame.
    fn viewer_hash(&mut self, seat: Seat) -> u32 {
        let viewer = viewer_at(&mut self.players, &mut self.observers, seat);
        let segments = &mut self.segments;
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
