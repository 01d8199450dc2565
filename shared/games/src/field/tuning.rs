//! The numbers that decide how the field feels, in units and seconds.
//!
//! A screen shows about 1,360 by 800 units, a two hundred and fiftieth of the world.
//! [`Rates`] turns what is said here a second into whole amounts a tick, so that what
//! counts or moves steadily does so in equal integers: the wire predicts those for free.

use glam::Vec2;
use tickwire_shared::game::Grid;

/// The side of the world, in units.
pub const SIZE: f32 = 16_384.0;
/// How close to the edge of the world anybody comes, in units.
pub const MARGIN: f32 = 60.0;
/// Every place of something that moves is a multiple of this many units, on the server as on the wire.
pub const GRAIN: f32 = 1.0 / 8.0;
/// The side of the tiles by which neighbours are found, in units.
pub const TILE: f32 = 256.0;
/// Regions along a side of the world, for the overview.
pub const REGIONS: usize = 16;
/// The side of a region, in units; a whole number of tiles.
pub const REGION: f32 = SIZE / REGIONS as f32;
/// How coarsely everybody knows where far players are, in units.
pub const BEACON_STEP: f32 = 128.0;
/// How the world is divided for players, and how far they see: every tick what a screen shows.
pub const SIGHT: Grid = Grid { cell: 640.0, reach: [700.0, 800.0, 1000.0, 1600.0] };

/// A creature makes up its mind once in so many ticks, not all in the same.
pub const THINK_TICKS: u16 = 8;
/// A plant looks whether it is time to change once in so many ticks.
pub const RIPEN_TICKS: u16 = 32;
/// A far player's place is told once in so many ticks.
pub const BEACON_TICKS: u32 = 64;
/// The standings are made once in so many ticks.
pub const STANDINGS_TICKS: u32 = 15;
/// How many regions are surveyed in a tick: each comes round every two seconds.
pub const SURVEYED_A_TICK: usize = 4;

/// How fast a wisp drifts and dashes, in units a second.
pub const WISP_SPEED: f32 = 240.0;
/// The same while it dashes.
pub const DASH_SPEED: f32 = 440.0;
/// How much slower each step of size makes it, as a share.
pub const SIZE_DRAG: f32 = 0.012;
/// How soon a wisp flies as it wants to: the share of what is missing that it gains a second.
pub const AGILITY: f32 = 8.0;
/// The radius of the smallest wisp, in units.
pub const WISP_RADIUS: f32 = 19.0;
/// What each step of size adds to that.
pub const RADIUS_A_SIZE: f32 = 1.6;
/// The greatest size.
pub const SIZE_MAX: u8 = 15;
/// How far beyond its edge a wisp gathers what is ripe, in units.
pub const GATHER_REACH: f32 = 14.0;
/// Full light: so many bites and a wisp fades.
pub const LIGHT_MAX: u8 = 3;
/// How long it takes to regain one light, in seconds.
pub const LIGHT_SECONDS: f32 = 12.0;
/// How long a faded wisp is gone, in seconds.
pub const FADED_SECONDS: f32 = 3.0;
/// How long a wisp that has just come in cannot be harmed, in seconds.
pub const FRESH_SECONDS: f32 = 3.0;
/// The same after it was caught.
pub const GRACE_SECONDS: f32 = 1.5;
/// How hard whoever is caught is thrown back, in units a second.
pub const KNOCK_SPEED: f32 = 620.0;
/// Full energy.
pub const ENERGY_MAX: u16 = 300;
/// Energy gained a second while not dashing: five seconds to full.
pub const ENERGY_GAIN: f32 = 60.0;
/// Energy burnt a second while dashing: two seconds from full.
pub const ENERGY_BURN: f32 = 150.0;
/// The energy that it takes to begin a dash.
pub const ENERGY_TO_DASH: u16 = 40;
/// What a ripe plant gives back.
pub const ENERGY_A_MEAL: u16 = 15;

/// The time between two calls, in seconds.
pub const CALL_SECONDS: f32 = 8.0;
/// How long a call is to be seen, in seconds.
pub const CALL_SHOWN_SECONDS: f32 = 0.5;
/// How far away predators are frightened by a call, in units.
pub const SCARE_REACH: f32 = 420.0;
/// How long they stay so, in seconds.
pub const SCARED_SECONDS: f32 = 4.0;
/// How far away foragers hear a call, in units.
pub const CALL_REACH: f32 = 640.0;
/// How long they follow, in seconds.
pub const FOLLOW_SECONDS: f32 = 9.0;
/// What a ripe plant is worth.
pub const BLOSSOM_WORTH: u16 = 1;
/// What a golden one is worth.
pub const GOLD_WORTH: u16 = 5;
/// What the fleece of a forager that came when it was called is worth.
pub const FLEECE_WORTH: u16 = 3;
/// A predator's bite takes this part of the score.
pub const BITE_PART: u16 = 5;
/// Another wisp's dash takes this part of the score.
pub const DASH_PART: u16 = 8;
/// How much of what a bite takes springs up around as blossoms, at most.
pub const SPILL_MAX: u16 = 8;

