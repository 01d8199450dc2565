//! One viewer's frame: a header, then the segments that it subscribes to.

use tickwire_shared::{
    Game, PlayerId, Tick,
    frame::{FrameHeader, FrameTick, MAX_FRAME_BYTES, Messages, SegmentBody, write_segment},
    replica::state_hash,
};

use crate::room::Room;

/// Whether a frame was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poll {
    /// A frame was appended.
    Frame,
    /// The viewer has enough frames under way; a later one will merge this tick.
    Skipped,
    /// There is nothing to send: the player is unknown, or has this tick's frame.
    Nothing,
}

impl<G: Game> Room<G> {
    /// Appends the frame of the last tick for a player, if one is due.
    pub(crate) fn write_frame(&mut self, player: PlayerId, out: &mut Vec<u8>) -> Poll {
        let Some(index) = self.position(player) else { return Poll::Nothing };
        let viewer = &self.players[index].viewer;
        if !viewer.is_subscribed() || viewer.last_sent() == Some(self.now) {
            return Poll::Nothing;
        }
        if !viewer.pace.may_send() {
            self.counters.skipped_frames += 1;
            return Poll::Skipped;
        }
        let baseline = viewer.baseline(self.now, self.config.history_ticks);
        let start = out.len();
        self.write_header(index, baseline, out);
        self.write_segments(index, baseline, out);
        let bytes = out.len() - start;
        assert!(bytes <= MAX_FRAME_BYTES, "a frame of {bytes} bytes; clients accept 1048576");
        self.players[index].viewer.written(self.now);
        self.count_frame(baseline);
        Poll::Frame
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
        let player = &mut self.players[index];
        let input = player.viewer.take_echo(player.inputs.echo(self.now));
        let (count, bytes) = player.viewer.messages();
        FrameHeader { tick, hash, input, messages: Messages { count, bytes } }.write(out);
    }

    /// The hash of what a viewer holds after this tick's frame.
    fn viewer_hash(&mut self, index: usize) -> u32 {
        let (now, segments) = (self.now, &mut self.segments);
        let wanted = self.players[index].viewer.wanted().iter();
        let hashes = wanted.filter_map(|(number, key)| {
            let (segment, _) = segments.get_mut(*key)?;
            Some((*number, segment.hash(now)))
        });
        state_hash(now, hashes)
    }

    /// Copies each subscribed segment from its memo, and drops those no longer subscribed.
    fn write_segments(&mut self, index: usize, baseline: Option<Tick>, out: &mut Vec<u8>) {
        let viewer = &self.players[index].viewer;
        // A frame that stands alone forgets everything, so nothing needs to be dropped.
        let mut held = if baseline.is_some() { viewer.held() } else { &[] }.iter().peekable();
        for (number, key) in viewer.wanted() {
            while let Some((gone, _)) = held.next_if(|(held, _)| held < number) {
                write_segment(*gone, SegmentBody::Drop, out);
            }
            let was_held = held.next_if(|(held, _)| held == number).is_some();
            let Some((segment, codec)) = self.segments.get_mut(*key) else { continue };
            let from = baseline.filter(|tick| was_held && segment.rows(*tick).is_some());
            let encoded = segment.encode(codec, &mut self.encoder, from, self.now);
            let body = match from {
                Some(_) if encoded.as_predicted => continue,
                Some(_) => SegmentBody::Delta(encoded.bytes),
                None => SegmentBody::Keyframe(key.audience(), encoded.bytes),
            };
            write_segment(*number, body, out);
        }
        for (gone, _) in held {
            write_segment(*gone, SegmentBody::Drop, out);
        }
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
