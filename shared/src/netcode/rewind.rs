//! Where things were: the last few ticks of a world, to judge a shot by what its shooter saw.
//!
//! Each tick the game [records](Rewind::record) where things are. Then [`Rewind::at`] says where
//! one of them was so many ticks before, in between two ticks too, as clients draw it. In a tick
//! in which a thing was not recorded it was not there, and nothing leads across such a gap.
//!
//! Keys name one thing for ever; those of a slot map do, as a slot that is used again has another
//! version. Memory is bounded by the ticks that are kept times the things that there are, and is
//! used again: a history that has gone round allocates nothing.

use glam::Vec2;
use serde::{Deserialize, Serialize};

/// Somewhere that a thing can be, and all that is between.
pub trait Pose: Copy {
    /// From here the `share` of the way to `to`, where 0 is here and 1 is there.
    #[must_use]
    fn towards(self, to: Self, share: f32) -> Self;
}

impl Pose for Vec2 {
    fn towards(self, to: Vec2, share: f32) -> Vec2 {
        self + (to - self) * share
    }
}

/// The poses of the last few ticks, by key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rewind<K, P> {
    /// A ring of ticks, each sorted by key.
    ticks: Vec<Vec<(K, P)>>,
    /// Where the newest tick is in it.
    newest: usize,
}

impl<K, P> Default for Rewind<K, P> {
    fn default() -> Self {
        Rewind { ticks: Vec::new(), newest: 0 }
    }
}

impl<K: Ord + Copy, P: Pose> Rewind<K, P> {
    /// Takes in where everything is in the tick that is now the newest. The history then reaches
    /// `reach` ticks behind it, or as far as it has got since it was empty or shorter.
    ///
    /// # Panics
    /// When the keys do not rise, as those of a slot map do.
    pub fn record(&mut self, reach: usize, poses: impl Iterator<Item = (K, P)>) {
        self.fit(reach + 1);
        self.newest = (self.newest + 1) % self.ticks.len();
        let tick = &mut self.ticks[self.newest];
        tick.clear();
        tick.extend(poses);
        assert!(tick.is_sorted_by(|a, b| a.0 < b.0), "the keys must rise");
    }

    /// Where a thing was `behind` ticks before the newest; `None` when it was not there, or that
    /// is longer ago than is known.
    #[must_use]
    pub fn at(&self, key: K, behind: f32) -> Option<P> {
        // Casting saturates, and sends what is not a number to now.
        let whole = behind as usize;
        let after = self.recorded(key, whole)?;
        let share = behind - whole as f32;
        if share > 0.0 {
            let before = self.recorded(key, whole.checked_add(1)?)?;
            return Some(after.towards(before, share));
        }
        Some(after)
    }

    /// Takes memory for as many things in each tick that is kept.
    pub fn make_room(&mut self, things: usize) {
        for tick in &mut self.ticks {
            tick.reserve_exact(things.saturating_sub(tick.len()));
        }
    }

    fn recorded(&self, key: K, behind: usize) -> Option<P> {
        let count = self.ticks.len();
        if behind >= count {
            return None;
        }
        let tick = &self.ticks[(self.newest + count - behind) % count];
        let index = tick.binary_search_by(|(other, _)| other.cmp(&key)).ok()?;
        Some(tick[index].1)
    }

    /// Makes the ring as long as that. Of another length it begins anew.
    fn fit(&mut self, count: usize) {
        if self.ticks.len() != count {
            self.ticks.clear();
            self.ticks.resize_with(count, Vec::new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history of 4 ticks in which thing 1 goes 10 a tick to x = `last`.
    fn steady(last: usize) -> Rewind<u32, Vec2> {
        let mut rewind = Rewind::default();
        for tick in 0..=last {
            rewind.record(4, [(1, Vec2::X * tick as f32 * 10.0)].into_iter());
        }
        rewind
    }

    #[test]
    fn the_past_is_known_in_and_between_ticks_as_far_as_it_reaches() {
        let rewind = steady(20);
        let x = |behind: f32| rewind.at(1, behind).map(|pos| pos.x);
        assert_eq!([0.0, 1.0, 2.5, 4.0].map(x), [200.0, 190.0, 175.0, 160.0].map(Some));
        assert_eq!([4.1, 5.0, 1e9, f32::INFINITY].map(x), [None; 4]);
        assert_eq!([-1.0, f32::NAN].map(x), [Some(200.0); 2], "nothing is ahead of now");
    }

    #[test]
    fn nothing_is_known_of_the_time_before_the_first_tick() {
        assert_eq!(steady(1).at(1, 1.0), Some(Vec2::ZERO));
        assert_eq!(steady(1).at(1, 1.5), None);
        assert_eq!(Rewind::<u32, Vec2>::default().at(1, 0.0), None);
    }

    #[test]
    fn nothing_leads_across_a_gap() {
        let mut rewind = steady(9);
        rewind.record(4, [].into_iter());
        rewind.record(4, [(1, Vec2::Y)].into_iter());
        assert_eq!(rewind.at(1, 0.0), Some(Vec2::Y));
        assert_eq!([0.5, 1.0, 1.5].map(|behind| rewind.at(1, behind)), [None; 3]);
        assert_eq!(rewind.at(1, 2.0), Some(Vec2::X * 90.0));
    }

    #[test]
    fn a_key_that_is_not_there_finds_nobody_elses_place() {
        let mut rewind = Rewind::default();
        rewind.record(2, [(2, Vec2::X), (5, Vec2::Y)].into_iter());
        rewind.record(2, [(3, Vec2::X), (5, Vec2::Y)].into_iter());
        assert_eq!([2, 3, 5].map(|key| rewind.at(key, 0.0)), [None, Some(Vec2::X), Some(Vec2::Y)]);
        assert_eq!(rewind.at(5, 0.5), Some(Vec2::Y));
        assert_eq!(rewind.at(3, 0.5), None);
    }

    #[test]
    #[should_panic(expected = "the keys must rise")]
    fn things_out_of_order_are_a_mistake() {
        Rewind::default().record(2, [(2, Vec2::X), (1, Vec2::Y)].into_iter());
    }
}