/// How fast foragers wander, in units a second.
pub const WANDER_SPEED: f32 = 38.0;
/// The same when they follow a call.
pub const FOLLOW_SPEED: f32 = 165.0;
/// The same when they flee.
pub const FLEE_SPEED: f32 = 195.0;
/// How near a predator frightens a forager, in units.
pub const FEAR_REACH: f32 = 240.0;
/// How far a hungry forager looks for something to eat, in units.
pub const GRAZE_REACH: f32 = 260.0;
/// How near its neighbours are that it keeps to, in units.
pub const HERD_REACH: f32 = 220.0;
/// How near something must be to be eaten or caught, in units.
pub const BITE_REACH: f32 = 20.0;
/// How long a meal keeps a forager from being hungry, in seconds.
pub const GRAZER_FED_SECONDS: f32 = 22.0;
/// How long it then lives on hunger, in seconds.
pub const GRAZER_STARVES_SECONDS: f32 = 120.0;
/// How long a lamb takes to grow up, in seconds.
pub const LAMB_SECONDS: f32 = 30.0;
/// A forager grows a fleece after so many meals, and has a lamb after as many more.
pub const MEALS_TO_BREED: u8 = 2;

/// How fast predators prowl, in units a second.
pub const PROWL_SPEED: f32 = 60.0;
/// The same when they chase: faster than a forager, slower than a wisp.
pub const CHASE_SPEED: f32 = 222.0;
/// The same for the last leap, from which only a dash or a call saves a wisp.
pub const LEAP_SPEED: f32 = 345.0;
/// From how near they leap, in units.
pub const LEAP_REACH: f32 = 130.0;
/// The same when they are frightened.
pub const SCARED_SPEED: f32 = 260.0;
/// How far a hungry predator sees its prey, in units.
pub const HUNT_REACH: f32 = 460.0;
/// How long it chases before it gives up, in seconds.
pub const CHASE_SECONDS: f32 = 7.0;
/// How long it rests after a meal or a chase, in seconds.
pub const REST_SECONDS: f32 = 9.0;
/// How long a meal keeps it from being hungry, in seconds.
pub const HUNTER_FED_SECONDS: f32 = 40.0;
/// How long it then lives on hunger, in seconds.
pub const HUNTER_STARVES_SECONDS: f32 = 150.0;
/// A predator has a cub after so many meals.
pub const KILLS_TO_BREED: u8 = 4;

/// How long a plant takes from one stage to the next, in seconds: at least this and at most twice this.
pub const STAGE_SECONDS: f32 = 7.0;
/// One bud in so many turns to gold.
pub const GOLD_ODDS: usize = 18;
/// How long it takes a bare world to grow full, in seconds.
pub const REGROWTH_SECONDS: f32 = 22.0;

/// What happens in one tick, for a tick of `dt` seconds.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// The tick's length, in seconds.
    pub dt: f32,
    /// Energy gained.
    pub energy_gain: u16,
    /// Energy burnt by a dash.
    pub energy_burn: u16,
}

impl Rates {
    /// The rates for ticks of `dt` seconds.
    #[must_use]
    pub fn at(dt: f32) -> Rates {
        Rates { dt, energy_gain: amount(ENERGY_GAIN * dt), energy_burn: amount(ENERGY_BURN * dt) }
    }

    /// How many ticks come closest to `seconds`, at least one.
    #[must_use]
    pub fn ticks(&self, seconds: f32) -> u16 {
        amount(seconds / self.dt)
    }
}

/// The nearest whole number, at least one: a rate that rounds to nothing would stop the game.
fn amount(exact: f32) -> u16 {
    exact.round().max(1.0) as u16
}

/// The nearest vector whose components are multiples of [`GRAIN`].
#[must_use]
pub fn to_grain(vector: Vec2) -> Vec2 {
    (vector / GRAIN).round() * GRAIN
}

/// The nearest place within the world's margins.
#[must_use]
pub fn within(place: Vec2) -> Vec2 {
    place.clamp(Vec2::splat(MARGIN), Vec2::splat(SIZE - MARGIN))
}
