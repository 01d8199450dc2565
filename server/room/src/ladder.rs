//! Who does not keep up gets fewer frames, and never older ones.
//!
//! | rung | when | what is done | counted as |
//! |---|---|---|---|
//! | 0 | the kernel has not taken all of a frame | nothing is made before its tail has gone; the kernel's buffer is small | `skipped_for_unsent` |
//! | 1 skip | a window of frames is unacknowledged | no frame; the next one merges what was missed | `skipped_frames`, `merged_frames` |
//! | 2 lower rate | in two seconds running a quarter of the frames was skipped, or a second of frames was acknowledged at once | every 2nd tick, then 4th, then 8th; up by one step after some seconds without a skip | `slowed_viewers`, `thinned_frames` |
//! | 3 keyframe | the last frame has left the history; while frames still arrive, one more is let through before that | the next frame stands alone | `lag_keyframes` |
//! | 4 drop | no acknowledgement for `stall_ticks` | 4007; the player is [away](crate::sessions) and may come back | `stalled_viewers` |
//! | 5 end | its messages overflow | 4007; the player has left | `overflowed_viewers` |
//!
//! All of it is decided here, in [`crate::pace`] and in [`crate::window`], in ticks.
//! This file is rung 2. A link that is too slow is better used by frames that come
//! evenly than by whatever a full window lets through: the queue before it stays
//! short, and viewers of one rate and phase share their encodings.
//!
//! A **stall** is not slowness: skips during which nothing at all was acknowledged
//! for long say nothing about the rate, and whoever comes back from one has it as before.

use tickwire_shared::Tick;

/// The lowest rate is every 8th tick.
const MOST_STEPS: u32 = 3;
/// How many rates there are: each step halves the one before.
pub const RATES: usize = MOST_STEPS as usize + 1;
/// A second counts as strained when one in this many of its frames was skipped.
const STRAINED: u32 = 4;
/// Or when it was acknowledged in no more ticks than this part of all, and of many frames at
/// once: such a client, like a hidden page whose timers are throttled, has no use for more.
const RARELY: u32 = 15;
/// And as doubtful, which is a reason to look how long the way is, from this many skips on.
const DOUBTFUL: u32 = 2;
/// Skips for this part of a second are reason enough to look at once.
const SOON: u32 = 10;
/// The way is looked at again after so many seconds.
const PROBE_AGAIN: i32 = 5;
/// Nothing acknowledged for so many seconds is a stall.
const STALL: i32 = 2;
/// For so many seconds after a step up, a few skips take it back.
const TRIAL: i32 = 3;
const TRIAL_SKIPS: u32 = 2;
/// Seconds without strain before a step up: at first, and after trials that failed.
const PATIENCE: u32 = 2;
const MOST_PATIENCE: u32 = 32;

/// The rate of one viewer.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    second: i32,
    /// Which ticks it gets when it does not get all.
    phase: u32,
    /// It gets one tick in 2 to the power of this.
    step: u32,
    /// Times that it was put on a lower rate and that nobody has asked for yet.
    slowed: u32,
    /// Since when this second is counted, and what was due and skipped in it.
    since: Tick,
    due: u32,
    skipped: u32,
    /// Skips since the last acknowledgement: whether they count is known when the next one comes.
    run: u32,
    acknowledged: Tick,
    /// Ticks of this second in which something was acknowledged.
    acknowledgements: u32,
    /// And the frames of which that was said.
    arrived: u32,
    /// Whether it acknowledges rarely, and many frames at once.
    is_rare: bool,
    /// Whether the second before was strained.
    strained: bool,
    /// Frames up to this tick were sent at another rate and are still under way.
    settling: Option<Tick>,
    probed: Option<Tick>,
    raised: Option<Tick>,
    calm: u32,
    patience: u32,
}

impl Ladder {
    /// A viewer that gets every tick.
    pub(crate) fn new(now: Tick, tick_hz: u32) -> Self {
        Ladder {
            second: tick_hz.max(1) as i32,
            phase: 0,
            step: 0,
            slowed: 0,
            since: now,
            due: 0,
            skipped: 0,
            run: 0,
            acknowledged: now,
            acknowledgements: 0,
            arrived: 0,
            is_rare: false,
            strained: false,
            settling: None,
            probed: None,
            raised: None,
            calm: 0,
            patience: PATIENCE,
        }
    }

    /// Sets which ticks the viewer gets at a lower rate, so that not all get the same ones.
    pub(crate) fn set_phase(&mut self, phase: u32) {
        self.phase = phase;
    }

    /// The viewer gets one tick in so many.
    pub(crate) fn period(&self) -> i32 {
        1 << self.step
    }

