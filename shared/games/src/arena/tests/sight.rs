//! Shots are judged by what the shooter saw, as far back as that is fair.

use std::collections::VecDeque;

use glam::Vec2;
use tickwire_shared::{Game, PlayerId};

use super::fire;
use crate::{
    arena::{
        Config, Controls, Hit, Kill, Life, Map,
        flight::{Handling, Rates, scaled, unit},
        harness::{HZ, Match},
        physics::angle,
        tuning::{BULLET_RADIUS, BULLET_SPEED, GRAIN, SHIP_RADIUS},
    },
    common::rng::Rng,
};

const SHOOTER: u32 = 1;
const TARGET: u32 = 2;
const RADIUS: f32 = SHIP_RADIUS + BULLET_RADIUS;
/// How many ticks of the target's places a gallery remembers.
const MEMORY: usize = 12;

/// A hall of that many tiles without corners.
fn hall(columns: usize, rows: usize) -> Map {
    let wall = "#".repeat(columns);
    let floor = format!("#S{}#\n", ".".repeat(columns - 3));
    Map::parse(&format!("{wall}\n{}{wall}", floor.repeat(rows - 2))).expect("it is fine")
}

/// Player 1 shoots at player 2, who flies about, and sees it late.
struct Gallery {
    game: Match,
    rng: Rng,
    /// Where the target was after each tick, the newest first.
    places: VecDeque<Vec2>,
    behind: f32,
    hits: usize,
}

impl Gallery {
    fn new(seed: u64, late_ms: u16, rewind_ms: u16) -> Gallery {
        // Bullets that take nothing leave the target alive.
        let config = Config { map: hall(14, 12), damage: 0, rewind_ms, ..Config::default() };
        let mut game = Match::new(config, seed);
        game.place(SHOOTER, 448.0, 384.0);
        game.place(TARGET, 300.0, 200.0);
        let behind = f32::from(late_ms) * HZ / 1000.0;
        let places = VecDeque::from([game.ship(TARGET).pos; MEMORY]);
        Gallery { game, rng: Rng::new(seed), places, behind, hits: 0 }
    }

    /// Where the shooter saw the target so many ticks before the newest.
    fn seen(&self, behind: f32) -> Vec2 {
        let (whole, share) = (behind.floor(), behind.fract());
        let [after, before] = [0, 1].map(|more| self.places[whole as usize + more]);
        after + (before - after) * share
    }

    /// The aim at which a bullet would meet the target, if that flew on as it is seen to.
    fn lead(&self) -> f32 {
        let (newest, before) = (self.seen(self.behind), self.seen(self.behind + 1.0));
        let (way, from) = (newest - before, self.game.ship(SHOOTER).pos);
        // The picture that goes with the tick to come is one tick newer.
        let mut meet = newest + way;
        for _ in 0..4 {
            let ticks = (meet - from).length() / (BULLET_SPEED / HZ);
            meet = newest + way * ticks;
        }
        (meet - from).to_angle()
    }

    /// The ways of all bullets in the tick to come.
    fn ways(&self) -> impl Iterator<Item = (Vec2, Vec2)> {
        self.game.game.bullets.values().map(|bullet| (bullet.pos, bullet.pos + bullet.velocity))
    }

    /// The way of the bullet that was fired in the tick that is over.
    fn fired(&self) -> Option<(Vec2, Vec2)> {
        let ship = self.game.ship(SHOOTER);
        let rates = Rates::new(&Handling::tuned(), HZ as u32);
        let way = scaled(unit(angle::direction(ship.heading)), rates.bullet).as_vec2() * GRAIN;
        (ship.cooldown == rates.cooldown).then_some((ship.pos, ship.pos + way))
    }

    fn tick(&mut self) {
        if self.rng.below(25) == 0 {
            let aim = self.rng.between(0.0, std::f32::consts::TAU);
            self.game.input(TARGET, Controls { aim, thrust: 1, ..Controls::default() });
        }
        let shooter = self.game.ship_mut(SHOOTER);
        // It stays where it is, whoever bumps into it, and never runs out.
        (shooter.pos, shooter.velocity, shooter.ammo) = (Vec2::new(448.0, 384.0), Vec2::ZERO, 30);
        self.game.game.sight(PlayerId(SHOOTER), self.behind);
        self.game.input(SHOOTER, Controls { aim: self.lead(), ..fire() });
        self.game.step(1);
        self.places.push_front(self.game.ship(TARGET).pos);
        self.places.truncate(MEMORY);
        self.hits += self.game.said::<Hit>().len();
    }

