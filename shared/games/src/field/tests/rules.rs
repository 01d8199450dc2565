//! Gathering, calls, bites, dashes, and players who come and go.

use glam::Vec2;
use tickwire_shared::{Game, PlayerId, Tick, View};

use super::Match;
use crate::field::{
    Caught, Coat, Config, Controls, Eaten, Forager, Growth, Hunt, Life, Meal, Mood, Predator,
    Stage,
    tuning::{self, ENERGY_MAX, LIGHT_MAX, MARGIN, Rates},
};

const MIDDLE: f32 = 8000.0;

/// Flies along the x axis.
fn east() -> Controls {
    Controls { go: true, ..Controls::default() }
}

fn call() -> Controls {
    Controls { call: true, ..Controls::default() }
}

fn rates() -> Rates {
    Rates::at(1.0 / 30.0)
}

/// A bare field with one wisp in the middle, and room for creatures that tests put there.
fn lone() -> Match {
    let mut field = Match::bare();
    field.game.config = Config { growth: 0, foragers: 3, predators: 3 };
    field.place(1, MIDDLE, MIDDLE);
    field
}

impl Match {
    fn add_plant(&mut self, x: f32, stage: Stage) {
        let pos = Vec2::new(x, MIDDLE);
        self.game.meadow.plants.insert(Growth { pos, stage, left: 9999 });
    }

    fn add_forager(&mut self, x: f32, coat: Coat) {
        let forager = Forager::new(Vec2::new(x, MIDDLE), 0.0, coat, &rates());
        self.game.foragers.insert(forager);
    }

    /// One that is hungry.
    fn add_predator(&mut self, x: f32) {
        let predator = Predator::new(Vec2::new(x, MIDDLE), 0.0, 0.6, &rates());
        self.game.predators.insert(predator);
    }

    fn forager(&self) -> &Forager {
        self.game.foragers.values().next().expect("it lives")
    }

    fn predator(&self) -> &Predator {
        self.game.predators.values().next().expect("it lives")
    }
}

#[test]
fn a_wisp_gathers_what_is_ripe_and_leaves_the_rest() {
    let mut field = lone();
    field.add_plant(MIDDLE + 40.0, Stage::Blossom);
    field.add_plant(MIDDLE + 60.0, Stage::Bud);
    field.add_plant(MIDDLE + 80.0, Stage::Gold);
    field.input(1, east());
    let mut eaten = Vec::new();
    for _ in 0..30 {
        field.step(1);
        eaten.extend(field.said::<Eaten>());
    }
    let meal = |meal, worth| Eaten { meal, worth };
    assert_eq!(eaten, [meal(Meal::Blossom, 1), meal(Meal::Gold, 5)]);
    assert_eq!((field.wisp(1).score, field.wisp(1).size), (6, 1));
    assert_eq!(field.game.meadow.plants.len(), 1, "the bud");
}

#[test]
fn a_dash_burns_energy_and_is_faster_until_there_is_none() {
    let mut field = lone();
    field.input(1, Controls { dash: true, ..east() });
    field.step(30);
    let first = field.wisp(1).pos.x - MIDDLE;
    assert!((380.0..440.0).contains(&first), "{first}");
    field.step(60);
    field.input(1, east());
    field.step(30);
    assert!(field.wisp(1).energy < ENERGY_MAX / 2);
    let before = field.wisp(1).pos.x;
    field.step(30);
    assert_eq!(field.wisp(1).pos.x - before, 240.0);
}

#[test]
fn the_edge_of_the_world_holds() {
    let mut field = lone();
    field.wisp_mut(1).pos = Vec2::new(200.0, MARGIN + 3.0);
    field.input(1, Controls { way: 4.0, dash: true, ..east() });
    field.step(90);
    assert_eq!(field.wisp(1).pos, Vec2::splat(MARGIN));
}

