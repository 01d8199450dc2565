//! Which tick to draw: as little behind the newest as the network allows, steadily, however frames
//! arrive.
//!
//! Others are drawn a little in the past, so that there are always two states to draw between; see
//! Valve, [Source Multiplayer Networking](https://developer.valvesoftware.com/wiki/Source_Multiplayer_Networking)
//! ("entity interpolation", a fixed 100 ms there), and Glenn Fiedler,
//! [Snapshot Interpolation](https://gafferongames.com/post/snapshot_interpolation/). Here the delay is measured.
//!
//! Right before a frame came, the newest tick was as far as one could have drawn without running dry.
//! How far that was behind our time is noted for each frame, in a histogram that forgets slowly: it
//! says how far behind to draw (see [`Lateness`]). Late frames, frames that were merged into one and a
//! server that sends less often are all the same to it. Jitter is covered to its end. A rare long
//! stall is not: what comes of it is hidden by other means (see [`track`](super::track)).
//!
//! What is drawn follows by running a little faster or slower. It never runs back, and jumps ahead
//! only when it is far behind, such as after a black-out.
//!
//! `assets/sdk/clock.js` is the same program, held to the same readings by golden traces.

use std::time::Duration;

use super::lateness::Lateness;
use crate::Tick;

/// For how long the earliest frames are remembered, as buckets of so many microseconds.
const BUCKET_MICROS: u128 = 500_000;
const BUCKETS: usize = 10;
/// So many of them tell of a server or a way that is another since.
const RECENT: usize = 2;
/// A frame that comes too late is as bad as so many ticks by which all are drawn later, for one tick.
const PRICE_OF_LATENESS: f64 = 60.0;
/// How much more each frame counts than the one before: twice as much as one some 140 ago.
const GROWTH: f64 = 1.005;
/// The longest delay, in seconds: more would hurt more than the stutters that it hides. A server
/// rewinds as far for lag compensation, and not further.
const MOST_SECONDS: f64 = 0.25;
/// How far beyond the newest tick is drawn at most, in seconds.
const AHEAD_SECONDS: f64 = 0.25;
/// The share of an error that is made good in a second, and by how much drawing slows down and speeds
/// up at most for it.
const HASTE: f64 = 3.0;
const SLOWER: f64 = 0.25;
const FASTER: f64 = 0.06;
/// How long a change of speed takes, in seconds.
const EASE_SECONDS: f64 = 0.1;
/// How far behind is too far to catch up with smoothly, in seconds.
const FAR_SECONDS: f64 = 0.5;

/// The least delay that is usual, in ticks: two states to draw between, and half a tick for jitter.
pub const LEAST_DELAY: f64 = 1.5;

/// The clock that others are drawn by. Its time is the client's own, from any fixed moment.
///
/// It counts ticks from the first frame's, and on across the wrap of [`Tick`].
#[derive(Clone, Debug)]
pub struct RenderClock {
    hz: f64,
    /// The tick that the first frame brought; ticks are counted from there.
    origin: Tick,
    /// The least delay and the longest, in ticks.
    least: f64,
    most: f64,
    needs: Lateness,
    /// The highest beat within some time, of the last times: of which, counted from the beginning.
    beats: [(i64, f64); BUCKETS],
    /// How far the tick of a frame that nothing held up is ahead of our time, in ticks.
    beat: f64,
    /// How many ticks behind the beat is drawn.
    delay: f64,
    newest: Option<i64>,
    drawn: Option<f64>,
    /// Ticks that are drawn for each that passes.
    speed: f64,
    read_at: Duration,
}

/// What a picture is to show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    /// The tick to draw, with a fraction, as [`RenderClock`] counts.
    pub tick: f64,
    /// How many ticks that is after the last picture's; 0 for the first.
    pub ticks: f64,
    /// Seconds since the last picture; 0 for the first.
    pub seconds: f64,
    /// Whether the drawn time leapt ahead instead of passing, or would have if there were frames.
    pub skipped: bool,
}

impl RenderClock {
    /// A clock for a room of so many ticks a second, which draws at least `least` ticks behind a
    /// frame that nothing held up; [`LEAST_DELAY`] is usual.
    ///
    /// # Panics
    /// When `least` is negative or no number.
    #[must_use]
    pub fn new(tick_hz: u32, least: f64) -> RenderClock {
        assert!(least >= 0.0, "a delay of {least} ticks");
        let hz = f64::from(tick_hz.max(1));
        RenderClock {
            hz,
            origin: Tick(0),
            least,
            most: least.max(hz * MOST_SECONDS),
            needs: Lateness::new(PRICE_OF_LATENESS, GROWTH),
            beats: [(i64::MIN, f64::NEG_INFINITY); BUCKETS],
            beat: 0.0,
            delay: least,
            newest: None,
            drawn: None,
            speed: 1.0,
            read_at: Duration::ZERO,
        }
    }

