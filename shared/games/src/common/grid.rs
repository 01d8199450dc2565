//! Who is near: a uniform grid, rebuilt each tick in memory that it keeps.

use std::ops::Range;

use glam::Vec2;

/// Points sorted by the tile that they lie in.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// The side of a tile, in units.
    tile: f32,
    columns: usize,
    rows: usize,
    /// Where each tile's members begin; one more at the end.
    starts: Vec<u32>,
    /// The points' indices, tile by tile and in order within a tile.
    members: Vec<u16>,
}

impl Grid {
    /// Sorts `points`, at most 65,536 of them, over a world of `size` units with tiles of `tile`.
    pub fn rebuild(&mut self, size: Vec2, tile: f32, points: impl Iterator<Item = Vec2> + Clone) {
        self.tile = tile;
        (self.columns, self.rows) = ((size.x / tile) as usize, (size.y / tile) as usize);
        self.starts.clear();
        self.starts.resize(self.columns * self.rows + 1, 0);
        // Each tile's count turns into its end, and, as members are put in from
        // its back, into its start.
        let mut count = 0;
        for point in points.clone() {
            let tile = self.index_of(point);
            self.starts[tile] += 1;
            count += 1;
        }
        let mut end = 0;
        for start in &mut self.starts {
            end += *start;
            *start = end;
        }
        self.members.clear();
        self.members.resize(count, 0);
        self.put_members(points);
    }

    /// Takes memory for as many points.
    pub fn make_room(&mut self, points: usize) {
        self.members.reserve(points.saturating_sub(self.members.len()));
    }

    fn put_members(&mut self, points: impl Iterator<Item = Vec2>) {
        for (index, point) in points.enumerate() {
            let tile = self.index_of(point);
            self.starts[tile] -= 1;
            self.members[self.starts[tile] as usize] = index as u16;
        }
    }

    fn index_of(&self, point: Vec2) -> usize {
        let (column, row) = self.tile_of(point);
        row * self.columns + column
    }

    /// Casting saturates, so what lies outside counts to the nearest tile.
    fn tile_of(&self, point: Vec2) -> (usize, usize) {
        let column = (point.x / self.tile) as usize;
        let row = (point.y / self.tile) as usize;
        (column.min(self.columns - 1), row.min(self.rows - 1))
    }

    /// The indices of all points in the tiles that a rectangle touches, always in the same order.
    pub fn near(&self, low: Vec2, high: Vec2) -> impl Iterator<Item = usize> + '_ {
        let ranges = self.ranges(low, high);
        ranges.flat_map(|range| self.members[range].iter().map(|index| usize::from(*index)))
    }

    /// How many points lie in the tiles that a rectangle touches.
    #[must_use]
    pub fn count(&self, low: Vec2, high: Vec2) -> usize {
        self.ranges(low, high).map(|range| range.len()).sum()
    }

    /// The members in a rectangle's tiles, which lie side by side in memory: one range a row.
    fn ranges(&self, low: Vec2, high: Vec2) -> impl Iterator<Item = Range<usize>> + '_ {
        let ((left, top), (right, bottom)) = (self.tile_of(low), self.tile_of(high));
        (top..=bottom).map(move |row| {
            let first = self.starts[row * self.columns + left] as usize;
            let end = self.starts[row * self.columns + right + 1] as usize;
            first..end
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::rng::Rng;

    #[test]
    fn nobody_in_the_rectangle_is_missed_and_nobody_is_named_twice() {
        let (mut rng, mut grid) = (Rng::new(1), Grid::default());
        let size = Vec2::splat(2048.0);
        let mut point = || Vec2::new(rng.between(0.0, 2048.0), rng.between(0.0, 2048.0));
        let points: Vec<_> = (0..500).map(|_| point()).collect();
        grid.rebuild(size, 64.0, points.iter().copied());
        for _ in 0..200 {
            let (low, high) = (point(), point() * 0.3);
            let high = low + high;
            let mut near: Vec<_> = grid.near(low, high).collect();
            assert_eq!(near.len(), grid.count(low, high));
            near.sort_unstable();
            assert!(near.is_sorted_by(|a, b| a < b), "twice");
            for (index, point) in points.iter().enumerate() {
                let inside = point.cmpge(low).all() && point.cmple(high).all();
                assert!(!inside || near.contains(&index), "{point} is missing");
            }
        }
    }
}
