//! Messages on their way to viewers.
//!
//! What is for everybody is kept once, in the room's [`Bulletin`]; a viewer's [`Mail`] knows how far that
//! was written to it, and keeps what is for it alone. Both keep what was written until it is
//! acknowledged: who comes back on another connection gets again what came after the frame that it
//! holds, and nothing else, so that every message is seen once.

use std::collections::VecDeque;

use tickwire_shared::{Tick, game::MAX_MESSAGE_BYTES_A_TICK, room_message::RoomMessage};

/// So many bytes are kept for one viewer alone. One for which more wait is given up, away or not.
const MAX_WAITING_BYTES: usize = 2 * MAX_MESSAGE_BYTES_A_TICK;
/// So many bytes are kept for everybody, and the oldest beyond are forgotten. A viewer that they were not
/// written to is given up; but not while it is away, because one that comes back and knows nothing needs
/// none of them.
const MAX_BULLETIN_BYTES: usize = 2 * MAX_WAITING_BYTES;
/// There is always room for so many small letters, once there were any.
const FEW_LETTERS: usize = 8;

/// Messages for everybody, in order. A place in it is the number of bytes before.
#[derive(Debug, Default)]
pub struct Bulletin {
    bytes: Vec<u8>,
    /// The place of the first byte that is kept.
    start: u64,
    /// The place where each kept message ends.
    ends: VecDeque<u64>,
}

impl Bulletin {
    /// Adds a packed message.
    pub fn push(&mut self, message: &[u8]) {
        self.bytes.extend_from_slice(message);
        self.ends.push_back(self.end());
    }

    /// Adds a message of the room's own.
    pub fn post(&mut self, message: &RoomMessage<'_>) {
        message.write(&mut self.bytes);
        self.ends.push_back(self.end());
    }

    /// The place behind the last message.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// Appends the messages between two places, and says how many there are.
    fn copy(&self, from: u64, to: u64, out: &mut Vec<u8>) -> u32 {
        if from == to {
            return 0;
        }
        let place = |place: u64| (place - self.start) as usize;
        out.extend_from_slice(&self.bytes[place(from)..place(to)]);
        let before = |place: u64| self.ends.partition_point(|end| *end <= place);
        (before(to) - before(from)) as u32
    }

    /// Forgets what comes before a place, and the oldest of what is too much.
    pub fn prune(&mut self, needed: u64) {
        let most = self.end().saturating_sub(MAX_BULLETIN_BYTES as u64);
        let mut place = self.start;
        while let Some(end) = self.ends.pop_front_if(|end| *end <= needed || place < most) {
            place = end;
        }
        if place > self.start {
            self.bytes.drain(..(place - self.start) as usize);
            self.start = place;
        }
    }

    /// Gives back the memory that its messages do not need.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// How far a viewer has been told what everybody is.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The place in the bulletin.
    common: u64,
    /// The last change of who is there; see [`crate::roster`].
    roster: u64,
}

/// A message for one viewer.
#[derive(Clone, Copy, Debug)]
struct Letter {
    /// It comes after what stands before this place of the bulletin: its low half.
    after: u32,
    /// All that may wait are fewer.
    bytes: u16,
}

/// A frame that brought messages and is not acknowledged. There may be many, so it is small.
#[derive(Clone, Copy, Debug)]
struct Mark {
    tick: Tick,
    /// The low halves of how far the viewer was told with it.
    common: u32,
    roster: u32,
    /// How many letters it had; all that may wait are fewer.
    letters: u16,
}

/// The last place up to `end` that has this low half.
fn whole(end: u64, low: u32) -> u64 {
    end.saturating_sub(u64::from((end as u32).wrapping_sub(low)))
}

impl Mark {
    /// How far the viewer was told with it, when it has been told so far by now.
    fn place(&self, written: Place) -> Place {
        Place {
            common: whole(written.common, self.common),
            roster: whole(written.roster, self.roster),
        }
    }
}

