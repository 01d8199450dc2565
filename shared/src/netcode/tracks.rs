//! The tracks of all entities of a kind.

use std::collections::BTreeMap;

use super::{blend::Blend, render_clock::Picture, track::Track};

/// How far things go on when the next frame does not come, in seconds.
const COAST_SECONDS: f64 = 0.12;
/// For how many ticks something that has gone is kept while nothing is drawn: longer than the longest
/// delay.
const KEPT: i64 = 64;
/// By how many ticks a track's lag changes at most, for each tick that is drawn.
const LAG_STEP: f64 = 0.25;

/// Tracks by key. Several of these, of different states, may go by one
/// [`RenderClock`](super::RenderClock); where there is only one, [`Interpolation`](super::Interpolation) has both.
///
/// There are as many as the last frame has entities, and those that went in the last moments. Once
/// warm, nothing is allocated but for a track of an entity that is new.
#[derive(Clone, Debug)]
pub struct Tracks<K, S: Blend> {
    coasting: f64,
    tracks: BTreeMap<K, Entry<S>>,
}

#[derive(Clone, Debug)]
struct Entry<S: Blend> {
    track: Track<S>,
    /// The last frame that it was in.
    frame: i64,
}

impl<K: Copy + Ord, S: Blend> Tracks<K, S> {
    /// No tracks, for a room of so many ticks a second.
    #[must_use]
    pub fn new(tick_hz: u32) -> Tracks<K, S> {
        let coasting = COAST_SECONDS * f64::from(tick_hz.max(1));
        Tracks { coasting, tracks: BTreeMap::new() }
    }

    /// Takes all states of a frame, each with the tick that it is of, which is an older one where
    /// an entity rests. What is not among them is gone. Ticks are numbers, as the clock's `arrived` says them.
    pub fn record(&mut self, frame: i64, states: impl IntoIterator<Item = (K, i64, S)>) {
        let fresh = || Entry { track: Track::new(self.coasting), frame };
        for (key, tick, state) in states {
            let entry = self.tracks.entry(key).or_insert_with(fresh);
            entry.frame = frame;
            entry.track.add(frame, tick, state);
        }
        // Where nothing is drawn, such as in a hidden window, nothing would be seen to go.
        self.tracks.retain(|_, entry| {
            if entry.frame != frame {
                entry.track.end(frame);
            }
            !entry.track.is_over((frame - KEPT) as f64)
        });
    }

    /// Draws a picture.
    pub fn draw(&mut self, picture: &Picture) {
        let step = picture.ticks * LAG_STEP;
        self.tracks.retain(|_, Entry { track, .. }| {
            track.follow(step);
            let tick = picture.tick - track.lag();
            track.draw(tick, picture.seconds, picture.skipped);
            !track.is_over(tick)
        });
    }

    /// What is drawn, in order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (K, &S)> {
        self.tracks.iter().filter_map(|(key, entry)| Some((*key, entry.track.drawn()?)))
    }

    /// What is drawn of an entity, if it is to be seen.
    #[must_use]
    pub fn get(&self, key: K) -> Option<&S> {
        self.tracks.get(&key)?.track.drawn()
    }

    /// How many entities are known, those included that are not yet or no longer to be seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tracks.len()
    }

    /// Whether no entity is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.tracks.clear();
    }
}
