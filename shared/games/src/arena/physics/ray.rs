//! Straight lines through the map: where a bullet meets a wall or a ship.

use glam::Vec2;

use super::super::{map::Map, tuning::TILE};

/// Where the way from `from` to `to` first meets a wall, as a share of the way in `0.0..=1.0`.
///
/// Walks from tile to tile along the line, so that no wall is too thin to be met.
#[must_use]
pub fn first_wall(map: &Map, from: Vec2, to: Vec2) -> Option<f32> {
    let way = to - from;
    let (mut x, mut next_x, step_x, width) = crossings(from.x, way.x);
    let (mut y, mut next_y, step_y, height) = crossings(from.y, way.y);
    let mut share = 0.0;
    while share <= 1.0 {
        if map.is_wall(x, y) {
            return Some(share);
        }
        if next_x < next_y {
            share = next_x;
            next_x += width;
            x += step_x;
        } else {
            share = next_y;
            next_y += height;
            y += step_y;
        }
    }
    None
}

/// For one axis: the tile it starts in, the share of the way at which it leaves
/// that, the step to the next tile, and the share of the way that a tile takes.
fn crossings(from: f32, way: f32) -> (i32, f32, i32, f32) {
    let tile = (from / TILE).floor();
    if way > 0.0 {
        (tile as i32, ((tile + 1.0) * TILE - from) / way, 1, TILE / way)
    } else if way < 0.0 {
        (tile as i32, (tile * TILE - from) / way, -1, -TILE / way)
    } else {
        (tile as i32, f32::INFINITY, 0, f32::INFINITY)
    }
}

/// Where the way from `from` to `to` first comes within `radius` of the origin,
/// as a share of the way in `0.0..=1.0`.
#[must_use]
pub fn first_touch(from: Vec2, to: Vec2, radius: f32) -> Option<f32> {
    let outside = from.length_squared() - radius * radius;
    if outside <= 0.0 {
        return Some(0.0);
    }
    let way = to - from;
    let (squared, towards) = (way.length_squared(), -from.dot(way));
    let discriminant = towards * towards - squared * outside;
    if towards <= 0.0 || discriminant < 0.0 {
        return None;
    }
    let share = (towards - discriminant.sqrt()) / squared;
    (share <= 1.0).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hall() -> Map {
        Map::parse("######\n#S.#.#\n#....#\n######").expect("it is fine")
    }

    #[test]
    fn a_line_meets_the_first_wall_however_long_it_is() {
        let from = Vec2::splat(96.0);
        for length in [96.0, 500.0, 1e6] {
            let share = first_wall(&hall(), from, from + Vec2::X * length);
            let met = share.expect("there is a wall") * length;
            assert!((met - 96.0).abs() < 0.1, "{length}: {met}");
        }
        assert_eq!(first_wall(&hall(), from, from + Vec2::X * 95.0), None);
        assert_eq!(first_wall(&hall(), from, from), None);
    }

    #[test]
    fn a_line_does_not_slip_through_the_corner_between_two_walls() {
        let map = Map::parse("####\n#S##\n##.#\n####").expect("it is fine");
        let from = Vec2::splat(96.0);
        assert_eq!(first_wall(&map, from, from + 64.0), Some(0.5));
        assert_eq!(first_wall(&map, from + 64.0, from), Some(0.5));
    }

    #[test]
    fn a_line_touches_a_circle_where_it_first_comes_near() {
        let (from, to) = (Vec2::new(-10.0, 0.0), Vec2::new(10.0, 0.0));
        assert_eq!(first_touch(from, to, 2.0), Some(0.4));
        assert_eq!(first_touch(to, from, 2.0), Some(0.4));
        assert_eq!(first_touch(from, from * 0.5, 2.0), None, "it ends before");
        assert_eq!(first_touch(to, to * 2.0, 2.0), None, "it goes away");
        assert_eq!(first_touch(Vec2::ZERO, to, 2.0), Some(0.0), "it starts inside");
        let aside = Vec2::Y * 3.0;
        assert_eq!(first_touch(from + aside, to + aside, 2.0), None, "it passes by");
    }
}
