//! Guns and bullets.

use glam::Vec2;

use super::{HALL, fire};
use crate::arena::{
    Config, Controls,
    harness::Match,
    physics::angle,
    tuning::{AMMO_RESERVE, AMMO_START, GRAIN, HP_MAX, TILE},
};

#[test]
fn shooting_costs_a_round_and_waits_for_the_gun() {
    let mut game = Match::on(HALL);
    game.place(1, 100.0, 160.0);
    game.input(1, fire());
    game.step(1);
    assert_eq!(game.ship(1).ammo, AMMO_START - 1);
    assert_eq!(game.ship(1).cooldown, 6);
    game.step(5);
    assert_eq!(game.ship(1).ammo, AMMO_START - 1);
    game.step(1);
    assert_eq!(game.ship(1).ammo, AMMO_START - 2);
}

#[test]
fn an_empty_gun_is_silent_until_it_has_made_a_round() {
    let mut game = Match::on(HALL);
    game.place(1, 100.0, 160.0);
    game.ship_mut(1).ammo = 0;
    game.ship_mut(1).reload = 20;
    game.input(1, fire());
    game.step(19);
    assert!(game.game.bullets.is_empty());
    game.step(1);
    assert_eq!(game.game.bullets.len(), 1);
    game.input(1, Controls::default());
    game.step(1000);
    assert_eq!(game.ship(1).ammo, AMMO_RESERVE);
}

#[test]
fn a_flying_bullet_comes_forward_by_the_same_grains_each_tick() {
    for heading in [0.0, 0.1, 1.0, 2.5, 4.0, 6.1] {
        let mut game = Match::new(Config::default(), 1);
        game.place(1, 1000.0, 1000.0);
        game.ship_mut(1).heading = angle::snapped(heading);
        game.input(1, Controls { aim: heading, ..fire() });
        game.step(1);
        game.input(1, Controls { aim: heading, ..Controls::default() });
        let grains = |pos: Vec2| pos / GRAIN;
        let start = Vec2::new(1000.0, 1000.0);
        let mut places = vec![grains(start)];
        while let Some(bullet) = game.game.bullets.values().next() {
            assert_eq!(grains(bullet.pos).fract(), Vec2::ZERO, "a whole number of grains");
            places.push(grains(bullet.pos));
            game.step(1);
        }
        assert!(places.len() > 4, "{places:?}");
        let steps: Vec<_> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| *step == steps[0]), "{steps:?}");
    }
}

#[test]
fn walls_stop_bullets() {
    let mut game = Match::on("#########\n#S..#...#\n#########");
    game.place(1, 96.0, 96.0);
    game.place(2, 480.0, 96.0);
    game.input(1, fire());
    for _ in 0..90 {
        game.step(1);
        assert!(game.game.bullets.values().all(|bullet| bullet.pos.x < 4.0 * TILE));
    }
    assert_eq!(game.ship(2).hp, HP_MAX);
    assert!(game.ship(1).ammo < AMMO_START);
}

#[test]
fn overdrive_doubles_the_rate_of_fire_for_a_while() {
    let mut game = Match::on("##########\n#S......O#\n##########");
    game.place(1, 8.5 * TILE, 96.0);
    game.step(1);
    assert!(game.ship(1).overdrive);
    game.input(1, fire());
    game.step(30);
    assert_eq!(game.ship(1).ammo, AMMO_START - 10);
    game.input(1, Controls::default());
    game.game.pickups.clear();
    game.step(240);
    assert!(!game.ship(1).overdrive);
}
