//! How a ship flies and fires: one step in whole numbers, for the server and for whoever predicts it.
//!
//! [`Flight`] is what of a ship follows from its controls alone. The server makes it from the ship
//! as its owner's client holds it, steps it and writes it back, each tick. So a client that does
//! the same comes to the same state, bit for bit, in Rust as in the browser
//! (`assets/pages/arena/flight.js`). Only what others do to a ship is not in it: collisions,
//! pickups, hits, and coming in anew.
//!
//! Places are in grains ([`GRAIN`]), headings in 1,024ths of a turn, velocities in quanta
//! ([`VELOCITY_STEP`]). The step, in this order:
//!
//! ```text
//! cooldown, overdrive, reload   count down by a tick
//! heading  += clamp(aim - heading, ±turn)
//! velocity  = scaled(velocity + scaled(unit(heading), push), keep)
//! pos      += scaled(velocity, way)                    x first, then y
//! a shot    when wanted, at scaled(unit(heading), bullet) grains a tick
//! ```

mod directions;
mod gun;
mod rates;
mod scale;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use glam::{IVec2, Vec2};
use tickwire_shared::netcode::prediction::Rules;

pub use self::{
    directions::unit,
    gun::Shot,
    rates::{Handling, Rates},
    scale::scaled,
};
use super::{
    Controls, Engine, Map, Ship,
    physics::{
        angle,
        sweep::{self, Axis},
    },
    tuning::{GRAIN, VELOCITY_STEP},
};

/// What is predicted of a ship.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flight {
    /// Whether the ship is there; a step changes nothing of a wreck.
    pub flying: bool,
    /// Its centre, in grains.
    pub pos: IVec2,
    /// Where it points, in 1,024ths of a turn.
    pub heading: i32,
    /// Its velocity, in quanta.
    pub velocity: IVec2,
    /// What its engine does.
    pub engine: Engine,
    /// Boost energy left.
    pub energy: u16,
    /// Rounds left.
    pub ammo: u8,
    /// Ticks until the gun can fire.
    pub cooldown: u16,
    /// Ticks until the ship has made itself a round.
    pub reload: u16,
    /// Ticks that overdrive lasts.
    pub overdrive_left: u16,
}

impl Flight {
    /// The flight of a ship, on the server or as its owner's client holds it.
    #[must_use]
    pub fn of(ship: &Ship) -> Flight {
        Flight {
            flying: ship.is_flying(),
            pos: whole(ship.pos / GRAIN),
            heading: angle::direction(ship.heading),
            velocity: whole(ship.velocity / VELOCITY_STEP),
            engine: ship.engine,
            energy: ship.energy,
            ammo: ship.ammo,
            cooldown: ship.cooldown,
            reload: ship.reload,
            overdrive_left: ship.overdrive_left,
        }
    }

    /// Makes the ship what its flight says.
    pub fn write_to(&self, ship: &mut Ship) {
        ship.pos = self.pos.as_vec2() * GRAIN;
        ship.heading = angle::angle(self.heading);
        ship.velocity = self.velocity.as_vec2() * VELOCITY_STEP;
        ship.engine = self.engine;
        ship.energy = self.energy;
        ship.ammo = self.ammo;
        ship.cooldown = self.cooldown;
        ship.reload = self.reload;
        ship.overdrive_left = self.overdrive_left;
        ship.overdrive = self.overdrive_left > 0;
    }

    /// Flies on by a tick, and says whether that fired a shot.
    pub fn step(&mut self, controls: &Controls, map: &Map, rates: &Rates) -> Option<Shot> {
        if !self.flying {
            return None;
        }
        self.pass_time(rates);
        self.steer(controls, rates);
        self.advance(map, rates);
        self.shoot(controls, rates)
    }

    /// Turns and pushes the ship as its player wants.
    fn steer(&mut self, controls: &Controls, rates: &Rates) {
        self.heading = angle::turned(self.heading, angle::direction(controls.aim), rates.turn);
        self.engine = self.wanted_engine(controls, rates);
        self.energy = match self.engine {
            Engine::Boost => self.energy.saturating_sub(rates.energy_burn),
            _ => rates.energy_max.min(self.energy + rates.energy_gain),
        };
        let push = scaled(unit(self.heading), rates.push(self.engine));
        let most = IVec2::splat(rates.velocity_max);
        self.velocity = scaled(self.velocity + push, rates.keep).clamp(-most, most);
        let slow = self.velocity.length_squared() < rates.rest_speed * rates.rest_speed;
        if self.engine == Engine::Idle && slow {
            self.velocity = IVec2::ZERO;
        }
    }

    fn wanted_engine(&self, controls: &Controls, rates: &Rates) -> Engine {
        let needed = if self.engine == Engine::Boost { 1 } else { rates.energy_to_light };
        let can_boost = controls.boost && self.energy >= needed;
        match controls.thrust {
            1 if can_boost => Engine::Boost,
            1 => Engine::Forward,
            -1 => Engine::Reverse,
            _ => Engine::Idle,
        }
    }

    /// Moves the ship by a tick, as far as walls let it.
    ///
    /// The way is rounded and not the place: at a steady speed the ship then
    /// comes forward by exactly as much each tick, which the wire predicts.
    fn advance(&mut self, map: &Map, rates: &Rates) {
        let way = scaled(self.velocity, rates.way);
        for (axis, distance) in [(Axis::X, way.x), (Axis::Y, way.y)] {
            let end = sweep::along(map, self.pos, axis, distance);
            if end.blocked {
                self.bounce(axis, rates);
            }
            self.pos = end.pos;
        }
    }

    fn bounce(&mut self, axis: Axis, rates: &Rates) {
        let bounced = scaled(-self.velocity, rates.bounce);
        let (speed, bounced) = match axis {
            Axis::X => (&mut self.velocity.x, bounced.x),
            Axis::Y => (&mut self.velocity.y, bounced.y),
        };
        *speed = if speed.abs() < rates.slide_speed { 0 } else { bounced };
    }
}

/// What a client needs to predict its ship.
#[derive(Clone, Debug)]
pub struct FlightRules {
    /// The walls.
    pub map: Arc<Map>,
    /// What happens in a tick.
    pub rates: Rates,
}

impl Rules for FlightRules {
    type State = Flight;
    type Input = Controls;

    fn step(&self, flight: &mut Flight, controls: &Controls) {
        flight.step(controls, &self.map, &self.rates);
    }
}

/// The nearest velocity that is a whole number of quanta and within bounds, in units a second.
#[must_use]
pub fn snapped(velocity: Vec2) -> Vec2 {
    let most = Vec2::splat(super::tuning::VELOCITY_MAX);
    whole(velocity.clamp(-most, most) / VELOCITY_STEP).as_vec2() * VELOCITY_STEP
}

/// The nearest whole numbers.
fn whole(vector: Vec2) -> IVec2 {
    vector.round().as_ivec2()
}