#[test]
fn a_call_frightens_predators_and_brings_fleeces() {
    let mut field = lone();
    field.add_predator(MIDDLE + 300.0);
    field.add_forager(MIDDLE - 400.0, Coat::Fleecy);
    field.input(1, call());
    field.step(1);
    assert!(field.wisp(1).calling);
    assert_eq!((field.predator().hunt, field.forager().mood), (Hunt::Scared, Mood::Follow));
    let far = field.predator().pos.x;
    field.step(60);
    assert!(field.predator().pos.x > far + 400.0);
    field.step(60);
    assert_eq!((field.wisp(1).score, field.forager().coat), (3, Coat::Shorn));
    assert_eq!(field.wisp(1).light, LIGHT_MAX);
}

#[test]
fn a_call_waits_for_eight_seconds() {
    let mut field = lone();
    field.input(1, call());
    field.step(1);
    assert_eq!((field.wisp(1).calling, field.wisp(1).cooldown), (true, 240));
    field.step(20);
    assert!(!field.wisp(1).calling);
    field.step(219);
    assert!(!field.wisp(1).calling);
    field.step(1);
    assert!(field.wisp(1).calling);
}

#[test]
fn a_bite_costs_a_light_and_a_fifth_that_springs_up_around() {
    let mut field = lone();
    field.wisp_mut(1).change_score(30);
    field.add_predator(MIDDLE + 150.0);
    let mut caught = Vec::new();
    while caught.is_empty() && field.tick.0 < 200 {
        field.step(1);
        caught = field.said::<Caught>();
    }
    assert_eq!(caught, [Caught { victim: 1, by: 0, lost: 6, faded: false }]);
    let wisp = field.wisp(1);
    assert_eq!((wisp.score, wisp.light, wisp.life), (24, LIGHT_MAX - 1, Life::Fresh));
    assert_eq!(field.game.meadow.plants.len(), 0, "this meadow has no room");
    assert_eq!(field.predator().hunt, Hunt::Rest);
    field.game.predators.clear();
    field.step(30 * 12);
    assert_eq!(field.wisp(1).light, LIGHT_MAX, "it comes back");
}

#[test]
fn what_a_bite_takes_springs_up_around() {
    let mut field = Match::new(Config { growth: 100, foragers: 0, predators: 0 }, 1);
    field.game.meadow.plants.clear();
    let pos = Vec2::splat(MIDDLE);
    field.game.meadow.spill(pos, 6, &mut field.game.rng);
    let near = |it: &Growth| it.meal().is_some() && it.pos.distance(pos) < 200.0;
    assert_eq!(field.game.meadow.plants.values().filter(|it| near(it)).count(), 6);
}

#[test]
fn without_light_a_wisp_fades_and_is_back_elsewhere() {
    let mut field = lone();
    field.wisp_mut(1).light = 1;
    field.add_predator(MIDDLE + 60.0);
    while field.wisp(1).is_there() && field.tick.0 < 100 {
        field.step(1);
    }
    assert_eq!(field.wisp(1).life, Life::Faded);
    field.step(89);
    assert_eq!(field.wisp(1).life, Life::Faded);
    field.step(1);
    assert_eq!((field.wisp(1).life, field.wisp(1).light), (Life::Fresh, LIGHT_MAX));
    assert!(field.wisp(1).pos.distance(Vec2::splat(MIDDLE)) > 300.0);
    field.step(90);
    assert_eq!(field.wisp(1).life, Life::Awake);
}

#[test]
fn a_dash_takes_from_one_that_is_no_larger() {
    for (first, second, gain) in [(100, 80, 10), (80, 400, 0)] {
        let mut field = lone();
        field.place(2, MIDDLE + 80.0, MIDDLE);
        field.wisp_mut(1).change_score(first);
        field.wisp_mut(2).change_score(second);
        field.input(1, Controls { dash: true, ..east() });
        let mut caught = Vec::new();
        for _ in 0..20 {
            field.step(1);
            caught.extend(field.said::<Caught>());
        }
        let scores = [1, 2].map(|player| i32::from(field.wisp(player).score));
        assert_eq!(scores, [first + gain, second - gain]);
        // One for each of the two, and no more while the grace lasts.
        assert_eq!(caught.len(), if gain > 0 { 2 } else { 0 });
    }
}

