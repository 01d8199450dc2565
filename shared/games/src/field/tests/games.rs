//! Whole games: the same each time, and worth watching.

use tickwire_shared::{Game, PlayerId};

use super::Match;
use crate::common::harness::assert_goes_on_when_loaded;
use crate::field::{Caught, Config, Controls, Eaten, bot::Wanderer};

/// Controls that nobody would fly with, but different ones each tick and player.
fn scribble(tick: u32, player: u32) -> Controls {
    let mix = (tick / 16).wrapping_mul(2_654_435_761).rotate_left(player) ^ (player * 40_503);
    let way = (mix % 628) as f32 / 100.0;
    Controls { way, go: mix & 7 != 0, dash: mix & 24 == 0, call: mix & 96 == 0 }
}

fn scribbled_field(seed: u64, ticks: u32) -> u64 {
    let mut field = Match::new(Config::default(), seed);
    for player in 1..=40 {
        field.game.join(PlayerId(player), "scribbler");
    }
    for tick in 0..ticks {
        for player in 1..=40 {
            field.input(player, scribble(tick, player));
        }
        field.step(1);
    }
    field.state().1
}

#[test]
fn the_same_seed_and_inputs_give_the_same_world() {
    assert_eq!(scribbled_field(7, 400), scribbled_field(7, 400));
    assert_ne!(scribbled_field(7, 400), scribbled_field(8, 400));
}

#[test]
fn a_world_that_was_loaded_goes_on_as_the_one_that_was_saved() {
    let mut field = Match::new(Config::default(), 3);
    (1..=20).for_each(|player| field.game.join(PlayerId(player), "scribbler"));
    field.step(200);
    assert_goes_on_when_loaded(&mut field, 20, scribble);
}

/// A change of rules or of numbers changes this world: then write down the new one.
#[test]
fn every_build_and_machine_makes_the_same_world() {
    assert_eq!(
        scribbled_field(7, 600),
        9_695_207_714_285_522_376,
        "the world of seed 7 after 600 ticks"
    );
}

const BOTS: u32 = 24;

#[test]
fn bots_gather_grow_and_get_bitten() {
    let mut field = Match::new(Config::default(), 11);
    let mut bots: Vec<_> = (1..=BOTS).map(|bot| (bot, Wanderer::new(u64::from(bot)))).collect();
    for bot in 1..=BOTS {
        field.game.join(PlayerId(bot), "bot");
    }
    let (mut meals, mut fleeces, mut bites, mut fades) = (0, 0, 0, 0);
    for tick in 0..60 * 30 {
        for (bot, wanderer) in bots.iter_mut().filter(|(bot, _)| (tick + bot) % 3 == 0) {
            let controls = wanderer.decide(&field.view(*bot));
            field.input(*bot, controls);
        }
        field.step(1);
        let eaten = field.said::<Eaten>();
        meals += eaten.len();
        fleeces += eaten.iter().filter(|it| it.worth == 3).count();
        let caught = field.said::<Caught>();
        bites += caught.iter().filter(|it| it.by == 0).count();
        fades += caught.iter().filter(|it| it.faded).count();
    }
    let mut scores: Vec<_> = (1..=BOTS).map(|bot| field.wisp(bot).score).collect();
    scores.sort_unstable();
    assert!(scores[0] >= 8, "somebody goes hungry: {scores:?}");
    assert!(fleeces > 20, "{fleeces} fleeces of {meals} meals");
    assert!((1..300).contains(&bites), "{bites} bites, {fades} faded");
    assert!(fades < 40, "{fades} faded");
}
