//! Whole matches: the same each time, and worth watching.

use std::sync::Arc;

use tickwire_shared::{Game, PlayerId};

use crate::{
    arena::{
        Config, Kill,
        bot::Pilot,
        flight::Flight,
        harness::{HZ, Match, scribble},
        physics::sweep::overlaps_wall,
    },
    common::harness::assert_goes_on_when_loaded,
};

fn scribbled_match(seed: u64, ticks: u32) -> u64 {
    let mut game = Match::new(Config::default(), seed);
    for player in 1..=40 {
        game.game.join(PlayerId(player), "scribbler");
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

#[test]
fn a_match_that_was_loaded_goes_on_as_the_one_that_was_saved() {
    let mut game = Match::new(Config::default(), 3);
    for player in 1..=30 {
        game.game.join(PlayerId(player), "scribbler");
        game.game.sight(PlayerId(player), 2.5);
    }
    for tick in 0..200 {
        (1..=30).for_each(|player| game.input(player, scribble(tick, player)));
        game.step(1);
    }
    assert_goes_on_when_loaded(&mut game, 30, scribble);
}

/// A change of rules, of numbers or of the yard changes this world: then write down the new one.
#[test]
fn every_build_and_machine_makes_the_same_world() {
    assert_eq!(
        scribbled_match(7, 900),
        17_261_173_098_145_019_572,
        "the world of seed 7 after 900 ticks"
    );
}

const BOTS: u32 = 16;

/// A match of bots that goes on for a while; `watch` sees every tick.
fn bot_match(seconds: u32, mut watch: impl FnMut(&Match)) -> Match {
    let config = Config::default();
    let map = Arc::new(config.map.clone());
    let mut game = Match::new(config, 11);
    let pilot = |bot: u32| Pilot::new(u64::from(bot), Arc::clone(&map), HZ as u32);
    let mut pilots: Vec<_> = (1..=BOTS).map(|bot| (bot, pilot(bot))).collect();
    for bot in 1..=BOTS {
        game.game.join(PlayerId(bot), "bot");
    }
    for tick in 0..seconds * HZ as u32 {
        // Every other tick, as a swarm that saves its strength would.
        for (bot, pilot) in pilots.iter_mut().filter(|(bot, _)| (tick + bot) % 2 == 0) {
            let controls = pilot.decide(&game.view(*bot));
            game.input(*bot, controls);
        }
        game.step(1);
        watch(&game);
    }
    game
}

#[test]
fn bots_fight_score_and_get_about() {
    let map = Config::default().map;
    let mut flown = [0.0; BOTS as usize];
    let mut kills = 0;
    let game = bot_match(60, |game| {
        kills += game.said::<Kill>().len();
        for (bot, way) in (1..=BOTS).zip(&mut flown) {
            *way += game.ship(bot).moved.length();
            let pos = Flight::of(game.ship(bot)).pos;
            assert!(!overlaps_wall(&map, pos), "bot {bot} is in a wall");
        }
    });
    let score: u32 = (1..=BOTS).map(|bot| u32::from(game.ship(bot).score)).sum();
    assert_eq!(score as usize, kills);
    assert!((30..200).contains(&kills), "{kills} kills");
    let lazy = flown.iter().position(|way| *way < 3000.0);
    assert_eq!(lazy, None, "somebody hardly moves: {flown:?}");
}

#[test]
fn the_same_bots_play_the_same_match() {
    let state = || bot_match(10, |_| {}).state();
    assert_eq!(state(), state());
}
