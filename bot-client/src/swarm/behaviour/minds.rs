//! The minds of bots that know their game, and when they use them.

use std::{fmt, sync::Arc};

use parking_lot::Mutex;
use tickwire_games::{
    arena::{self, Map, Setup, bot::Pilot, flight::Handling},
    field::{self, bot::Wanderer},
};
use tickwire_shared::{PlayerId, Replicate, replica::Replica};

use crate::client::{Core, CoreError};

/// A bot decides once in this many frames; it is as good, and a third of the work.
const FRAMES_A_DECISION: u32 = 3;

/// What plays a game from what its client holds.
pub trait Mind: fmt::Debug {
    /// What the game's players send.
    type Input: Replicate;

    /// What to do now.
    fn decide(&mut self, replica: &Replica) -> Self::Input;
}

/// A mind, and the frames that it has seen.
#[derive(Debug)]
pub struct Turns<M> {
    mind: M,
    frames: u32,
}

impl<M: Mind> Turns<M> {
    pub(super) fn new(mind: M, seed: u64) -> Turns<M> {
        // Not all bots think in the same frame.
        Turns { mind, frames: seed as u32 % FRAMES_A_DECISION }
    }

    pub(super) fn act(&mut self, core: &mut Core) -> Result<(), CoreError> {
        self.frames += 1;
        let Some(replica) = core.replica() else { return Ok(()) };
        if !self.frames.is_multiple_of(FRAMES_A_DECISION) {
            return Ok(());
        }
        let input = self.mind.decide(replica);
        core.set_input(&input)
    }
}

/// A pilot of the arena, and what it sees.
#[derive(Debug)]
pub struct ArenaMind {
    pilot: Pilot,
    view: arena::bot::View,
    player: PlayerId,
}

impl ArenaMind {
    /// A pilot, if the setup has a map.
    pub(super) fn new(core: &Core, player: PlayerId, seed: u64, maps: &Maps) -> Option<ArenaMind> {
        let pilot = Pilot::new(seed, maps.get(core.setup()?)?.0, core.tick_hz()?);
        Some(ArenaMind { pilot, view: arena::bot::View::default(), player })
    }
}

impl Mind for ArenaMind {
    type Input = arena::Controls;

    fn decide(&mut self, replica: &Replica) -> arena::Controls {
        self.view.look(replica, self.player);
        self.pilot.decide(&self.view)
    }
}

/// A wanderer of the field, and what it sees.
#[derive(Debug)]
pub struct FieldMind {
    wanderer: Wanderer,
    view: field::bot::View,
    player: PlayerId,
}

impl FieldMind {
    pub(super) fn new(player: PlayerId, seed: u64) -> FieldMind {
        FieldMind { wanderer: Wanderer::new(seed), view: field::bot::View::default(), player }
    }
}

impl Mind for FieldMind {
    type Input = field::Controls;

    fn decide(&mut self, replica: &Replica) -> field::Controls {
        self.view.look(replica, self.player);
        self.wanderer.decide(&self.view)
    }
}

/// The arena's map and how ships handle, which the bots of a swarm share.
#[derive(Debug, Default)]
pub struct Maps(Mutex<Option<(String, Arc<Map>, Handling)>>);

impl Maps {
    /// The map of a setup and how ships handle, read once for all bots that get the same.
    pub(in crate::swarm) fn get(&self, text: &str) -> Option<(Arc<Map>, Handling)> {
        let mut known = self.0.lock();
        if let Some((told, map, handling)) = &*known
            && told == text
        {
            return Some((map.clone(), *handling));
        }
        let setup = Setup::from_json(text).ok()?;
        let map = Arc::new(setup.map().ok()?);
        *known = Some((text.to_owned(), map.clone(), setup.handling));
        Some((map, setup.handling))
    }
}
