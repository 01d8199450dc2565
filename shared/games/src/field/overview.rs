//! What everybody is told of the whole world: a coarse map, where players are, who leads.
//!
//! Each is small and changes seldom, so that seeing far costs little: a region is surveyed
//! every two seconds, a beacon moves in steps of 128 units, every two seconds, the standings are made twice a second.

use std::cmp::Reverse;

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{Key, SlotMap, new_key_type};
use tickwire_shared::Replicate;

use super::{
    Places,
    config::Config,
    tuning::{BEACON_STEP, BEACON_TICKS, REGIONS, SIZE, STANDINGS_TICKS, SURVEYED_A_TICK},
    wisp::{WispKey, Wisps},
};

new_key_type! {
    /// Names a region.
    pub struct RegionKey;
    /// Names a line of the standings.
    pub struct StandingKey;
}

/// How many players the standings name.
pub const STANDINGS: usize = 8;
/// The highest level of a region.
pub const LEVEL_MAX: u8 = 7;
/// The level of a region in which there is as much as everywhere.
const LEVEL_OF_THE_MEAN: usize = 3;

/// How full one part of the world is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub struct Region {
    /// Its column, from the left.
    #[replicate(range = 0..=15)]
    pub column: u8,
    /// Its row, from the top.
    #[replicate(range = 0..=15)]
    pub row: u8,
    /// How much grows there.
    #[replicate(range = 0..=LEVEL_MAX)]
    pub growth: u8,
    /// How many foragers are there.
    #[replicate(range = 0..=LEVEL_MAX)]
    pub foragers: u8,
    /// How many predators are there.
    #[replicate(range = 0..=LEVEL_MAX)]
    pub predators: u8,
}

/// Roughly where a player is.
#[derive(Clone, Copy, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Beacon {
    /// In units.
    #[replicate(range = 0.0..=SIZE, step = BEACON_STEP)]
    pub pos: Vec2,
    /// The wisp's colour.
    #[replicate(range = 0..=15)]
    pub hue: u8,
}

/// One line of the standings. They stay as many; those without a player come last.
#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Standing {
    /// The player; 0 for nobody.
    pub player: u32,
    /// Its name.
    #[replicate(text = 16)]
    pub name: String,
    /// Its colour.
    #[replicate(range = 0..=15)]
    pub hue: u8,
    /// Its score.
    pub score: u16,
}

/// The whole world at a glance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Overview {
    /// Row by row.
    pub regions: SlotMap<RegionKey, Region>,
    /// From the first place on.
    pub standings: SlotMap<StandingKey, Standing>,
    /// All players by score; kept for its memory.
    #[serde(skip)]
    ranking: Vec<(Reverse<u16>, u32, WispKey)>,
}

impl Overview {
    /// Of a world that nobody has looked at yet.
    #[must_use]
    pub fn new() -> Overview {
        let mut regions = SlotMap::with_key();
        for index in 0..REGIONS * REGIONS {
            let (column, row) = ((index % REGIONS) as u8, (index / REGIONS) as u8);
            regions.insert(Region { column, row, ..Region::default() });
        }
        let mut standings = SlotMap::with_key();
        for _ in 0..STANDINGS {
            standings.insert(Standing::default());
        }
        Overview { regions, standings, ranking: Vec::new() }
    }

    /// Takes another's working memory.
    pub fn take_over(&mut self, other: &mut Overview) {
        self.ranking = std::mem::take(&mut other.ranking);
    }

    /// Takes memory for as many players.
    pub fn make_room(&mut self, players: usize) {
        self.ranking.reserve(players.saturating_sub(self.ranking.len()));
    }

    /// Looks at a few regions, moves a few beacons, and now and then ranks the players.
    pub fn update(&mut self, tick: u32, wisps: &mut Wisps, places: &Places, config: &Config) {
        self.survey(tick, places, config);
        for (key, wisp) in wisps.iter_mut() {
            let slot = key.data().as_ffi() as u32;
            if slot.wrapping_add(tick).is_multiple_of(BEACON_TICKS) {
                wisp.beacon.pos = wisp.pos;
            }
        }
        if tick.is_multiple_of(STANDINGS_TICKS) {
            self.rank(wisps);
        }
    }

    fn survey(&mut self, tick: u32, places: &Places, config: &Config) {
        let turns = REGIONS * REGIONS / SURVEYED_A_TICK;
        let first = tick as usize % turns * SURVEYED_A_TICK;
        for region in self.regions.values_mut().skip(first).take(SURVEYED_A_TICK) {
            let (column, row) = (usize::from(region.column), usize::from(region.row));
            region.growth = level(places.plants.in_region(column, row), config.growth);
            region.foragers = level(places.foragers.in_region(column, row), config.foragers);
            region.predators = level(places.predators.in_region(column, row), config.predators);
        }
    }

    fn rank(&mut self, wisps: &mut Wisps) {
        self.ranking.clear();
        let entry = |(key, wisp): (_, &super::Wisp)| (Reverse(wisp.score), wisp.player, key);
        self.ranking.extend(wisps.iter().map(entry));
        self.ranking.sort_unstable();
        for (place, (_, _, key)) in self.ranking.iter().enumerate() {
            wisps[*key].rank = u16::try_from(place + 1).unwrap_or(u16::MAX);
        }
        let mut leaders = self.ranking.iter().map(|(_, _, key)| &wisps[*key]);
        for line in self.standings.values_mut() {
            line.name.clear();
            let leader = leaders.next();
            line.name.push_str(leader.map_or("", |wisp| &wisp.name));
            (line.player, line.hue, line.score) =
                leader.map_or((0, 0, 0), |wisp| (wisp.player, wisp.hue, wisp.score));
        }
    }
}

impl Default for Overview {
    fn default() -> Self {
        Overview::new()
    }
}

/// How a region's count compares with the mean of a full world.
fn level(count: usize, full: u16) -> u8 {
    let regions = REGIONS * REGIONS;
    let level = (count * LEVEL_OF_THE_MEAN * regions).div_ceil(usize::from(full).max(1));
    level.min(usize::from(LEVEL_MAX)) as u8
}
