//! Worlds whose ticks were simulated beforehand: to play them measures all but the game's step.
//!
//! | name | what moves, and how |
//! |---|---|
//! | `straight` | as predicted, but for bounces at the walls |
//! | `crowd` | evenly, but not by whole steps, so that rounding surprises; a few change course |
//! | `ships` | ships that turn, speed up, shoot and are hit all the time: nothing is as predicted |

use std::f32::consts::TAU;

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{DefaultKey, SlotMap};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step, schema::Schema,
};

use super::{drift::Nudge, r1::R1};
use crate::session::Session;

/// Ticks before those that are played, so that everything is on its way.
const WARM_UP_TICKS: usize = 40;
/// Ticks that are played: forward, backward, and again.
const TICKS: usize = 64;
/// The map's width and height.
const SIZE: f32 = 2048.0;
/// The step of a place, and of a direction.
const STEPS: (f32, f32) = (0.0625, TAU / 1024.0);
const DT: f32 = 1.0 / 30.0;

/// How a world moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Motion {
    /// By whole steps.
    Straight,
    /// Evenly.
    Crowd,
    /// As it pleases.
    #[default]
    Ships,
}

/// How each world moves, with its name.
pub const MOTIONS: [(&str, Motion); 3] =
    [("straight", Motion::Straight), ("crowd", Motion::Crowd), ("ships", Motion::Ships)];

/// Which world, and how large.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Config {
    /// How its entities move.
    pub motion: Motion,
    /// How many there are.
    pub entities: usize,
}

/// A session of such a world with somebody to watch it.
#[must_use]
pub fn session(motion: Motion, entities: usize) -> Session<Replay> {
    let config = Config { motion, entities };
    let mut session = Session::new(&config, 1, |_| Box::new(|_| Nudge::default()));
    session.join();
    session
}

/// What is replicated of each entity.
#[derive(Clone, Debug, Default, Replicate)]
pub struct Thing {
    /// Where it is.
    #[replicate(range = 0.0..=2048.0, step = 0.0625, linear)]
    pub pos: Vec2,
    /// Where it points.
    #[replicate(angle = 10, linear)]
    pub heading: f32,
    /// How well it is.
    #[replicate(range = 0..=100)]
    pub hp: u8,
    /// What it has achieved.
    pub score: u16,
}

/// The world.
#[derive(Debug, Serialize, Deserialize)]
pub struct Replay {
    keys: SlotMap<DefaultKey, ()>,
    /// They never change, and are many.
    #[serde(skip)]
    ticks: Vec<Vec<Thing>>,
    at: usize,
}

impl Game for Replay {
    const NAME: &'static str = "replay";
    type Config = Config;
    type Input = Nudge;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Thing>().build()
    }

    fn init(config: &Config, seed: u64) -> Self {
        let mut keys = SlotMap::new();
        (0..config.entities).for_each(|_| {
            keys.insert(());
        });
        let ticks = match config.motion {
            Motion::Ships => ships(config.entities, seed),
            motion => Drifters::new(config.entities, motion, seed).ticks(),
        };
        Replay { keys, ticks, at: 0 }
    }

    fn join(&mut self, _player: PlayerId, _name: &str) {}

    fn leave(&mut self, _player: PlayerId) {}

    fn input(&mut self, _player: PlayerId, _input: &Nudge) {}

    fn step(&mut self, _step: &mut Step<'_>) {
        self.at = (self.at + 1) % (2 * TICKS - 2);
    }

    fn restored(&mut self, before: Option<&mut Self>) {
        self.ticks = before.map(|before| std::mem::take(&mut before.ticks)).unwrap_or_default();
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        let things = &self.ticks[self.at.min(2 * TICKS - 2 - self.at)];
        let entities = self.keys.keys().zip(things);
        entities.for_each(|(key, thing)| capture.put(key, Belongs::NOBODY, thing));
    }
}

fn ships(count: usize, seed: u64) -> Vec<Vec<Thing>> {
    let mut world = R1::new(count, seed);
    (0..WARM_UP_TICKS).for_each(|_| world.step());
    let tick = |_| {
        world.step();
        let ships = world.ships().map(|ship| Thing {
            pos: Vec2::new(ship.x, ship.y),
            heading: ship.heading,
            hp: ship.hp,
            score: ship.score,
        });
        ships.collect()
    };
    (0..TICKS).map(tick).collect()
}

/// Things that fly straight on.
struct Drifters {
    things: Vec<(Thing, Vec2, f32)>,
    whole: bool,
    random: u64,
}

impl Drifters {
    fn new(count: usize, motion: Motion, seed: u64) -> Drifters {
        let whole = motion == Motion::Straight;
        let mut world = Drifters { things: Vec::new(), whole, random: seed | 1 };
        for _ in 0..count {
            let pos = Vec2::new(world.signed(), world.signed()) * (SIZE / 2.0) + SIZE / 2.0;
            let thing =
                Thing { pos: pos.floor(), heading: world.signed() * 3.0, hp: 100, score: 0 };
            let way = Vec2::new(world.signed(), world.signed()) * 200.0 * DT;
            let spin = world.signed() * 2.0 * DT;
            let entity = (thing, world.even(way, STEPS.0), world.even(Vec2::X * spin, STEPS.1).x);
            world.things.push(entity);
        }
        world
    }

    fn ticks(mut self) -> Vec<Vec<Thing>> {
        let tick = |_| {
            self.step();
            self.things.iter().map(|(thing, ..)| thing.clone()).collect()
        };
        (0..TICKS).map(tick).collect()
    }

    fn step(&mut self) {
        for (Thing { pos, heading, .. }, way, spin) in &mut self.things {
            let there = *pos + *way;
            *way *= Vec2::select(
                there.cmplt(Vec2::ZERO) | there.cmpgt(Vec2::splat(SIZE)),
                -Vec2::ONE,
                Vec2::ONE,
            );
            *pos += *way;
            *heading += *spin;
        }
        let disturbed = if self.whole { 0 } else { self.things.len() / 20 };
        for _ in 0..disturbed {
            let nth = (self.signed().abs() * self.things.len() as f32) as usize;
            let push = Vec2::new(self.signed(), self.signed()) * 60.0 * DT;
            if let Some((thing, way, _)) = self.things.get_mut(nth) {
                *way += push;
                thing.hp = thing.hp.saturating_sub(1).max(1);
            }
        }
    }

    /// In the straight world, the same by whole steps.
    fn even(&self, change: Vec2, step: f32) -> Vec2 {
        if self.whole { (change / step).round() * step } else { change }
    }

    /// A number between -1 and 1.
    fn signed(&mut self) -> f32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    }
}
