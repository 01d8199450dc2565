//! Who is where, gathered once a tick for everything that asks.

use glam::Vec2;

use super::tuning::{REGION, SIZE, TILE};
use crate::common::grid::Grid;

/// Things of one kind by place, in the order of their slots. Keeps its memory.
#[derive(Clone, Debug)]
pub struct Crowd<K> {
    things: Vec<(K, Vec2)>,
    grid: Grid,
}

impl<K> Default for Crowd<K> {
    fn default() -> Self {
        Crowd { things: Vec::new(), grid: Grid::default() }
    }
}

impl<K: Copy> Crowd<K> {
    /// Gathers things anew.
    pub fn gather(&mut self, things: impl Iterator<Item = (K, Vec2)>) {
        self.things.clear();
        self.things.extend(things);
        let places = self.things.iter().map(|(_, pos)| *pos);
        self.grid.rebuild(Vec2::splat(SIZE), TILE, places);
    }

    /// Takes memory for as many things.
    pub fn make_room(&mut self, things: usize) {
        self.things.reserve(things.saturating_sub(self.things.len()));
        self.grid.make_room(things);
    }

    /// All things, in order.
    #[must_use]
    pub fn all(&self) -> &[(K, Vec2)] {
        &self.things
    }

    /// What is within reach, always in the same order.
    pub fn near(&self, pos: Vec2, reach: f32) -> impl Iterator<Item = (K, Vec2)> + '_ {
        let span = Vec2::splat(reach);
        let near = self.grid.near(pos - span, pos + span).map(|index| self.things[index]);
        near.filter(move |(_, place)| place.distance_squared(pos) <= reach * reach)
    }

    /// The nearest within reach that will do.
    pub fn nearest(&self, pos: Vec2, reach: f32, will_do: impl Fn(K) -> bool) -> Option<(K, Vec2)> {
        let near = self.near(pos, reach).filter(|(key, _)| will_do(*key));
        near.min_by(|(_, a), (_, b)| a.distance_squared(pos).total_cmp(&b.distance_squared(pos)))
    }

    /// Roughly how many are near: all in the tiles that a square of twice the reach touches.
    #[must_use]
    pub fn about(&self, pos: Vec2, reach: f32) -> usize {
        self.grid.count(pos - reach, pos + reach)
    }

    /// How many are in a region.
    #[must_use]
    pub fn in_region(&self, column: usize, row: usize) -> usize {
        let low = Vec2::new(column as f32, row as f32) * REGION;
        // Half a tile less than the region, so that only its own tiles are touched.
        self.grid.count(low + TILE / 2.0, low + REGION - TILE / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::rng::Rng;

    fn crowd() -> Crowd<usize> {
        let (mut rng, mut crowd) = (Rng::new(3), Crowd::default());
        let mut place = || Vec2::new(rng.between(0.0, SIZE), rng.between(0.0, SIZE));
        crowd.gather((0..3000).map(|number| (number, place())).collect::<Vec<_>>().into_iter());
        crowd
    }

    #[test]
    fn the_nearest_is_found_as_if_all_were_asked() {
        let crowd = crowd();
        for (_, pos) in crowd.all().iter().take(200) {
            let odd = |number: usize| number % 2 == 1;
            let all = crowd.all().iter().filter(|(number, _)| odd(*number));
            let best = all.map(|(_, place)| place.distance(*pos)).fold(f32::INFINITY, f32::min);
            let found = crowd.nearest(*pos, 900.0, odd).expect("some are near");
            assert_eq!(found.1.distance(*pos), best);
        }
    }

    #[test]
    fn everybody_is_in_one_region() {
        let crowd = crowd();
        let count = |index: usize| crowd.in_region(index % 16, index / 16);
        assert_eq!((0..256).map(count).sum::<usize>(), 3000);
    }
}
