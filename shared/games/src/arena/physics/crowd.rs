//! The ships that are flying, gathered once a tick for everything that asks who is where.

use glam::Vec2;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        flight,
        ship::{ShipKey, Ships},
        tuning::{BULLET_RADIUS, SHIP_BOUNCE, SHIP_PUSH, SHIP_RADIUS, TILE},
    },
    past::Past,
    ray,
};
use crate::common::grid::Grid;

/// What matters of a flying ship to those around it.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// The ship.
    pub key: ShipKey,
    /// Its player.
    pub player: u32,
    /// Its centre, in units.
    pub pos: Vec2,
    /// How far it came in this tick, in units.
    pub moved: Vec2,
    velocity: Vec2,
    /// How many ticks it has flown since it came in, this one included.
    flown: u16,
}

/// All flying ships, in order of their slots, sorted by place. Keeps its memory.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Crowd {
    #[serde(skip)]
    bodies: Vec<Body>,
    #[serde(skip)]
    grid: Grid,
    /// The farthest that any of them came in this tick along an axis, in units.
    #[serde(skip)]
    farthest: f32,
    /// Where they were before.
    past: Past,
}

/// A bullet's way in a tick.
#[derive(Clone, Copy, Debug)]
pub struct Flyby {
    /// Where it begins, in units.
    pub from: Vec2,
    /// Where it ends, in units.
    pub to: Vec2,
    /// The player who fired it, who is never hit by it.
    pub shooter: u32,
    /// How many ticks ago the ships are that it meets.
    pub behind: f32,
}

impl Crowd {
    /// Gathers the flying ships of a world of `size` units, and remembers where they are for
    /// `memory` ticks.
    pub fn gather(&mut self, ships: &Ships, size: Vec2, memory: f32) {
        self.bodies.clear();
        self.bodies.extend(ships.iter().filter(|(_, ship)| ship.is_flying()).map(|(key, ship)| {
            let (player, velocity, flown) = (ship.player, ship.velocity, ship.flown);
            Body { key, player, pos: ship.pos, moved: ship.moved, velocity, flown }
        }));
        self.grid.rebuild(size, TILE, self.bodies.iter().map(|body| body.pos));
        let moves = self.bodies.iter().map(|body| body.moved.abs().max_element());
        self.farthest = moves.fold(0.0, f32::max);
        let places = self.bodies.iter().map(|body| (body.key, body.pos));
        self.past.record(memory, self.farthest, places);
    }

    /// Takes another's working memory, and not what it knows of the past.
    pub fn take_over(&mut self, other: &mut Crowd) {
        self.bodies = std::mem::take(&mut other.bodies);
        self.grid = std::mem::take(&mut other.grid);
    }

    /// Takes memory for as many ships.
    pub fn make_room(&mut self, ships: usize) {
        self.bodies.reserve_exact(ships.saturating_sub(self.bodies.len()));
        self.grid.make_room(ships);
        self.past.make_room(ships);
    }

    /// Ships whose centres may lie in a rectangle: all that do and some beside it.
    pub fn near(&self, low: Vec2, high: Vec2) -> impl Iterator<Item = &Body> {
        self.grid.near(low, high).map(|index| &self.bodies[index])
    }

    /// The first ship that a bullet meets on its way, with the share of the way.
    ///
    /// The bullet and the ships move at the same time, so it is their relative
    /// way that is looked at: a ship cannot be missed by flying fast.
    #[must_use]
    pub fn first_hit(&self, flyby: &Flyby) -> Option<(f32, &Body)> {
        let Flyby { from, to, shooter, behind } = *flyby;
        let radius = SHIP_RADIUS + BULLET_RADIUS;
        let strayed = if behind > 0.0 { self.past.strayed(behind) } else { self.farthest };
        let margin = Vec2::splat(radius + strayed);
        let (low, high) = (from.min(to) - margin, from.max(to) + margin);
        let near = self.near(low, high).filter(|body| body.player != shooter);
        // The tiles of the rectangle hold many more.
        near.filter(|body| body.pos.clamp(low, high) == body.pos)
            .filter_map(|body| {
                let (start, end) = self.way(body, behind)?;
                Some((ray::first_touch(from - start, to - end, radius)?, body))
            })
            .min_by(|(a, first), (b, second)| a.total_cmp(b).then(first.key.cmp(&second.key)))
    }

