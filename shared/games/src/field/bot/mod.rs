//! Wanderers: bots that play from what a client sees, with the controls that a client has.
//!
//! A [`Wanderer`] gets away from predators, calls when that helps, waits for foragers that come,
//! gathers what is ripe, and goes where the map says that more grows. Things come into
//! its view and go out of it as it moves; it remembers none of them.

mod view;

use std::f32::consts::TAU;

use glam::Vec2;
use tickwire_shared::Tick;

pub use self::view::View;
use super::{
    Coat, Controls, Mood, Wisp,
    tuning::{CALL_REACH, ENERGY_MAX, SCARE_REACH, SIZE, within},
};
use crate::common::rng::Rng;

/// How near a wanderer comes to where it wanders, in units.
const ARRIVED: f32 = 150.0;
/// How many units farther away a golden plant may be than another and be worth it.
const GOLD_DETOUR: f32 = 250.0;
/// So many fleeces within hearing are worth a call.
const FLEECES_TO_CALL: usize = 3;
/// How long a wanderer goes for one goal, in ticks.
const PATIENCE: i32 = 300;

/// One bot's mind.
#[derive(Clone, Debug)]
pub struct Wanderer {
    rng: Rng,
    /// From how far away it runs from a predator, in units.
    caution: f32,
    /// Whether it dashes without need.
    hasty: bool,
    /// Where it goes while nothing better turns up, and until when.
    haunt: Option<(Vec2, Tick)>,
}

impl Wanderer {
    /// A wanderer with a temper of its own.
    #[must_use]
    pub fn new(seed: u64) -> Wanderer {
        let mut rng = Rng::new(seed);
        let (caution, hasty) = (rng.between(20.0, 200.0), rng.unit() < 0.3);
        Wanderer { rng, caution, hasty, haunt: None }
    }

    /// What to do now. Call it for every view or for every few; its answer holds until the next.
    pub fn decide(&mut self, view: &View) -> Controls {
        let Some(me) = view.me.as_ref().filter(|wisp| wisp.is_there()) else {
            self.haunt = None;
            return Controls::default();
        };
        if let Some(controls) = self.flee(me, view) {
            return controls;
        }
        let call = me.cooldown == 0 && fleeces(me, view) >= FLEECES_TO_CALL;
        let goal = nearest_comer(me, view).or_else(|| nearest_meal(me, view));
        let goal = match goal {
            Some(goal) => goal,
            None => self.wander(me, view),
        };
        let dash = self.hasty && me.energy > ENERGY_MAX / 2;
        Controls { call, ..go(me.pos, goal - me.pos, dash) }
    }

    /// Away from the nearest predator that hunts, if it is too near.
    fn flee(&self, me: &Wisp, view: &View) -> Option<Controls> {
        let near = view.hunters.iter().map(|pos| (pos.distance(me.pos), *pos));
        let (distance, place) = near.min_by(|(a, _), (b, _)| a.total_cmp(b))?;
        if distance > self.caution || !me.is_awake() {
            return None;
        }
        let away = (me.pos - place).normalize_or(Vec2::X);
        let call = me.cooldown == 0 && distance < SCARE_REACH / 2.0;
        let dash = distance < 0.6 * self.caution;
        Some(Controls { call, ..go(me.pos, away * 300.0, dash) })
    }

    /// Somewhere that the map shows as green, and not too far.
    fn wander(&mut self, me: &Wisp, view: &View) -> Vec2 {
        let kept = self
            .haunt
            .filter(|(place, until)| until.is_after(view.tick) && place.distance(me.pos) > ARRIVED);
        if let Some((place, _)) = kept {
            return place;
        }
        let mut best = (f32::NEG_INFINITY, me.pos);
        for _ in 0..4 {
            let way = Vec2::from_angle(self.rng.between(0.0, TAU));
            let place = within(me.pos + way * self.rng.between(400.0, 1800.0));
            let worth = view.growth_at(place) + self.rng.unit();
            if worth > best.0 {
                best = (worth, place);
            }
        }
        self.haunt = Some((best.1, view.tick.offset(PATIENCE)));
        best.1
    }
}

/// Controls that go a way, bent at the edges of the world.
fn go(pos: Vec2, way: Vec2, dash: bool) -> Controls {
    let target = within(pos + way);
    // In a corner there may be no way left: then along the edge.
    let way = (target - pos).normalize_or((Vec2::splat(SIZE / 2.0) - pos).perp().normalize());
    Controls { way: way.to_angle(), go: true, dash, call: false }
}

fn fleeces(me: &Wisp, view: &View) -> usize {
    let near = |pos: Vec2| pos.distance(me.pos) < CALL_REACH;
    view.foragers.iter().filter(|it| it.coat == Coat::Fleecy && near(it.pos)).count()
}

/// The nearest forager that brings its fleece.
fn nearest_comer(me: &Wisp, view: &View) -> Option<Vec2> {
    let comes = |mood| mood == Mood::Follow;
    let comers = view.foragers.iter().filter(|it| it.coat == Coat::Fleecy && comes(it.mood));
    let near = comers.map(|it| it.pos).filter(|pos| pos.distance(me.pos) < CALL_REACH / 2.0);
    near.min_by(|a, b| a.distance(me.pos).total_cmp(&b.distance(me.pos)))
}

fn nearest_meal(me: &Wisp, view: &View) -> Option<Vec2> {
    let cost =
        |(pos, gold): &(Vec2, bool)| pos.distance(me.pos) - if *gold { GOLD_DETOUR } else { 0.0 };
    let meal = view.ripe.iter().min_by(|a, b| cost(a).total_cmp(&cost(b)));
    meal.map(|(pos, _)| *pos)
}