    /// The frame of `tick` came at `now`. Says what number that tick has here.
    pub fn arrived(&mut self, tick: Tick, now: Duration) -> i64 {
        if self.newest.is_none() {
            self.origin = tick;
        }
        let (number, ours) = (self.number_of(tick), self.ticks(now));
        let latest = (now.as_micros() / BUCKET_MICROS) as i64;
        self.beat = self.beat_after(number as f64 - ours, latest);
        if let Some(newest) = self.newest {
            self.needs.note(ours - newest as f64);
            self.delay = (self.beat + self.needs.best()).max(self.least).min(self.most);
        }
        self.newest = Some(number);
        number
    }

    /// The highest beat of the last seconds, with that of the frame that came now.
    fn beat_after(&mut self, beat: f64, latest: i64) -> f64 {
        let bucket = &mut self.beats[latest.rem_euclid(BUCKETS as i64) as usize];
        if bucket.0 != latest {
            *bucket = (latest, beat);
        }
        bucket.1 = bucket.1.max(beat);
        let highest = self.highest_beat(latest, BUCKETS);
        let recent = self.highest_beat(latest, RECENT);
        // Later than can be waited for, all of them: nothing holds them up, they come so from now on.
        if highest - recent > self.most { recent } else { highest }
    }

    fn highest_beat(&self, latest: i64, buckets: usize) -> f64 {
        let recent = self.beats.iter().filter(|(number, _)| *number > latest - buckets as i64);
        recent.fold(f64::NEG_INFINITY, |highest, (_, beat)| highest.max(*beat))
    }

    /// Moves on to `now`, and says what to draw, once a frame has come.
    pub fn advance(&mut self, now: Duration) -> Option<Picture> {
        let seconds = now.saturating_sub(self.read_at).as_micros() as f64 / 1e6;
        self.read_at = now;
        let limit = self.newest? as f64 + AHEAD_SECONDS * self.hz;
        let target = self.ticks(now) + self.beat - self.delay;
        let Some(before) = self.drawn else {
            let tick = target.min(limit);
            self.drawn = Some(tick);
            return Some(Picture { tick, ticks: 0.0, seconds: 0.0, skipped: true });
        };
        let behind = (target - before) / self.hz - seconds;
        let skipped = behind > FAR_SECONDS;
        let tick = if skipped { self.skip(target) } else { self.pass(before, behind, seconds) };
        // It may be beyond that already, when the server's time has gone back.
        let tick = tick.min(limit.max(before));
        self.drawn = Some(tick);
        Some(Picture { tick, ticks: tick - before, seconds, skipped })
    }

    fn skip(&mut self, target: f64) -> f64 {
        self.speed = 1.0;
        target
    }

    /// Goes on from `before`, a little faster when it is `behind` by so many seconds.
    fn pass(&mut self, before: f64, behind: f64, seconds: f64) -> f64 {
        // A server that lost time is waited for.
        let wanted =
            if behind < -FAR_SECONDS { 0.0 } else { 1.0 + (behind * HASTE).clamp(-SLOWER, FASTER) };
        self.speed += (wanted - self.speed) * (1.0 - (-seconds / EASE_SECONDS).exp());
        before + seconds * self.hz * self.speed
    }

    /// The number that a tick has here: 0 is the first frame's.
    #[must_use]
    pub fn number_of(&self, tick: Tick) -> i64 {
        let newest = self.newest.unwrap_or(0);
        newest + i64::from(tick.since(self.at(newest)))
    }

    fn at(&self, number: i64) -> Tick {
        Tick(self.origin.0.wrapping_add(number as u32))
    }

    /// The tick of the newest frame.
    #[must_use]
    pub fn newest(&self) -> Option<Tick> {
        self.newest.map(|newest| self.at(newest))
    }

    /// What is drawn: the tick, and how much of the next one has gone by; `None` before the first picture.
    #[must_use]
    pub fn drawn(&self) -> Option<(Tick, f64)> {
        let drawn = self.drawn?;
        Some((self.at(drawn.floor() as i64), drawn - drawn.floor()))
    }

    /// How many ticks what is drawn is meant to be behind a frame that nothing held up.
    #[must_use]
    pub fn delay(&self) -> f64 {
        self.delay
    }

    /// How many ticks there are still to draw before the newest one; below zero, things coast.
    #[must_use]
    pub fn buffered(&self) -> f64 {
        self.newest.zip(self.drawn).map_or(0.0, |(newest, drawn)| newest as f64 - drawn)
    }

    /// By how many ticks what is drawn is behind `tick`, which is what an input for that tick says of
    /// what its player saw; 0 when nothing is drawn, or something later.
    #[must_use]
    pub fn behind(&self, tick: Tick) -> f64 {
        self.drawn.map_or(0.0, |drawn| (self.number_of(tick) as f64 - drawn).max(0.0))
    }

    fn ticks(&self, time: Duration) -> f64 {
        time.as_micros() as f64 / 1e6 * self.hz
    }
}

#[cfg(test)]
mod tests;
