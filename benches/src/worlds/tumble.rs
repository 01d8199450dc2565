//! `tumble`: a few hundred cubes that a heavy one ploughs through: they fly, bounce, roll and
//! come to rest. Physics just good enough to move as physics does.
//!
//! A cube is a stiff spring at each corner against the ground and a soft ball against other
//! cubes. What lies still for a while falls asleep, and wakes when something touches it.

use glam::{Quat, Vec3};
use tickwire_shared::{
    EntityId,
    codec::Layout,
    field::{Quantise, Rotation},
    rows::Rows,
    schema::{Audience, FieldType, Kind, Predict, Schema},
};

use super::public;
use crate::recording::Recording;

const DT: f32 = 1.0 / 60.0;
const GRAVITY: f32 = 12.0;
/// How often a tick's contacts are gone through.
const ROUNDS: u32 = 3;
/// The share of an overlap that is undone in a tick.
const UNDONE: f32 = 0.2;
const BOUNCE: f32 = 0.2;
const FRICTION: f32 = 0.6;
/// How far the heavy cube drags others along, and how hard, a second squared for each unit.
const REACH: f32 = 5.0;
const PULL: f32 = 7.0;
/// The share of its spin that a cube loses in a second.
const SPIN_LOSS: f32 = 1.5;
/// Ticks that a slow cube takes to fall asleep.
const DROWSY: u32 = 8;
/// Positions are multiples of this, within these bounds.
const GRAIN: f32 = 1.0 / 512.0;
const ACROSS: i64 = 128 * 512;
const UP: i64 = 32 * 512;

#[derive(Clone, Copy, Debug)]
struct Cube {
    half: f32,
    mass: f32,
    pos: Vec3,
    velocity: Vec3,
    turn: Quat,
    spin: Vec3,
    still: u32,
}

/// The world.
#[derive(Debug)]
pub struct Tumble {
    cubes: Vec<Cube>,
    random: u64,
    tick: u32,
    goal: Vec3,
    drags: bool,
}

impl Tumble {
    /// Cubes in rows on the ground, and the heavy one.
    #[must_use]
    pub fn new(side: u32, seed: u64) -> Tumble {
        let mut world =
            Tumble { cubes: Vec::new(), random: seed | 1, tick: 0, goal: Vec3::ZERO, drags: true };
        world.cubes.push(Cube::new(1.0, 12.0, Vec3::new(-3.0, -3.0, 4.0)));
        for nth in 0..side * side {
            let at = Vec3::new((nth % side) as f32 * 1.6, (nth / side) as f32 * 1.6, 0.4);
            let shift = Vec3::new(world.signed() * 0.3, world.signed() * 0.3, 0.0);
            world.cubes.push(Cube::new(0.4, 1.0, at + shift));
        }
        world
    }

    /// A number from -1 to 1.
    fn signed(&mut self) -> f32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    }

    /// One tick.
    pub fn step(&mut self) {
        self.drive();
        self.cubes.iter_mut().filter(|cube| cube.is_awake()).for_each(Cube::fall);
        for _ in 0..ROUNDS {
            self.touch();
            self.cubes.iter_mut().filter(|cube| cube.is_awake()).for_each(Cube::rest);
        }
        self.cubes.iter_mut().filter(|cube| cube.is_awake()).for_each(Cube::advance);
        self.cubes.iter_mut().for_each(Cube::doze);
        self.tick += 1;
    }

    /// The heavy cube floats from place to place and drags along what is near, as a whirl does.
    fn drive(&mut self) {
        let extent = (self.cubes.len() as f32).sqrt() * 0.8;
        if self.tick.is_multiple_of(120) {
            self.goal = Vec3::new(self.signed(), self.signed(), 0.0) * extent + extent;
            self.goal.z = 1.5 + self.signed();
            self.drags = self.signed() > -0.5;
        }
        let heavy = &mut self.cubes[0];
        heavy.still = 0;
        let way = (self.goal - heavy.pos).clamp_length_max(8.0);
        heavy.velocity += (way - heavy.velocity) * 0.05;
        heavy.velocity.z += GRAVITY / 60.0;
        let (centre, drags) = (heavy.pos, self.drags);
        for cube in &mut self.cubes[1..] {
            let way = centre - cube.pos;
            if drags && way.length_squared() < REACH * REACH {
                cube.velocity += way * (PULL / 60.0);
                cube.still = 0;
            }
        }
    }

    /// Pushes apart what overlaps, and wakes it.
    fn touch(&mut self) {
        for a in 0..self.cubes.len() {
            if !self.cubes[a].is_awake() {
                continue;
            }
            for b in 0..self.cubes.len() {
                if b != a && (b > a || !self.cubes[b].is_awake()) {
                    collide(&mut self.cubes, a, b);
                }
            }
        }
    }

    /// Everything as columns, with motion.
    fn rows(&self, layout: &Layout, before: Option<&Rows>) -> Rows {
        let mut rows = Rows::default();
        for (slot, cube) in self.cubes.iter().enumerate() {
            let motions = layout.kinds[0].motions;
            rows.push_still(EntityId::new(0, slot as u16, 0), &cube.columns(), motions);
        }
        if let Some(before) = before {
            rows.derive_motion(layout, before);
        }
        rows
    }
}

