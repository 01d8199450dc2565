//! One match of the arena, for the tests: ships that are put in place, and what their players see.

use std::f32::consts::TAU;

use tickwire_shared::{Game, PlayerId};

use super::{Arena, Config, Controls, Map, Ship, bot::View};
pub use crate::common::harness::HZ;
use crate::common::harness::over_the_wire;

/// A match in progress.
pub type Match = crate::common::harness::Match<Arena>;

impl Match {
    /// A match on a map drawn for the test.
    pub fn on(map: &str) -> Match {
        let map = Map::parse(map).expect("the test's map is fine");
        Match::new(Config { map, ..Config::default() }, 1)
    }

    /// A player who joins and is put at a place, unshielded and pointing along the x axis.
    pub fn place(&mut self, player: u32, x: f32, y: f32) {
        self.game.join(PlayerId(player), "somebody");
        self.step(1);
        let ship = self.ship_mut(player);
        ship.pos = glam::Vec2::new(x, y);
        ship.heading = 0.0;
        ship.drop_shield();
    }

    pub fn ship(&self, player: u32) -> &Ship {
        &self.game.ships[self.game.players[&PlayerId(player)]]
    }

    pub fn ship_mut(&mut self, player: u32) -> &mut Ship {
        &mut self.game.ships[self.game.players[&PlayerId(player)]]
    }

    /// What a player's client can see: everything, as it comes out of the wire.
    pub fn view(&self, player: u32) -> View {
        let mut view = View { tick: self.tick, ..View::default() };
        for ship in self.game.ships.values().map(over_the_wire) {
            if ship.player == player {
                view.me = Some(ship);
            } else {
                view.ships.push(ship);
            }
        }
        let bullets = self.game.bullets.iter();
        view.bullets.extend(bullets.map(|(key, bullet)| {
            (slotmap::Key::data(&key).as_ffi() as u32, over_the_wire(bullet))
        }));
        view.pickups.extend(self.game.pickups.values().map(over_the_wire));
        view
    }
}

/// Controls that nobody would fly with, but different ones each tick and player.
pub fn scribble(tick: u32, player: u32) -> Controls {
    let mix = tick.wrapping_mul(2_654_435_761).rotate_left(player) ^ player.wrapping_mul(40_503);
    Controls {
        aim: (tick / 20 + player) as f32 * 0.7 % TAU,
        thrust: if mix & 3 == 0 { -1 } else { 1 },
        fire: mix & 4 == 0,
        boost: mix & 24 == 0,
    }
}
