//! How far ahead of the last frame inputs are meant, steered by what the server saw.
//!
//! An input is for one tick and is useless after it. The server says with each
//! frame how far its newest input lay ahead (the slack), so a client can aim to
//! arrive just in time: a late input raises the lead at once, because every tick
//! of waiting is a tick of control lost; comfort lowers it slowly, because a
//! needless tick of lead is only a tick of delay.

use tickwire_shared::{Tick, frame::InputEcho};

/// The lead before anything is known: enough for a network faster than a tick.
const FIRST_TICKS: i32 = 2;
/// The largest lead. A server accepts inputs 16 ticks ahead, and its frames may be 24 ticks old.
const MOST_TICKS: i32 = 40;
/// The slack to keep: one whole tick, so that jitter of a tick costs nothing.
const WANTED_SLACK: i32 = 1;
/// The most slack that an input can have: one further ahead is dropped by the server.
const MOST_SLACK: i32 = 15;
/// Frames of comfort before the lead is lowered, at first and at most.
const PATIENCE: (u32, u32) = (120, 1920);

/// The lead of one client.
#[derive(Clone, Debug)]
pub struct Lead {
    ticks: i32,
    /// The first input tick sent under this lead; echoes of older inputs say nothing about it.
    since: Option<Tick>,
    /// The least slack seen under this lead, and over how many frames.
    least: (i32, u32),
    patience: u32,
    sent: SentTicks,
    late: u64,
}

impl Default for Lead {
    fn default() -> Self {
        Lead {
            ticks: FIRST_TICKS,
            since: None,
            least: (i32::MAX, 0),
            patience: PATIENCE.0,
            sent: SentTicks::default(),
            late: 0,
        }
    }
}

impl Lead {
    /// By how many ticks inputs lead.
    #[must_use]
    pub fn ticks(&self) -> i32 {
        self.ticks
    }

    /// How many inputs came too late, as far as the echoes tell.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.late
    }

    /// The tick that an input should be for after the frame of `applied`, which is then noted as sent.
    ///
    /// `None` when a later tick had its input already. The newest tick may get a
    /// second input after the lead was lowered: the server takes the later one.
    pub fn aim(&mut self, applied: Tick) -> Option<Tick> {
        let tick = applied.offset(self.ticks);
        self.sent.insert(tick)?;
        self.since.get_or_insert(tick);
        Some(tick)
    }

    /// No input is sent for now: what the echoes then say is about the pause.
    pub fn pause(&mut self) {
        self.since = None;
    }

    /// Learns from the echo that came with the frame of `frame`.
    pub fn observe(&mut self, frame: Tick, echo: InputEcho) {
        let missed = echo.age > 0 && self.sent.contains(frame);
        self.late += u64::from(missed);
        let slack = i32::from(echo.slack);
        // An echo of inputs from before the last change would have it made twice.
        let known = self.since.is_some_and(|since| frame.offset(slack).since(since) >= 0);
        if !known {
            return;
        }
        if slack > MOST_SLACK {
            return self.change(WANTED_SLACK - slack);
        }
        if slack < WANTED_SLACK || missed {
            self.change((WANTED_SLACK - slack).max(1));
            self.patience = (self.patience * 2).min(PATIENCE.1);
            return;
        }
        self.least = (self.least.0.min(slack), self.least.1 + 1);
        if self.least.1 >= self.patience {
            self.change(if self.least.0 > WANTED_SLACK { -1 } else { 0 });
        }
    }

    fn change(&mut self, by: i32) {
        self.ticks = (self.ticks + by).clamp(1, MOST_TICKS);
        self.least = (i32::MAX, 0);
        if by != 0 {
            self.since = None;
        }
    }
}

/// The ticks that inputs were sent for, as far back as 64 ticks.
///
/// Skipped frames and a raised lead leave ticks without an input. The server
/// reports those like late ones, and only this tells the two apart.
#[derive(Clone, Copy, Debug, Default)]
struct SentTicks {
    newest: Option<Tick>,
    /// Bit n is set when `newest - n` was sent.
    bits: u64,
}

impl SentTicks {
    /// Notes a tick; `None`, and nothing is noted, when a later one is there.
    fn insert(&mut self, tick: Tick) -> Option<()> {
        let ahead = self.newest.map_or(64, |newest| tick.since(newest));
        let ahead = u32::try_from(ahead).ok()?;
        self.bits = self.bits.checked_shl(ahead).unwrap_or(0) | 1;
        self.newest = Some(tick);
        Some(())
    }

    fn contains(&self, tick: Tick) -> bool {
        let back = self.newest.map_or(-1, |newest| newest.since(tick));
        (0..64).contains(&back) && self.bits >> back & 1 == 1
    }
}

#[cfg(test)]
mod tests;