/// One viewer's messages.
#[derive(Debug, Default)]
pub struct Mail {
    /// How far it was written to.
    written: Place,
    /// How far it has acknowledged that.
    acknowledged: Place,
    /// The letters that are not acknowledged, of which so many were written.
    letters: VecDeque<Letter>,
    written_letters: usize,
    bytes: Vec<u8>,
    /// The last change of who is there before the viewer knew anybody.
    begun: u64,
    marks: VecDeque<Mark>,
    /// Letters of frames up to this tick were forgotten before they were acknowledged.
    lost: Option<Tick>,
    overflowed: bool,
}

impl Mail {
    /// The mail of a viewer that is told what everybody is from now on.
    #[must_use]
    pub fn new(bulletin: &Bulletin) -> Mail {
        let place = Place { common: bulletin.end(), roster: 0 };
        Mail { written: place, acknowledged: place, ..Mail::default() }
    }

    /// Keeps a message for the next frame. When they are too many, the letters that were written and
    /// not acknowledged are forgotten first; then the viewer is [given up](Mail::overflowed).
    pub fn queue(&mut self, bulletin: &Bulletin, message: &[u8]) {
        if self.bytes.len() + message.len() > MAX_WAITING_BYTES {
            self.lost = self.marks.back().map(|mark| mark.tick).or(self.lost);
            self.lost.into_iter().for_each(|tick| self.acknowledge(tick));
        }
        if self.bytes.len() + message.len() > MAX_WAITING_BYTES {
            self.overflowed = true;
            return;
        }
        if self.letters.is_empty() {
            // Some letters in a frame are nothing unusual.
            self.letters.reserve(FEW_LETTERS);
            self.bytes.reserve(FEW_LETTERS * 8);
        }
        self.letters
            .push_back(Letter { after: bulletin.end() as u32, bytes: message.len() as u16 });
        self.bytes.extend_from_slice(message);
    }

    /// Keeps a message of the room's own for the next frame; see [`Mail::queue`].
    pub fn post(&mut self, bulletin: &Bulletin, message: &RoomMessage<'_>) {
        let mut bytes = Vec::new();
        message.write(&mut bytes);
        self.queue(bulletin, &bytes);
    }

    /// How many bytes wait.
    fn waiting(&self, bulletin: &Bulletin) -> usize {
        let letters = self.letters.iter().skip(self.written_letters);
        let own: usize = letters.map(|letter| usize::from(letter.bytes)).sum();
        own + (bulletin.end() - self.written.common) as usize
    }

    /// Whether the messages of one more tick might not fit behind those that wait.
    #[must_use]
    pub fn is_pressed(&self, bulletin: &Bulletin) -> bool {
        self.waiting(bulletin) + MAX_MESSAGE_BYTES_A_TICK > MAX_WAITING_BYTES
    }

    /// Whether something had to be dropped of what is kept for this viewer, after which it cannot be
    /// right any more.
    #[must_use]
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Whether messages for everybody were forgotten that were not written to this viewer.
    #[must_use]
    pub fn lacks(&self, bulletin: &Bulletin) -> bool {
        self.written.common < bulletin.start
    }

    /// The last change of who is there that the viewer was told of.
    #[must_use]
    pub fn told(&self) -> u64 {
        self.written.roster
    }

    /// The viewer knows nobody, and who has gone up to this change is nothing to it.
    pub fn begin(&mut self, change: u64) {
        self.begun = change;
    }

    /// Whether the viewer is to hear of a change in which somebody has gone.
    #[must_use]
    pub fn hears(&self, change: u64) -> bool {
        change > self.begun
    }

    /// Up to this change the viewer knows who has gone, for good.
    #[must_use]
    pub fn known(&self) -> u64 {
        self.acknowledged.roster.max(self.begun)
    }

