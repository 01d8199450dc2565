//! Who is near: a uniform grid, rebuilt each tick in memory that it keeps.

use glam::Vec2;

use super::super::tuning::TILE;

/// Points sorted by the tile that they lie in.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    columns: usize,
    rows: usize,
    /// Where each tile's members begin; one more at the end.
    starts: Vec<u32>,
    /// The points' indices, tile by tile and in order within a tile.
    members: Vec<u16>,
}

impl Grid {
    /// Sorts `points`, at most 65,536 of them, over a world of `size` units.
    pub fn rebuild(&mut self, size: Vec2, points: impl Iterator<Item = Vec2> + Clone) {
        (self.columns, self.rows) = ((size.x / TILE) as usize, (size.y / TILE) as usize);
        self.starts.clear();
        self.starts.resize(self.columns * self.rows + 1, 0);
        // Each tile's count turns into its end, and, as members are put in from
        // its back, into its start.
        let mut count = 0;
        for point in points.clone() {
            let tile = self.tile(point);
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
            let tile = self.tile(point);
            self.starts[tile] -= 1;
            self.members[self.starts[tile] as usize] = index as u16;
        }
    }

    fn tile(&self, point: Vec2) -> usize {
        let (column, row) = self.tile_of(point);
        row * self.columns + column
    }

    /// Casting saturates, so what lies outside counts to the nearest tile.
    fn tile_of(&self, point: Vec2) -> (usize, usize) {
        let column = (point.x / TILE) as usize;
        let row = (point.y / TILE) as usize;
        (column.min(self.columns - 1), row.min(self.rows - 1))
    }

    /// The indices of all points in the tiles that a rectangle touches, always in the same order.
    pub fn near(&self, low: Vec2, high: Vec2) -> impl Iterator<Item = usize> + '_ {
        let ((left, top), (right, bottom)) = (self.tile_of(low), self.tile_of(high));
        // The tiles of a row lie side by side in memory: one range each.
        (top..=bottom).flat_map(move |row| {
            let first = self.starts[row * self.columns + left] as usize;
            let end = self.starts[row * self.columns + right + 1] as usize;
            self.members[first..end].iter().map(|index| usize::from(*index))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::rng::Rng;

    #[test]
    fn nobody_in_the_rectangle_is_missed_and_nobody_is_named_twice() {
        let (mut rng, mut grid) = (Rng::new(1), Grid::default());
        let size = Vec2::splat(2048.0);
        let mut point = || Vec2::new(rng.between(0.0, 2048.0), rng.between(0.0, 2048.0));
        let points: Vec<_> = (0..500).map(|_| point()).collect();
        grid.rebuild(size, points.iter().copied());
        for _ in 0..200 {
            let (low, high) = (point(), point() * 0.3);
            let high = low + high;
            let mut near: Vec<_> = grid.near(low, high).collect();
            near.sort_unstable();
            assert!(near.is_sorted_by(|a, b| a < b), "twice");
            for (index, point) in points.iter().enumerate() {
                let inside = point.cmpge(low).all() && point.cmple(high).all();
                assert!(!inside || near.contains(&index), "{point} is missing");
            }
        }
    }
}
