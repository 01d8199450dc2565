//! Predators: they prowl until they are hungry, chase what is near, and rest.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{SlotMap, new_key_type};
use tickwire_shared::Replicate;

use super::{
    Scene,
    forager::{Fate, ForagerKey, Foragers},
    motion::{Stride, off_edges},
    tuning::{
        BITE_REACH, CHASE_SECONDS, CHASE_SPEED, GRAIN, HUNT_REACH, HUNTER_FED_SECONDS,
        HUNTER_STARVES_SECONDS, KILLS_TO_BREED, LEAP_REACH, LEAP_SPEED, PROWL_SPEED, REST_SECONDS,
        Rates, SCARED_SECONDS, SCARED_SPEED, SIZE, THINK_TICKS,
    },
    wisp::WispKey,
};

new_key_type! {
    /// Names a predator.
    pub struct PredatorKey;
}

/// All the predators of a room.
pub type Predators = SlotMap<PredatorKey, Predator>;

/// What a predator is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub enum Hunt {
    /// It lies still and minds nobody.
    Rest,
    /// It goes about.
    #[default]
    Prowl,
    /// It is after somebody.
    Chase,
    /// A call has frightened it.
    Scared,
}

/// Whom a predator is after.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Prey {
    Forager(ForagerKey),
    Wisp(WispKey),
}

/// A predator.
#[derive(Clone, Copy, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Predator {
    /// Where it is, in units.
    #[replicate(range = 0.0..=SIZE, step = GRAIN, linear)]
    pub pos: Vec2,
    /// Where it looks, in radians.
    #[replicate(angle = 5)]
    pub heading: f32,
    /// What it is about.
    pub hunt: Hunt,
    #[replicate(skip)]
    stride: Stride,
    /// Ticks that this lasts.
    #[replicate(skip)]
    left: u16,
    /// Ticks until it starves.
    #[replicate(skip)]
    pub(super) food: u16,
    /// Foragers caught since it last had a cub.
    #[replicate(skip)]
    kills: u8,
    #[replicate(skip)]
    prey: Option<Prey>,
}

impl Predator {
    /// One whose last meal was some time ago, as `share` says: 0 is just now, 1 is starving.
    #[must_use]
    pub fn new(pos: Vec2, heading: f32, share: f32, rates: &Rates) -> Predator {
        let full = HUNTER_FED_SECONDS + HUNTER_STARVES_SECONDS;
        let food = rates.ticks(full * (1.0 - share));
        Predator { pos, heading, food, ..Predator::default() }
    }

    /// Whether it is one to run from.
    #[must_use]
    pub fn hunts(&self) -> bool {
        matches!(self.hunt, Hunt::Prowl | Hunt::Chase)
    }

    /// Is frightened by a call at a place.
    pub fn scare(&mut self, from: Vec2, rates: &Rates) {
        let away = (self.pos - from).normalize_or(Vec2::X);
        self.head(away, SCARED_SPEED, rates);
        self.begin(Hunt::Scared, rates.ticks(SCARED_SECONDS));
    }

    /// Goes on for a tick, and bites whom it reaches.
    pub fn advance(&mut self, foragers: &mut Foragers, scene: &mut Scene<'_>) -> Fate {
        self.stride.advance(&mut self.pos);
        match self.prey {
            Some(Prey::Forager(key)) => {
                let reached = |pos: Vec2| pos.distance(self.pos) < BITE_REACH;
                let caught = foragers.get(key).is_some_and(|forager| reached(forager.pos));
                if caught {
                    foragers.remove(key);
                    return self.feed(scene.rates);
                }
            }
            Some(Prey::Wisp(key)) => {
                let wisp = scene.wisps.get(key).filter(|wisp| wisp.is_awake());
                let reach = |radius| BITE_REACH / 2.0 + radius;
                let caught = wisp.is_some_and(|it| it.pos.distance(self.pos) < reach(it.radius()));
                if caught {
                    scene.bites.push((key, self.pos));
                    self.lie_down(scene.rates);
                }
            }
            None => {}
        }
        Fate::Lives
    }

