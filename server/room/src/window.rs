//! How many frames may be under way to one viewer.
//!
//! The kernel takes megabytes before a write says that nobody reads. So the
//! measure is what the client says it has applied, which every input carries.
//! Frames are counted and not ticks, so that skipping one does not fill the
//! window any further.
//!
//! The window is the way's own delay plus some slack, all in ticks, so it needs no
//! clock. The slack follows the jitter between one acknowledgement and the next
//! (as RFC 3550 measures it): a network that shakes gets more, a queue that slowly
//! builds up does not. The way's delay is the least that was ever seen. It does not
//! grow by itself, because on a link that is too slow every delay has a queue in it,
//! and a window that took it for the way would grow with the queue. When the window
//! is in the way all the same, a **probe** tells which it is: for a moment hardly
//! anything is under way, and what a frame then takes is the way.

use std::collections::VecDeque;

use tickwire_shared::Tick;

/// Frames under way beyond the way's delay, at the least.
const LEAST_SLACK: i32 = 4;
/// Jitter makes it at most this many times as long: the queue of a slow link shakes as well.
const MOST_SLACK: i32 = 2;
/// The slack without jitter lasts this part of a second, the window at most half of one.
const SLACK_IN_A_SECOND: u32 = 10;
/// The largest window is at least this.
const LEAST_MOST: i32 = 24;
/// Ticks of slack for each tick of jitter.
const JITTER_FACTOR: i32 = 5;
/// Jitter is averaged over about this many acknowledgements, and counted in as small parts of a tick.
const SMOOTH: i32 = 16;
/// Frames under way while the way is probed, and acknowledgements that a probe takes.
const PROBE_FRAMES: i32 = 2;
const PROBE_ACKS: u32 = 3;

/// What is under way to one viewer.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// Ticks of frames that were sent and not acknowledged, oldest first; at most a window.
    under_way: VecDeque<Tick>,
    /// The delay of the way itself, in ticks.
    delay: i32,
    /// By how much one delay usually differs from the next, in parts of a tick.
    jitter: i32,
    last_delay: Option<i32>,
    slack: i32,
    most: i32,
    probe: Option<Probe>,
}

/// A look at how long the way is.
#[derive(Clone, Copy, Debug)]
struct Probe {
    /// Frames sent after this tick have hardly any before them.
    since: Tick,
    /// Acknowledgements to wait for.
    left: u32,
    best: i32,
}

impl Window {
    /// Nothing under way yet. Until something is acknowledged the window is the largest there is.
    pub(crate) fn new(tick_hz: u32) -> Self {
        let most = ((tick_hz / 2) as i32).max(LEAST_MOST);
        Window {
            under_way: VecDeque::with_capacity(most as usize),
            delay: most,
            jitter: 0,
            last_delay: None,
            slack: ((tick_hz / SLACK_IN_A_SECOND) as i32).max(LEAST_SLACK),
            most,
            probe: None,
        }
    }

    /// The frame of `applied` and all before it have arrived: how many these are.
    ///
    /// What is older than all that is under way, or newer, was never sent.
    pub(crate) fn acknowledge(&mut self, now: Tick, applied: Tick) -> u32 {
        let reached = self.under_way.iter().take_while(|sent| !sent.is_after(applied)).count();
        let newest = self.under_way.back();
        if reached == 0 || newest.is_none_or(|newest| applied.is_after(*newest)) {
            return 0;
        }
        self.under_way.drain(..reached);
        let delay = now.since(applied).clamp(0, self.most);
        if let Some(last) = self.last_delay.replace(delay) {
            self.jitter += (delay - last).abs() - self.jitter / SMOOTH;
        }
        self.delay = self.delay.min(delay);
        self.note_probe(applied, delay);
        reached as u32
    }

    /// Begins to find out how long the way is, unless that is being done.
    pub(crate) fn probe(&mut self, now: Tick) {
        self.probe.get_or_insert(Probe { since: now, left: PROBE_ACKS, best: self.most });
    }

    /// Whether it is being found out.
    pub(crate) fn is_probing(&self) -> bool {
        self.probe.is_some()
    }

    fn note_probe(&mut self, applied: Tick, delay: i32) {
        let Some(probe) = self.probe.as_mut().filter(|probe| applied.is_after(probe.since)) else {
            return;
        };
        probe.best = probe.best.min(delay);
        probe.left -= 1;
        if probe.left == 0 {
            self.delay = probe.best;
            self.probe = None;
        }
    }

    /// Whether one more frame may be sent, to a viewer that gets one in `period` ticks and may
    /// have at least so many to `spare` beyond those that the way itself holds.
    pub(crate) fn has_space(&self, period: i32, spare: i32) -> bool {
        (self.under_way.len() as i32) < self.frames(period, spare)
    }

    /// Whether one more frame may be under way at all.
    pub(crate) fn is_possible(&self) -> bool {
        (self.under_way.len() as i32) < self.most
    }

    /// A frame was sent for `now`.
    pub(crate) fn sent(&mut self, now: Tick) {
        self.under_way.push_back(now);
    }

    /// How many frames the window holds.
    fn frames(&self, period: i32, spare: i32) -> i32 {
        if self.probe.is_some() {
            return PROBE_FRAMES;
        }
        let shaken = (JITTER_FACTOR * self.jitter / SMOOTH).min(MOST_SLACK * self.slack);
        let slack = self.slack.max(shaken);
        (self.delay / period + (slack / period).max(spare)).min(self.most)
    }

    /// How many frames are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// How many ticks passed between the last frame that was acknowledged and its acknowledgement.
    pub(crate) fn last_delay(&self) -> Option<u32> {
        self.last_delay.map(i32::unsigned_abs)
    }

    /// For how many ticks the oldest frame under way has not been acknowledged.
    pub(crate) fn stalled_for(&self, now: Tick) -> u32 {
        self.under_way.front().map_or(0, |oldest| now.since(*oldest).max(0) as u32)
    }
}
