//! The shared world as a game of Tickwire's.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{DefaultKey, KeyData};
use tickwire_shared::{
    Belongs, Capture, Game, Grid, PlayerId, Replicate, SchemaBuilder, Step, To, View,
    schema::Schema,
};

use super::world::{REACH, Ship, World};

/// What is replicated of a ship: the fields and the precision that all hosts have.
#[derive(Clone, Debug, Default, PartialEq, Replicate)]
#[replicate(name = "ship")]
pub struct Seen {
    /// Where it is, in sixteenths of a unit.
    #[replicate(linear)]
    pub x: u16,
    /// Where it is.
    #[replicate(linear)]
    pub y: u16,
    /// Where it points, in 1,024 directions.
    #[replicate(range = 0..=1023, wrap)]
    pub heading: u16,
    /// Its health.
    #[replicate(range = 0..=100)]
    pub hp: u8,
    /// How many it has destroyed.
    pub score: u16,
}

impl From<&Ship> for Seen {
    fn from(ship: &Ship) -> Seen {
        let ((x, y), heading) = (ship.place(), ship.heading as u16);
        Seen { x: x as u16, y: y as u16, heading, hp: ship.hp as u8, score: ship.score as u16 }
    }
}

/// What a player does: 0 and 2 turn, 1 goes straight on.
#[derive(Clone, Debug, Replicate)]
pub struct Turn {
    /// Which way.
    #[replicate(range = 0..=2)]
    pub turn: u8,
}

impl Default for Turn {
    fn default() -> Turn {
        Turn { turn: 1 }
    }
}

/// Tells a player which ship is its own.
#[derive(Clone, Debug, Replicate)]
pub struct You {
    /// The ship's slot.
    pub slot: u16,
}

/// The game: the world `near`, or `everyone`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ships<const NEAR: bool> {
    world: World,
    /// Who has which slot; by player, in order of joining.
    slots: Vec<(PlayerId, usize)>,
    /// How often each slot was taken.
    versions: Vec<u32>,
    /// Who has not been told which ship is its own.
    fresh: Vec<(PlayerId, usize)>,
}

impl<const NEAR: bool> Ships<NEAR> {
    fn slot(&self, player: PlayerId) -> Option<usize> {
        let found = self.slots.binary_search_by_key(&player.0, |(player, _)| player.0);
        found.ok().map(|at| self.slots[at].1)
    }
}

impl<const NEAR: bool> Game for Ships<NEAR> {
    const NAME: &'static str = if NEAR { "near" } else { "everyone" };
    type Config = ();
    type Input = Turn;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Seen>().message::<You>().build()
    }

    fn init(_: &(), seed: u64) -> Self {
        let world = World::new(NEAR, seed as u32);
        let versions = vec![0; world.ships.len()];
        Ships { world, slots: Vec::new(), versions, fresh: Vec::new() }
    }

    fn join(&mut self, player: PlayerId, _: &str) {
        let slot = self.world.enter();
        self.versions.resize(self.world.ships.len(), 0);
        self.versions[slot] += 1;
        let at = self.slots.partition_point(|(other, _)| other.0 < player.0);
        self.slots.insert(at, (player, slot));
        self.fresh.push((player, slot));
    }

    fn leave(&mut self, player: PlayerId) {
        if let Some(slot) = self.slot(player) {
            self.world.leave(slot);
        }
        self.slots.retain(|(other, _)| *other != player);
        self.fresh.retain(|(other, _)| *other != player);
    }

    fn input(&mut self, player: PlayerId, input: &Turn) {
        if let Some(slot) = self.slot(player) {
            self.world.steer(slot, input.turn);
        }
    }

    fn step(&mut self, step: &mut Step<'_>) {
        self.world.step();
        for (player, slot) in self.fresh.drain(..) {
            step.send(To::Player(player), &You { slot: slot as u16 });
        }
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (slot, ship) in self.world.ships.iter().enumerate() {
            let Some(ship) = ship else { continue };
            let belongs = if NEAR { Belongs::NOBODY.at(eye(ship)) } else { Belongs::NOBODY };
            capture.put(key(slot, self.versions[slot]), belongs, &Seen::from(ship));
        }
    }

    fn grid(&self) -> Option<Grid> {
        // Smaller cells would show less beyond the reach, and take more bytes for all of it.
        NEAR.then_some(Grid { cell: REACH as f32 / 2.0, reach: [REACH as f32; 4] })
    }

    fn view(&self, player: PlayerId, view: &mut View) {
        let ship = self.slot(player).and_then(|slot| self.world.ships[slot].as_ref());
        if let Some(ship) = ship.filter(|_| NEAR) {
            view.look_from(eye(ship));
        }
    }
}

fn eye(ship: &Ship) -> Vec2 {
    let (x, y) = ship.place();
    Vec2::new(x as f32, y as f32)
}

/// The key that a slot map would have given to a slot that was taken so many times.
fn key(slot: usize, taken: u32) -> DefaultKey {
    KeyData::from_ffi((u64::from(taken * 2 + 1) << 32) | (slot as u64 + 1)).into()
}
