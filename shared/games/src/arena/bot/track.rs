//! How fast things go, seen from where they were in the view before.
//!
//! The wire carries nobody else's speed, so a pilot does what a player's eye does.

use glam::Vec2;
use tickwire_shared::Tick;

/// Faster than anything flies, in units a second: whatever seems to has come in elsewhere.
const IMPLAUSIBLE: f32 = 1500.0;
/// A view older than this many ticks says nothing about speeds.
const STALE_TICKS: i32 = 15;

/// Where things were in the last two views.
#[derive(Clone, Debug, Default)]
pub struct Tracks {
    now: Vec<(u32, Vec2)>,
    before: Vec<(u32, Vec2)>,
    tick: Tick,
    /// From the view before to this one, in ticks.
    elapsed: i32,
}

impl Tracks {
    /// Takes in a new view's things by their numbers. The same tick again changes nothing.
    pub fn see(&mut self, tick: Tick, things: impl Iterator<Item = (u32, Vec2)>) {
        if tick == self.tick {
            return;
        }
        self.elapsed = tick.since(self.tick);
        self.tick = tick;
        std::mem::swap(&mut self.now, &mut self.before);
        self.now.clear();
        self.now.extend(things);
        self.now.sort_unstable_by_key(|(number, _)| *number);
    }

    /// A thing's velocity, in units a tick; zero for what was not there before.
    #[must_use]
    pub fn velocity(&self, number: u32, pos: Vec2, hz: f32) -> Vec2 {
        let found = self.before.binary_search_by_key(&number, |(number, _)| *number);
        let (Ok(index), 1..=STALE_TICKS) = (found, self.elapsed) else {
            return Vec2::ZERO;
        };
        let velocity = (pos - self.before[index].1) / self.elapsed as f32;
        if velocity.length() * hz > IMPLAUSIBLE { Vec2::ZERO } else { velocity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_the_way_since_the_last_view() {
        let mut tracks = Tracks::default();
        tracks.see(Tick(10), [(7, Vec2::ZERO), (3, Vec2::ONE)].into_iter());
        tracks.see(Tick(12), [(3, Vec2::ONE), (7, Vec2::X * 20.0), (9, Vec2::Y)].into_iter());
        assert_eq!(tracks.velocity(7, Vec2::X * 20.0, 30.0), Vec2::X * 10.0);
        assert_eq!(tracks.velocity(9, Vec2::Y, 30.0), Vec2::ZERO, "it is new");
        assert_eq!(tracks.velocity(3, Vec2::ONE * 900.0, 30.0), Vec2::ZERO, "it came in elsewhere");
    }
}
