//! Pilots: bots that play from what a client sees, with the controls that a client has.
//!
//! A [`Pilot`] remembers a little and draws its moods from its seed, so the same
//! seed and views give the same flight. Each decision is the first of these that
//! applies: dodge a bullet, break loose when stuck, fetch what is needed, fight
//! whom it sees, go and look for somebody, wander.

mod errand;
mod gunnery;
mod reflex;
mod route;
mod steer;
mod temper;
mod track;
mod view;

use std::sync::Arc;

use glam::Vec2;
use tickwire_shared::Tick;

use self::{
    gunnery::{Foe, choose_foe, is_worth_a_shot, lead},
    reflex::BULLET_SIGHT,
    route::Route,
    track::Tracks,
};
pub use self::{temper::Temper, view::View};
use super::{Controls, Map, Ship, tuning::ENERGY_MAX};
use crate::common::rng::Rng;

/// How long a mood lasts (an aiming error, an eye for bullets), in seconds.
const MOOD_SECONDS: f32 = 0.6;
/// How near a wanderer comes to where it wanders, in units.
const ARRIVED: f32 = 90.0;
/// From how far away hurrying is worth the energy, in units.
const FAR: f32 = 300.0;

/// The pilot's own ship.
struct Me<'a> {
    ship: &'a Ship,
    /// In units a second.
    velocity: Vec2,
}

/// One bot's mind.
#[derive(Clone, Debug)]
pub struct Pilot {
    map: Arc<Map>,
    hz: f32,
    temper: Temper,
    rng: Rng,
    ships: Tracks,
    bullets: Tracks,
    route: Route,
    /// Whom it fought last.
    foe: Option<u32>,
    /// Where it wanders.
    haunt: Vec2,
    mood_until: Tick,
    aim_error: f32,
    alert: bool,
    /// What it does until when, come what may.
    reflex: Option<(Tick, Controls)>,
    /// Until when it stands its ground, however close anybody comes.
    steadfast_until: Tick,
    /// Where it was at a tick not long ago.
    milestone: (Tick, Vec2),
}

impl Pilot {
    /// A pilot for a map (see [`Setup::map`](super::Setup::map)) in a room of `tick_hz` ticks a second.
    #[must_use]
    pub fn new(seed: u64, map: Arc<Map>, tick_hz: u32) -> Pilot {
        let mut rng = Rng::new(seed);
        let temper = Temper::draw(&mut rng);
        let haunt = map.spawns()[rng.below(map.spawns().len())];
        Pilot {
            map,
            hz: tick_hz as f32,
            temper,
            rng,
            ships: Tracks::default(),
            bullets: Tracks::default(),
            route: Route::default(),
            foe: None,
            haunt,
            mood_until: Tick(0),
            aim_error: 0.0,
            alert: false,
            reflex: None,
            steadfast_until: Tick(0),
            milestone: (Tick(0), Vec2::ZERO),
        }
    }

    /// What sort of pilot this is.
    #[must_use]
    pub fn temper(&self) -> &Temper {
        &self.temper
    }

    /// What to do now. Call it for every view or for every few; its answer holds until the next.
    pub fn decide(&mut self, view: &View) -> Controls {
        let Some(ship) = view.me.as_ref().filter(|ship| ship.is_flying()) else {
            self.reflex = None;
            return Controls::default();
        };
        self.watch(view, ship);
        let me = Me { ship, velocity: ship.velocity };
        self.change_mood(view.tick);
        if let Some(controls) = self.follow_reflex(&me, view) {
            return controls;
        }
        let foe = choose_foe(&me, &view.ships, &self.map, self.foe);
        let foe = foe.map(|foe| Foe { velocity: self.velocity_of(foe.ship), ..foe });
        self.foe = foe.map(|foe| foe.ship.player);
        self.act(&me, foe.as_ref(), view)
    }

    fn act(&mut self, me: &Me<'_>, foe: Option<&Foe<'_>>, view: &View) -> Controls {
        let in_sight = foe.filter(|foe| foe.in_sight && foe.distance < self.temper.sight);
        let travel = match (errand::nearest(me, &self.temper, &view.pickups), in_sight, foe) {
            (Some(place), _, _) => self.travel(me, place, view.tick),
            (None, Some(foe), _) => return self.fight(me, foe, view.tick),
            (None, None, Some(foe)) => self.travel(me, foe.ship.pos, view.tick),
            (None, None, None) => self.wander(me, view.tick),
        };
        // On the way to something else it shoots at whoever gets before its gun.
        let fire = foe.is_some_and(|foe| is_worth_a_shot(me, foe, lead(me.ship.pos, foe)));
        Controls { fire, ..travel }
    }

    fn watch(&mut self, view: &View, me: &Ship) {
        let others = view.ships.iter().filter(|ship| ship.player != me.player && ship.is_flying());
        let ships = others.chain([me]).map(|ship| (ship.player, ship.pos));
        self.ships.see(view.tick, ships);
        let bullets = view.bullets.iter().map(|(number, bullet)| (*number, bullet.pos));
        let near = |pos: Vec2| pos.distance_squared(me.pos) < BULLET_SIGHT * BULLET_SIGHT;
        self.bullets.see(view.tick, bullets.filter(|(_, pos)| near(*pos)));
    }

    /// In units a second.
    fn velocity_of(&self, ship: &Ship) -> Vec2 {
        self.ships.velocity(ship.player, ship.pos, self.hz) * self.hz
    }

    fn change_mood(&mut self, tick: Tick) {
        if tick.since(self.mood_until) >= 0 {
            self.mood_until = self.after(tick, MOOD_SECONDS);
            self.aim_error = self.rng.between(-self.temper.aim_error, self.temper.aim_error);
            self.alert = self.rng.unit() < self.temper.alertness;
        }
    }

    /// Flies at its foe and shoots until it is too close, then past it, and comes back.
    fn fight(&mut self, me: &Me<'_>, foe: &Foe<'_>, tick: Tick) -> Controls {
        let apart = foe.distance / self.temper.distance;
        if apart < 0.6
            && let Some(controls) = self.turn_off(me, foe, tick)
        {
            return controls;
        }
        let aim = lead(me.ship.pos, foe) + self.aim_error;
        let thrust = match apart {
            _ if steer::heads_for_wall(me, &self.map) => -1,
            ..0.6 => -1,
            _ => 1,
        };
        let fire = me.ship.ammo > 0 && is_worth_a_shot(me, foe, aim);
        Controls { aim, thrust, fire, boost: self.temper.hasty && apart > 2.0 }
    }

    fn travel(&mut self, me: &Me<'_>, place: Vec2, tick: Tick) -> Controls {
        let point = self.route.towards(&self.map, me.ship.pos, place, tick);
        let hurried = self.temper.hasty || me.ship.hp < self.temper.caution;
        let far = point.distance(me.ship.pos) > FAR;
        steer::fly_to(me, &self.map, point, hurried && far && me.ship.energy > ENERGY_MAX / 2)
    }

    fn wander(&mut self, me: &Me<'_>, tick: Tick) -> Controls {
        if self.haunt.distance(me.ship.pos) < ARRIVED {
            self.haunt = self.map.spawns()[self.rng.below(self.map.spawns().len())];
        }
        self.travel(me, self.haunt, tick)
    }
}
