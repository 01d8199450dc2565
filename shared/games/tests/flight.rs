//! Flights of the arena, tick by tick, against a file that is checked in.
//!
//! The browser's twin of the step replays the same file (`assets/tests/flight.test.js`), so both
//! fly alike to the last bit. After a deliberate change of how ships fly,
//! `TICKWIRE_BLESS=1 cargo test -p tickwire-games --test flight` writes the file anew.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use tickwire_games::arena::{
    Controls, Engine, Map,
    flight::{Flight, Handling, Rates, Shot, unit},
    physics::angle,
    tuning::{AMMO_MAX, ENERGY_MAX, GRAIN},
};

const TICKS: usize = 400;
/// Seeds and tick rates of the flights.
const FLIGHTS: [(u64, u32); 6] = [(1, 30), (2, 30), (3, 30), (4, 60), (5, 60), (6, 128)];

/// A small generator (xorshift), so that this file says all that the flights come from.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: i32) -> i32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) % count as u64) as i32
    }
}

/// Somewhere on the map, fast, with a few rounds and some of everything else.
fn start(map: &Map, dice: &mut Dice) -> Flight {
    let spawn = map.spawns()[dice.below(map.spawns().len() as i32) as usize];
    let mut speed = || dice.below(16_001) - 8_000;
    Flight {
        flying: true,
        pos: (spawn / GRAIN).as_ivec2(),
        velocity: glam::IVec2::new(speed(), speed()),
        heading: dice.below(1024),
        energy: dice.below(i32::from(ENERGY_MAX)) as u16,
        ammo: dice.below(i32::from(AMMO_MAX)) as u8 / 2,
        reload: 7,
        overdrive_left: dice.below(200) as u16,
        ..Flight::default()
    }
}

/// What a player does for a while.
fn hold(dice: &mut Dice) -> Controls {
    let thrust = [1, 1, 1, 0, -1][dice.below(5) as usize];
    let (fire, boost) = (dice.below(3) > 0, dice.below(3) == 0);
    Controls { aim: angle::angle(dice.below(1024)), thrust, fire, boost }
}

fn controls_row(controls: &Controls) -> Value {
    let aim = angle::direction(controls.aim);
    json!([aim, controls.thrust, u8::from(controls.fire), u8::from(controls.boost)])
}

fn state_row(flight: &Flight) -> Value {
    let engine = match flight.engine {
        Engine::Idle => 0,
        Engine::Forward => 1,
        Engine::Reverse => 2,
        Engine::Boost => 3,
    };
    json!([
        flight.pos.x,
        flight.pos.y,
        flight.heading,
        flight.velocity.x,
        flight.velocity.y,
        engine,
        flight.energy,
        flight.ammo,
        flight.cooldown,
        flight.reload,
        flight.overdrive_left,
    ])
}

fn shot_row(shot: Option<Shot>) -> Value {
    shot.map_or(json!([]), |shot| {
        json!([shot.pos.x, shot.pos.y, shot.way.x, shot.way.y, shot.life])
    })
}

/// One flight: where it begins, and for each tick the controls, the state after it and the shot.
fn fly(map: &Map, (seed, tick_hz): (u64, u32)) -> Value {
    let rates = Rates::new(&Handling::tuned(), tick_hz);
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut flight = start(map, &mut dice);
    let (begin, mut controls) = (state_row(&flight), hold(&mut dice));
    let mut tick = || {
        if dice.below(24) == 0 {
            controls = hold(&mut dice);
        }
        let shot = flight.step(&controls, map, &rates);
        json!([controls_row(&controls), state_row(&flight), shot_row(shot)])
    };
    let ticks: Vec<Value> = (0..TICKS).map(|_| tick()).collect();
    json!({ "tick_hz": tick_hz, "rates": rates, "begin": begin, "ticks": ticks })
}

#[test]
fn flights_go_the_same_way() {
    let map = Map::yard();
    let directions: Vec<_> = (0..1024).map(|at| [unit(at).x, unit(at).y]).collect();
    let world =
        json!({ "rows": map.rows(), "handling": Handling::tuned(), "directions": directions });
    let flights = FLIGHTS.iter().map(|flight| fly(&map, *flight));
    let lines: Vec<_> = [world].into_iter().chain(flights).map(|case| case.to_string()).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets/golden/flight.json");
    if std::env::var_os("TICKWIRE_BLESS").is_some() {
        return fs::write(&path, text).expect("the golden folder can be written");
    }
    let golden = fs::read_to_string(&path).expect("the golden file is checked in");
    let same = text.bytes().zip(golden.bytes()).take_while(|(got, want)| got == want).count();
    assert!(text == golden, "flight.json differs from byte {same} on");
}