    /// Something of what the viewer is to hear is no longer kept.
    pub fn give_up(&mut self) {
        self.overflowed = true;
    }

    /// The frame that is being written tells of changes of who is there, up to this one.
    pub fn tell(&mut self, change: u64) {
        self.written.roster = change;
    }

    /// Appends all that waits to the messages of a frame, which has `count` already, and says how many
    /// there are then.
    pub fn write(
        &mut self,
        frame: Tick,
        bulletin: &Bulletin,
        mut count: u32,
        out: &mut Vec<u8>,
    ) -> u32 {
        let mut from = self.written.common;
        let before = self.letters.iter().take(self.written_letters);
        let mut at: usize = before.map(|letter| usize::from(letter.bytes)).sum();
        let new = self.letters.len() - self.written_letters;
        for letter in self.letters.iter().skip(self.written_letters) {
            // What stood before it may be forgotten, when the viewer started again.
            let after = whole(bulletin.end(), letter.after).max(from);
            count += bulletin.copy(from, after, out) + 1;
            let end = at + usize::from(letter.bytes);
            out.extend_from_slice(&self.bytes[at..end]);
            (from, at) = (after, end);
        }
        count += bulletin.copy(from, bulletin.end(), out);
        if count > 0 {
            self.written.common = bulletin.end();
            self.written_letters += new;
            let Place { common, roster } = self.written;
            let (common, roster) = (common as u32, roster as u32);
            self.marks.push_back(Mark { tick: frame, common, roster, letters: new as u16 });
        }
        count
    }

    /// The viewer has applied a frame: what that and those before brought need not be kept.
    pub fn acknowledge(&mut self, applied: Tick) {
        while let Some(mark) = self.marks.pop_front_if(|mark| !mark.tick.is_after(applied)) {
            let letters = usize::from(mark.letters);
            let bytes: usize =
                self.letters.drain(..letters).map(|letter| usize::from(letter.bytes)).sum();
            self.bytes.drain(..bytes);
            self.written_letters -= letters;
            self.acknowledged = mark.place(self.written);
        }
    }

    /// The place of the bulletin from which on the viewer might need it again.
    #[must_use]
    pub fn needed(&self) -> u64 {
        self.acknowledged.common
    }

    /// Goes back to where the viewer was after the frame of a tick; false when that is not possible,
    /// because messages since then were forgotten.
    pub fn rewind(&mut self, applied: Tick, bulletin: &Bulletin) -> bool {
        if self.lost.is_some_and(|lost| lost.is_after(applied)) {
            return false;
        }
        self.acknowledge(applied);
        self.take_back();
        !self.lacks(bulletin)
    }

    /// Goes back as far as possible, for a viewer that knows nothing.
    pub fn restart(&mut self, bulletin: &Bulletin) {
        self.take_back();
        self.lost = None;
        self.written = Place { common: self.written.common.max(bulletin.start), roster: 0 };
        self.acknowledged = self.written;
    }

    /// Takes back what was written and not acknowledged.
    fn take_back(&mut self) {
        self.marks.clear();
        self.written_letters = 0;
        self.written = self.acknowledged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mail: &mut Mail, frame: u32, bulletin: &Bulletin) -> Vec<u8> {
        let mut out = Vec::new();
        let count = mail.write(Tick(frame), bulletin, 0, &mut out);
        assert_eq!(count as usize, out.len(), "the messages here are of one byte");
        out
    }

