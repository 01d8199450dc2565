//! Hits, kills, pickups, and players who come and go.

use glam::Vec2;
use tickwire_shared::{Game, PlayerId};

use super::{HALL, fire};
use crate::arena::{
    Config, Controls, Hit, Kill, Life, Sort, Taken, harness::Match, tuning::HP_MAX,
};

#[test]
fn five_hits_destroy_a_ship_score_and_it_comes_back_shielded() {
    let mut game = Match::on(HALL);
    game.place(1, 200.0, 160.0);
    game.place(2, 500.0, 160.0);
    game.input(1, fire());
    let (mut hits, mut kills) = (0, Vec::new());
    while kills.is_empty() && game.tick.0 < 300 {
        game.step(1);
        hits += game.said::<Hit>().len();
        kills = game.said::<Kill>();
    }
    assert_eq!(kills, [Kill { killer: 1, victim: 2 }]);
    assert_eq!((hits, game.ship(1).score), (5, 1));
    assert_eq!((game.ship(2).life, game.ship(2).hp, game.ship(2).respawn), (Life::Wrecked, 0, 90));
    game.input(1, Controls::default());
    game.step(89);
    assert_eq!((game.ship(2).life, game.ship(2).respawn), (Life::Wrecked, 1));
    game.step(1);
    assert_eq!((game.ship(2).life, game.ship(2).hp), (Life::Shielded, HP_MAX));
    game.step(60);
    assert_eq!(game.ship(2).life, Life::Flying);
}

#[test]
fn a_shield_swallows_hits_and_ends_with_the_first_shot() {
    let mut game = Match::on(HALL);
    game.place(1, 200.0, 160.0);
    game.game.join(PlayerId(2), "fresh");
    game.step(1);
    game.ship_mut(2).pos = Vec2::new(400.0, 160.0);
    game.input(1, fire());
    game.step(12);
    game.input(1, Controls::default());
    game.step(8);
    assert_eq!((game.ship(2).life, game.ship(2).hp), (Life::Shielded, HP_MAX));
    game.input(2, fire());
    game.step(1);
    assert_eq!(game.ship(2).life, Life::Flying);
}

#[test]
fn a_pickup_is_taken_when_it_helps_and_comes_back() {
    let mut game = Match::on("######\n#S..H#\n######");
    game.place(1, 256.0 + 32.0, 96.0);
    game.step(1);
    let ready = |game: &Match| game.game.pickups.values().all(|pickup| pickup.ready);
    assert!(ready(&game), "a healthy ship leaves it");
    game.ship_mut(1).hp = 30;
    game.step(1);
    assert_eq!(game.said::<Taken>(), [Taken { sort: Sort::Health }]);
    assert_eq!(game.ship(1).hp, 80);
    game.ship_mut(1).hp = 100;
    game.step(359);
    assert!(!ready(&game));
    game.step(1);
    assert!(ready(&game));
}

#[test]
fn whoever_leaves_leaves_nothing_behind() {
    let mut game = Match::new(Config::default(), 4);
    game.step(1);
    let (empty, _) = game.state();
    for player in 1..=8 {
        game.place(player, 1000.0, 1000.0 + player as f32 * 20.0);
        game.input(player, fire());
    }
    game.step(3);
    assert!(game.state().0 > empty + 8, "ships and bullets");
    for player in 1..=8 {
        game.game.leave(PlayerId(player));
    }
    assert_eq!(game.state().0, empty);
    game.step(1);
    assert_eq!(game.state().0, empty);
}

#[test]
fn who_is_not_there_can_neither_fly_nor_leave() {
    let mut game = Match::on(HALL);
    game.game.leave(PlayerId(9));
    game.input(9, fire());
    game.step(10);
    assert_eq!(game.state().0, 0);
}