#[test]
fn foragers_run_from_predators_that_hunt() {
    let mut field = lone();
    field.wisp_mut(1).pos = Vec2::splat(500.0);
    field.add_forager(MIDDLE, Coat::Shorn);
    field.add_predator(MIDDLE + 200.0);
    field.step(8);
    assert_eq!((field.forager().mood, field.predator().hunt), (Mood::Flee, Hunt::Chase));
    let before = field.forager().pos.x;
    field.step(30);
    assert!(field.forager().pos.x < before - 100.0);
}

#[test]
fn a_predator_that_is_fast_enough_eats_and_rests() {
    let mut field = lone();
    field.wisp_mut(1).pos = Vec2::splat(500.0);
    field.add_forager(MIDDLE, Coat::Shorn);
    field.add_predator(MIDDLE + 60.0);
    field.step(150);
    assert_eq!(field.game.foragers.len(), 0);
    assert_eq!(field.predator().hunt, Hunt::Rest);
}

#[test]
fn meals_make_a_fleece_and_then_a_lamb_but_no_more_than_there_is_room() {
    let mut field = lone();
    field.wisp_mut(1).pos = Vec2::splat(500.0);
    field.add_forager(MIDDLE, Coat::Shorn);
    let feed = |field: &mut Match, meals: usize| {
        for _ in 0..meals {
            let pos = field.game.foragers.values().next().expect("it lives").pos;
            field.game.foragers.values_mut().for_each(|it| it.food = 1000);
            field.add_plant(pos.x, Stage::Blossom);
            field.game.meadow.plants.values_mut().for_each(|it| it.pos = pos);
            field.step(150);
        }
    };
    feed(&mut field, 2);
    assert_eq!((field.forager().coat, field.game.foragers.len()), (Coat::Fleecy, 1));
    feed(&mut field, 2);
    assert_eq!(field.game.foragers.len(), 2);
    feed(&mut field, 40);
    assert_eq!(field.game.foragers.len(), 3);
}

#[test]
fn the_standings_name_the_best_and_everybody_knows_its_rank() {
    let mut field = Match::bare();
    for player in 1..=12 {
        field.place(player, 500.0 * player as f32, MIDDLE);
        field.wisp_mut(player).change_score(10 * player as i32);
    }
    field.step(20);
    let standings = || field.game.overview.standings.values();
    assert!(standings().map(|it| it.player).eq((5..=12).rev()));
    assert!(standings().all(|it| it.name == "somebody"));
    assert_eq!((field.wisp(12).rank, field.wisp(1).rank), (1, 12));
}

#[test]
fn spectators_look_over_the_shoulder_of_the_best() {
    let mut field = Match::bare();
    let eye = |field: &Match| {
        let mut view = View::default();
        field.game.spectate(&mut view);
        view.eye.expect("they look from somewhere")
    };
    assert_eq!(eye(&field), Vec2::splat(tuning::SIZE / 2.0));
    for player in 1..=2 {
        field.place(player, 1000.0 * player as f32, MIDDLE);
        field.wisp_mut(player).change_score(10 * player as i32);
    }
    field.step(20);
    assert_eq!(eye(&field), field.wisp(2).pos);
    field.game.leave(PlayerId(2));
    field.step(20);
    assert_eq!(eye(&field), field.wisp(1).pos);
}

#[test]
fn whoever_leaves_leaves_nothing_behind() {
    let mut field = Match::bare();
    let (empty, _) = field.state();
    for player in 1..=8 {
        field.place(player, 900.0 * player as f32, MIDDLE);
    }
    assert_eq!(field.state().0, empty + 16, "wisps and beacons");
    (1..=8).for_each(|player| field.game.leave(PlayerId(player)));
    field.step(20);
    assert_eq!(field.state().0, empty);
    assert!(field.game.overview.standings.values().all(|it| it.player == 0));
}

#[test]
fn who_is_not_there_can_neither_fly_nor_leave() {
    let mut field = Match::bare();
    field.game.leave(PlayerId(9));
    field.input(9, call());
    field.step(3);
    assert_eq!(field.tick, Tick(3));
}
