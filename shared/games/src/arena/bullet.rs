//! Bullets: flown in a straight line, and spent on a wall, a ship or time.
//!
//! A bullet comes forward by the same whole number of grains each tick, so once
//! the wire has seen two places it predicts all the others, and a flying bullet
//! costs next to nothing. Its speed is not replicated: it is in those places.
//!
//! A player sees its own bullets in the present, and the ships of others a little in the past. So
//! all along its flight a bullet meets ships where they were that long ago: what its shooter sees
//! it touch is what it hits. Walls it meets where they are, which is where they were. Whom it hits
//! is hurt as it is by now: not at all if it is wrecked, nor if it has a shield, even one that it did
//! not have where it was met. Whoever has come in since can be met only where it has been since.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{SlotMap, new_key_type};
use tickwire_shared::Replicate;

use super::{
    flight::Shot,
    map::Map,
    physics::{
        crowd::{Crowd, Flyby},
        ray,
    },
    ship::{Ship, ShipKey},
    tuning::{GRAIN, WORLD_MAX},
};

new_key_type! {
    /// Names a bullet.
    pub struct BulletKey;
}

/// All the bullets of a room.
pub type Bullets = SlotMap<BulletKey, Bullet>;

/// A bullet in flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Replicate, Serialize, Deserialize)]
pub struct Bullet {
    /// Where it is, in units.
    #[replicate(range = 0.0..=WORLD_MAX, step = GRAIN, linear)]
    pub pos: Vec2,
    /// The colour of the ship that fired it.
    #[replicate(range = 0..=15)]
    pub hue: u8,
    /// How far it comes in a tick, in units; multiples of [`GRAIN`].
    #[replicate(skip)]
    pub(super) velocity: Vec2,
    /// The player who fired it, who is never hit by it.
    #[replicate(skip)]
    pub(super) shooter: u32,
    /// How many ticks ago the ships are that it meets: where its shooter sees them.
    #[replicate(skip)]
    pub(super) behind: f32,
    /// Ticks left to fly.
    #[replicate(skip)]
    life: u16,
}

/// A bullet that met a ship in this tick.
#[derive(Clone, Copy, Debug)]
pub struct Strike {
    /// The player who fired it.
    pub shooter: u32,
    /// The ship it met.
    pub victim: ShipKey,
}

impl Bullet {
    /// The bullet of a ship's shot, which meets ships at most `most` ticks ago.
    ///
    /// Nor does it meet them before its own ship was there: nobody shoots into a time that it has
    /// not lived in.
    pub(super) fn new(shot: Shot, ship: &Ship, most: f32) -> Bullet {
        let lived = f32::from(ship.flown.saturating_sub(1));
        Bullet {
            pos: shot.pos.as_vec2() * GRAIN,
            hue: ship.hue,
            velocity: shot.way.as_vec2() * GRAIN,
            shooter: ship.player,
            // In this order what is not a number becomes nought.
            behind: ship.sight.max(0.0).min(most).min(lived),
            life: shot.life,
        }
    }
}

/// Moves all bullets, removes the spent ones, and collects whom they met.
pub fn fly_all(bullets: &mut Bullets, map: &Map, crowd: &Crowd, strikes: &mut Vec<Strike>) {
    strikes.clear();
    bullets.retain(|_, bullet| {
        let (from, to) = (bullet.pos, bullet.pos + bullet.velocity);
        let wall = ray::first_wall(map, from, to);
        let ship =
            crowd.first_hit(&Flyby { from, to, shooter: bullet.shooter, behind: bullet.behind });
        let struck = ship.filter(|(share, _)| wall.is_none_or(|wall| *share <= wall));
        if let Some((_, body)) = struck {
            strikes.push(Strike { shooter: bullet.shooter, victim: body.key });
        }
        bullet.pos = to;
        bullet.life = bullet.life.saturating_sub(1);
        wall.is_none() && struck.is_none() && bullet.life > 0
    });
}
