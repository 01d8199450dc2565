//! Whole worlds, told by what players would notice.

mod games;
mod life;
mod rules;

use glam::Vec2;
use tickwire_shared::{Game, PlayerId};

use super::{Config, Field, Forager, Growth, Predator, Wisp, bot::View};
use crate::common::harness::over_the_wire;

/// A field in progress.
type Match = crate::common::harness::Match<Field>;

impl Match {
    /// A field in which nothing lives.
    fn bare() -> Match {
        Match::new(Config { growth: 0, foragers: 0, predators: 0 }, 1)
    }

    /// A player who joins and is put at a place, awake.
    fn place(&mut self, player: u32, x: f32, y: f32) {
        self.game.join(PlayerId(player), "somebody");
        self.step(1);
        let wisp = self.wisp_mut(player);
        wisp.pos = Vec2::new(x, y);
        wisp.wait = 0;
        wisp.life = super::Life::Awake;
    }

    fn wisp(&self, player: u32) -> &Wisp {
        &self.game.wisps[self.game.players[&PlayerId(player)]]
    }

    fn wisp_mut(&mut self, player: u32) -> &mut Wisp {
        &mut self.game.wisps[self.game.players[&PlayerId(player)]]
    }

    /// What a player's client can see: everything near, as it comes out of the wire.
    fn view(&self, player: u32) -> View {
        let game = &self.game;
        let me = over_the_wire(self.wisp(player));
        let near = |pos: Vec2| pos.distance(me.pos) < 800.0;
        let hunters = game.predators.values().filter(|it| it.hunts() && near(it.pos));
        let foragers = game.foragers.values().filter(|it| near(it.pos));
        let ripe = game.meadow.plants.values().filter(|it| it.meal().is_some() && near(it.pos));
        let gold = |it: &Growth| it.stage == super::Stage::Gold;
        View {
            tick: self.tick,
            hunters: hunters.map(|it: &Predator| over_the_wire(it).pos).collect(),
            foragers: foragers.map(|it: &Forager| over_the_wire(it)).collect(),
            ripe: ripe.map(|it| (over_the_wire(it).pos, gold(it))).collect(),
            regions: game.overview.regions.values().map(|it| it.growth).collect(),
            me: Some(me),
        }
    }
}
