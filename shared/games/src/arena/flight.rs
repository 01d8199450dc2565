//! How a ship flies: turn, thrust, drag, and what walls do to it.
//!
//! A client that predicts its own ship does the same sums in the same order:
//!
//! ```text
//! heading  += clamp(aim - heading, ±turn)                    in whole directions
//! velocity  = (velocity + push · heading · dt) · (1 - drag · dt)
//! pos      += velocity · dt, rounded to grains               x first, then y
//! ```

use glam::Vec2;

use super::{
    map::Map,
    physics::{
        angle,
        sweep::{self, Axis},
        to_grain,
    },
    ship::{Engine, Ship},
    tuning::{
        BOOST_THRUST, DRAG, ENERGY_MAX, ENERGY_TO_LIGHT, REST_SPEED, REVERSE_THRUST, Rates,
        SLIDE_SPEED, THRUST, WALL_BOUNCE,
    },
};

impl Engine {
    /// Its push, in units a second squared along the heading.
    fn push(self) -> f32 {
        match self {
            Engine::Idle => 0.0,
            Engine::Forward => THRUST,
            Engine::Reverse => -REVERSE_THRUST,
            Engine::Boost => BOOST_THRUST,
        }
    }
}

impl Ship {
    /// Turns and pushes the ship as its player wants.
    pub fn steer(&mut self, rates: &Rates) {
        self.heading = angle::turn_towards(self.heading, self.controls.aim, rates.turn);
        self.engine = self.wanted_engine();
        self.energy = match self.engine {
            Engine::Boost => self.energy.saturating_sub(rates.energy_burn),
            _ => ENERGY_MAX.min(self.energy + rates.energy_gain),
        };
        let push = Vec2::from_angle(self.heading) * self.engine.push();
        self.velocity = (self.velocity + push * rates.dt) * (1.0 - DRAG * rates.dt).max(0.0);
        if self.engine == Engine::Idle && self.velocity.length_squared() < REST_SPEED * REST_SPEED {
            self.velocity = Vec2::ZERO;
        }
    }

    fn wanted_engine(&self) -> Engine {
        let needed = if self.engine == Engine::Boost { 1 } else { ENERGY_TO_LIGHT };
        let can_boost = self.controls.boost && self.energy >= needed;
        match self.controls.thrust {
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
    pub fn advance(&mut self, map: &Map, rates: &Rates) {
        let start = self.pos;
        let way = to_grain(self.velocity * rates.dt);
        for (axis, distance) in [(Axis::X, way.x), (Axis::Y, way.y)] {
            let end = sweep::along(map, self.pos, axis, distance);
            if end.blocked {
                self.bounce(axis);
            }
            self.pos = end.pos;
        }
        self.moved = self.pos - start;
    }

    fn bounce(&mut self, axis: Axis) {
        let speed = axis.of(&mut self.velocity);
        *speed = if speed.abs() < SLIDE_SPEED { 0.0 } else { -*speed * WALL_BOUNCE };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::{
        controls::Controls,
        tuning::{SHIP_RADIUS, TILE},
    };

    const HALL: &str = "##########\n#S.......#\n#........#\n##########";
    const DT: f32 = 1.0 / 30.0;

    /// A ship at the left end of the hall, pointing along it.
    fn ship() -> Ship {
        Ship { pos: Vec2::new(96.0, 128.0), energy: ENERGY_MAX, ..Ship::default() }
    }

    fn fly(ship: &mut Ship, controls: Controls, ticks: usize) {
        let (map, rates) = (Map::parse(HALL).expect("it is fine"), Rates::at(DT));
        ship.controls = controls;
        for _ in 0..ticks {
            ship.steer(&rates);
            ship.advance(&map, &rates);
        }
    }

    /// Brings a ship to a speed without moving it: the hall is too short for that.
    fn rev_up(ship: &mut Ship, controls: Controls, ticks: usize) {
        ship.controls = controls;
        (0..ticks).for_each(|_| ship.steer(&Rates::at(DT)));
    }

    #[test]
    fn thrust_tops_out_and_drag_brings_to_rest() {
        let mut ship = ship();
        rev_up(&mut ship, Controls { thrust: 1, ..Controls::default() }, 120);
        assert!((325.0..335.0).contains(&ship.velocity.x), "{}", ship.velocity);
        rev_up(&mut ship, Controls::default(), 120);
        assert_eq!(ship.velocity, Vec2::ZERO);
    }

    #[test]
    fn a_wall_stops_a_ship_at_any_speed() {
        for speed in [50.0, 333.0, 5_000.0, 1e6] {
            let mut ship = ship();
            ship.velocity = Vec2::new(speed, 0.0);
            fly(&mut ship, Controls::default(), 30);
            assert!(ship.pos.x <= 9.0 * TILE - SHIP_RADIUS, "{speed}: {}", ship.pos);
            assert!(ship.velocity.x <= 0.0 || ship.pos.x < 9.0 * TILE - SHIP_RADIUS);
        }
    }

    #[test]
    fn a_ship_pushed_into_a_wall_slides_along_it() {
        let mut ship = ship();
        let aim = std::f32::consts::FRAC_PI_4;
        fly(&mut ship, Controls { aim, thrust: 1, ..Controls::default() }, 45);
        assert_eq!(ship.pos.y, 3.0 * TILE - SHIP_RADIUS, "it lies against the wall");
        assert!(ship.velocity.x > 150.0 && ship.velocity.y == 0.0, "{}", ship.velocity);
    }

    #[test]
    fn turning_is_bounded_and_takes_the_short_way() {
        let mut ship = ship();
        let aim = -1.0;
        fly(&mut ship, Controls { aim, ..Controls::default() }, 2);
        let turned = std::f32::consts::TAU - ship.heading;
        assert!((0.40..0.46).contains(&turned), "{turned}");
        fly(&mut ship, Controls { aim, ..Controls::default() }, 10);
        assert_eq!(ship.heading, angle::snapped(aim));
    }

    #[test]
    fn boost_burns_energy_and_waits_until_it_can_be_lit_again() {
        let mut ship = ship();
        let boost = Controls { thrust: 1, boost: true, ..Controls::default() };
        fly(&mut ship, boost, 60);
        assert_eq!((ship.energy, ship.engine), (0, Engine::Boost));
        fly(&mut ship, boost, 1);
        assert_eq!(ship.engine, Engine::Forward);
        fly(&mut ship, boost, 30);
        assert_eq!(ship.engine, Engine::Boost);
    }

    #[test]
    fn at_top_speed_every_tick_goes_equally_far() {
        let (mut ship, onward) = (ship(), Controls { thrust: 1, ..Controls::default() });
        rev_up(&mut ship, onward, 120);
        fly(&mut ship, onward, 1);
        let way = ship.moved;
        for _ in 0..10 {
            fly(&mut ship, onward, 1);
            assert_eq!(ship.moved, way);
        }
    }
}
