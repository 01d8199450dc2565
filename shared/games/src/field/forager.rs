//! Foragers: woolly grazers that keep together, eat what grows, and run from predators.
//!
//! A forager that has eaten enough grows a fleece. When a wisp calls, those that hear it come,
//! and leave it their fleece: that is worth more than a plant.

use std::f32::consts::TAU;

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{SlotMap, new_key_type};
use tickwire_shared::Replicate;

use super::{
    Gain, Scene,
    messages::Meal,
    motion::{Stride, off_edges},
    tuning::{
        BITE_REACH, FEAR_REACH, FLEE_SPEED, FLEECE_WORTH, FOLLOW_SECONDS, FOLLOW_SPEED, GRAIN,
        GRAZE_REACH, GRAZER_FED_SECONDS, GRAZER_STARVES_SECONDS, HERD_REACH, LAMB_SECONDS,
        MEALS_TO_BREED, Rates, SIZE, THINK_TICKS, WANDER_SPEED,
    },
    wisp::WispKey,
};
use crate::common::rng::Rng;

new_key_type! {
    /// Names a forager.
    pub struct ForagerKey;
}

/// All the foragers of a room.
pub type Foragers = SlotMap<ForagerKey, Forager>;

/// How far from the wisp that it follows a forager stays, in units, each in a place of its own.
const AT_HEEL: (f32, f32) = (60.0, 190.0);
/// How near its place it stops, in units.
const CLOSE: f32 = 40.0;
/// How near the wisp it must come to leave its fleece, in units.
const FLEECE_REACH: f32 = 200.0;
/// More neighbours than this are a crowd, from which it keeps off.
const CROWD: usize = 14;
/// How many neighbours it looks at, at most.
const MOST_NEIGHBOURS: usize = 24;

/// What a forager is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub enum Mood {
    /// It stands and chews.
    #[default]
    Graze,
    /// It goes somewhere.
    Wander,
    /// It comes because it was called.
    Follow,
    /// It runs for its life.
    Flee,
}

/// How far a forager has come in life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub enum Coat {
    /// It is small, and has none yet.
    Lamb,
    /// It is grown up.
    #[default]
    Shorn,
    /// It has eaten well.
    Fleecy,
}

/// A forager.
#[derive(Clone, Copy, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Forager {
    /// Where it is, in units.
    #[replicate(range = 0.0..=SIZE, step = GRAIN, linear)]
    pub pos: Vec2,
    /// Where it looks, in radians.
    #[replicate(angle = 5)]
    pub heading: f32,
    /// What it is about.
    pub mood: Mood,
    /// How far it has come in life.
    pub coat: Coat,
    #[replicate(skip)]
    stride: Stride,
    /// Ticks that its mood lasts.
    #[replicate(skip)]
    left: u16,
    /// Ticks until it starves.
    #[replicate(skip)]
    pub(super) food: u16,
    /// Ticks until a lamb is grown up.
    #[replicate(skip)]
    youth: u16,
    /// Meals since something came of them.
    #[replicate(skip)]
    pub(super) meals: u8,
    /// Whom it follows, and where beside it.
    #[replicate(skip)]
    leader: (WispKey, Vec2),
}

/// What becomes of a creature when it has made up its mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing new.
    Lives,
    /// It has young.
    Breeds,
    /// It has not eaten for too long.
    Starves,
}

impl Forager {
    /// One that is neither hungry nor fed up.
    #[must_use]
    pub fn new(pos: Vec2, heading: f32, coat: Coat, rates: &Rates) -> Forager {
        let food = rates.ticks(GRAZER_FED_SECONDS + GRAZER_STARVES_SECONDS);
        let youth = rates.ticks(LAMB_SECONDS);
        Forager { pos, heading, coat, food, youth, ..Forager::default() }
    }

    /// Goes on for a tick.
    pub fn advance(&mut self) {
        self.stride.advance(&mut self.pos);
    }

    /// Hears a wisp's call.
    pub fn hear(&mut self, caller: WispKey, rng: &mut Rng, rates: &Rates) {
        let side = Vec2::from_angle(rng.between(0.0, TAU)) * rng.between(AT_HEEL.0, AT_HEEL.1);
        (self.mood, self.leader) = (Mood::Follow, (caller, side));
        self.left = rates.ticks(FOLLOW_SECONDS);
    }

    /// Makes up its mind: danger comes first, then the call, then hunger, then the herd.
    pub fn think(&mut self, scene: &mut Scene<'_>) -> Fate {
        self.left = self.left.saturating_sub(THINK_TICKS);
        self.food = self.food.saturating_sub(THINK_TICKS);
        self.youth = self.youth.saturating_sub(THINK_TICKS);
        if self.coat == Coat::Lamb && self.youth == 0 {
            self.coat = Coat::Shorn;
        }
        let danger = scene.places.predators.nearest(self.pos, FEAR_REACH, |(_, hunts)| hunts);
        let hungry = self.food < scene.rates.ticks(GRAZER_STARVES_SECONDS);
        let mood = self.mood;
        match mood {
            _ if let Some((_, from)) = danger => self.flee(from, scene),
            Mood::Flee if self.left > 0 => {}
            Mood::Follow if self.left > 0 => self.follow(scene),
            _ if hungry && let Some(fate) = self.forage(scene) => return fate,
            _ if self.left == 0 => self.choose(hungry, scene),
            _ => {}
        }
        if self.food == 0 { Fate::Starves } else { Fate::Lives }
    }

