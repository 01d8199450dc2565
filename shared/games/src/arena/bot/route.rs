//! Finding a way round walls: breadth first over the tiles, then straight lines where there is room.

use std::collections::VecDeque;

use glam::Vec2;
use tickwire_shared::Tick;

use super::super::{
    map::Map,
    physics::ray,
    tuning::{SHIP_RADIUS, TILE},
};

/// How often a way to a moving goal is looked for anew, in ticks.
const REPLAN_TICKS: i32 = 20;
/// How many tiles ahead a short cut is looked for.
const SHORT_CUT_TILES: usize = 8;

const NEIGHBOURS: [Tile; 4] = [(1, 0), (-1, 0), (0, 1), (0, -1)];

/// Column and row.
type Tile = (i32, i32);

/// A way to a goal. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// Tile by tile from where it was planned to the goal.
    way: Vec<Tile>,
    goal: Tile,
    planned: Tick,
    /// For each tile the one that is next on the way to the goal.
    next: Vec<Option<Tile>>,
    open: VecDeque<Tile>,
}

impl Route {
    /// The farthest point of the way that can be flown to in a straight line.
    pub fn towards(&mut self, map: &Map, pos: Vec2, goal: Vec2, tick: Tick) -> Vec2 {
        if is_free_lane(map, pos, goal) {
            return goal;
        }
        let (here, there) = (tile_of(pos), tile_of(goal));
        let stale = !(0..REPLAN_TICKS).contains(&tick.since(self.planned));
        let astray = !self.way.contains(&here);
        if astray || (stale && there != self.goal) {
            self.plan(map, here, there, tick);
        }
        let passed = self.way.iter().position(|tile| *tile == here).unwrap_or(0);
        let ahead = self.way[passed..].iter().skip(1).take(SHORT_CUT_TILES);
        let mut reachable = ahead.map(|tile| centre(*tile)).rev();
        // When even the next tile cannot be flown to straight, the middle of this one is a way out.
        reachable.find(|point| is_free_lane(map, pos, *point)).unwrap_or(centre(here))
    }

    fn plan(&mut self, map: &Map, from: Tile, goal: Tile, tick: Tick) {
        (self.goal, self.planned) = (goal, tick);
        self.flood(map, goal, from);
        self.way.clear();
        self.way.push(from);
        let mut tile = from;
        while let Some(next) = self.next[index(map, tile)].filter(|next| *next != tile) {
            self.way.push(next);
            tile = next;
        }
    }

    /// Spreads from the goal until it meets `from`; the goal's own next tile is itself.
    fn flood(&mut self, map: &Map, goal: Tile, from: Tile) {
        self.next.clear();
        self.next.resize(map.columns() * map.rows().len(), None);
        self.open.clear();
        if map.is_wall(goal.0, goal.1) || map.is_wall(from.0, from.1) {
            return;
        }
        self.next[index(map, goal)] = Some(goal);
        self.open.push_back(goal);
        while let Some(tile) = self.open.pop_front() {
            if tile == from {
                return;
            }
            for neighbour in NEIGHBOURS.map(|(x, y)| (tile.0 + x, tile.1 + y)) {
                let floor = !map.is_wall(neighbour.0, neighbour.1);
                if floor && self.next[index(map, neighbour)].is_none() {
                    self.next[index(map, neighbour)] = Some(tile);
                    self.open.push_back(neighbour);
                }
            }
        }
    }
}

/// Whether a ship can fly straight from one point to another.
#[must_use]
pub fn is_free_lane(map: &Map, from: Vec2, to: Vec2) -> bool {
    let aside = (to - from).normalize_or_zero().perp() * SHIP_RADIUS;
    let is_free = |offset| ray::first_wall(map, from + offset, to + offset).is_none();
    is_free(Vec2::ZERO) && is_free(aside) && is_free(-aside)
}

fn index(map: &Map, (column, row): Tile) -> usize {
    row as usize * map.columns() + column as usize
}

fn tile_of(pos: Vec2) -> Tile {
    let tile = (pos / TILE).floor();
    (tile.x as i32, tile.y as i32)
}

fn centre((column, row): Tile) -> Vec2 {
    (Vec2::new(column as f32, row as f32) + 0.5) * TILE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_round_the_wall() {
        let map = Map::parse("#######\n#S.#..#\n#..#..#\n#.....#\n#######").expect("it is fine");
        let (mut pos, goal) = (Vec2::splat(96.0), Vec2::new(352.0, 96.0));
        let mut route = Route::default();
        for tick in 0..200 {
            let point = route.towards(&map, pos, goal, Tick(tick));
            assert!(ray::first_wall(&map, pos, point).is_none(), "{pos} to {point}");
            pos += (point - pos).clamp_length_max(10.0);
        }
        assert_eq!(pos, goal);
    }

    #[test]
    fn a_goal_within_a_wall_does_no_harm() {
        let (map, mut route) = (Map::yard(), Route::default());
        let pos = map.spawns()[0];
        let point = route.towards(&map, pos, Vec2::ZERO, Tick(0));
        assert_eq!(point, pos);
    }
}
