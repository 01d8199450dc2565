//! One viewer: what was last written to it, and so what its next frame builds upon.
//!
//! **The baseline rule.** A transport is ordered and reliable, so the baseline is
//! the last frame written to this viewer, without acknowledgement. If the history
//! no longer has it, or the viewer asked to start again, there is none, and the
//! frame stands alone. Acknowledgements only pace the frames; see [`crate::pace`].

use tickwire_shared::{
    Tick,
    frame::{InputEcho, MAX_GAP},
    game::MAX_MESSAGE_BYTES_A_TICK,
};

use crate::{pace::Pace, segment::SegmentKey};

/// A viewer's messages beyond this many bytes cannot be kept, and it is given up.
const MAX_WAITING_MESSAGE_BYTES: usize = 2 * MAX_MESSAGE_BYTES_A_TICK;

/// A viewer of a room.
#[derive(Debug)]
pub struct Viewer {
    /// How many frames may be under way.
    pub pace: Pace,
    /// The tick of the last frame written, unless the next must stand alone.
    baseline: Option<Tick>,
    last_sent: Option<Tick>,
    /// The echo that the viewer knows.
    echo: Option<InputEcho>,
    /// The segments that the viewer holds, by handle.
    held: Vec<(u32, SegmentKey)>,
    /// The tick of the frame since which it holds just these segments.
    held_since: Option<Tick>,
    /// The segments that it should hold, by handle, once its first tick has come; perhaps none.
    wanted: Vec<(u32, SegmentKey)>,
    is_subscribed: bool,
    /// Messages for the next frame, packed.
    messages: Vec<u8>,
    message_count: u32,
    overflowed: bool,
    /// The last tick in which evidence was given.
    pub evidence_given: Option<Tick>,
}

/// The handle under which a viewer knows a segment.
#[must_use]
fn handle(key: SegmentKey) -> u32 {
    match key {
        SegmentKey::Public => 0,
        SegmentKey::Owner(_) => 1,
        SegmentKey::Team(team) => 2 + u32::from(team),
    }
}

impl Viewer {
    /// A viewer that joined at `now` and has been sent nothing.
    #[must_use]
    pub fn new(now: Tick, tick_hz: u32) -> Self {
        Viewer {
            pace: Pace::new(now, tick_hz),
            baseline: None,
            last_sent: None,
            echo: None,
            held: Vec::new(),
            held_since: None,
            wanted: Vec::new(),
            is_subscribed: false,
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

    /// The tick of the last frame written.
    #[must_use]
    pub fn last_sent(&self) -> Option<Tick> {
        self.last_sent
    }

    /// Makes the next frame stand alone and say everything again.
    pub fn forget(&mut self) {
        self.baseline = None;
        self.echo = None;
    }

    /// Sets the segments that the viewer should hold, given in rising order of handle.
    pub fn subscribe(&mut self, keys: impl Iterator<Item = SegmentKey>) {
        self.is_subscribed = true;
        self.wanted.clear();
        self.wanted.extend(keys.map(|key| (handle(key), key)));
        debug_assert!(self.wanted.is_sorted_by(|a, b| a.0 < b.0));
    }

    /// Whether the viewer's first tick has come.
    #[must_use]
    pub fn is_subscribed(&self) -> bool {
        self.is_subscribed
    }

    /// The segments that the viewer should hold, in rising order of handle.
    #[must_use]
    pub fn wanted(&self) -> &[(u32, SegmentKey)] {
        &self.wanted
    }

    /// A frame for `now` was written: the viewer now holds what it should.
    pub fn written(&mut self, now: Tick) {
        self.baseline = Some(now);
        self.last_sent = Some(now);
        if self.held != self.wanted {
            self.held.clone_from(&self.wanted);
            self.held_since = Some(now);
        }
        self.pace.sent(now);
        self.messages.clear();
        self.message_count = 0;
    }

    /// The segments that the viewer holds, in rising order of handle.
    #[must_use]
    pub fn held(&self) -> &[(u32, SegmentKey)] {
        &self.held
    }

    /// The segments that the viewer held at `tick`; none when it has held others since.
    #[must_use]
    pub fn held_at(&self, tick: Tick) -> &[(u32, SegmentKey)] {
        if self.held_since.is_some_and(|since| since.is_after(tick)) { &[] } else { &self.held }
    }

    /// The echo to send, if it is news to the viewer.
    pub fn take_echo(&mut self, echo: InputEcho) -> Option<InputEcho> {
        (self.echo.replace(echo) != Some(echo)).then_some(echo)
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