    /// How many hits there are in a minute.
    fn hits(seed: u64, late_ms: u16, rewind_ms: u16) -> usize {
        let mut gallery = Gallery::new(seed, late_ms, rewind_ms);
        (0..60 * HZ as usize).for_each(|_| gallery.tick());
        gallery.hits
    }
}

#[test]
fn whoever_aims_at_what_it_sees_hits_as_often_however_late_that_is() {
    let hits = |late_ms, rewind_ms| -> usize {
        (1..=6).map(|seed| Gallery::hits(seed, late_ms, rewind_ms)).sum()
    };
    let at_once = hits(0, 250);
    assert!(at_once > 300, "{at_once} hits");
    // Judged by where ships are, more and more bullets would go where they no longer are.
    for (late_ms, percent) in [(50, 90), (100, 65), (150, 55), (250, 45)] {
        let (judged, unjudged) = (hits(late_ms, 250), hits(late_ms, 0));
        assert!(judged * 20 > at_once * 19, "{judged} hits at {late_ms} ms, {at_once} at none");
        assert!(unjudged * 100 < judged * percent, "{unjudged} and {judged} at {late_ms} ms");
    }
}

#[test]
fn what_is_seen_to_touch_is_what_hits() {
    for (seed, late_ms) in (1..).zip([17, 50, 110, 149, 200, 250]) {
        let mut gallery = Gallery::new(seed, late_ms, 250);
        for tick in 0..60 * HZ as usize {
            let before = gallery.hits;
            let mut ways: Vec<_> = gallery.ways().collect();
            gallery.tick();
            ways.extend(gallery.fired());
            let [start, end] = [1.0, 0.0].map(|more| gallery.seen(gallery.behind + more));
            let gaps = ways.iter().map(|(from, to)| closest(*from - start, *to - end));
            let (touch, near): (Vec<f32>, Vec<f32>) =
                gaps.filter(|gap| *gap < RADIUS + 0.01).partition(|gap| *gap < RADIUS - 0.01);
            let hits = gallery.hits - before;
            let fits = (touch.len()..=touch.len() + near.len()).contains(&hits);
            assert!(fits, "{hits} hits, seen {touch:?} and {near:?}: {late_ms} ms, tick {tick}");
        }
        assert!(gallery.hits > 40, "{} hits at {late_ms} ms", gallery.hits);
    }
}

/// How near a straight way comes to the origin, found by looking at a thousand of its points.
fn closest(from: Vec2, to: Vec2) -> f32 {
    let points = (0..=1000).map(|share| from + (to - from) * (share as f32 / 1000.0));
    points.map(Vec2::length).fold(f32::INFINITY, f32::min)
}

/// A shooter at the left of a hall, who sees others `behind` ticks late, and a target 192 units
/// before its gun: a bullet takes 8 ticks to there, and touches it in the 8th.
fn range(behind: f32, rewind_ms: u16) -> Match {
    let config = Config { map: hall(20, 5), rewind_ms, ..Config::default() };
    let mut game = Match::new(config, 1);
    game.place(SHOOTER, 100.0, 96.0);
    game.place(TARGET, 292.0, 96.0);
    game.step(30);
    game.game.sight(PlayerId(SHOOTER), behind);
    game
}

/// Fires one shot, and counts hits. The target darts aside in the tick that comes `leaves` ticks
/// after that of the shot.
fn shoot(game: &mut Match, leaves: i32) -> usize {
    let mut hits = 0;
    for tick in leaves.min(0)..20 {
        if tick >= leaves {
            game.ship_mut(TARGET).velocity = Vec2::new(0.0, 1000.0);
        }
        game.input(SHOOTER, if tick == 0 { fire() } else { Controls::default() });
        game.step(1);
        hits += game.said::<Hit>().len();
    }
    hits
}