    /// From where to where a ship came in the tick that is `behind` ticks behind this one;
    /// `None` if it was not there yet, or was another time before it was destroyed.
    fn way(&self, body: &Body, behind: f32) -> Option<(Vec2, Vec2)> {
        if behind <= 0.0 {
            return Some((body.pos - body.moved, body.pos));
        }
        let was_there = behind.ceil() + 1.0 < f32::from(body.flown);
        if was_there { self.past.way(body.key, behind) } else { None }
    }

    /// Lets ships that touch bounce off each other.
    ///
    /// Only speeds change, never places: so nobody is ever pushed into a wall.
    pub fn push_apart(&mut self, ships: &mut Ships) {
        for index in 0..self.bodies.len() {
            let body = self.bodies[index];
            let reach = Vec2::splat(2.0 * SHIP_RADIUS);
            for other in self.grid.near(body.pos - reach, body.pos + reach) {
                if index < other {
                    let push = self.push_between(index, other);
                    self.bodies[index].velocity -= push;
                    self.bodies[other].velocity += push;
                }
            }
        }
        for body in &self.bodies {
            ships[body.key].velocity = flight::snapped(body.velocity);
        }
    }

    /// What the second of two ships gains in speed, and the first loses.
    fn push_between(&self, first: usize, second: usize) -> Vec2 {
        let (first, second) = (&self.bodies[first], &self.bodies[second]);
        let gap = second.pos - first.pos;
        let distance = gap.length();
        let overlap = 2.0 * SHIP_RADIUS - distance;
        if overlap <= 0.0 {
            return Vec2::ZERO;
        }
        // Two ships in one place part along the x axis: any axis will do.
        let normal = if distance > 0.0 { gap / distance } else { Vec2::X };
        let closing = (first.velocity - second.velocity).dot(normal).max(0.0);
        normal * (closing * (1.0 + SHIP_BOUNCE) / 2.0 + overlap * SHIP_PUSH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::{ship::Ship, tuning::VELOCITY_STEP};

    fn crowd_of(ships: &Ships) -> Crowd {
        let mut crowd = Crowd::default();
        crowd.gather(ships, Vec2::splat(2048.0), 0.0);
        crowd
    }

    fn ship(player: u32, x: f32, speed: f32) -> Ship {
        let velocity = Vec2::new(speed, 0.0);
        Ship { player, pos: Vec2::new(x, 500.0), velocity, ..Ship::default() }
    }

    /// A bullet of player 1 that meets ships where they are.
    fn flyby(from: Vec2, to: Vec2) -> Flyby {
        Flyby { from, to, shooter: 1, behind: 0.0 }
    }

    #[test]
    fn ships_that_collide_part_and_keep_their_momentum() {
        let mut ships = Ships::default();
        let left = ships.insert(ship(1, 500.0, 200.0));
        let right = ships.insert(ship(2, 520.0, -100.0));
        crowd_of(&ships).push_apart(&mut ships);
        let (left, right) = (ships[left].velocity.x, ships[right].velocity.x);
        assert!(left < right, "{left} {right}");
        assert!((left + right - 100.0).abs() <= VELOCITY_STEP, "{left} {right}");
    }

    #[test]
    fn a_bullet_meets_the_nearest_ship_but_never_its_own() {
        let mut ships = Ships::default();
        for (player, x) in [(1, 500.0), (2, 700.0), (3, 600.0)] {
            ships.insert(ship(player, x, 0.0));
        }
        let crowd = crowd_of(&ships);
        let way = flyby(Vec2::new(500.0, 500.0), Vec2::new(1500.0, 500.0));
        let (share, body) = crowd.first_hit(&way).expect("two are in the way");
        assert_eq!(body.player, 3);
        assert!((share - 0.082).abs() < 0.001, "{share}");
    }

    #[test]
    fn a_ship_that_crosses_a_bullets_way_within_a_tick_is_hit() {
        let mut ships = Ships::default();
        let mut crossing = ship(2, 600.0, 0.0);
        crossing.pos.y = 560.0;
        crossing.moved = Vec2::new(0.0, 120.0);
        ships.insert(crossing);
        let crowd = crowd_of(&ships);
        let way = flyby(Vec2::new(590.0, 500.0), Vec2::new(610.0, 500.0));
        assert!(crowd.first_hit(&way).is_some());
    }
}