fn collide(cubes: &mut [Cube], a: usize, b: usize) {
    let (one, other) = (cubes[a], cubes[b]);
    let apart = other.pos - one.pos;
    let reach = (one.half + other.half) * 1.15;
    let square = apart.length_squared();
    if square >= reach * reach || square == 0.0 {
        return;
    }
    let distance = square.sqrt();
    let normal = apart / distance;
    // Cubes rarely meet in line with their centres, so they turn each other.
    let aside = (one.turn * other.turn * Vec3::splat(0.12)).cross(normal);
    let arm_a = (normal + aside) * one.half;
    let arm_b = (aside - normal) * other.half;
    let relative = other.speed(arm_b) - one.speed(arm_a);
    let ease = one.ease(arm_a, normal) + other.ease(arm_b, normal);
    let impulse = impulse(relative, normal, reach - distance, ease);
    cubes[a].kick(-impulse, arm_a);
    cubes[b].kick(impulse, arm_b);
}

/// What keeps two things from going into each other, and rubs them: for the second of them.
fn impulse(relative: Vec3, normal: Vec3, overlap: f32, ease: f32) -> Vec3 {
    let closing = relative.dot(normal);
    let apart = (overlap - 0.01).max(0.0) * UNDONE / DT;
    let push = (apart - closing * (1.0 + BOUNCE)).max(0.0) / ease;
    let along = relative - normal * closing;
    let drag = (push * FRICTION).min(along.length() / ease);
    normal * push - along.normalize_or_zero() * drag
}

impl Cube {
    fn new(half: f32, mass: f32, pos: Vec3) -> Cube {
        let (zero, still) = (Vec3::ZERO, DROWSY);
        Cube { half, mass, pos, velocity: zero, turn: Quat::IDENTITY, spin: zero, still }
    }

    fn is_awake(&self) -> bool {
        self.still < DROWSY
    }

    /// A cube's inertia is the same about every axis.
    fn inertia(&self) -> f32 {
        self.mass * self.half * self.half * 2.0 / 3.0
    }

    fn speed(&self, arm: Vec3) -> Vec3 {
        self.velocity + self.spin.cross(arm)
    }

    /// How readily the point at `arm` gives way along `normal`.
    fn ease(&self, arm: Vec3, normal: Vec3) -> f32 {
        1.0 / self.mass + arm.cross(normal).length_squared() / self.inertia()
    }

    fn kick(&mut self, impulse: Vec3, arm: Vec3) {
        self.velocity += impulse / self.mass;
        self.spin += arm.cross(impulse) / self.inertia();
        if impulse.length_squared() > 0.04 {
            self.still = 0;
        }
    }

    fn fall(&mut self) {
        self.velocity.z -= GRAVITY * DT;
    }

    /// Keeps the corners out of the ground.
    fn rest(&mut self) {
        let still = self.still;
        for corner in 0..8u32 {
            let sign = |bit: u32| if corner >> bit & 1 == 1 { self.half } else { -self.half };
            let arm = self.turn * Vec3::new(sign(0), sign(1), sign(2));
            let depth = -(self.pos.z + arm.z);
            if depth > 0.0 {
                let impulse = impulse(self.speed(arm), Vec3::Z, depth, self.ease(arm, Vec3::Z));
                self.kick(impulse, arm);
            }
        }
        self.still = still;
    }

    fn advance(&mut self) {
        self.spin *= 1.0 - SPIN_LOSS * DT;
        self.pos += self.velocity * DT;
        let spin = self.spin * (DT / 2.0);
        let turned = Quat::from_xyzw(spin.x, spin.y, spin.z, 0.0) * self.turn;
        self.turn = (self.turn + turned).normalize();
    }

    fn doze(&mut self) {
        let slow = self.velocity.length_squared() < 0.05 && self.spin.length_squared() < 0.1;
        self.still = if slow { (self.still + 1).min(DROWSY) } else { 0 };
        if !self.is_awake() {
            (self.velocity, self.spin) = (Vec3::ZERO, Vec3::ZERO);
        }
    }

    fn columns(&self) -> [u32; 8] {
        let grains = |value: f32, least: i64, most: i64| {
            (((value / GRAIN).round() as i64).clamp(least, most) - least) as u32
        };
        let mut columns = [0; 8];
        columns[0] = grains(self.pos.x, -ACROSS, ACROSS);
        columns[1] = grains(self.pos.y, -ACROSS, ACROSS);
        columns[2] = grains(self.pos.z, 0, UP);
        self.turn.quantise(&Rotation { bits: 9 }, &mut columns[3..7]);
        columns[7] = u32::from(self.is_awake());
        columns
    }
}

/// The schema: a place (as one field or as three), a rotation, whether it is awake.
fn schema(split: bool) -> Schema {
    let across = FieldType::Int { min: -ACROSS, max: ACROSS };
    let mut fields = vec![
        public("x", across.clone(), Predict::Linear),
        public("y", across, Predict::Linear),
        public("z", FieldType::Int { min: 0, max: UP }, Predict::Linear),
    ];
    if !split {
        let (min, max, step) = (-128.0, 128.0, GRAIN);
        fields = vec![public("pos", FieldType::Vec3 { min, max, step }, Predict::Linear)];
    }
    fields.push(public("turn", FieldType::Quat { bits: 9 }, Predict::Linear));
    fields.push(public("awake", FieldType::Bool, Predict::Hold));
    let input = Kind { name: "input".into(), fields: Vec::new() };
    let kinds = vec![Kind { name: "cube".into(), fields }];
    Schema { game: "tumble".into(), kinds, input, messages: Vec::new(), requests: Vec::new() }
}

/// Records `ticks` ticks; `split` has the place as three fields instead of one.
#[must_use]
pub fn record(side: u32, split: bool, seed: u64, ticks: usize) -> Recording {
    let schema = schema(split);
    let layout = Layout::new(&schema, Audience::Public, 60);
    let mut world = Tumble::new(side, seed);
    let mut rows: Vec<Rows> = Vec::new();
    for _ in 0..ticks {
        world.step();
        rows.push(world.rows(&layout, rows.last()));
    }
    Recording::public("tumble", schema, layout, rows)
}
