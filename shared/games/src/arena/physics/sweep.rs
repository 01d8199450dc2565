//! Moving a ship's box through the map, one axis at a time, in grains.
//!
//! Every tile that the leading edge crosses is looked at, so no speed is high
//! enough to pass a wall, and all edges are whole numbers: touching a wall is exact.

use std::ops::Range;

use glam::IVec2;

use super::super::{
    map::Map,
    tuning::{GRAIN, SHIP_RADIUS, TILE},
};

/// Half a ship's width, in grains.
const RADIUS: i32 = (SHIP_RADIUS / GRAIN) as i32;
/// The side of a tile, in grains.
const SIDE: i32 = (TILE / GRAIN) as i32;

/// A direction to move in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Left and right.
    X,
    /// Up and down.
    Y,
}

impl Axis {
    fn split(self, vector: IVec2) -> (i32, i32) {
        match self {
            Axis::X => (vector.x, vector.y),
            Axis::Y => (vector.y, vector.x),
        }
    }

    fn join(self, along: i32, across: i32) -> IVec2 {
        match self {
            Axis::X => IVec2::new(along, across),
            Axis::Y => IVec2::new(across, along),
        }
    }

    fn is_wall(self, map: &Map, along: i32, across: i32) -> bool {
        let tile = self.join(along, across);
        map.is_wall(tile.x, tile.y)
    }
}

/// Where a move ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The box's centre, in grains.
    pub pos: IVec2,
    /// Whether a wall cut the move short.
    pub blocked: bool,
}

/// Moves a ship's box by `distance` grains along an axis, up to the first wall.
#[must_use]
pub fn along(map: &Map, pos: IVec2, axis: Axis, distance: i32) -> End {
    let (centre, across) = axis.split(pos);
    let lanes = tiles_between(across - RADIUS, across + RADIUS);
    let is_wall = |tile: &i32| lanes.clone().any(|lane| axis.is_wall(map, *tile, lane));
    let stop = if distance > 0 {
        let front = centre + RADIUS;
        let mut ahead = tiles_between(front, front + distance).filter(|tile| tile * SIDE >= front);
        ahead.find(is_wall).map(|tile| tile * SIDE - RADIUS)
    } else {
        let front = centre - RADIUS;
        let behind = tiles_between(front + distance, front).rev();
        let mut ahead = behind.filter(|tile| (tile + 1) * SIDE <= front);
        ahead.find(is_wall).map(|tile| (tile + 1) * SIDE + RADIUS)
    };
    End { pos: axis.join(stop.unwrap_or(centre + distance), across), blocked: stop.is_some() }
}

/// The tiles that an open interval of grains touches.
fn tiles_between(low: i32, high: i32) -> Range<i32> {
    low.div_euclid(SIDE)..(high + SIDE - 1).div_euclid(SIDE)
}

/// Whether a ship's box at `pos`, in grains, reaches into a wall.
#[must_use]
pub fn overlaps_wall(map: &Map, pos: IVec2) -> bool {
    let rows = tiles_between(pos.y - RADIUS, pos.y + RADIUS);
    let mut columns = tiles_between(pos.x - RADIUS, pos.x + RADIUS);
    columns.any(|column| rows.clone().any(|row| map.is_wall(column, row)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::rng::Rng;

    #[test]
    fn no_move_of_any_length_ends_in_a_wall() {
        let (map, mut rng) = (Map::yard(), Rng::new(3));
        let mut pos = (map.spawns()[0] / GRAIN).as_ivec2();
        for turn in 0..20_000 {
            let longest = [16, 320, 3200, 800_000][turn % 4];
            let mut way = || rng.below(2 * longest + 1) as i32 - longest as i32;
            let (x, y) = (way(), way());
            pos = along(&map, pos, Axis::X, x).pos;
            pos = along(&map, pos, Axis::Y, y).pos;
            assert!(!overlaps_wall(&map, pos), "{pos} after {x}, {y}");
        }
    }

    #[test]
    fn a_ship_against_a_wall_can_leave_it_and_move_along_it() {
        let map = Map::parse("#####\n#S..#\n#...#\n#####").expect("it is fine");
        let corner = IVec2::splat(SIDE + RADIUS);
        let stuck = along(&map, corner, Axis::X, -1);
        assert_eq!(stuck, End { pos: corner, blocked: true });
        let away = along(&map, corner, Axis::X, 5);
        assert_eq!(away, End { pos: corner + IVec2::X * 5, blocked: false });
        assert!(!along(&map, corner, Axis::Y, 5).blocked);
    }
}
