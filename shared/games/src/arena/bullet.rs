//! Bullets: fired, flown in a straight line, and spent on a wall, a ship or time.
//!
//! A bullet comes forward by the same whole number of grains each tick, so once
//! the wire has seen two places it predicts all the others, and a flying bullet
//! costs next to nothing. Its speed is not replicated: it is in those places.

use glam::Vec2;
use slotmap::{SlotMap, new_key_type};
use tickwire_shared::Replicate;

use super::{
    map::Map,
    physics::{crowd::Crowd, ray, to_grain},
    ship::{Ship, ShipKey, Ships},
    tuning::{AMMO_RESERVE, BULLETS_MAX, GRAIN, Rates, WORLD_MAX},
};

new_key_type! {
    /// Names a bullet.
    pub struct BulletKey;
}

/// All the bullets of a room.
pub type Bullets = SlotMap<BulletKey, Bullet>;

/// A bullet in flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Replicate)]
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

impl Ship {
    /// Makes a round now and then while there are few.
    pub(super) fn make_rounds(&mut self, rates: &Rates) {
        if self.ammo >= AMMO_RESERVE {
            self.reload = rates.reload;
            return;
        }
        self.reload = self.reload.saturating_sub(1);
        if self.reload == 0 {
            self.ammo += 1;
            self.reload = rates.reload;
        }
    }

    /// The shot that this ship fires in this tick, if it wants to and can.
    fn shoot(&mut self, rates: &Rates) -> Option<Bullet> {
        if !self.is_flying() || !self.controls.fire || self.cooldown > 0 || self.ammo == 0 {
            return None;
        }
        self.ammo -= 1;
        self.cooldown = if self.overdrive { rates.overdrive_cooldown } else { rates.cooldown };
        self.drop_shield();
        // From the ship's centre: its nose may be in a wall, its centre never is.
        Some(Bullet {
            pos: self.pos,
            hue: self.hue,
            velocity: to_grain(Vec2::from_angle(self.heading) * rates.bullet_speed),
            shooter: self.player,
            life: rates.bullet_life,
        })
    }
}

/// Fires the guns of all ships that want to and can.
pub fn fire_all(ships: &mut Ships, bullets: &mut Bullets, rates: &Rates) {
    for ship in ships.values_mut() {
        if bullets.len() >= BULLETS_MAX {
            return;
        }
        if let Some(bullet) = ship.shoot(rates) {
            bullets.insert(bullet);
        }
    }
}

/// Moves all bullets, removes the spent ones, and collects whom they met.
pub fn fly_all(bullets: &mut Bullets, map: &Map, crowd: &Crowd, strikes: &mut Vec<Strike>) {
    strikes.clear();
    bullets.retain(|_, bullet| {
        let (from, to) = (bullet.pos, bullet.pos + bullet.velocity);
        let wall = ray::first_wall(map, from, to);
        let ship = crowd.first_hit(from, to, bullet.shooter);
        let struck = ship.filter(|(share, _)| wall.is_none_or(|wall| *share <= wall));
        if let Some((_, body)) = struck {
            strikes.push(Strike { shooter: bullet.shooter, victim: body.key });
        }
        bullet.pos = to;
        bullet.life = bullet.life.saturating_sub(1);
        wall.is_none() && struck.is_none() && bullet.life > 0
    });
}
