//! Whether rooms make the ticks that they should.
//!
//! One bot of each room watches at a time: how far the tick numbers of its frames
//! went, and how long that took. Frames that merge ticks, or come late now and then,
//! make no difference to that; a room that is slow does.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tickwire_shared::Tick;

/// The share of its ticks that a room has to make.
const LEAST: f64 = 0.9;
/// A hiccup of a shorter time says nothing about a room.
const SHORTEST: Duration = Duration::from_secs(2);

/// How fast a room went while somebody watched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    /// The room's code.
    pub room: String,
    /// The ticks a second that it should make.
    pub tick_hz: u32,
    /// The ticks that it made.
    pub ticks: u64,
    /// How long that took.
    pub time: Duration,
}

impl Pace {
    /// The ticks that it made a second, if it was watched for long enough to tell.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.time >= SHORTEST).then(|| self.ticks as f64 / self.time.as_secs_f64())
    }

    /// The share of its ticks that it made, if that can be told.
    fn share(&self) -> Option<f64> {
        Some(self.rate()? / f64::from(self.tick_hz.max(1)))
    }

    fn is_slow(&self) -> bool {
        self.share().is_some_and(|share| share < LEAST)
    }
}

/// The room that made the smallest share of its ticks, of those that were watched for long enough.
#[must_use]
pub fn slowest(paces: &[Pace]) -> Option<&Pace> {
    let known = paces.iter().filter_map(|pace| Some((pace.share()?, pace)));
    known.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, pace)| pace)
}

/// That rooms were slow, in words, if any was.
#[must_use]
pub fn slowness(paces: &[Pace]) -> Option<String> {
    let worst = slowest(paces).filter(|pace| pace.is_slow())?;
    let Pace { room, tick_hz, .. } = worst;
    let others = match paces.iter().filter(|pace| pace.is_slow()).count() - 1 {
        0 => String::new(),
        1 => ", and 1 other room was slow too".to_owned(),
        others => format!(", and {others} other rooms were slow too"),
    };
    Some(format!("room {room} made {:.1} of {tick_hz} ticks a second{others}", worst.rate()?))
}

/// A room's pace while it is measured.
#[derive(Debug, Default)]
pub struct Track {
    is_watched: AtomicBool,
    pace: Mutex<Pace>,
}

impl Track {
    /// Notes which room it is.
    pub fn name(&self, room: &str, tick_hz: u32) {
        let mut pace = self.pace.lock();
        if pace.room != room {
            room.clone_into(&mut pace.room);
        }
        pace.tick_hz = tick_hz;
    }

    /// Watches from the frame of `tick` on, which came at `now`, unless somebody else does.
    pub fn watch(&self, now: Instant, tick: Tick) -> Option<Watch<'_>> {
        let is_free = !self.is_watched.load(Ordering::Relaxed)
            && !self.is_watched.swap(true, Ordering::Relaxed);
        is_free.then(|| Watch { track: self, first: now, last: (now, tick), ticks: 0 })
    }

    /// The pace, of all the watches that are over.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.pace.lock().clone()
    }
}

/// One bot that watches a room, for as long as it stays there.
#[derive(Debug)]
pub struct Watch<'a> {
    track: &'a Track,
    first: Instant,
    last: (Instant, Tick),
    ticks: u64,
}

impl Watch<'_> {
    /// The frame of `tick` came at `now`.
    pub fn see(&mut self, now: Instant, tick: Tick) {
        let went_by = u64::try_from(tick.since(self.last.1)).unwrap_or(0);
        self.ticks += went_by;
        self.last = (now, tick);
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut pace = self.track.pace.lock();
        pace.ticks += self.ticks;
        pace.time += self.last.0 - self.first;
        self.track.is_watched.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(100);

    /// A room of 10 Hz that was watched so often, each time for so many ticks, each so long.
    fn track(watches: u32, ticks: u32, tick: Duration) -> Track {
        let track = Track::default();
        track.name("ABCD", 10);
        for start in 0..watches {
            let (now, first) = (Instant::now(), Tick(u32::MAX - 5).offset(start as i32));
            let mut watch = track.watch(now, first).expect("nobody else watches");
            for n in 1..=ticks {
                watch.see(now + tick * n, first.offset(n as i32));
            }
        }
        track
    }

    #[test]
    fn a_room_at_its_rate_is_not_slow_even_when_the_tick_wraps() {
        let pace = track(1, 100, TICK).pace();
        assert_eq!((pace.ticks, pace.time.as_secs(), pace.rate()), (100, 10, Some(10.0)));
        assert_eq!(slowness(&[pace]), None);
        let fast = track(1, 100, TICK / 2).pace();
        assert_eq!(slowness(&[fast]), None);
    }

    #[test]
    fn a_room_below_nine_tenths_of_its_rate_is_named() {
        let (good, slow) = (track(1, 100, TICK).pace(), track(1, 100, TICK * 3).pace());
        let nearly = track(1, 100, TICK * 10 / 9 - Duration::from_millis(1)).pace();
        assert_eq!(slowness(&[nearly.clone(), good.clone()]), None);
        let said = "room ABCD made 3.3 of 10 ticks a second";
        assert_eq!(slowness(&[good, nearly, slow.clone()]).as_deref(), Some(said));
        let two = [track(1, 100, TICK * 2).pace(), slow.clone()];
        assert_eq!(slowness(&two), Some(format!("{said}, and 1 other room was slow too")));
        assert_eq!(slowest(&two), Some(&slow));
    }

    #[test]
    fn merged_frames_and_bots_that_come_and_go_make_no_difference() {
        let track = track(10, 10, TICK);
        assert_eq!(track.pace().rate(), Some(10.0));
        let now = Instant::now();
        let mut watch = track.watch(now, Tick(5)).unwrap();
        assert!(track.watch(now, Tick(5)).is_none(), "one is enough");
        watch.see(now + TICK * 20, Tick(25));
        drop(watch);
        assert_eq!(track.pace().rate(), Some(10.0), "a long time until a bot came does not count");
    }

    #[test]
    fn a_short_look_says_nothing() {
        let pace = track(1, 5, TICK * 3).pace();
        assert_eq!((pace.rate(), slowness(&[pace])), (None, None));
        assert_eq!(slowness(&[Pace::default()]), None);
    }
}
