//! Whole matches: the same each time, and worth watching.

use std::sync::Arc;

use tickwire_shared::{Game, PlayerId};

use crate::arena::{
    Config, Kill,
    bot::Pilot,
    harness::{HZ, Match, scribble},
    physics::sweep::overlaps_wall,
};

fn scribbled_match(seed: u64, ticks: u32) -> u64 {
    let mut game = Match::new(Config::default(), seed);
    for player in 1..=40 {
        game.arena.join(PlayerId(player), "scribbler");
    }
    for tick in 0..ticks {
        for player in 1..=40 {
            game.input(player, scribble(tick, player));
        }
        game.step(1);
    }
    game.state().1
}

#[test]
fn the_same_seed_and_inputs_give_the_same_world() {
    assert_eq!(scribbled_match(7, 600), scribbled_match(7, 600));
    assert_ne!(scribbled_match(7, 600), scribbled_match(8, 600));
}

/// A change of rules, of numbers or of the yard changes this world: then write down the new one.
#[test]
fn every_build_and_machine_makes_the_same_world() {
    assert_eq!(
        scribbled_match(7, 900),
        3_773_886_453_113_110_492,
        "the world of seed 7 after 900 ticks"
    );
}

#[test]
fn bots_fight_score_and_get_about() {
    const BOTS: u32 = 16;
    let config = Config::default();
    let map = Arc::new(config.map.clone());
    let mut game = Match::new(config, 11);
    let mut pilots: Vec<_> =
        (1..=BOTS).map(|bot| Pilot::new(u64::from(bot), Arc::clone(&map), HZ as u32)).collect();
    for bot in 1..=BOTS {
        game.arena.join(PlayerId(bot), "bot");
    }
    let mut flown = vec![0.0; pilots.len()];
    let mut kills = 0;
    for tick in 0..60 * HZ as u32 {
        for (bot, pilot) in (1..=BOTS).zip(&mut pilots) {
            // Every other tick, as a swarm that saves its strength would.
            if (tick + bot) % 2 == 0 {
                let controls = pilot.decide(&game.view(bot));
                game.input(bot, controls);
            }
        }
        game.step(1);
        kills += game.said::<Kill>().len();
        for (bot, way) in (1..=BOTS).zip(&mut flown) {
            *way += game.ship(bot).moved.length();
            assert!(!overlaps_wall(&map, game.ship(bot).pos), "bot {bot} is in a wall");
        }
    }
    let score: u32 = (1..=BOTS).map(|bot| u32::from(game.ship(bot).score)).sum();
    assert_eq!(score as usize, kills);
    assert!((30..400).contains(&kills), "{kills} kills");
    let lazy = flown.iter().position(|way| *way < 3000.0);
    assert_eq!(lazy, None, "somebody hardly moves: {flown:?}");
}