#[test]
fn who_has_got_away_is_hit_where_it_was_seen_but_not_where_it_was_too_long_ago() {
    assert_eq!(shoot(&mut range(5.0, 250), 4), 1, "it has gone, and is seen as if it had not");
    assert_eq!(shoot(&mut range(5.0, 250), 1), 0, "it is seen to have gone");
    assert_eq!(shoot(&mut range(90.0, 250), 1), 1, "it went within the last quarter of a second");
    assert_eq!(shoot(&mut range(90.0, 250), -3), 0, "it went before that");
    assert_eq!(shoot(&mut range(90.0, 500), -3), 0, "and more cannot be allowed");
    assert_eq!(shoot(&mut range(90.0, 100), 1), 0, "less can");
}

#[test]
fn without_rewinding_ships_are_hit_where_they_are() {
    assert_eq!(shoot(&mut range(5.0, 0), 4), 0);
    assert_eq!(shoot(&mut range(5.0, 0), 20), 1, "it stayed");
    assert_eq!(shoot(&mut range(0.0, 250), 4), 0, "who sees the present hits in the present");
}

#[test]
fn a_sight_that_makes_no_sense_is_the_present() {
    for sight in [-3.0, f32::NAN, f32::NEG_INFINITY] {
        assert_eq!(shoot(&mut range(sight, 250), 4), 0, "{sight}");
        assert_eq!(shoot(&mut range(sight, 250), 20), 1, "{sight}");
    }
}

#[test]
fn nobody_shoots_into_a_time_before_it_was_there() {
    let shots = |lived: u16| {
        let mut game = range(7.0, 250);
        game.ship_mut(SHOOTER).flown = lived;
        shoot(&mut game, 4)
    };
    assert_eq!(shots(1), 0, "so short a time ago the target had gone");
    assert_eq!(shots(30), 1);
}

#[test]
fn a_ship_is_not_hit_where_it_was_before_it_was_destroyed() {
    let config = Config { map: hall(20, 5), respawn_seconds: 0, ..Config::default() };
    let mut game = Match::new(config, 1);
    game.place(SHOOTER, 100.0, 96.0);
    game.place(TARGET, 292.0, 96.0);
    game.place(3, 500.0, 230.0);
    game.step(30);
    game.ship_mut(TARGET).hp = 20;
    game.game.sight(PlayerId(SHOOTER), 7.0);
    // The second and third bullet get there after the first one has destroyed it.
    game.input(SHOOTER, fire());
    game.ship_mut(SHOOTER).start_overdrive(60);
    let (mut hits, mut kills) = (0, 0);
    for tick in 0..40 {
        if tick == 7 {
            game.input(SHOOTER, Controls::default());
        }
        game.step(1);
        (hits, kills) = (hits + game.said::<Hit>().len(), kills + game.said::<Kill>().len());
        // Close to where it was, but out of the way.
        if game.ship(TARGET).life == Life::Shielded {
            game.ship_mut(TARGET).pos = Vec2::new(292.0, 160.0);
        }
        // Who is looked at as having been elsewhere depends on how fast the fastest is.
        game.ship_mut(3).velocity = Vec2::new(1000.0, 0.0);
    }
    assert_eq!((hits, kills), (1, 1));
}

#[test]
fn a_ship_that_has_a_shield_by_now_is_not_hurt() {
    let mut game = range(7.0, 250);
    (game.ship_mut(TARGET).life, game.ship_mut(TARGET).shield) = (Life::Shielded, 60);
    assert_eq!(shoot(&mut game, 4), 1, "the shooter is told that it struck");
    assert_eq!(game.ship(TARGET).hp, 100);
}

#[test]
fn walls_stop_bullets_where_they_are_now() {
    let config = Config {
        map: Map::parse("##########\n#S..#....#\n##########").expect("it is fine"),
        ..Config::default()
    };
    let mut game = Match::new(config, 1);
    game.place(SHOOTER, 96.0, 96.0);
    game.place(TARGET, 352.0, 96.0);
    game.step(30);
    game.game.sight(PlayerId(SHOOTER), 7.0);
    assert_eq!(shoot(&mut game, 20), 0);
}
