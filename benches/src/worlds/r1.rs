//! `r1`: ships that all see each other, for comparisons with servers that replicate plain numbers.
//!
//! Each has a place, a heading, health and a score. They steer for points of the map, turn as they
//! go, shoot who is before them, and come in again elsewhere when they were hit too often. Its
//! values are those of the simulation: what is rounded, and how, is up to whoever sends them.

use glam::Vec2;
use serde::Serialize;
use tickwire_shared::schema::{FieldType, Kind, Predict, Schema};

use super::public;

/// Ticks a second.
pub const TICK_HZ: u32 = 30;
/// The map's width and height.
const SIZE: f32 = 2048.0;
const FULL_HP: u8 = 100;
const TOP_SPEED: f32 = 220.0;
const PUSH: f32 = 260.0;
const RANGE: f32 = 300.0;
/// A ship shoots about once in so many ticks.
const RELOAD: u32 = 20;

/// What is replicated of a ship.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ship {
    /// Where it is.
    pub x: f32,
    /// Where it is.
    pub y: f32,
    /// Where it points, in radians.
    pub heading: f32,
    /// Its health.
    pub hp: u8,
    /// How many it has destroyed.
    pub score: u16,
}

#[derive(Clone, Debug)]
struct Pilot {
    ship: Ship,
    velocity: Vec2,
    goal: Vec2,
}

/// The world.
#[derive(Clone, Debug)]
pub struct R1 {
    pilots: Vec<Pilot>,
    random: u64,
}

/// The schema: a sixteenth of a unit, 1,024 directions.
#[must_use]
pub fn schema() -> Schema {
    let place = || FieldType::Float { min: 0.0, max: SIZE, step: 0.0625 };
    let fields = vec![
        public("x", place(), Predict::Linear),
        public("y", place(), Predict::Linear),
        public("heading", FieldType::Angle { bits: 10 }, Predict::Linear),
        public("hp", FieldType::Int { min: 0, max: FULL_HP.into() }, Predict::Hold),
        public("score", FieldType::Int { min: 0, max: u16::MAX.into() }, Predict::Hold),
    ];
    let input = Kind { name: "input".into(), fields: Vec::new() };
    let kinds = vec![Kind { name: "ship".into(), fields }];
    Schema { game: "r1".into(), kinds, input, messages: Vec::new(), requests: Vec::new() }
}

impl R1 {
    /// A world of so many ships; the same seed makes the same world.
    #[must_use]
    pub fn new(players: usize, seed: u64) -> R1 {
        // Seeds that are neighbours should not be worlds that are.
        let random = (seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1;
        let mut world = R1 { pilots: Vec::new(), random };
        for _ in 0..players {
            let pilot = world.enter(0);
            world.pilots.push(pilot);
        }
        world
    }

    /// The ships, in an order that stays.
    pub fn ships(&self) -> impl Iterator<Item = Ship> {
        self.pilots.iter().map(|pilot| pilot.ship)
    }

    /// One tick.
    pub fn step(&mut self) {
        for index in 0..self.pilots.len() {
            self.fly(index);
            if self.below(RELOAD) == 0 {
                self.shoot(index);
            }
        }
    }

    fn fly(&mut self, index: usize) {
        let goal = self.point();
        let dt = 1.0 / TICK_HZ as f32;
        let Pilot { ship, velocity, goal: wanted } = &mut self.pilots[index];
        let place = Vec2::new(ship.x, ship.y);
        if place.distance(*wanted) < 100.0 {
            *wanted = goal;
        }
        let away = Vec2::from_angle(ship.heading).angle_to(*wanted - place);
        ship.heading += away.clamp(-3.0 * dt, 3.0 * dt);
        *velocity = (*velocity + Vec2::from_angle(ship.heading) * PUSH * dt) * 0.985;
        *velocity = velocity.clamp_length_max(TOP_SPEED);
        let place = (place + *velocity * dt).clamp(Vec2::ZERO, Vec2::splat(SIZE));
        (ship.x, ship.y) = (place.x, place.y);
    }

    /// Hits the first ship that is near and before this one.
    fn shoot(&mut self, index: usize) {
        let ship = self.pilots[index].ship;
        let aim = Vec2::from_angle(ship.heading);
        let target = self.pilots.iter().position(|other| {
            let way = Vec2::new(other.ship.x - ship.x, other.ship.y - ship.y);
            let distance = way.length();
            distance > 0.0 && distance < RANGE && aim.dot(way) > 0.95 * distance
        });
        let Some(target) = target else { return };
        let hp = self.pilots[target].ship.hp.saturating_sub(12);
        self.pilots[target].ship.hp = hp;
        if hp == 0 {
            self.pilots[target] = self.enter(self.pilots[target].ship.score);
            self.pilots[index].ship.score = ship.score.saturating_add(1);
        }
    }

    fn enter(&mut self, score: u16) -> Pilot {
        let place = self.point();
        let heading = self.below(6283) as f32 / 1000.0;
        let ship = Ship { x: place.x, y: place.y, heading, hp: FULL_HP, score };
        Pilot { ship, velocity: Vec2::ZERO, goal: self.point() }
    }

    fn point(&mut self) -> Vec2 {
        Vec2::new(self.below(2048) as f32, self.below(2048) as f32)
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        ((self.random >> 32) as u32) % limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ships_move_turn_are_hit_and_score() {
        let mut world = R1::new(64, 1);
        let start: Vec<Ship> = world.ships().collect();
        let mut hits = 0;
        for _ in 0..900 {
            world.step();
            hits += world.ships().filter(|ship| ship.hp < FULL_HP).count();
        }
        let end: Vec<Ship> = world.ships().collect();
        assert!(start.iter().zip(&end).all(|(a, b)| (a.x, a.heading) != (b.x, b.heading)));
        assert!(hits > 0 && end.iter().any(|ship| ship.score > 0));
    }

    #[test]
    fn a_seed_decides_everything() {
        let run = |seed| {
            let mut world = R1::new(8, seed);
            (0..100).for_each(|_| world.step());
            world.ships().collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }
}
