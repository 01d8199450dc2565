//! Moving a ship's box through the map, one axis at a time.
//!
//! Every tile that the leading edge crosses is looked at, so no speed is high
//! enough to pass a wall. All edges are multiples of a grain, so touching a wall is exact.

use glam::Vec2;

use super::super::{
    map::Map,
    tuning::{SHIP_RADIUS, TILE, TILES_MAX},
};

/// A direction to move in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Left and right.
    X,
    /// Up and down.
    Y,
}

impl Axis {
    /// The component along this axis.
    pub fn of(self, vector: &mut Vec2) -> &mut f32 {
        match self {
            Axis::X => &mut vector.x,
            Axis::Y => &mut vector.y,
        }
    }

    fn split(self, vector: Vec2) -> (f32, f32) {
        match self {
            Axis::X => (vector.x, vector.y),
            Axis::Y => (vector.y, vector.x),
        }
    }

    fn is_wall(self, map: &Map, along: i32, across: i32) -> bool {
        match self {
            Axis::X => map.is_wall(along, across),
            Axis::Y => map.is_wall(across, along),
        }
    }
}

/// Where a move ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// The box's centre.
    pub pos: Vec2,
    /// Whether a wall cut the move short.
    pub blocked: bool,
}

/// Moves a ship's box by `distance` along an axis, up to the first wall.
#[must_use]
pub fn along(map: &Map, pos: Vec2, axis: Axis, distance: f32) -> End {
    let (centre, across) = axis.split(pos);
    let lanes = tiles_between(across - SHIP_RADIUS, across + SHIP_RADIUS);
    let is_wall = |tile: &i32| lanes.clone().any(|lane| axis.is_wall(map, *tile, lane));
    let edge = |tile: i32| tile as f32 * TILE;
    let stop = if distance > 0.0 {
        let front = centre + SHIP_RADIUS;
        let mut ahead = tiles_between(front, front + distance).filter(|tile| edge(*tile) >= front);
        ahead.find(is_wall).map(|tile| edge(tile) - SHIP_RADIUS)
    } else {
        let front = centre - SHIP_RADIUS;
        let behind = tiles_between(front + distance, front).rev();
        let mut ahead = behind.filter(|tile| edge(*tile + 1) <= front);
        ahead.find(is_wall).map(|tile| edge(tile + 1) + SHIP_RADIUS)
    };
    let mut pos = pos;
    *axis.of(&mut pos) = stop.unwrap_or(centre + distance);
    End { pos, blocked: stop.is_some() }
}

/// The tiles that an open interval touches, cut off just beyond the largest map:
/// there everything is wall, and a way may be absurdly long.
fn tiles_between(low: f32, high: f32) -> std::ops::Range<i32> {
    let clamp = |tile: f32| tile.clamp(-1.0, TILES_MAX as f32 + 1.0) as i32;
    clamp((low / TILE).floor())..clamp((high / TILE).ceil())
}

/// Whether a ship's box at `pos` reaches into a wall.
#[must_use]
pub fn overlaps_wall(map: &Map, pos: Vec2) -> bool {
    let rows = tiles_between(pos.y - SHIP_RADIUS, pos.y + SHIP_RADIUS);
    let mut columns = tiles_between(pos.x - SHIP_RADIUS, pos.x + SHIP_RADIUS);
    columns.any(|column| rows.clone().any(|row| map.is_wall(column, row)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::rng::Rng;

    #[test]
    fn no_move_of_any_length_ends_in_a_wall() {
        let (map, mut rng) = (Map::yard(), Rng::new(3));
        let mut pos = map.spawns()[0];
        for turn in 0..20_000 {
            let longest = [2.0, 40.0, 400.0, 1e5][turn % 4];
            let way = super::super::to_grain(Vec2::new(
                rng.between(-longest, longest),
                rng.between(-longest, longest),
            ));
            pos = along(&map, pos, Axis::X, way.x).pos;
            pos = along(&map, pos, Axis::Y, way.y).pos;
            assert!(!overlaps_wall(&map, pos), "{pos} after {way}");
        }
    }

    #[test]
    fn a_ship_against_a_wall_can_leave_it_and_move_along_it() {
        let map = Map::parse("#####\n#S..#\n#...#\n#####").expect("it is fine");
        let corner = Vec2::splat(TILE + SHIP_RADIUS);
        let stuck = along(&map, corner, Axis::X, -1.0);
        assert_eq!(stuck, End { pos: corner, blocked: true });
        let away = along(&map, corner, Axis::X, 5.0);
        assert_eq!(away, End { pos: corner + Vec2::X * 5.0, blocked: false });
        assert!(!along(&map, corner, Axis::Y, 5.0).blocked);
    }
}
