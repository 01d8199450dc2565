//! How well a bot of the arena could have predicted its own ship.
//!
//! Bots play by what they hold, but a person's client shows the own ship before the server does. So
//! a bot does the same sums beside its play, and counts how often a frame said otherwise.

use tickwire_games::arena::{
    Arena, Controls, Setup, Ship,
    flight::{Flight, FlightRules, Rates},
};
use tickwire_shared::{
    EntityId, Game, Tick,
    netcode::{Prediction, prediction::Verdict},
};

use super::behaviour::Maps;
use crate::client::Core;

/// The prediction of one bot's ship.
#[derive(Debug)]
pub struct Foresight {
    prediction: Prediction<FlightRules>,
    ship: Option<EntityId>,
    /// The last tick whose input was taken into account.
    taken: Option<Tick>,
}

impl Foresight {
    /// For a bot that has come into a room, if that is of the arena.
    #[must_use]
    pub fn of(core: &Core, maps: &Maps) -> Option<Foresight> {
        if *core.replica()?.schema() != Arena::schema() {
            return None;
        }
        let setup = Setup::from_json(core.setup()?).ok()?;
        let map = maps.get(core.setup()?)?;
        let rates = Rates::new(&setup.handling, core.tick_hz()?);
        let prediction = Prediction::new(FlightRules { map, rates });
        Some(Foresight { prediction, ship: None, taken: None })
    }

    /// A frame was applied, and the input has not been changed since it came.
    pub fn see(&mut self, core: &Core) -> Verdict {
        self.take_inputs(core);
        let Some(replica) = core.replica() else { return Verdict::Gone };
        let ship = self.ship.and_then(|id| replica.get::<Ship>(id));
        let ship = ship.or_else(|| {
            self.ship = replica.own().next();
            replica.get(self.ship?)
        });
        let flight = ship.as_ref().map(Flight::of);
        self.prediction.reconcile(replica.tick().unwrap_or_default(), flight)
    }

    /// Takes the inputs into account that were sent since it was asked last.
    fn take_inputs(&mut self, core: &Core) {
        let Some((newest, input)) = core.inputs().newest.zip(core.input::<Controls>()) else {
            return;
        };
        let fresh = self.taken.map_or(1, |taken| newest.since(taken).max(0));
        for back in (0..fresh).rev() {
            self.prediction.take(newest.offset(-back), &input);
        }
        self.taken = Some(newest);
    }
}
