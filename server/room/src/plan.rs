//! What one viewer's frame says of each segment that the viewer is subscribed to.
//!
//! A segment is *due* when its rate says so, when an entity has come into it from another segment
//! or gone to one since the viewer's copy, or when the copy is about to fall out of the history.
//! What is due and takes bytes is a *candidate*. When the candidates together exceed the viewer's
//! budget, the most urgent go first and the others wait: a segment is sent whole or not at all.

use tickwire_shared::{
    Tick,
    frame::{Cadence, MAX_FRAME_BYTES, SegmentBody, write_segment, write_varint},
};

use crate::{
    due::{Like, is_due, is_old},
    grid::{Rate, Turns},
    interest::{Held, Interest, Subscription},
    journal::Journal,
    ledger::{Cause, Ledger},
    segment::Outcome,
    segments::{SegmentSlot, Segments},
};

/// Waiting for this many ticks makes a segment as urgent as one that is a cell nearer.
const TICKS_A_CELL: i32 = 4;
/// What a segment takes beside its bytes: head, audience and length, about.
const HEAD_BYTES: usize = 4;
/// What a frame takes beside its segments, at the most: header, messages, and who is there.
const HEADER_BYTES: usize = 128 * 1024;

/// What a frame does with a segment.
#[derive(Clone, Copy, Debug)]
enum What {
    Drop,
    Keep,
    Advance(Cadence),
    /// Its bytes, from a baseline or from nothing.
    Send(Cadence, SegmentSlot, Option<Tick>),
}

/// A segment that should be sent.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    index: usize,
    from: Option<Tick>,
    bytes: usize,
    /// The least is the most urgent.
    urgency: i32,
}

/// A frame's segments, in working memory that is kept from one frame to the next.
#[derive(Debug, Default)]
pub struct Plan {
    actions: Vec<(u32, What)>,
    candidates: Vec<Candidate>,
    /// What the viewer holds after the frame, in rising order of handle.
    held: Vec<(u32, SegmentSlot, Tick)>,
    /// Handles of segments of which the viewer's copy had left the history.
    lost: Vec<u32>,
    /// The frame's messages.
    pub messages: Vec<u8>,
}

impl Plan {
    /// Decides upon a frame, whose segments may take about `available` bytes, and notes in
    /// `interest` what the viewer then holds. Returns how many segments have to wait.
    pub fn make(
        &mut self,
        interest: &mut Interest,
        segments: &mut Segments,
        available: i64,
        like: Option<&Like<'_>>,
    ) -> usize {
        self.actions.clear();
        self.candidates.clear();
        self.lost.clear();
        for (slot, held) in &interest.dropped {
            self.actions.push((held.handle.into(), What::Drop));
            interest.journal.note(segments.now(), (*slot, held.handle), Some(*held), None);
        }
        for index in 0..interest.subscriptions.len() {
            self.consider(index, interest, segments, like);
        }
        let waiting = self.choose(available, interest, segments);
        self.actions.sort_unstable_by_key(|(handle, _)| *handle);
        // Only now, because a frame names a handle once.
        let dropped = self.actions.iter().filter(|(_, what)| matches!(what, What::Drop));
        dropped.for_each(|(handle, _)| interest.handles.free(*handle));
        interest.dropped.clear();
        waiting
    }

    /// Decides upon one segment, or makes it a candidate.
    fn consider(
        &mut self,
        index: usize,
        interest: &mut Interest,
        segments: &mut Segments,
        like: Option<&Like<'_>>,
    ) {
        let (one, journal) = (&mut interest.subscriptions[index], &mut interest.journal);
        let Some(status) = segments.status(one.slot) else { return };
        let Some(held) = one.held else {
            if !status.is_empty && like.is_none_or(|like| like.appears(index, one)) {
                self.add(index, None, one, segments);
            }
            return;
        };
        if status.is_empty {
            one.held = None;
            journal.note(segments.now(), (one.slot, held.handle), Some(held), None);
            return self.actions.push((held.handle.into(), What::Drop));
        }
        let due = match like {
            None => is_due((one, held), status.moved, segments),
            Some(like) => like.is_due(index, (one, held), segments),
        };
        if !due {
            return;
        }
        // A viewer's segments are watched, so at least the tick before is remembered of each.
        let is_recent = segments.now().since(held.tick) == 1;
        if is_recent || segments.remembers(one.slot, held.tick) {
            self.encode(index, held, (one, journal), segments);
        } else {
            self.lost.push(held.handle.into());
            self.add(index, None, one, segments);
        }
    }

    /// Decides upon a segment that is held and due.
    fn encode(
        &mut self,
        index: usize,
        held: Held,
        (one, journal): (&mut Subscription, &mut Journal),
        segments: &mut Segments,
    ) {
        let now = segments.now();
        let wanted = cadence(one.turns);
        let stays = held.cadence == wanted;
        let (outcome, _) = segments.size(one.slot, Some(held.tick));
        match outcome {
            Outcome::Differs => return self.add(index, Some(held.tick), one, segments),
            // What rests and is as it was may go on resting, for a while.
            Outcome::Same if stays && wanted == Cadence::Rests && !is_old(held, segments) => return,
            _ if stays && wanted == Cadence::Live => {}
            _ => self.actions.push((held.handle.into(), What::Advance(wanted))),
        }
        journal.note(now, (one.slot, held.handle), Some(held), Some(wanted));
        one.held = Some(Held { tick: now, cadence: wanted, ..held });
        one.waits_since = None;
    }

