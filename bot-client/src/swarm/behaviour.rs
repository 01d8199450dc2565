//! What bots do: play a game that they know, or try inputs of one that they don't.

use std::sync::Arc;

use parking_lot::Mutex;
use tickwire_games::arena::{
    Arena, Map, Setup,
    bot::{Pilot, View},
};
use tickwire_games::common::rng::Rng;
use tickwire_shared::{
    Game, PlayerId, Tick,
    schema::{FieldType, Schema},
};

use super::options::BehaviourKind;
use crate::client::Core;

/// A pilot decides once in this many frames; it is as good, and a third of the work.
const FRAMES_A_DECISION: u32 = 3;
/// For how many ticks a random input is held.
const HOLD_TICKS: (usize, usize) = (5, 40);

/// What one bot does.
#[derive(Debug)]
pub enum Behaviour {
    /// Nothing: it only acknowledges.
    Idle,
    /// Random inputs.
    Random(Dice),
    /// Plays the arena.
    Pilot(Box<Flight>),
}

/// The arena's map, which the bots of a swarm share.
#[derive(Debug, Default)]
pub struct Maps(Mutex<Option<(String, Arc<Map>)>>);

impl Behaviour {
    /// What a bot does that has just come in.
    #[must_use]
    pub fn new(kind: BehaviourKind, core: &Core, seed: u64, maps: &Maps) -> Behaviour {
        let Some(replica) = core.replica() else { return Behaviour::Idle };
        let flight = || Flight::new(core, seed, maps).map(|flight| Behaviour::Pilot(flight.into()));
        let dice = || Behaviour::Random(Dice::new(replica.schema(), seed));
        match kind {
            BehaviourKind::Idle => Behaviour::Idle,
            BehaviourKind::Random => dice(),
            BehaviourKind::Auto => flight().unwrap_or_else(dice),
        }
    }

    /// Sets what to do after a frame.
    pub fn act(&mut self, core: &mut Core) {
        let set = match self {
            Behaviour::Idle => return,
            Behaviour::Random(dice) => dice.act(core),
            Behaviour::Pilot(flight) => flight.act(core),
        };
        debug_assert!(set.is_ok(), "inputs are made from the schema");
    }
}

/// Random inputs by the schema alone, each held for a while as a person would.
#[derive(Debug)]
pub struct Dice {
    rng: Rng,
    fields: Vec<FieldType>,
    columns: Vec<u32>,
    until: Option<Tick>,
}

impl Dice {
    fn new(schema: &Schema, seed: u64) -> Dice {
        let fields = schema.input.fields.iter().map(|field| field.ty.clone()).collect();
        Dice { rng: Rng::new(seed), fields, columns: Vec::new(), until: None }
    }

    fn act(&mut self, core: &mut Core) -> Result<(), crate::client::CoreError> {
        let Some(now) = core.latest_tick() else { return Ok(()) };
        if self.until.is_some_and(|until| until.is_after(now)) {
            return Ok(());
        }
        let ticks = HOLD_TICKS.0 + self.rng.below(HOLD_TICKS.1 - HOLD_TICKS.0);
        self.until = Some(now.offset(ticks as i32));
        self.roll();
        core.set_input_columns(&self.columns)
    }

    fn roll(&mut self) {
        let Dice { rng, fields, columns, .. } = self;
        columns.clear();
        for field in fields {
            let specs = field.columns();
            // No game expects random bytes for a text.
            let is_text = matches!(field, FieldType::Text { .. });
            columns.extend(specs.iter().map(|spec| if is_text { 0 } else { throw(rng, spec.max) }));
        }
    }
}

/// A number up to `max`: often an end or the middle, which is where most controls are held.
fn throw(rng: &mut Rng, max: u32) -> u32 {
    match rng.below(6) {
        0 => 0,
        1 => max,
        2 => max.div_ceil(2),
        _ => rng.below(max as usize + 1) as u32,
    }
}

/// A pilot of the arena, and what it sees.
#[derive(Debug)]
pub struct Flight {
    pilot: Pilot,
    view: View,
    player: PlayerId,
    frames: u32,
}

impl Flight {
    /// A pilot, if the game is the arena as this program knows it.
    fn new(core: &Core, seed: u64, maps: &Maps) -> Option<Flight> {
        if *core.replica()?.schema() != Arena::schema() {
            return None;
        }
        let pilot = Pilot::new(seed, maps.get(core.setup()?)?, core.tick_hz()?);
        // Not all bots think in the same frame.
        let frames = seed as u32 % FRAMES_A_DECISION;
        Some(Flight { pilot, view: View::default(), player: core.player()?, frames })
    }

    fn act(&mut self, core: &mut Core) -> Result<(), crate::client::CoreError> {
        self.frames += 1;
        let Some(replica) = core.replica() else { return Ok(()) };
        if !self.frames.is_multiple_of(FRAMES_A_DECISION) {
            return Ok(());
        }
        self.view.look(replica, self.player);
        core.set_input(&self.pilot.decide(&self.view))
    }
}

impl Maps {
    /// The map of a setup, read once for all bots that get the same.
    fn get(&self, setup: &str) -> Option<Arc<Map>> {
        let mut known = self.0.lock();
        if let Some((text, map)) = &*known
            && text == setup
        {
            return Some(map.clone());
        }
        let map = Arc::new(Setup::from_json(setup).ok()?.map().ok()?);
        *known = Some((setup.to_owned(), map.clone()));
        Some(map)
    }
}
