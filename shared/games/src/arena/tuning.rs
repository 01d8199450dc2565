//! The numbers that decide how the arena feels, in units, seconds and radians.
//!
//! A unit is about a pixel on a phone held sideways. [`Rates`](super::flight::Rates) are what
//! becomes of all this in one tick, in whole numbers.

/// The side of a map tile, in units.
pub const TILE: f32 = 64.0;
/// The most tiles along a side of a map.
pub const TILES_MAX: usize = 64;
/// The greatest coordinate that is replicated, in units. The outermost tiles
/// are walls, so nothing ever comes closer to 64 tiles than this.
pub const WORLD_MAX: f32 = 4095.0;
/// Every position is a multiple of this many units, on the server as on the wire.
pub const GRAIN: f32 = 1.0 / 8.0;
/// Bits of a heading: 1,024 directions.
pub const HEADING_BITS: u8 = 10;
/// Every velocity is a multiple of this, in units a second along each axis.
pub const VELOCITY_STEP: f32 = 1.0 / 16.0;
/// The most that a velocity is along an axis, in units a second; only a pile of ships comes near.
pub const VELOCITY_MAX: f32 = 1023.0;

/// Half a ship's width, in units.
pub const SHIP_RADIUS: f32 = 14.0;
/// How close a bullet's centre must come to a ship's edge to hit, in units.
pub const BULLET_RADIUS: f32 = 4.0;
/// How close a ship's edge must come to a pickup's centre to take it, in units.
pub const PICKUP_RADIUS: f32 = 14.0;

/// Thrust, in units a second squared. With the drag below it tops out at 330 units a second.
pub const THRUST: f32 = 520.0;
/// Thrust while boosting, in units a second squared: up to 570 units a second.
pub const BOOST_THRUST: f32 = 900.0;
/// Thrust backwards, in units a second squared: a brake rather than a way to travel.
pub const REVERSE_THRUST: f32 = 340.0;
/// The share of its speed that a ship loses a second: enough to stop drifting
/// across the map, little enough to slide through a turn.
pub const DRAG: f32 = 1.5;
/// Below this speed, in units a second, a ship that does not thrust stands still.
pub const REST_SPEED: f32 = 6.0;
/// How fast a ship turns, in radians a second: half a turn takes half a second.
pub const TURN_RATE: f32 = 6.6;
/// The share of its speed with which a ship comes off a wall.
pub const WALL_BOUNCE: f32 = 0.35;
/// Below this speed into the wall, in units a second, it slides instead of bouncing.
pub const SLIDE_SPEED: f32 = 70.0;
/// The share of their closing speed with which two ships part.
pub const SHIP_BOUNCE: f32 = 0.6;
/// How hard overlapping ships are pushed apart, in units a second for each unit of overlap.
pub const SHIP_PUSH: f32 = 4.0;

/// A ship's full health.
pub const HP_MAX: u8 = 100;
/// What a health pickup restores.
pub const HEALTH_PICKUP_HP: u8 = 50;
/// The most rounds a ship carries.
pub const AMMO_MAX: u8 = 60;
/// The rounds that a fresh ship carries.
pub const AMMO_START: u8 = 30;
/// What an ammunition pickup adds, in rounds.
pub const AMMO_PICKUP_ROUNDS: u8 = 25;
/// Up to this many rounds the ship makes its own, so that nobody is ever harmless for long.
pub const AMMO_RESERVE: u8 = 8;
/// How long making one round takes, in seconds.
pub const RELOAD_SECONDS: f32 = 0.8;
/// The time between two shots, in seconds.
pub const COOLDOWN_SECONDS: f32 = 0.2;
/// The same in overdrive.
pub const OVERDRIVE_COOLDOWN_SECONDS: f32 = 0.1;
/// How long overdrive lasts, in seconds.
pub const OVERDRIVE_SECONDS: f32 = 8.0;
/// How fast bullets fly, in units a second. They do not inherit the ship's
/// speed: what you point at is where they go.
pub const BULLET_SPEED: f32 = 720.0;
/// How long a bullet flies, in seconds: 860 units, a little more than a screen.
pub const BULLET_SECONDS: f32 = 1.2;
/// The most bullets in a room; a round fired beyond is lost.
pub const BULLETS_MAX: usize = 16_384;
/// The most bullets of one ship in flight: a whole flight in overdrive, and one being fired.
pub const BULLETS_A_SHIP_MAX: usize = (BULLET_SECONDS / OVERDRIVE_COOLDOWN_SECONDS) as usize + 2;
/// How long a fresh ship cannot be hurt, in seconds, unless it fires.
pub const SHIELD_SECONDS: f32 = 2.0;

/// Full boost energy.
pub const ENERGY_MAX: u16 = 480;
/// Energy gained a second while not boosting: eight seconds to full.
pub const ENERGY_GAIN: u16 = 60;
/// Energy burnt a second while boosting: two seconds from full.
pub const ENERGY_BURN: u16 = 240;
/// The energy it takes to light the boost, so that an empty tank does not stutter.
pub const ENERGY_TO_LIGHT: u16 = 60;

/// How many ticks come closest to `seconds`, at least one.
#[must_use]
pub fn ticks(seconds: f32, tick_hz: u32) -> u16 {
    ticks_of_ms((seconds * 1000.0).round() as u32, tick_hz)
}

/// How many ticks come closest to `ms` milliseconds, at least one.
#[must_use]
pub fn ticks_of_ms(ms: u32, tick_hz: u32) -> u16 {
    let ticks = (u64::from(ms) * u64::from(tick_hz) + 500) / 1000;
    ticks.clamp(1, u64::from(u16::MAX)) as u16
}
