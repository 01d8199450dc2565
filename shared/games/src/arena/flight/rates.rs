//! What a second does to a ship, and what a tick does: in whole numbers all through.
//!
//! A client is told the [`Handling`] once, and knows the tick rate. What follows from those two are
//! [`Rates`], by nothing but divisions of whole numbers: no client has to round as we do.

use std::f32::consts::TAU;

use serde::{Deserialize, Serialize};

use super::{directions, scale::ONE};
use crate::arena::{
    Engine,
    tuning::{
        AMMO_RESERVE, BOOST_THRUST, BULLET_SECONDS, BULLET_SPEED, COOLDOWN_SECONDS, DRAG,
        ENERGY_BURN, ENERGY_GAIN, ENERGY_MAX, ENERGY_TO_LIGHT, GRAIN, HEADING_BITS,
        OVERDRIVE_COOLDOWN_SECONDS, RELOAD_SECONDS, REST_SPEED, REVERSE_THRUST, SLIDE_SPEED,
        THRUST, TURN_RATE, VELOCITY_MAX, VELOCITY_STEP, WALL_BOUNCE, ticks_of_ms,
    },
};

/// How ships handle, by the second. Shares count in 2^-20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    /// The push forward in a second, which is scaled by the direction's vector into quanta.
    pub thrust: i32,
    /// The same while boosting.
    pub boost_thrust: i32,
    /// The same backwards.
    pub reverse_thrust: i32,
    /// The share of its speed that a ship loses.
    pub drag: i32,
    /// How far it comes in a second at a speed of one quantum, in 2^-20 grains.
    pub way: i32,
    /// How far it turns, in 1,024ths of a turn.
    pub turn: i32,
    /// The most that a velocity is along an axis, in quanta.
    pub velocity_max: i32,
    /// Below this speed, in quanta, a ship that does not push stands still.
    pub rest_speed: i32,
    /// The share of its speed with which it comes off a wall.
    pub bounce: i32,
    /// Below this speed into the wall, in quanta, it slides instead.
    pub slide_speed: i32,
    /// A bullet's way, which is scaled by the direction's vector into grains.
    pub bullet: i32,
    /// How long a bullet flies, in milliseconds.
    pub bullet_ms: u32,
    /// Between two shots, in milliseconds.
    pub cooldown_ms: u32,
    /// The same in overdrive.
    pub overdrive_cooldown_ms: u32,
    /// How long a round takes to make, in milliseconds.
    pub reload_ms: u32,
    /// Up to how many rounds the ship makes its own.
    pub ammo_reserve: u8,
    /// Full energy.
    pub energy_max: u16,
    /// The energy it takes to light the boost.
    pub energy_to_light: u16,
    /// Energy gained while not boosting.
    pub energy_gain: u16,
    /// Energy burnt while boosting.
    pub energy_burn: u16,
}

impl Handling {
    /// What [`tuning`](super::super::tuning) says, in whole numbers.
    #[must_use]
    pub fn tuned() -> Handling {
        let one = ONE as f32;
        // What a direction's vector must be scaled by to be as long as one unit.
        let along = one / directions::LENGTH as f32;
        Handling {
            thrust: nearest(THRUST / VELOCITY_STEP * along),
            boost_thrust: nearest(BOOST_THRUST / VELOCITY_STEP * along),
            reverse_thrust: nearest(REVERSE_THRUST / VELOCITY_STEP * along),
            drag: nearest(DRAG * one),
            way: nearest(VELOCITY_STEP / GRAIN * one),
            turn: nearest(TURN_RATE / TAU * (1 << HEADING_BITS) as f32),
            velocity_max: nearest(VELOCITY_MAX / VELOCITY_STEP),
            rest_speed: nearest(REST_SPEED / VELOCITY_STEP),
            bounce: nearest(WALL_BOUNCE * one),
            slide_speed: nearest(SLIDE_SPEED / VELOCITY_STEP),
            bullet: nearest(BULLET_SPEED / GRAIN * along),
            bullet_ms: ms(BULLET_SECONDS),
            cooldown_ms: ms(COOLDOWN_SECONDS),
            overdrive_cooldown_ms: ms(OVERDRIVE_COOLDOWN_SECONDS),
            reload_ms: ms(RELOAD_SECONDS),
            ammo_reserve: AMMO_RESERVE,
            energy_max: ENERGY_MAX,
            energy_to_light: ENERGY_TO_LIGHT,
            energy_gain: ENERGY_GAIN,
            energy_burn: ENERGY_BURN,
        }
    }
}

