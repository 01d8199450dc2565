//! **Field**: a meadow far larger than a screen, with thousands of creatures in it.
//!
//! Players are wisps, small lights that gather what is ripe and grow by it. Foragers graze
//! in herds and grow fleeces; predators hunt them, and wisps as well. A call frightens
//! predators, and foragers come to it and leave their fleece. A bite costs a light and
//! some of the score, which springs up around as blossoms for whoever is quick; a wisp
//! without light fades, and is back elsewhere after three seconds. And a wisp that dashes into
//! one that is no larger takes some of what it has.
//!
//! The world is [16,384 units](tuning::SIZE) wide and a screen shows 1,360 of them, so this is
//! the game that shows interest management at work: everything has a place, a player sees
//! [what is near](tuning::SIGHT), and of the rest only an [`overview`].
//!
//! | kind | how many | what it costs |
//! |---|---|---|
//! | [`Wisp`], [`Forager`], [`Predator`] | a thousand and more | they go straight on between two decisions, which the wire predicts |
//! | [`Growth`] | thousands | stands still, and changes five times in its life |
//! | [`Region`], [`Beacon`], [`Standing`] | hundreds | seen by everybody, told seldom |
//!
//! Creatures decide in turns, each [every eighth tick](tuning::THINK_TICKS), and find what is near
//! in [`places`]: a tick with ten thousand of them takes well under a millisecond.
//!
//! Where to look: [`tuning`] for every number, [`growth`], [`forager`], [`predator`], [`wisp`],
//! `encounters` for what happens when they meet, `spawn` for how the numbers keep,
//! [`bot`] for players.

pub mod bot;
pub mod config;
pub mod controls;
mod encounters;
pub mod forager;
pub mod growth;
pub mod messages;
pub mod motion;
pub mod overview;
pub mod places;
pub mod predator;
pub mod setup;
mod spawn;
pub mod tuning;
pub mod wisp;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use glam::Vec2;
use serde::{Deserialize, Serialize};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, SchemaBuilder, Step,
    game::{Grid, View},
    schema::Schema,
};

pub use self::{
    config::Config,
    controls::Controls,
    forager::{Coat, Forager, Mood},
    growth::{Growth, Stage},
    messages::{Caught, Eaten, Meal},
    overview::{Beacon, Region, Standing},
    predator::{Hunt, Predator},
    setup::Setup,
    wisp::{Life, Wisp},
};
use self::{
    forager::{Fate, ForagerKey, Foragers},
    growth::{GrowthKey, Meadow},
    motion::is_its_turn,
    overview::Overview,
    places::Crowd,
    predator::{PredatorKey, Predators},
    tuning::Rates,
    wisp::{WispKey, Wisps},
};
use crate::common::rng::Rng;

/// Where everything was when the tick began.
#[derive(Clone, Debug, Default)]
pub struct Places {
    wisps: Crowd<WispKey>,
    foragers: Crowd<ForagerKey>,
    /// Each with whether it hunts.
    predators: Crowd<(PredatorKey, bool)>,
    plants: Crowd<GrowthKey>,
}

/// Something that a wisp gathered in this tick.
#[derive(Clone, Copy, Debug)]
pub struct Gain {
    wisp: WispKey,
    meal: Meal,
    worth: u16,
}

/// What a creature that makes up its mind knows and can change.
#[derive(Debug)]
pub struct Scene<'a> {
    places: &'a Places,
    wisps: &'a Wisps,
    meadow: &'a mut Meadow,
    gains: &'a mut Vec<Gain>,
    bites: &'a mut Vec<(WispKey, Vec2)>,
    rng: &'a mut Rng,
    rates: &'a Rates,
}

/// The world of one room.
#[derive(Debug, Serialize, Deserialize)]
pub struct Field {
    config: Config,
    rng: Rng,
    wisps: Wisps,
    foragers: Foragers,
    predators: Predators,
    meadow: Meadow,
    players: BTreeMap<PlayerId, WispKey>,
    /// The wisps in order of joining, so that those who wait longest come in first.
    order: Vec<WispKey>,
    overview: Overview,
    /// Made anew each tick, as are those below; kept for their memory.
    #[serde(skip)]
    places: Places,
    #[serde(skip)]
    gains: Vec<Gain>,
    #[serde(skip)]
    bites: Vec<(WispKey, Vec2)>,
    #[serde(skip)]
    lambs: Vec<Vec2>,
    #[serde(skip)]
    cubs: Vec<Vec2>,
}

