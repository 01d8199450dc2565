//! Where ships come in.

use glam::Vec2;

use super::{Arena, map::Map, ship::Ships};
use crate::common::rng::Rng;

/// How many spawns are considered; more would make the choice predictable.
const CANDIDATES: usize = 4;
/// How far from a spawn's centre a ship may come in along each axis, in whole units.
/// It still fits its tile, and ships that share a spawn do not share a place.
const SCATTER: usize = 16;

/// The most ships that come in in one tick: choosing a place looks at every ship
/// there is, and a thousand players may join at once. The others wait a tick.
const ARRIVALS_A_TICK: usize = 32;

impl Arena {
    /// Counts down the wait of wrecked ships, and brings in those whose wait is over, shielded for
    /// as many ticks.
    pub(super) fn bring_in_ships(&mut self, shield: u16) {
        let map = &self.config.map;
        let mut arrivals = 0;
        for key in self.players.values() {
            let ship = &mut self.ships[*key];
            if ship.is_flying() {
                continue;
            }
            ship.respawn = ship.respawn.saturating_sub(1);
            if ship.respawn == 0 && arrivals < ARRIVALS_A_TICK {
                arrivals += 1;
                let place = choose(map, &self.ships, &mut self.rng);
                self.ships[*key].come_in(place, map.size() / 2.0, shield);
            }
        }
    }
}

/// A place to come in: of a few spawns, the one farthest from any flying ship.
fn choose(map: &Map, ships: &Ships, rng: &mut Rng) -> Vec2 {
    let mut best = (f32::NEG_INFINITY, map.spawns()[0]);
    for _ in 0..CANDIDATES {
        let spawn = map.spawns()[rng.below(map.spawns().len())];
        let safety = distance_to_nearest(spawn, ships);
        if safety > best.0 {
            best = (safety, spawn);
        }
    }
    best.1 + Vec2::new(scatter(rng), scatter(rng))
}

/// Squared, and infinite when nobody flies.
fn distance_to_nearest(spawn: Vec2, ships: &Ships) -> f32 {
    let flying = ships.values().filter(|ship| ship.is_flying());
    flying.map(|ship| ship.pos.distance_squared(spawn)).fold(f32::INFINITY, f32::min)
}

fn scatter(rng: &mut Rng) -> f32 {
    rng.below(2 * SCATTER + 1) as f32 - SCATTER as f32
}