/// What happens in one tick. What counts or turns steadily does so in equal whole numbers, which
/// the wire predicts for free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rates {
    /// The push forward, scaled by the direction's vector.
    pub thrust: i32,
    /// The same while boosting.
    pub boost_thrust: i32,
    /// The same backwards.
    pub reverse_thrust: i32,
    /// The share of its speed that a ship keeps, in 2^-20.
    pub keep: i32,
    /// How far it comes at a speed of one quantum, in 2^-20 grains.
    pub way: i32,
    /// The most that it turns, in 1,024ths of a turn.
    pub turn: i32,
    /// The most that a velocity is along an axis, in quanta.
    pub velocity_max: i32,
    /// Below this speed, in quanta, a ship that does not push stands still.
    pub rest_speed: i32,
    /// The share of its speed with which it comes off a wall, in 2^-20.
    pub bounce: i32,
    /// Below this speed into the wall, in quanta, it slides instead.
    pub slide_speed: i32,
    /// A bullet's way, scaled by the direction's vector.
    pub bullet: i32,
    /// How long a bullet flies, in ticks.
    pub bullet_life: u16,
    /// Between two shots, in ticks.
    pub cooldown: u16,
    /// The same in overdrive.
    pub overdrive_cooldown: u16,
    /// How long a round takes to make, in ticks.
    pub reload: u16,
    /// Up to how many rounds the ship makes its own.
    pub ammo_reserve: u8,
    /// Full energy.
    pub energy_max: u16,
    /// The energy it takes to light the boost.
    pub energy_to_light: u16,
    /// Energy gained while not boosting.
    pub energy_gain: u16,
    /// Energy burnt while boosting.
    pub energy_burn: u16,
}

impl Rates {
    /// The rates of `tick_hz` ticks a second, which is above zero.
    #[must_use]
    pub fn new(handling: &Handling, tick_hz: u32) -> Rates {
        let share = |a_second: i32| part(a_second, tick_hz);
        // A rate that rounds to nothing would stop the game.
        let amount = |a_second: u16| part(i32::from(a_second), tick_hz).max(1) as u16;
        let ticks = |ms: u32| ticks_of_ms(ms, tick_hz);
        Rates {
            thrust: share(handling.thrust),
            boost_thrust: share(handling.boost_thrust),
            reverse_thrust: share(handling.reverse_thrust),
            keep: (ONE - share(handling.drag)).max(0),
            way: share(handling.way),
            turn: share(handling.turn).max(1),
            velocity_max: handling.velocity_max,
            rest_speed: handling.rest_speed,
            bounce: handling.bounce,
            slide_speed: handling.slide_speed,
            bullet: share(handling.bullet),
            bullet_life: ticks(handling.bullet_ms),
            cooldown: ticks(handling.cooldown_ms),
            overdrive_cooldown: ticks(handling.overdrive_cooldown_ms),
            reload: ticks(handling.reload_ms),
            ammo_reserve: handling.ammo_reserve,
            energy_max: handling.energy_max,
            energy_to_light: handling.energy_to_light,
            energy_gain: amount(handling.energy_gain),
            energy_burn: amount(handling.energy_burn),
        }
    }

    /// What an engine pushes, along the heading.
    #[must_use]
    pub fn push(&self, engine: Engine) -> i32 {
        match engine {
            Engine::Idle => 0,
            Engine::Forward => self.thrust,
            Engine::Reverse => -self.reverse_thrust,
            Engine::Boost => self.boost_thrust,
        }
    }
}

/// The `parts`th part of a whole number from zero on, to the nearest, halves up.
fn part(whole: i32, parts: u32) -> i32 {
    let (whole, parts) = (i64::from(whole), i64::from(parts));
    ((2 * whole + parts) / (2 * parts)) as i32
}

fn ms(seconds: f32) -> u32 {
    (seconds * 1000.0).round() as u32
}

fn nearest(exact: f32) -> i32 {
    exact.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_a_part_of_a_second() {
        let rates = |hz| Rates::new(&Handling::tuned(), hz);
        assert_eq!((rates(30).turn, rates(60).turn), (36, 18));
        assert_eq!((rates(30).cooldown, rates(60).cooldown), (6, 12));
        assert_eq!((rates(30).energy_gain, rates(240).energy_gain), (2, 1));
        assert_eq!(rates(1).keep, 0, "more than all of its speed would be lost");
        assert_eq!(rates(30).bullet * 16384 / ONE, 192, "grains a tick");
    }
}