    /// Makes up its mind.
    pub fn think(&mut self, foragers: &Foragers, scene: &mut Scene<'_>) -> Fate {
        self.left = self.left.saturating_sub(THINK_TICKS);
        self.food = self.food.saturating_sub(THINK_TICKS);
        let hungry = self.food < scene.rates.ticks(HUNTER_STARVES_SECONDS);
        let hunt = self.hunt;
        match hunt {
            Hunt::Rest | Hunt::Scared if self.left > 0 => {}
            Hunt::Chase => self.chase(foragers, scene),
            _ if hungry && self.find_prey(scene) => self.chase(foragers, scene),
            _ => self.prowl(hungry, scene),
        }
        if self.food == 0 { Fate::Starves } else { Fate::Lives }
    }

    fn begin(&mut self, hunt: Hunt, left: u16) {
        (self.hunt, self.left, self.prey) = (hunt, left, None);
    }

    fn head(&mut self, way: Vec2, speed: f32, rates: &Rates) {
        let way = off_edges(self.pos, way);
        self.stride.head(&mut self.heading, way, speed, rates);
    }

    fn lie_down(&mut self, rates: &Rates) {
        self.stride.stop();
        self.begin(Hunt::Rest, rates.ticks(REST_SECONDS));
    }

    fn feed(&mut self, rates: &Rates) -> Fate {
        self.food = rates.ticks(HUNTER_FED_SECONDS + HUNTER_STARVES_SECONDS);
        self.lie_down(rates);
        self.kills = (self.kills + 1) % KILLS_TO_BREED;
        if self.kills == 0 { Fate::Breeds } else { Fate::Lives }
    }

    /// Goes after the nearest that it sees.
    fn find_prey(&mut self, scene: &Scene<'_>) -> bool {
        let forager = scene.places.foragers.nearest(self.pos, HUNT_REACH, |_| true);
        let is_awake = |key| scene.wisps.get(key).is_some_and(|wisp| wisp.is_awake());
        let wisp = scene.places.wisps.nearest(self.pos, HUNT_REACH, is_awake);
        let forager = forager.map(|(key, pos)| (Prey::Forager(key), pos));
        let wisp = wisp.map(|(key, pos)| (Prey::Wisp(key), pos));
        let prey = [forager, wisp].into_iter().flatten();
        let distance = |pos: Vec2| pos.distance_squared(self.pos);
        let nearest = prey.min_by(|(_, a), (_, b)| distance(*a).total_cmp(&distance(*b)));
        if let Some((prey, _)) = nearest {
            self.begin(Hunt::Chase, scene.rates.ticks(CHASE_SECONDS));
            self.prey = Some(prey);
        }
        nearest.is_some()
    }

    fn chase(&mut self, foragers: &Foragers, scene: &Scene<'_>) {
        let place = match self.prey {
            Some(Prey::Forager(key)) => foragers.get(key).map(|forager| forager.pos),
            Some(Prey::Wisp(key)) => {
                scene.wisps.get(key).filter(|wisp| wisp.is_there()).map(|wisp| wisp.pos)
            }
            None => None,
        };
        match place.map(|place| place - self.pos) {
            Some(gap) if self.left > 0 && gap.length() < 1.5 * HUNT_REACH => {
                let speed = if gap.length() < LEAP_REACH { LEAP_SPEED } else { CHASE_SPEED };
                self.head(gap, speed, scene.rates);
            }
            _ => self.lie_down(scene.rates),
        }
    }

    /// Goes about; a hungry one where something grows, for there the herds are.
    fn prowl(&mut self, hungry: bool, scene: &mut Scene<'_>) {
        self.begin(Hunt::Prowl, 0);
        let on = Vec2::from_angle(self.heading + scene.rng.between(-0.25, 0.25));
        let to_bed = scene.meadow.way_to_bed(self.pos).filter(|_| hungry);
        let way = to_bed.map_or(on, |bed| bed.normalize_or_zero() * 0.2 + on);
        self.head(way, PROWL_SPEED, scene.rates);
    }
}
