//! How flying feels, and that who predicts it comes to the same.

use glam::Vec2;
use tickwire_shared::{Game, PlayerId};

use super::*;
use crate::{
    arena::{
        harness::{Match, scribble},
        tuning::{ENERGY_MAX, SHIP_RADIUS, TILE},
    },
    common::harness::over_the_wire,
};

const HALL: &str = "##########\n#S.......#\n#........#\n##########";
const HZ: u32 = 30;

fn rates() -> Rates {
    Rates::new(&Handling::tuned(), HZ)
}

/// A ship at the left end of the hall, pointing along it.
fn flight() -> Flight {
    let pos = whole(Vec2::new(96.0, 128.0) / GRAIN);
    Flight { flying: true, pos, energy: ENERGY_MAX, ..Flight::default() }
}

fn fly(flight: &mut Flight, controls: Controls, ticks: usize) {
    let map = Map::parse(HALL).expect("it is fine");
    for _ in 0..ticks {
        flight.step(&controls, &map, &rates());
    }
}

/// Brings a ship to a speed without moving it: the hall is too short for that.
fn rev_up(flight: &mut Flight, controls: Controls, ticks: usize) {
    (0..ticks).for_each(|_| flight.steer(&controls, &rates()));
}

/// In units a second.
fn velocity(flight: &Flight) -> Vec2 {
    flight.velocity.as_vec2() * VELOCITY_STEP
}

#[test]
fn thrust_tops_out_and_drag_brings_to_rest() {
    let mut flight = flight();
    rev_up(&mut flight, Controls { thrust: 1, ..Controls::default() }, 120);
    assert!((325.0..335.0).contains(&velocity(&flight).x), "{}", velocity(&flight));
    rev_up(&mut flight, Controls::default(), 120);
    assert_eq!(flight.velocity, IVec2::ZERO);
}

#[test]
fn top_speed_is_the_same_to_all_sides_and_at_all_tick_rates() {
    for hz in [30, 60, 128, 240] {
        let rates = Rates::new(&Handling::tuned(), hz);
        for direction in (0..1024).step_by(37) {
            let controls =
                Controls { aim: angle::angle(direction), thrust: 1, ..Controls::default() };
            let mut flight = Flight { heading: direction, ..flight() };
            (0..hz * 6).for_each(|_| flight.steer(&controls, &rates));
            let speed = velocity(&flight).length();
            assert!((325.0..350.0).contains(&speed), "{speed} at {hz} Hz towards {direction}");
        }
    }
}

#[test]
fn a_wall_stops_a_ship_at_any_speed() {
    for speed in [800, 5_328, 16_368] {
        let mut flight = Flight { velocity: IVec2::new(speed, 0), ..flight() };
        fly(&mut flight, Controls::default(), 30);
        let reach = ((9.0 * TILE - SHIP_RADIUS) / GRAIN) as i32;
        assert!(flight.pos.x <= reach, "{speed}: {}", flight.pos);
        assert!(flight.velocity.x <= 0 || flight.pos.x < reach);
    }
}

#[test]
fn a_ship_pushed_into_a_wall_slides_along_it() {
    let mut flight = flight();
    let aim = std::f32::consts::FRAC_PI_4;
    fly(&mut flight, Controls { aim, thrust: 1, ..Controls::default() }, 45);
    assert_eq!(flight.pos.y as f32 * GRAIN, 3.0 * TILE - SHIP_RADIUS, "it lies against the wall");
    assert!(velocity(&flight).x > 150.0 && flight.velocity.y == 0, "{}", velocity(&flight));
}

#[test]
fn turning_is_bounded_and_takes_the_short_way() {
    let mut flight = flight();
    let aim = -1.0;
    fly(&mut flight, Controls { aim, ..Controls::default() }, 2);
    assert_eq!(flight.heading, 1024 - 72);
    fly(&mut flight, Controls { aim, ..Controls::default() }, 10);
    assert_eq!(flight.heading, angle::direction(aim));
}

#[test]
fn boost_burns_energy_and_waits_until_it_can_be_lit_again() {
    let mut flight = flight();
    let boost = Controls { thrust: 1, boost: true, ..Controls::default() };
    fly(&mut flight, boost, 60);
    assert_eq!((flight.energy, flight.engine), (0, Engine::Boost));
    fly(&mut flight, boost, 1);
    assert_eq!(flight.engine, Engine::Forward);
    fly(&mut flight, boost, 30);
    assert_eq!(flight.engine, Engine::Boost);
}

#[test]
fn at_top_speed_every_tick_goes_equally_far() {
    let (mut flight, onward) = (flight(), Controls { thrust: 1, ..Controls::default() });
    rev_up(&mut flight, onward, 120);
    let way = |flight: &mut Flight| {
        let start = flight.pos;
        fly(flight, onward, 1);
        flight.pos - start
    };
    let first = way(&mut flight);
    assert!(first.x > 80, "{first}");
    (0..10).for_each(|_| assert_eq!(way(&mut flight), first));
}

#[test]
fn nothing_of_a_wreck_moves() {
    let mut wreck = Flight { flying: false, cooldown: 5, ..flight() };
    let before = wreck.clone();
    fly(&mut wreck, Controls { thrust: 1, fire: true, ..Controls::default() }, 3);
    assert_eq!(wreck, before);
}

/// What the owner's client holds, stepped with the controls that the server will use, is what the
/// server comes to: tick after tick, through everything that a lone ship can do.
#[test]
fn an_owner_who_predicts_its_ship_is_never_wrong() {
    let mut game = Match::new(crate::arena::Config::default(), 5);
    game.game.join(PlayerId(1), "loner");
    game.step(1);
    let map = Map::yard();
    let (mut shots, mut boosts) = (0, 0);
    for tick in 0..20_000 {
        let controls = over_the_wire(&scribble(tick, 1));
        let mut predicted = Flight::of(&over_the_wire(game.ship(1)));
        shots += usize::from(predicted.step(&controls, &map, &rates()).is_some());
        boosts += usize::from(predicted.engine == Engine::Boost);
        game.input(1, controls);
        game.step(1);
        let made = Flight::of(game.ship(1));
        // Pickups are the server's to give.
        if !game.said::<crate::arena::Taken>().is_empty() {
            (predicted.ammo, predicted.overdrive_left) = (made.ammo, made.overdrive_left);
        }
        assert_eq!(predicted, made, "after tick {tick}");
        made.write_to(game.ship_mut(1));
        assert_eq!(over_the_wire(game.ship(1)).velocity, game.ship(1).velocity);
    }
    assert!(shots > 500 && boosts > 500, "{shots} shots, {boosts} ticks of boost");
}
