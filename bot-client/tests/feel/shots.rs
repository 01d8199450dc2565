//! Who aims well hits, however far away the server is; the whole way from the eye to the hit.

use std::{cell::Cell, rc::Rc};

use tickwire_bots::client::Core;
use tickwire_games::arena::{
    Controls, Ship,
    tuning::{BULLET_SPEED, COOLDOWN_SECONDS},
};
use tickwire_shared::{
    PlayerId,
    glam::Vec2,
    link::Conditions,
    message::{ClientMessage, kind},
};

use super::sim::{HZ, Sim, Tamper, hall};

/// The farthest that is shot at, in units.
const RANGE: f32 = 600.0;
/// How far above the shooter the target flies, in units.
const LANE: f32 = 260.0;

fn ship(core: &Core, id: u32) -> Option<Ship> {
    let replica = core.replica()?;
    replica.iter::<Ship>().map(|(_, ship)| ship).find(|ship| ship.player == PlayerId(id).0)
}

/// Flies to and fro on a lane above the middle of the hall.
fn flies_to_and_fro() -> impl FnMut(&Core) -> Controls {
    let mut right = true;
    move |core| {
        let Some(own) = ship(core, 1).filter(Ship::is_flying) else { return Controls::default() };
        match own.pos.x {
            x if x < 500.0 => right = true,
            x if x > 2000.0 => right = false,
            _ => {}
        }
        // Down is where y grows.
        let off = (own.pos.y - (1310.0 - LANE)) / 400.0;
        let way = Vec2::new(if right { 1.0 } else { -1.0 }, -off);
        Controls { aim: way.to_angle(), thrust: 1, ..Controls::default() }
    }
}

/// Where to point so that a bullet meets somebody who is seen there and flies on like that.
fn lead(from: Vec2, to: Vec2, velocity: Vec2) -> (f32, f32) {
    let mut meeting = to;
    for _ in 0..6 {
        meeting = to + velocity * (from.distance(meeting) / BULLET_SPEED);
    }
    ((meeting - from).to_angle(), from.distance(meeting))
}

/// Stays where it is and shoots at what flies straight; counts what it fires.
fn shoots(fired: Rc<Cell<u32>>) -> impl FnMut(&Core) -> Controls {
    let (mut before, mut wait, mut pointed) = (Vec::<Vec2>::new(), 0_u32, 0.0_f32);
    move |core| {
        let (own, target) = (ship(core, 2), ship(core, 1));
        let Some((own, target)) = own.zip(target) else { return Controls::default() };
        before.push(target.pos);
        wait = wait.saturating_sub(1);
        let [.., first, second, third] = before[..] else { return Controls::default() };
        let steady = (third - second).distance(second - first) < 0.6;
        let velocity = (third - second) * HZ as f32;
        let (aim, distance) = lead(own.pos, target.pos, velocity);
        // A ship that has pointed there all along needs no time to turn.
        let turned = (aim - pointed).abs() < 0.05;
        pointed = aim;
        let fires = steady && wait == 0 && distance < RANGE && turned;
        if fires {
            // One shot and not two, whenever the input arrives.
            wait = (COOLDOWN_SECONDS * 3.0 * HZ as f32) as u32;
            fired.set(fired.get() + 1);
        }
        Controls { aim, fire: fires, ..Controls::default() }
    }
}

/// What share of the shots hit, on a network whose round trip takes so long.
fn hits(round_trip_ms: u32, tamper: Tamper) -> (f64, u32) {
    let conditions = Conditions { latency_us: round_trip_ms * 500, ..Conditions::NONE };
    let mut sim = Sim::new(hall(), 11);
    sim.join(&Conditions::NONE, flies_to_and_fro());
    sim.run_seconds(3);
    let fired = Rc::new(Cell::new(0));
    sim.join(&conditions, shoots(Rc::clone(&fired)));
    sim.seats[1].tamper = tamper;
    sim.run_seconds(60);
    let hp = ship(&sim.seats[0].core, 1).expect("it flies").hp;
    (f64::from(100 - hp) / f64::from(fired.get()), fired.get())
}

fn honest() -> Tamper {
    Box::new(|_, message| vec![message])
}

/// Says that the present was seen, so that nothing is rewound.
fn blind() -> Tamper {
    Box::new(|_, message| {
        if message[0] != kind::INPUT {
            return vec![message];
        }
        let Ok(ClientMessage::Input { applied, tick, record, .. }) = ClientMessage::read(&message)
        else {
            return vec![message];
        };
        let mut bytes = Vec::new();
        ClientMessage::Input { applied, tick, behind: 0, record }.write(&mut bytes);
        vec![bytes]
    })
}

#[test]
fn what_is_aimed_at_is_hit_at_any_distance_from_the_server_up_to_the_cap() {
    for round_trip in [0, 50, 100, 150, 200] {
        let (share, fired) = hits(round_trip, honest());
        println!("{round_trip} ms: {:.0}% of {fired}", share * 100.0);
        assert!(fired > 15 && share > 0.85, "{round_trip} ms: {share:.2} of {fired} shots hit");
    }
}

#[test]
fn without_rewinding_and_beyond_the_cap_one_shoots_behind_the_target() {
    for (round_trip, tamper) in [(150, blind()), (500, honest())] {
        let (share, fired) = hits(round_trip, tamper);
        println!("{round_trip} ms: {:.0}% of {fired}", share * 100.0);
        assert!(fired > 15 && share < 0.3, "{round_trip} ms: {share:.2} of {fired} shots hit");
    }
}
