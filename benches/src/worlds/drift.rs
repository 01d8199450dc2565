//! Entities that drift: how many, how many of them move, and how many are replaced each tick.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{DefaultKey, SlotMap};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step, schema::Schema,
};

use crate::session::Session;

/// The named worlds.
pub const WORLDS: [(&str, Config); 3] = [
    ("sparse", Config { entities: 1000, movers_in_100: 5, replaced_a_tick: 0 }),
    ("crowd", Config { entities: 1000, movers_in_100: 100, replaced_a_tick: 0 }),
    ("churn", Config { entities: 500, movers_in_100: 100, replaced_a_tick: 100 }),
];

/// What makes one drifting world differ from another.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Config {
    /// How many entities there are at any time.
    pub entities: u32,
    /// How many of each hundred move.
    pub movers_in_100: u32,
    /// How many are replaced by new ones each tick.
    pub replaced_a_tick: u32,
}

/// A session of a drifting world with somebody to watch it.
#[must_use]
pub fn session(config: &Config, seed: u64) -> Session<Drift> {
    let mut session = Session::new(config, seed, |_| Box::new(|_| Nudge::default()));
    session.join();
    session
}

/// One drifting entity.
#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Body {
    /// Where it is.
    #[replicate(range = 0.0..=4096.0, step = 0.0625, linear)]
    pub pos: Vec2,
    /// Where it points.
    #[replicate(angle = 10, linear)]
    pub heading: f32,
    /// How well it is.
    #[replicate(range = 0..=100)]
    pub hp: u8,
    #[replicate(skip)]
    velocity: Vec2,
    #[replicate(skip)]
    spin: f32,
}

/// Drifting worlds ignore their players.
#[derive(Clone, Debug, Default, Replicate)]
pub struct Nudge {
    /// Which way.
    pub way: u8,
}

/// The world.
#[derive(Debug, Serialize, Deserialize)]
pub struct Drift {
    config: Config,
    bodies: SlotMap<DefaultKey, Body>,
    random: u64,
}

impl Game for Drift {
    const NAME: &'static str = "drift";
    const MAX_PLAYERS: u32 = 1000;
    type Config = Config;
    type Input = Nudge;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Body>().build()
    }

    fn init(config: &Config, seed: u64) -> Self {
        let mut world = Drift { config: *config, bodies: SlotMap::new(), random: seed | 1 };
        (0..config.entities).for_each(|_| world.add());
        world
    }

    fn join(&mut self, _player: PlayerId, _name: &str) {}

    fn leave(&mut self, _player: PlayerId) {}

    fn input(&mut self, _player: PlayerId, _input: &Nudge) {}

    fn step(&mut self, step: &mut Step<'_>) {
        for _ in 0..self.config.replaced_a_tick {
            let nth = self.below(self.bodies.len() as u32) as usize;
            let key = self.bodies.keys().nth(nth);
            key.map(|key| self.bodies.remove(key));
            self.add();
        }
        for index in 0..self.bodies.len() as u32 / 20 {
            self.disturb(index);
        }
        for body in self.bodies.values_mut() {
            body.pos += body.velocity * step.dt;
            bounce(&mut body.pos.x, &mut body.velocity.x);
            bounce(&mut body.pos.y, &mut body.velocity.y);
            body.heading += body.spin * step.dt;
        }
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        self.bodies.iter().for_each(|(key, body)| capture.put(key, Belongs::NOBODY, body));
    }
}

impl Drift {
    fn below(&mut self, limit: u32) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        ((self.random >> 32) as u32) % limit.max(1)
    }

    fn signed(&mut self, most: f32) -> f32 {
        (self.below(2001) as f32 / 1000.0 - 1.0) * most
    }

    fn add(&mut self) {
        let pos = Vec2::new(self.below(4096) as f32, self.below(4096) as f32);
        let moves = self.below(100) < self.config.movers_in_100;
        let speed = if moves { 200.0 } else { 0.0 };
        let body = Body {
            pos,
            heading: self.signed(3.0),
            hp: 100,
            velocity: Vec2::new(self.signed(speed), self.signed(speed)),
            spin: if moves { self.signed(2.0) } else { 0.0 },
        };
        self.bodies.insert(body);
    }

    /// Some that move change their course each tick, as things with a will do.
    fn disturb(&mut self, salt: u32) {
        let nth = self.below(self.bodies.len() as u32 + salt) as usize;
        let push = Vec2::new(self.signed(60.0), self.signed(60.0));
        if let Some(body) =
            self.bodies.values_mut().nth(nth).filter(|body| body.velocity != Vec2::ZERO)
        {
            body.velocity += push;
            body.hp = body.hp.saturating_sub(1).max(1);
        }
    }
}

fn bounce(pos: &mut f32, velocity: &mut f32) {
    if !(0.0..=4096.0).contains(pos) {
        *pos = pos.clamp(0.0, 4096.0);
        *velocity = -*velocity;
    }
}