    fn head(&mut self, way: Vec2, speed: f32, rates: &Rates) {
        let way = off_edges(self.pos, way);
        self.stride.head(&mut self.heading, way, speed, rates);
    }

    fn rest(&mut self, mood: Mood, left: u16) {
        self.stride.stop();
        (self.mood, self.left) = (mood, left);
    }

    fn flee(&mut self, from: Vec2, scene: &mut Scene<'_>) {
        // Not quite straight away, so that a herd scatters.
        let aside = Vec2::from_angle(scene.rng.between(-0.5, 0.5));
        let away = (self.pos - from).normalize_or(Vec2::X);
        self.head(aside.rotate(away), FLEE_SPEED, scene.rates);
        (self.mood, self.left) = (Mood::Flee, scene.rates.ticks(1.5));
    }

    fn follow(&mut self, scene: &mut Scene<'_>) {
        let (leader, side) = self.leader;
        let wisp = scene.wisps.get(leader).filter(|wisp| wisp.is_there());
        let Some(gap) = wisp.map(|wisp| wisp.pos - self.pos) else {
            return self.rest(Mood::Graze, 0);
        };
        match gap + side {
            way if way.length() > CLOSE => self.head(way, FOLLOW_SPEED, scene.rates),
            _ => self.stride.stop(),
        }
        if self.coat == Coat::Fleecy && gap.length() < FLEECE_REACH {
            (self.coat, self.meals) = (Coat::Shorn, 0);
            scene.gains.push(Gain { wisp: leader, meal: Meal::Fleece, worth: FLEECE_WORTH });
        }
    }

    /// Goes to the nearest plant that it eats and eats it; nothing when there is none.
    fn forage(&mut self, scene: &mut Scene<'_>) -> Option<Fate> {
        let plants = &mut scene.meadow.plants;
        let is_fodder = |key| plants.get(key).is_some_and(|plant| plant.is_fodder());
        let (key, place) = scene.places.plants.nearest(self.pos, GRAZE_REACH, is_fodder)?;
        if place.distance(self.pos) > BITE_REACH {
            self.mood = Mood::Wander;
            self.head(place - self.pos, 1.5 * WANDER_SPEED, scene.rates);
            return Some(if self.food == 0 { Fate::Starves } else { Fate::Lives });
        }
        plants.remove(key);
        self.rest(Mood::Graze, scene.rates.ticks(2.0));
        Some(self.eat(scene.rates))
    }

    /// A meal: enough of them make a fleece, and then a lamb.
    fn eat(&mut self, rates: &Rates) -> Fate {
        self.food = rates.ticks(GRAZER_FED_SECONDS + GRAZER_STARVES_SECONDS);
        self.meals += 1;
        if self.coat == Coat::Lamb || self.meals < MEALS_TO_BREED {
            self.meals = self.meals.min(MEALS_TO_BREED);
            return Fate::Lives;
        }
        self.meals = 0;
        match self.coat {
            Coat::Fleecy => Fate::Breeds,
            _ => {
                self.coat = Coat::Fleecy;
                Fate::Lives
            }
        }
    }

    /// Stands, or goes on with the herd; a hungry one goes where something grows.
    fn choose(&mut self, hungry: bool, scene: &mut Scene<'_>) {
        if !hungry && scene.rng.unit() < 0.5 {
            let left = scene.rates.ticks(scene.rng.between(2.0, 5.0));
            return self.rest(Mood::Graze, left);
        }
        let to_bed = scene.meadow.way_to_bed(self.pos).filter(|_| hungry);
        let way = to_bed.unwrap_or_else(|| self.herd_way(scene));
        self.head(way, WANDER_SPEED, scene.rates);
        (self.mood, self.left) = (Mood::Wander, scene.rates.ticks(scene.rng.between(2.0, 4.0)));
    }

    /// Roughly on, but back to the others when they are far, and off when they are too many.
    fn herd_way(&self, scene: &mut Scene<'_>) -> Vec2 {
        let on = Vec2::from_angle(self.heading + scene.rng.between(-0.9, 0.9));
        let herd = scene.places.foragers.near(self.pos, HERD_REACH).take(MOST_NEIGHBOURS);
        let (count, sum) =
            herd.fold((0, Vec2::ZERO), |(count, sum), (_, pos)| (count + 1, sum + pos));
        if count < 2 {
            return on;
        }
        let pull = (sum / count as f32 - self.pos) / 70.0;
        if count > CROWD { on - pull } else { on + pull }
    }
}