    /// How many frames may be under way beyond those that the way holds, at the least.
    ///
    /// For one that acknowledges rarely a second's worth, so that its frames come evenly.
    pub(crate) fn spare(&self) -> i32 {
        if self.is_rare { (self.second + self.period() - 1) / self.period() } else { 1 }
    }

    /// Whether this is one of the viewer's ticks.
    pub(crate) fn is_due(&self, now: Tick) -> bool {
        now.0.wrapping_add(self.phase).is_multiple_of(1 << self.step)
    }

    /// Whether something was acknowledged within the last second.
    pub(crate) fn is_moving(&self, now: Tick) -> bool {
        now.since(self.acknowledged) < self.second
    }

    /// How often it was put on a lower rate since this was last asked.
    pub(crate) fn take_slowed(&mut self) -> u32 {
        std::mem::take(&mut self.slowed)
    }

    /// A frame was due at `now`, and was it skipped?
    pub(crate) fn note(&mut self, skipped: bool) {
        self.due += 1;
        self.run += u32::from(skipped);
    }

    /// The frame of `applied` was acknowledged.
    pub(crate) fn acknowledge(&mut self, now: Tick, applied: Tick, frames: u32) {
        let gap = now.since(self.acknowledged);
        self.acknowledgements += u32::from(gap > 0);
        self.arrived += frames;
        self.acknowledged = now;
        let run = std::mem::take(&mut self.run);
        if self.settling.is_some_and(|since| applied.is_after(since)) {
            self.settling = None;
            self.restart(now);
        } else if gap < STALL * self.second {
            self.skipped += run;
        } else {
            self.strained = false;
            self.restart(now);
        }
        let on_trial = self.raised.is_some_and(|raised| now.since(raised) < TRIAL * self.second);
        if on_trial && self.settling.is_none() && self.skipped >= TRIAL_SKIPS {
            self.patience = (self.patience * 2).min(MOST_PATIENCE);
            self.lower(now);
        }
    }

    /// Looks back when a second is over; true when the way should be looked at.
    pub(crate) fn turn(&mut self, now: Tick, is_probing: bool) -> bool {
        if is_probing {
            self.probed = Some(now);
        }
        if is_probing || self.settling.is_some() {
            self.restart(now);
            return false;
        }
        let (age, heard) = (now.since(self.since), self.acknowledgements > 0);
        // A way that has become longer is found out at once, and not when the second is over.
        let many = (self.second as u32 / SOON).max(DOUBTFUL);
        if heard && self.skipped >= many && !self.has_probed(now) {
            self.restart(now);
            return true;
        }
        // A second in which nothing was acknowledged lasts until something is, or it was a stall.
        if age < self.second || (!heard && age < STALL * self.second) {
            return false;
        }
        if !heard {
            (self.calm, self.strained) = (0, false);
        }
        let probe = heard && self.judge(now);
        self.restart(now);
        probe
    }

    /// Draws the conclusions of a second; true when the way should be looked at before that.
    fn judge(&mut self, now: Tick) -> bool {
        let few = self.acknowledgements <= self.second as u32 / RARELY;
        self.is_rare = few && self.arrived >= 2 * self.acknowledgements;
        let strained = self.is_rare || self.skipped * STRAINED >= self.due.max(1);
        let doubtful = self.skipped >= DOUBTFUL;
        if doubtful && !self.has_probed(now) {
            self.strained = strained;
            return true;
        }
        self.calm = if doubtful || strained { 0 } else { self.calm + 1 };
        let twice = std::mem::replace(&mut self.strained, strained) && strained;
        if twice {
            self.patience = PATIENCE;
            self.lower(now);
        } else if self.step > 0 && self.calm >= self.patience {
            self.change(self.step - 1, now);
            self.raised = Some(now);
        }
        false
    }

    /// Whether the way was looked at lately.
    fn has_probed(&self, now: Tick) -> bool {
        self.probed.is_some_and(|at| now.since(at) < PROBE_AGAIN * self.second)
    }

    fn lower(&mut self, now: Tick) {
        if self.step < MOST_STEPS {
            self.change(self.step + 1, now);
            self.slowed += 1;
            self.raised = None;
        }
    }

    fn change(&mut self, step: u32, now: Tick) {
        self.step = step;
        self.calm = 0;
        self.settling = Some(now);
        self.restart(now);
    }

    fn restart(&mut self, now: Tick) {
        (self.since, self.due, self.skipped, self.run) = (now, 0, 0, 0);
        (self.acknowledgements, self.arrived) = (0, 0);
    }
}
