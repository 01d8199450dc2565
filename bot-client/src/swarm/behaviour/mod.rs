//! What bots do: play a game that they know, or try inputs of one that they don't.

mod crowd;
mod dice;
mod minds;

use tickwire_games::{arena::Arena, field::Field};
use tickwire_shared::Game;

pub use self::{
    crowd::{ArenaCrowd, FieldCrowd},
    dice::Dice,
    minds::{ArenaMind, FieldMind, Maps, Turns},
};
use super::options::BehaviourKind;
use crate::client::Core;

/// What one bot does.
#[derive(Debug)]
pub enum Behaviour {
    /// Nothing: it only acknowledges.
    Idle,
    /// Random inputs.
    Random(Dice),
    /// Plays the arena.
    Arena(Box<Turns<ArenaMind>>),
    /// Plays the field.
    Field(Box<Turns<FieldMind>>),
    /// Runs to the centre of the arena.
    ArenaCrowd(Turns<ArenaCrowd>),
    /// Runs to the centre of the field.
    FieldCrowd(Turns<FieldCrowd>),
}

impl Behaviour {
    /// What a bot does that has just come in.
    #[must_use]
    pub fn new(kind: BehaviourKind, core: &Core, seed: u64, maps: &Maps) -> Behaviour {
        let Some(replica) = core.replica() else { return Behaviour::Idle };
        let dice = || Behaviour::Random(Dice::new(replica.schema(), seed));
        match kind {
            BehaviourKind::Idle => Behaviour::Idle,
            BehaviourKind::Random => dice(),
            BehaviourKind::Masher => Behaviour::Random(Dice::new(replica.schema(), seed).quick()),
            BehaviourKind::Crowd => Behaviour::crowd(core, seed, maps).unwrap_or_else(dice),
            BehaviourKind::Auto => Behaviour::known(core, seed, maps).unwrap_or_else(dice),
        }
    }

    /// Plays the game, if it is one as this program knows it.
    fn known(core: &Core, seed: u64, maps: &Maps) -> Option<Behaviour> {
        let (schema, player) = (core.replica()?.schema(), core.player()?);
        if *schema == Arena::schema() {
            let mind = ArenaMind::new(core, player, seed, maps)?;
            return Some(Behaviour::Arena(Turns::new(mind, seed).into()));
        }
        let is_field = *schema == Field::schema();
        let mind = || FieldMind::new(player, seed);
        is_field.then(|| Behaviour::Field(Turns::new(mind(), seed).into()))
    }

    /// Runs to the centre, if there is one as far as this program knows.
    fn crowd(core: &Core, seed: u64, maps: &Maps) -> Option<Behaviour> {
        let (schema, player) = (core.replica()?.schema(), core.player()?);
        if *schema == Arena::schema() {
            let mind = ArenaCrowd::new(core, player, maps)?;
            return Some(Behaviour::ArenaCrowd(Turns::new(mind, seed)));
        }
        let is_field = *schema == Field::schema();
        is_field.then(|| Behaviour::FieldCrowd(Turns::new(FieldCrowd { player }, seed)))
    }

    /// Sets what to do after a frame.
    pub fn act(&mut self, core: &mut Core) {
        let set = match self {
            Behaviour::Idle => return,
            Behaviour::Random(dice) => dice.act(core),
            Behaviour::Arena(turns) => turns.act(core),
            Behaviour::Field(turns) => turns.act(core),
            Behaviour::ArenaCrowd(turns) => turns.act(core),
            Behaviour::FieldCrowd(turns) => turns.act(core),
        };
        debug_assert!(set.is_ok(), "inputs are made from the schema");
    }
}