impl Game for Field {
    const NAME: &'static str = "field";
    /// One world for a whole party of swarms; what each sees is bounded.
    const MAX_PLAYERS: u32 = 1000;
    /// More than most scenes need, and little enough for a phone on the road.
    const BYTES_A_SECOND: u32 = 48_000;
    type Config = Config;
    type Input = Controls;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>()
            .kind::<Wisp>()
            .kind::<Forager>()
            .kind::<Predator>()
            .kind::<Growth>()
            .kind::<Region>()
            .kind::<Beacon>()
            .kind::<Standing>()
            .message::<Eaten>()
            .message::<Caught>()
            .build()
    }

    fn priors() -> Option<&'static [u8]> {
        Some(include_bytes!("../../../../assets/priors/field.bin"))
    }

    fn init(config: &Config, seed: u64) -> Self {
        let (config, mut rng) = (config.bounded(), Rng::new(seed));
        let meadow = Meadow::new(config.growth, &mut rng);
        let mut field = Field {
            wisps: Wisps::default(),
            foragers: Foragers::default(),
            predators: Predators::default(),
            players: BTreeMap::new(),
            order: Vec::new(),
            overview: Overview::new(),
            places: Places::default(),
            gains: Vec::new(),
            bites: Vec::new(),
            lambs: Vec::new(),
            cubs: Vec::new(),
            config,
            rng,
            meadow,
        };
        // How long things take is set by the first step; until then any rate will do.
        field.populate(&Rates::at(1.0 / Self::TICK_HZ as f32));
        field.make_room();
        field
    }

    fn setup(&self) -> String {
        Setup::new().to_json()
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        // Comes in with the next step, like any other wisp whose wait is over.
        let key = self.wisps.insert(Wisp::new(player, name));
        self.players.insert(player, key);
        self.order.push(key);
        self.make_room();
    }

    fn leave(&mut self, player: PlayerId) {
        if let Some(key) = self.players.remove(&player) {
            self.wisps.remove(key);
            self.order.retain(|other| *other != key);
        }
    }

    fn input(&mut self, player: PlayerId, input: &Controls) {
        if let Some(key) = self.players.get(&player) {
            self.wisps[*key].controls = *input;
        }
    }

    fn step(&mut self, step: &mut Step<'_>) {
        let (rates, tick) = (Rates::at(step.dt), step.tick.0);
        self.gather();
        self.fly_wisps(&rates);
        self.bring_in_wisps(&rates);
        self.run_foragers(tick, &rates);
        self.run_predators(tick, &rates);
        self.settle_births(tick, &rates);
        self.gather_plants();
        self.settle_gains(step);
        self.settle_dashes(&rates, step);
        self.settle_bites(&rates, step);
        self.meadow.grow(tick, &mut self.rng, &rates);
        self.overview.update(tick, &mut self.wisps, &self.places, &self.config);
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        let at = |place| Belongs::NOBODY.at(place);
        for (key, wisp) in &self.wisps {
            capture.put(key, Belongs::to(PlayerId(wisp.player)).at(wisp.pos), wisp);
        }
        self.foragers.iter().for_each(|(key, it)| capture.put(key, at(it.pos), it));
        self.predators.iter().for_each(|(key, it)| capture.put(key, at(it.pos), it));
        self.meadow.plants.iter().for_each(|(key, it)| capture.put(key, at(it.pos), it));
        let Overview { regions, standings, .. } = &self.overview;
        regions.iter().for_each(|(key, it)| capture.put(key, Belongs::NOBODY, it));
        let beacons = self.wisps.iter().map(|(key, wisp)| (key, &wisp.beacon));
        beacons.for_each(|(key, it)| capture.put(key, Belongs::NOBODY, it));
        standings.iter().for_each(|(key, it)| capture.put(key, Belongs::NOBODY, it));
    }

    fn restored(&mut self, before: Option<&mut Self>) {
        if let Some(before) = before {
            self.places = std::mem::take(&mut before.places);
            self.gains = std::mem::take(&mut before.gains);
            self.overview.take_over(&mut before.overview);
        }
        self.make_room();
    }

    fn grid(&self) -> Option<Grid> {
        Some(tuning::SIGHT)
    }

    fn view(&self, player: PlayerId, view: &mut View) {
        if let Some(key) = self.players.get(&player) {
            view.look_from(self.wisps[*key].pos);
        }
    }

    /// Over the shoulder of the player with the highest score, or at the middle of the meadow.
    fn spectate(&self, view: &mut View) {
        let best = self.overview.standings.values().next().map_or(0, |line| line.player);
        let wisp = self.players.get(&PlayerId(best)).map(|key| self.wisps[*key].pos);
        view.look_from(wisp.unwrap_or(Vec2::splat(tuning::SIZE / 2.0)));
    }
}

