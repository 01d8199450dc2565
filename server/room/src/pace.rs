//! Whether a viewer gets a frame this tick. The rungs are listed in [`crate::ladder`].

use tickwire_shared::Tick;

use crate::{ladder::Ladder, window::Window};

/// A viewer's last frame is nearly forgotten after so many quarters of the history.
const NEARLY_FORGOTTEN: i32 = 3;

/// What becomes of one viewer's frame of one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is made.
    Send,
    /// It is not: enough is under way.
    Skip,
    /// It is not: the viewer is on a lower rate, and this is none of its ticks.
    Thin,
}

/// The pace of one viewer.
#[derive(Clone, Debug)]
pub struct Pace {
    window: Window,
    ladder: Ladder,
    last_heard: Tick,
    /// The last tick whose frame was decided upon.
    asked: Option<Tick>,
    last_sent: Option<Tick>,
}

impl Pace {
    /// The pace of a viewer that joined at `now` a room of `tick_hz` ticks a second.
    #[must_use]
    pub fn new(now: Tick, tick_hz: u32) -> Self {
        Pace {
            window: Window::new(tick_hz),
            ladder: Ladder::new(now, tick_hz),
            last_heard: now,
            asked: None,
            last_sent: None,
        }
    }

    /// Spreads viewers of a lower rate over the ticks, by any number of their own.
    #[must_use]
    pub fn with_phase(mut self, number: u32) -> Self {
        self.ladder.set_phase(number);
        self
    }

    /// The tick of the last frame that was sent.
    #[must_use]
    pub fn last_sent(&self) -> Option<Tick> {
        self.last_sent
    }

    /// Anything was heard from the viewer.
    pub fn heard(&mut self, now: Tick) {
        self.last_heard = now;
    }

    /// The viewer says that it has applied the frame of a tick.
    pub fn acknowledge(&mut self, now: Tick, applied: Tick) {
        match self.window.acknowledge(now, applied) {
            0 => {}
            frames => self.ladder.acknowledge(now, applied, frames),
        }
    }

    /// Whether the frame of `now` is to be made. Who asks again within a tick may get another answer,
    /// after an acknowledgement; only the first one counts as a skip.
    ///
    /// One that is `urgent`, because its messages would not fit into a later one,
    /// is made whatever the rate, but not beyond the window. So is one without which the
    /// last that was sent leaves the `history`, and beyond the window, too, if it is only
    /// full and nothing has stalled: a keyframe would take the link more time.
    pub fn decide(&mut self, now: Tick, urgent: bool, history: u32) -> Decision {
        if self.ladder.turn(now, self.window.is_probing()) {
            self.window.probe(now);
        }
        let gap = self.last_sent.map_or(0, |sent| now.since(sent));
        let fades = gap >= history as i32 * NEARLY_FORGOTTEN / 4;
        if !urgent && !fades && !self.ladder.is_due(now) {
            return Decision::Thin;
        }
        let space = self.window.has_space(self.ladder.period(), self.ladder.spare());
        if self.asked.replace(now) != Some(now) {
            self.ladder.note(!space);
        }
        let last_chance = fades && self.ladder.is_moving(now) && self.window.is_possible();
        if space || last_chance { Decision::Send } else { Decision::Skip }
    }

    /// The frame of `now` cannot be sent: the connection has not taken all of an earlier one.
    pub fn blocked(&mut self, now: Tick) {
        self.ladder.turn(now, self.window.is_probing());
        if self.ladder.is_due(now) {
            self.ladder.note(true);
        }
    }

    /// Nobody asked for the frame of `now`, so it is not owed, and says nothing about the viewer.
    pub fn unasked(&mut self, now: Tick) {
        if self.ladder.turn(now, self.window.is_probing()) {
            self.window.probe(now);
        }
    }

    /// A frame was sent for `now`.
    pub fn sent(&mut self, now: Tick) {
        self.last_sent = Some(now);
        self.window.sent(now);
    }

    /// The viewer gets one tick in so many; more than one when it is on a lower rate.
    #[must_use]
    pub fn period(&self) -> u32 {
        self.ladder.period() as u32
    }

    /// How often the viewer was put on a lower rate since this was last asked.
    pub fn take_slowed(&mut self) -> u32 {
        self.ladder.take_slowed()
    }

    /// How many frames are under way, and how many ticks the last one took that was acknowledged.
    #[must_use]
    pub fn under_way(&self) -> (usize, Option<u32>) {
        (self.window.under_way(), self.window.last_delay())
    }

    /// For how many ticks nothing was heard.
    #[must_use]
    pub fn silent_for(&self, now: Tick) -> u32 {
        now.since(self.last_heard).max(0) as u32
    }

    /// For how many ticks a frame has been under way that was not acknowledged.
    #[must_use]
    pub fn stalled_for(&self, now: Tick) -> u32 {
        self.window.stalled_for(now)
    }
}

#[cfg(test)]
mod tests;
