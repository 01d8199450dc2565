//! How well a bot of the arena could have predicted its own ship.
//!
//! Bots play by what they hold, but a person's client shows the own ship before the server does. So
//! a bot does the same sums beside its play, and counts how often a frame said otherwise.

use tickwire_games::arena::{
    Arena, Controls, Ship,
    flight::{Flight, FlightRules, Rates},
};
use tickwire_shared::{
    EntityId, Game,
    netcode::{Prediction, prediction::Verdict},
};

use super::behaviour::Maps;
use crate::client::Core;

/// The prediction of one bot's ship.
#[derive(Debug)]
pub struct Foresight {
    prediction: Prediction<FlightRules>,
    ship: Option<EntityId>,
}

impl Foresight {
    /// For a bot that has come into a room, if that is of the arena.
    #[must_use]
    pub fn of(core: &Core, maps: &Maps) -> Option<Foresight> {
        if *core.replica()?.schema() != Arena::schema() {
            return None;
        }
        let (map, handling) = maps.get(core.setup()?)?;
        let rates = Rates::new(&handling, core.tick_hz()?);
        Some(Foresight { prediction: Prediction::new(FlightRules { map, rates }), ship: None })
    }

    /// A frame was applied, and the input has not been changed since it came.
    pub fn see(&mut self, core: &Core) -> Verdict {
        if let Some((newest, input)) = core.inputs().newest.zip(core.input::<Controls>()) {
            self.prediction.hold(newest, &input);
        }
        let Some(replica) = core.replica() else { return Verdict::Gone };
        let ship = self.ship.and_then(|id| replica.get::<Ship>(id));
        let ship = ship.or_else(|| {
            self.ship = replica.own().next();
            replica.get(self.ship?)
        });
        let flight = ship.as_ref().map(Flight::of);
        self.prediction.reconcile(replica.tick().unwrap_or_default(), flight)
    }
}