    fn add(
        &mut self,
        index: usize,
        from: Option<Tick>,
        one: &Subscription,
        segments: &mut Segments,
    ) {
        let (_, bytes) = segments.size(one.slot, from);
        let bytes = bytes + HEAD_BYTES;
        let urgency = urgency(one, segments.now());
        self.candidates.push(Candidate { index, from, bytes, urgency });
    }

    /// Sends as many candidates as the budget bears, and lets the others wait.
    fn choose(&mut self, available: i64, interest: &mut Interest, segments: &Segments) -> usize {
        let total: usize = self.candidates.iter().map(|one| one.bytes).sum();
        let mut space = (MAX_FRAME_BYTES - HEADER_BYTES) as i64;
        let mut left = available.min(space);
        if total as i64 > left {
            self.candidates.sort_by_key(|one| one.urgency);
        }
        let mut waiting = 0;
        for index in 0..self.candidates.len() {
            let candidate = self.candidates[index];
            let one = &interest.subscriptions[candidate.index];
            let bytes = candidate.bytes as i64;
            // What is seen from everywhere is not optional.
            let fits = (left > 0 && bytes <= space) || one.distance.is_none();
            if fits && self.send(candidate, interest, segments.now()) {
                left -= bytes;
                space -= bytes;
            } else {
                waiting += 1;
                let one = &mut interest.subscriptions[candidate.index];
                self.wait((one, &mut interest.journal), segments);
            }
        }
        waiting
    }

    /// Puts a candidate into the frame; false when there is no handle for it.
    fn send(&mut self, candidate: Candidate, interest: &mut Interest, now: Tick) -> bool {
        let one = &mut interest.subscriptions[candidate.index];
        let held = one.held.map(|held| held.handle);
        let Some(handle) = held.or_else(|| interest.handles.take()) else { return false };
        let cadence = cadence(one.turns);
        self.actions.push((handle.into(), What::Send(cadence, one.slot, candidate.from)));
        interest.journal.note(now, (one.slot, handle), one.held, Some(cadence));
        one.held = Some(Held { handle, tick: now, cadence });
        one.waits_since = None;
        true
    }

    /// Leaves a candidate out of the frame.
    fn wait(&mut self, (one, journal): (&mut Subscription, &mut Journal), segments: &Segments) {
        let now = segments.now();
        one.waits_since.get_or_insert(now);
        let Some(held) = &mut one.held else { return };
        let (place, before) = ((one.slot, held.handle), Some(*held));
        if !segments.remembers(one.slot, held.tick) {
            // Nothing could be proven of it any more, nor could anything build upon it.
            self.actions.push((held.handle.into(), What::Drop));
            journal.note(now, place, before, None);
            one.held = None;
        } else if held.cadence == Cadence::Live {
            self.actions.push((held.handle.into(), What::Keep));
            journal.note(now, place, before, Some(Cadence::Rests));
            held.cadence = Cadence::Rests;
        }
    }

    /// Appends the frame's segments.
    pub fn write(&self, segments: &mut Segments, out: &mut Vec<u8>) {
        for (handle, what) in &self.actions {
            let body = match *what {
                What::Drop => SegmentBody::Drop,
                What::Keep => SegmentBody::Keep,
                What::Advance(cadence) => SegmentBody::Advance(cadence),
                What::Send(cadence, slot, from) => {
                    let (audience, bytes) = segments.encoded(slot, from);
                    match from {
                        Some(_) => SegmentBody::Delta(cadence, bytes),
                        None => SegmentBody::Keyframe(cadence, audience, bytes),
                    }
                }
            };
            write_segment(*handle, body, out);
        }
    }

    /// Enters into a ledger what was written, with a frame that was sent for this cause.
    pub fn enter(&self, frame: Cause, segments: &mut Segments, ledger: &mut Ledger) {
        let mut head = Vec::new();
        for (handle, what) in &self.actions {
            head.clear();
            write_segment(*handle, SegmentBody::Drop, &mut head);
            let What::Send(_, slot, from) = *what else {
                ledger.enter_head(frame, head.len());
                continue;
            };
            let cause = match (frame, from) {
                (Cause::Delta, None) if self.lost.contains(handle) => Cause::Resync,
                (Cause::Delta, None) => Cause::Enter,
                _ => frame,
            };
            let (_, bytes) = segments.size(slot, from);
            write_varint(bytes as u32, &mut head);
            // A keyframe's has its audience, too.
            ledger.enter_head(cause, head.len() + usize::from(from.is_none()));
            ledger.enter_segment(cause, (slot, from), bytes, segments);
        }
    }

    /// What the viewer holds after the frame, in rising order of handle, with the tick of each.
    pub fn held(&mut self, interest: &Interest) -> &[(u32, SegmentSlot, Tick)] {
        let held = interest
            .subscriptions
            .iter()
            .filter_map(|one| one.held.map(|held| (u32::from(held.handle), one.slot, held.tick)));
        self.held.clear();
        self.held.extend(held);
        self.held.sort_unstable_by_key(|(handle, ..)| *handle);
        &self.held
    }
}

/// What a segment of a rate does between its turns.
fn cadence(turns: Turns) -> Cadence {
    if turns.rate == Rate(0) { Cadence::Live } else { Cadence::Rests }
}

/// The nearest and those that wait for long go first.
fn urgency(one: &Subscription, now: Tick) -> i32 {
    let Some(distance) = one.distance else { return i32::MIN };
    let waits = one.waits_since.map_or(0, |since| now.since(since));
    i32::from(distance) * TICKS_A_CELL - waits
}
