//! A client's doubts: a hash that is not its own, or a frame that it could not apply.
//!
//! Both have one remedy. The client asks, the server answers with evidence of
//! what the client should have held, and its next frame stands alone. The server
//! answers a client at most once a second, so an unanswered question is repeated.

use std::time::Duration;

use tickwire_shared::{
    Tick,
    replica::{HashCheck, HeldSegment},
    schema::Schema,
};

use super::mismatch::{Held, MismatchReport};

const ASK_AGAIN: Duration = Duration::from_millis(1500);

/// What one client doubts.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    /// Whether deltas no longer fit because one was not applied.
    lost_track: bool,
    /// What was held when a hash differed, until the evidence comes.
    held: Option<Held>,
    asked: Option<Duration>,
    question: Option<Tick>,
}

impl Doubt {
    pub(super) fn has_lost_track(&self) -> bool {
        self.lost_track
    }

    /// A frame could not be applied, so none will that builds upon it.
    pub(super) fn lose_track(&mut self, latest: Option<Tick>, now: Duration) {
        self.lost_track = true;
        self.ask(latest.unwrap_or_default(), now);
    }

    /// More frames came that could not be applied.
    pub(super) fn ask_again(&mut self, latest: Option<Tick>, now: Duration) {
        self.ask(latest.unwrap_or_default(), now);
    }

    /// A frame came that stands alone.
    pub(super) fn found_track(&mut self) {
        self.lost_track = false;
    }

    /// A hash differed at `tick`, when `segments` were held.
    pub(super) fn mismatch(
        &mut self,
        tick: Tick,
        HashCheck { expected, actual }: HashCheck,
        segments: &[HeldSegment],
        now: Duration,
    ) {
        if self.ask(tick, now) {
            self.held = Some(Held { tick, expected, actual, segments: segments.to_vec() });
        }
    }

    /// Asks about a tick, unless the last question may still be answered.
    fn ask(&mut self, tick: Tick, now: Duration) -> bool {
        if self.asked.is_some_and(|asked| now.saturating_sub(asked) < ASK_AGAIN) {
            return false;
        }
        self.asked = Some(now);
        self.question = Some(tick);
        true
    }

    /// The tick to ask the server about, once.
    pub(super) fn poll_question(&mut self) -> Option<Tick> {
        self.question.take()
    }

    /// Compares what was held at `tick` with the server's evidence.
    pub(super) fn settle(
        &mut self,
        tick: Tick,
        schema: &Schema,
        theirs: &[HeldSegment],
    ) -> Option<MismatchReport> {
        let mut held = self.held.take_if(|held| held.tick == tick)?;
        // A segment that the server remembers for fewer ticks than that is nobody's fault.
        held.segments.retain(|ours| theirs.iter().any(|their| their.handle == ours.handle));
        Some(MismatchReport::new(schema, held, theirs))
    }
}
