//! The meadow by itself: nobody dies out, nobody takes over, nobody leaves the world.

use super::Match;
use crate::field::{
    Config, Stage,
    tuning::{MARGIN, SIZE},
};

/// How many plants, ripe ones among them, foragers and predators there are.
fn census(field: &Match) -> [usize; 4] {
    let game = &field.game;
    let ripe = game.meadow.plants.values().filter(|it| it.meal().is_some()).count();
    [game.meadow.plants.len(), ripe, game.foragers.len(), game.predators.len()]
}

#[test]
fn populations_stay_within_bounds_without_players() {
    let config = Config { growth: 1400, foragers: 500, predators: 80 };
    for seed in [1, 2, 77] {
        let mut field = Match::new(config.clone(), seed);
        let mut widest = [(usize::MAX, 0); 4];
        for round in 0..100 {
            field.step(100);
            let counts = census(&field);
            for ((least, most), count) in widest.iter_mut().zip(counts) {
                (*least, *most) = ((*least).min(count), (*most).max(count));
            }
            assert!(counts[1] > 0, "seed {seed}, round {round}: nothing is ripe");
        }
        let [plants, ripe, foragers, predators] = widest;
        assert!(plants.0 > 1000 && plants.1 <= 1400, "seed {seed}: {plants:?} plants");
        assert!(ripe.0 > 140, "seed {seed}: {ripe:?} ripe plants");
        assert!(foragers.0 >= 120 && foragers.1 <= 500, "seed {seed}: {foragers:?} foragers");
        assert!(predators.0 >= 19 && predators.1 <= 80, "seed {seed}: {predators:?} predators");
    }
}

#[test]
fn nobody_leaves_the_world() {
    let mut field = Match::new(Config::default(), 5);
    for _ in 0..20 {
        field.step(60);
        let game = &field.game;
        let creatures = game.foragers.values().map(|it| it.pos);
        let all = creatures.chain(game.predators.values().map(|it| it.pos));
        let inside = MARGIN..=SIZE - MARGIN;
        let mut lost = all.filter(|pos| !inside.contains(&pos.x) || !inside.contains(&pos.y));
        assert_eq!(lost.next(), None);
    }
}

#[test]
fn a_kind_that_was_wiped_out_comes_back() {
    let mut field = Match::new(Config { growth: 600, foragers: 100, predators: 20 }, 9);
    field.game.foragers.clear();
    field.game.predators.clear();
    field.step(600);
    let [_, _, foragers, predators] = census(&field);
    assert!(foragers >= 20 && predators >= 5, "{foragers} foragers, {predators} predators");
}

#[test]
fn a_bare_meadow_grows_ripe() {
    let mut field = Match::new(Config { growth: 600, foragers: 0, predators: 0 }, 2);
    field.game.meadow.plants.clear();
    field.step(60);
    assert!(field.game.meadow.plants.values().all(|it| it.stage == Stage::Sprout));
    field.step(30 * 90);
    let [plants, ripe, ..] = census(&field);
    assert_eq!((plants, ripe), (600, 600));
    let gold = field.game.meadow.plants.values().filter(|it| it.stage == Stage::Gold).count();
    assert!((12..80).contains(&gold), "{gold} golden ones");
}
