//! Which tick an input is for.
//!
//! A client lives a little ahead of the server: an input is for the tick that the server will be about
//! to make when it arrives. Too late and it is dropped; too early and it waits, and everybody sees
//! the player act later than needed. The server says with each frame how early inputs were (the slack),
//! and the clock runs up to a twentieth faster or slower until they arrive just in time, which is as
//! Overwatch does it ([Gameplay Architecture and Netcode](https://www.gdcvault.com/play/1024001),
//! GDC 2017). How much to spare is decided by [`Lateness`].
//!
//! `assets/sdk/input_clock.js` is the same program, held to the same bits by golden traces.

use std::time::Duration;

use super::lateness::Lateness;
use crate::{Tick, frame::InputEcho};

/// The most by which the clock runs faster or slower.
pub const STRETCH: f64 = 0.05;
/// The share of an error that is made good in a tick, up to [`STRETCH`].
const GAIN: f64 = 0.2;
/// How many ticks behind is too far to catch up with by running faster.
const FAR_BEHIND: f64 = 4.0;
/// How many ticks ahead is too far to wait for by running slower.
const FAR_AHEAD: f64 = 8.0;
/// With more slack than this the histogram is of another time: the server stood still, or we did.
const MOST_SLACK: f64 = 12.0;
/// The choice is made anew after so many frames.
const FRAMES_A_CHOICE: u32 = 8;
/// Until so many inputs have been answered, each one is reason to choose anew.
const FIRST_ANSWERS: u32 = 32;
/// By how many ticks each late input hastens the clock: delays that grow and grow are caught up with.
const HASTE_LATE: f64 = 1.0 / 16.0;
/// Up to how much.
const HASTE_MOST: f64 = 1.0;
/// By how much each input that is in time lets go of that.
const HASTE_IN_TIME: f64 = 1.0 / 512.0;
/// The offsets of so many ticks are remembered.
const REMEMBERED: usize = 128;

/// The clock that a client's inputs go by. Its time is the client's own, from any fixed moment.
#[derive(Clone, Debug)]
pub struct InputClock {
    hz: f64,
    /// The tick that the first frame brought; ticks are counted from there.
    origin: Tick,
    /// When it was read last, in ticks of the client's time; `None` before the first frame.
    read_at: Option<f64>,
    /// What it read, in ticks from `origin`.
    reading: f64,
    /// What it should be ahead of the client's time, in ticks.
    wanted: f64,
    needs: Lateness,
    /// How far ahead of the client's time it was when the input of each tick was sent.
    sent: [(i64, f64); REMEMBERED],
    /// The last tick that an input was sent for, from `origin`.
    newest: i64,
    answers: u32,
    /// How much farther ahead than asked for, because inputs came too late lately.
    haste: f64,
}

impl InputClock {
    /// A clock for a room of so many ticks a second, which stands until the first frame comes.
    #[must_use]
    pub fn new(tick_hz: u32) -> InputClock {
        InputClock {
            hz: f64::from(tick_hz.max(1)),
            origin: Tick(0),
            read_at: None,
            reading: 0.0,
            wanted: 0.0,
            needs: Lateness::default(),
            sent: [(i64::MIN, 0.0); REMEMBERED],
            newest: i64::MIN,
            answers: 0,
            haste: 0.0,
        }
    }

    /// Starts the clock, if it stands: the frame of `tick` came at `now`, and a message and its answer
    /// take about `round_trip`.
    pub fn start(&mut self, tick: Tick, now: Duration, round_trip: Duration) {
        if self.read_at.is_some() {
            return;
        }
        let at = self.ticks(now);
        self.origin = tick;
        self.read_at = Some(at);
        // The next tick is the first that an input can be for.
        self.reading = 1.0 + self.ticks(round_trip);
        self.wanted = self.reading - at;
        self.newest = self.reading.floor() as i64;
    }

    fn ticks(&self, time: Duration) -> f64 {
        // Microseconds are whole in the browser's clock too, so both come to the same.
        time.as_micros() as f64 / 1e6 * self.hz
    }

    /// Whether it runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.read_at.is_some()
    }

    /// Moves on to `now`.
    pub fn advance(&mut self, now: Duration) {
        let at = self.ticks(now);
        let Some(before) = self.read_at else { return };
        let went_by = (at - before).max(0.0);
        self.read_at = Some(before.max(at));
        let error = at + self.wanted - (self.reading + went_by);
        // At first nothing is known, and whoever comes in late should not stay so.
        if error > FAR_BEHIND || (error > 0.0 && self.answers < FIRST_ANSWERS) {
            self.reading = at + self.wanted;
        } else if error >= -FAR_AHEAD {
            self.reading += went_by * (1.0 + (error * GAIN).clamp(-STRETCH, STRETCH));
        }
        // Farther ahead than that it stands, and the server's time comes up.
    }

    /// What it reads: the tick that inputs are for now, and how much of the next one has gone by.
    #[must_use]
    pub fn reading(&self) -> (Tick, f64) {
        let whole = self.reading.floor();
        (self.at(whole as i64), self.reading - whole)
    }

    fn at(&self, ticks: i64) -> Tick {
        Tick(self.origin.0.wrapping_add(ticks as u32))
    }

    /// The next tick that an input is due for, if one is. All ticks get theirs, but for those that
    /// the clock leaps over; it is for `most` of them at most, the newest.
    pub fn poll_due(&mut self, most: i64) -> Option<Tick> {
        let due = self.reading.floor() as i64;
        if self.read_at.is_none() || self.newest >= due {
            return None;
        }
        self.newest = (self.newest + 1).max(due - most + 1);
        let offset = self.reading - self.read_at?;
        self.sent[self.newest.rem_euclid(REMEMBERED as i64) as usize] = (self.newest, offset);
        Some(self.at(self.newest))
    }

    /// When the next input will be due, if the clock runs.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        let read_at = self.read_at?;
        let left = (self.newest.max(self.reading.floor() as i64) + 1) as f64 - self.reading;
        let at = (read_at + left.max(0.0)) / self.hz;
        Some(Duration::from_micros((at * 1e6).ceil() as u64))
    }

    /// Learns from what the frame of `frame` said.
    pub fn observe(&mut self, frame: Tick, echo: InputEcho) {
        let Some(slack) = echo.slack_ticks().filter(|_| self.runs()) else { return };
        if slack > MOST_SLACK {
            self.needs.clear();
            self.answers = 0;
        }
        // One that was used was for the frame's own tick; one that was not, for that which it missed.
        let is_used = (0.0..=MOST_SLACK).contains(&slack);
        let tick = if is_used { frame } else { frame.offset(slack.floor() as i32) };
        let Some(offset) = self.offset_of(tick) else { return };
        self.needs.note(offset - slack);
        self.answers = self.answers.saturating_add(1);
        self.haste = if slack < 0.0 {
            (self.haste + HASTE_LATE).min(HASTE_MOST)
        } else {
            (self.haste - HASTE_IN_TIME).max(0.0)
        };
        if self.answers < FIRST_ANSWERS
            || self.answers.is_multiple_of(FRAMES_A_CHOICE)
            || slack < 0.0
        {
            self.wanted = self.needs.best() + self.haste;
        }
    }

    /// How far ahead of the client's time the input of a tick was sent, if that is still known.
    fn offset_of(&self, tick: Tick) -> Option<f64> {
        let ticks = i64::from(tick.since(self.at(self.newest))) + self.newest;
        let (sent, offset) = self.sent[ticks.rem_euclid(REMEMBERED as i64) as usize];
        (sent == ticks).then_some(offset)
    }
}

#[cfg(test)]
mod tests;
