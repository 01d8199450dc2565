//! What a player feels on each network.

use tickwire_bots::client::Core;
use tickwire_games::arena::{
    Controls, Map,
    bot::{Pilot, View},
    tuning::SHIP_RADIUS,
};
use tickwire_shared::{PlayerId, link::Conditions};

use super::{
    player::Felt,
    sim::{HZ, PICTURE, Sim},
};

/// Plays as the bots do, by what the client holds.
fn pilot(seed: u64, id: u32) -> impl FnMut(&Core) -> Controls {
    let mut pilot = Pilot::new(seed, Map::expanse().into(), HZ);
    let mut view = View::default();
    move |core| {
        view.look(core.replica().expect("it is in"), PlayerId(id));
        pilot.decide(&view)
    }
}

/// A game of six on a network, for a minute, and what each of them felt.
fn game(network: &str, seed: u64) -> Vec<Felt> {
    let conditions: Conditions = network.parse().expect("it is a network");
    let mut sim = Sim::new(Map::expanse(), seed);
    for id in 1..=6 {
        sim.join(&conditions, pilot(seed ^ u64::from(id), id));
        sim.run_seconds(1);
    }
    sim.run_seconds(60);
    sim.seats.into_iter().map(|seat| seat.player.felt).collect()
}

/// How much of one is of the other, in percent.
fn percent(part: u32, whole: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(whole.max(1))
}

#[test]
fn on_a_steady_line_nothing_is_missed_and_what_is_predicted_comes_true() {
    for (network, most_wait) in
        [("lan", 3.0), ("latency=30ms", 3.0), ("latency=30ms,jitter=5ms", 8.0)]
    {
        for felt in game(network, 5) {
            assert!(felt.calm > 500, "{network}: the ship was alone for {} frames", felt.calm);
            assert_eq!(felt.corrected, 0, "{network}: outside collisions prediction is exact");
            let starved = percent(felt.starved, felt.frames);
            assert!(starved < 0.1, "{network}: {starved:.3}% of ticks starved");
            // No input can be sure to be in time and wait for less than the jitter.
            let wait = felt.usual_wait_ms();
            assert!(wait <= most_wait, "{network}: inputs wait {wait:.1} ms");
        }
    }
}

#[test]
fn the_own_ship_is_where_it_was_predicted_to_within_half_its_width() {
    for (network, most_starved) in [("wifi", 1.5), ("transatlantic", 1.0)] {
        for seed in [7, 8, 9] {
            for (place, felt) in game(network, seed).iter().enumerate() {
                let who = format!("{network}, seed {seed}, player {}", place + 1);
                assert!(felt.calm > 500, "{who}: the ship was alone for {} frames", felt.calm);
                assert!(felt.worst <= SHIP_RADIUS, "{who}: off by {} units", felt.worst);
                let rate = felt.corrections_a_minute(HZ);
                assert!(rate <= 20.0, "{who}: {rate:.1} corrections a minute");
                let starved = percent(felt.starved, felt.frames);
                assert!(starved < most_starved, "{who}: {starved:.2}% of ticks starved");
            }
        }
    }
}

/// The fastest that a ship flies, in units a second.
const FASTEST: f32 = 600.0;

#[test]
fn others_glide_from_picture_to_picture_and_never_blink() {
    let even = FASTEST * PICTURE as f32 / 1000.0;
    for network in ["lan", "wifi", "4g", "transatlantic"] {
        for seed in [3, 4] {
            for (place, felt) in game(network, seed).iter().enumerate() {
                let who = format!("{network}, seed {seed}, player {}", place + 1);
                assert!(felt.drawn > 5000, "{who}: only {} others were drawn", felt.drawn);
                let ratio = felt.jump / even;
                assert!(ratio <= 1.3, "{who}: a ship came {ratio:.2} times as far as it can");
                assert_eq!(felt.blinks, 0, "{who}: nobody left, and somebody was not drawn");
                assert!(felt.delay <= 7.5, "{who}: drawn {} ticks behind", felt.delay);
            }
        }
    }
}