    #[test]
    fn messages_come_in_order_and_after_a_resume_again_from_where_the_client_is() {
        let mut bulletin = Bulletin::default();
        bulletin.push(b"-");
        let mut mail = Mail::new(&bulletin);
        bulletin.push(b"a");
        mail.queue(&bulletin, b"b");
        bulletin.push(b"c");
        assert_eq!(read(&mut mail, 1, &bulletin), b"abc");
        mail.queue(&bulletin, b"d");
        assert_eq!(read(&mut mail, 2, &bulletin), b"d");
        assert_eq!(read(&mut mail, 3, &bulletin), b"");
        bulletin.push(b"e");
        assert_eq!(read(&mut mail, 4, &bulletin), b"e");
        bulletin.push(b"f");
        assert!(mail.rewind(Tick(1), &bulletin));
        assert_eq!(read(&mut mail, 5, &bulletin), b"def");
        mail.acknowledge(Tick(5));
        bulletin.prune(mail.needed());
        assert_eq!((bulletin.bytes.len(), mail.bytes.len()), (0, 0), "nothing needs to be kept");
        assert!(mail.rewind(Tick(5), &bulletin));
        assert_eq!(read(&mut mail, 6, &bulletin), b"");
    }

    #[test]
    fn who_lacks_what_was_forgotten_cannot_go_back_to_that() {
        let mut bulletin = Bulletin::default();
        let (mut quick, mut slow) = (Mail::new(&bulletin), Mail::new(&bulletin));
        for frame in 1..=80 {
            bulletin.push(&[7; 1024]);
            for mail in [&mut quick, &mut slow] {
                assert!(!mail.lacks(&bulletin));
                mail.write(Tick(frame), &bulletin, 0, &mut Vec::new());
            }
            quick.acknowledge(Tick(frame - 1));
            bulletin.prune(quick.needed().min(slow.needed()));
            assert!(bulletin.bytes.len() <= MAX_BULLETIN_BYTES);
        }
        assert!(quick.rewind(Tick(79), &bulletin) && !slow.rewind(Tick(1), &bulletin));
    }

    #[test]
    fn marks_tell_places_beyond_what_they_can_hold() {
        let most = u64::from(u32::MAX);
        let mut bulletin = Bulletin { start: most - 2, ..Bulletin::default() };
        let mut mail = Mail::new(&bulletin);
        for frame in 1..=4 {
            bulletin.push(b"ab");
            mail.tell(most + u64::from(frame));
            mail.write(Tick(frame), &bulletin, 0, &mut Vec::new());
        }
        for frame in 1..=4 {
            mail.acknowledge(Tick(frame));
            let (common, roster) = (most - 2 + 2 * u64::from(frame), most + u64::from(frame));
            assert_eq!((mail.needed(), mail.acknowledged.roster), (common, roster));
        }
    }

    #[test]
    fn letters_that_wait_count_before_those_that_are_kept_in_case() {
        let bulletin = Bulletin::default();
        let mut mail = Mail::new(&bulletin);
        for frame in 1..=100 {
            mail.queue(&bulletin, &[7; 1024]);
            mail.write(Tick(frame), &bulletin, 0, &mut Vec::new());
        }
        assert!(!mail.overflowed() && mail.bytes.len() <= MAX_WAITING_BYTES);
        assert!(!mail.rewind(Tick(1), &bulletin), "the first of them are forgotten");
        assert!(mail.rewind(Tick(99), &bulletin));
        (0..33).for_each(|_| mail.queue(&bulletin, &[7; 1024]));
        assert!(mail.overflowed());
    }

    #[test]
    fn who_lacks_what_was_forgotten_may_start_again_with_what_is_left() {
        let mut bulletin = Bulletin::default();
        let mut away = Mail::new(&bulletin);
        bulletin.push(b"a");
        away.queue(&bulletin, b"b");
        (0..MAX_BULLETIN_BYTES).for_each(|_| bulletin.push(b"-"));
        bulletin.prune(away.needed());
        assert!(away.lacks(&bulletin) && !away.overflowed());
        assert!(!away.rewind(Tick(0), &bulletin));
        away.restart(&bulletin);
        assert!(!away.lacks(&bulletin));
        let told = read(&mut away, 1, &bulletin);
        assert_eq!((told.len(), told[0]), (MAX_BULLETIN_BYTES + 1, b'b'));
    }
}
