//! What grows: it comes up in beds, ripens in stages, and is eaten.
//!
//! A plant stands still and changes a few times in its life, so it costs next to nothing
//! on the wire. Each looks at its own time only once in [`RIPEN_TICKS`] ticks.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{Key, SlotMap, new_key_type};
use tickwire_shared::Replicate;

use super::{
    messages::Meal,
    tuning::{
        BLOSSOM_WORTH, GOLD_ODDS, GOLD_WORTH, REGROWTH_SECONDS, RIPEN_TICKS, Rates, SIZE,
        SPILL_MAX, STAGE_SECONDS, within,
    },
};
use crate::common::rng::Rng;

new_key_type! {
    /// Names a plant.
    pub struct GrowthKey;
}

/// How many beds there are.
const BEDS: usize = 64;
/// How large they are, in units.
const BED_RADIUS: (f32, f32) = (280.0, 680.0);
/// One plant in so many comes up outside of any bed.
const STRAY_ODDS: usize = 12;

/// How far a plant has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub enum Stage {
    /// It has just come up.
    #[default]
    Sprout,
    /// It has leaves.
    Leaf,
    /// It has a bud.
    Bud,
    /// It is ripe.
    Blossom,
    /// It is ripe and worth more, and foragers leave it alone.
    Gold,
}

/// A plant.
#[derive(Clone, Copy, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Growth {
    /// Where it stands, in units.
    #[replicate(range = 0.0..=SIZE, step = 1.0)]
    pub pos: Vec2,
    /// How far it has come.
    pub stage: Stage,
    /// Ticks to the next stage.
    #[replicate(skip)]
    pub(super) left: u16,
}

impl Growth {
    /// What it is to a wisp; nothing until it is ripe.
    #[must_use]
    pub fn meal(&self) -> Option<(Meal, u16)> {
        match self.stage {
            Stage::Blossom => Some((Meal::Blossom, BLOSSOM_WORTH)),
            Stage::Gold => Some((Meal::Gold, GOLD_WORTH)),
            _ => None,
        }
    }

    /// Whether a forager eats it.
    #[must_use]
    pub fn is_fodder(&self) -> bool {
        matches!(self.stage, Stage::Bud | Stage::Blossom)
    }

    fn ripen(&mut self, rng: &mut Rng, rates: &Rates) {
        self.left = self.left.saturating_sub(RIPEN_TICKS);
        if self.left > 0 {
            return;
        }
        self.stage = match self.stage {
            Stage::Sprout => Stage::Leaf,
            Stage::Leaf => Stage::Bud,
            Stage::Bud if rng.below(GOLD_ODDS) == 0 => Stage::Gold,
            _ if self.meal().is_some() => return,
            _ => Stage::Blossom,
        };
        self.left = stage_ticks(rng, rates);
    }
}

fn stage_ticks(rng: &mut Rng, rates: &Rates) -> u16 {
    rates.ticks(rng.between(STAGE_SECONDS, 2.0 * STAGE_SECONDS))
}

/// All that grows, and where it may.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meadow {
    /// The plants.
    pub plants: SlotMap<GrowthKey, Growth>,
    beds: Vec<(Vec2, f32)>,
    most: usize,
}

impl Meadow {
    /// A full meadow in all stages.
    #[must_use]
    pub fn new(most: u16, rng: &mut Rng) -> Meadow {
        let most = usize::from(most);
        let mut bed = || (anywhere(rng), rng.between(BED_RADIUS.0, BED_RADIUS.1));
        let beds = (0..BEDS).map(|_| bed()).collect();
        let mut meadow = Meadow { plants: SlotMap::with_key(), beds, most };
        meadow.make_room();
        const STAGES: [Stage; 5] =
            [Stage::Sprout, Stage::Leaf, Stage::Bud, Stage::Blossom, Stage::Blossom];
        for _ in 0..most {
            let (pos, stage) = (meadow.place(rng), STAGES[rng.below(STAGES.len())]);
            let left = rng.below(usize::from(u8::MAX)) as u16;
            meadow.plants.insert(Growth { pos, stage, left });
        }
        meadow
    }

    /// Takes memory for all plants that there can be.
    pub fn make_room(&mut self) {
        // What bites spill comes on top, but never more than fits.
        self.plants.reserve((2 * self.most).saturating_sub(self.plants.len()));
    }

    /// The middle of a bed.
    #[must_use]
    pub fn bed(&self, rng: &mut Rng) -> Vec2 {
        self.beds[rng.below(BEDS)].0
    }

    /// The way to the nearest bed, or nothing for whoever is in one.
    #[must_use]
    pub fn way_to_bed(&self, pos: Vec2) -> Option<Vec2> {
        let distance = |(middle, radius): &(Vec2, f32)| middle.distance(pos) - radius / 2.0;
        let bed = self.beds.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(bed) > 0.0).then(|| bed.0 - pos)
    }

    /// Ripens all plants and lets new ones come up where there are too few.
    pub fn grow(&mut self, tick: u32, rng: &mut Rng, rates: &Rates) {
        for (key, plant) in &mut self.plants {
            let slot = key.data().as_ffi() as u32;
            if slot.wrapping_add(tick).is_multiple_of(u32::from(RIPEN_TICKS)) {
                plant.ripen(rng, rates);
            }
        }
        let missing = self.most.saturating_sub(self.plants.len());
        let a_tick = self.most / usize::from(rates.ticks(REGROWTH_SECONDS)) + 1;
        for _ in 0..missing.min(a_tick) {
            let pos = self.place(rng);
            let left = stage_ticks(rng, rates);
            self.plants.insert(Growth { pos, stage: Stage::Sprout, left });
        }
    }

    /// Lets what somebody lost spring up around a place, as blossoms.
    pub fn spill(&mut self, place: Vec2, lost: u16, rng: &mut Rng) {
        for _ in 0..lost.min(SPILL_MAX) {
            if self.plants.len() >= 2 * self.most {
                return;
            }
            let pos = around(place, (70.0, 190.0), rng);
            self.plants.insert(Growth { pos, stage: Stage::Blossom, left: 0 });
        }
    }

    /// Where a plant comes up: mostly in a bed, denser towards its middle.
    fn place(&self, rng: &mut Rng) -> Vec2 {
        if rng.below(STRAY_ODDS) == 0 {
            return anywhere(rng);
        }
        let (middle, radius) = self.beds[rng.below(BEDS)];
        // Of two draws the greater one mostly, or all would crowd in the middle.
        let share = rng.unit().max(0.75 * rng.unit());
        let distance = share * radius;
        around(middle, (distance, distance), rng)
    }
}

/// Anywhere in the world.
pub fn anywhere(rng: &mut Rng) -> Vec2 {
    within(Vec2::new(rng.between(0.0, SIZE), rng.between(0.0, SIZE)))
}

/// A place in any direction, between two distances.
pub fn around(middle: Vec2, (least, most): (f32, f32), rng: &mut Rng) -> Vec2 {
    let way = Vec2::from_angle(rng.between(0.0, std::f32::consts::TAU));
    within((middle + way * rng.between(least, most)).round())
}