impl Field {
    fn gather(&mut self) {
        let Places { wisps, foragers, predators, plants } = &mut self.places;
        let there = self.wisps.iter().filter(|(_, wisp)| wisp.is_there());
        wisps.gather(there.map(|(key, wisp)| (key, wisp.pos)));
        foragers.gather(self.foragers.iter().map(|(key, it)| (key, it.pos)));
        predators.gather(self.predators.iter().map(|(key, it)| ((key, it.hunts()), it.pos)));
        plants.gather(self.meadow.plants.iter().map(|(key, it)| (key, it.pos)));
    }

    fn run_foragers(&mut self, tick: u32, rates: &Rates) {
        let spare = self.foragers.len().saturating_sub(self.least_foragers());
        let mut starving = spare;
        let Field { foragers, places, wisps, meadow, gains, bites, rng, lambs, .. } = self;
        let mut scene = Scene { places, wisps, meadow, gains, bites, rng, rates };
        foragers.retain(|key, forager| {
            forager.advance();
            let fate = match is_its_turn(key, tick) {
                true => forager.think(&mut scene),
                false => Fate::Lives,
            };
            if fate == Fate::Breeds {
                lambs.push(forager.pos);
            }
            !starves(fate, &mut starving)
        });
    }

    fn run_predators(&mut self, tick: u32, rates: &Rates) {
        let spare = self.predators.len().saturating_sub(self.least_predators());
        let mut starving = spare;
        let Field { foragers, predators, places, wisps, meadow, gains, bites, rng, cubs, .. } =
            self;
        let mut scene = Scene { places, wisps, meadow, gains, bites, rng, rates };
        predators.retain(|key, predator| {
            if predator.advance(foragers, &mut scene) == Fate::Breeds {
                cubs.push(predator.pos);
            }
            let fate = match is_its_turn(key, tick) {
                true => predator.think(foragers, &mut scene),
                false => Fate::Lives,
            };
            !starves(fate, &mut starving)
        });
    }

    /// Takes all the memory that a step can come to need with these players, so that none allocates.
    fn make_room(&mut self) {
        let (wisps, foragers) = (self.wisps.len(), usize::from(self.config.foragers));
        let predators = usize::from(self.config.predators);
        self.foragers.reserve(foragers.saturating_sub(self.foragers.len()));
        self.predators.reserve(predators.saturating_sub(self.predators.len()));
        self.meadow.make_room();
        self.bites.reserve(predators.saturating_sub(self.bites.len()));
        self.lambs.reserve(foragers.saturating_sub(self.lambs.len()));
        self.cubs.reserve(predators.saturating_sub(self.cubs.len()));
        self.places.wisps.make_room(wisps);
        self.places.foragers.make_room(foragers);
        self.places.predators.make_room(predators);
        self.places.plants.make_room(2 * usize::from(self.config.growth));
        self.overview.make_room(wisps);
        // A wisp reaches a handful of plants at once; foragers bring a fleece each.
        let gains = 16 * wisps + foragers;
        self.gains.reserve(gains.saturating_sub(self.gains.len()));
    }
}

/// Whether a creature starves, of which only so many more may.
fn starves(fate: Fate, spare: &mut usize) -> bool {
    let starves = fate == Fate::Starves && *spare > 0;
    *spare -= usize::from(starves);
    starves
}
