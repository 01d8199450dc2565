//! A player's ship: what everybody sees of it, what its player sees, what only the server knows.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{SlotMap, new_key_type};
use tickwire_shared::{PlayerId, Replicate, message::MAX_NAME_GRAPHEMES, text};

use super::{
    controls::Controls,
    flight::{Flight, Rates, Shot},
    map::Map,
    physics::angle,
    tuning::{
        AMMO_MAX, AMMO_START, ENERGY_MAX, GRAIN, HEADING_BITS, HP_MAX, VELOCITY_MAX, VELOCITY_STEP,
        WORLD_MAX,
    },
};

new_key_type! {
    /// Names a ship.
    pub struct ShipKey;
}

/// All the ships of a room.
pub type Ships = SlotMap<ShipKey, Ship>;

/// How many colours there are.
pub const HUES: u8 = 16;

/// What state of life a ship is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub enum Life {
    /// It flies, and can be hurt.
    #[default]
    Flying,
    /// It has just come in, and cannot be hurt until it fires or two seconds are over.
    Shielded,
    /// It has been destroyed, and waits where it was to come in again.
    Wrecked,
}

/// What its engine does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub enum Engine {
    /// Nothing.
    #[default]
    Idle,
    /// It pushes forward.
    Forward,
    /// It pushes backward.
    Reverse,
    /// It burns energy to push forward harder.
    Boost,
}

/// A ship.
#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Ship {
    /// The number of its player: a client's own ship is the one with its own number.
    pub player: u32,
    /// Its player's name.
    #[replicate(text = 16)]
    pub name: String,
    /// Its colour, in sixteenths of the colour circle.
    #[replicate(range = 0..=15)]
    pub hue: u8,
    /// Its centre, in units; always a multiple of [`GRAIN`].
    #[replicate(range = 0.0..=WORLD_MAX, step = GRAIN, linear)]
    pub pos: Vec2,
    /// Where it points, in radians.
    #[replicate(angle = HEADING_BITS, linear)]
    pub heading: f32,
    /// Its health, of 100.
    #[replicate(range = 0..=100)]
    pub hp: u8,
    /// How many ships it has destroyed.
    pub score: u16,
    /// Whether it flies, is shielded, or is gone for now.
    pub life: Life,
    /// What its engine does.
    pub engine: Engine,
    /// Whether it fires at the double.
    pub overdrive: bool,

    /// Rounds left.
    #[replicate(range = 0..=AMMO_MAX, owner)]
    pub ammo: u8,
    /// Ticks until the gun can fire.
    #[replicate(range = 0..=1023, owner, linear)]
    pub cooldown: u16,
    /// Boost energy left, of 480.
    #[replicate(range = 0..=ENERGY_MAX, owner, linear)]
    pub energy: u16,
    /// Ticks until a wrecked ship comes in again.
    #[replicate(owner, linear)]
    pub respawn: u16,
    /// In units a second. Others see it in the change of `pos`; who predicts the ship needs it exact.
    #[replicate(range = -VELOCITY_MAX..=VELOCITY_MAX, step = VELOCITY_STEP, owner, linear)]
    pub velocity: Vec2,
    /// Ticks until the ship has made itself a round.
    #[replicate(range = 0..=1023, owner, linear)]
    pub reload: u16,
    /// Ticks that overdrive lasts.
    #[replicate(range = 0..=2047, owner, linear)]
    pub overdrive_left: u16,

    /// How far it came in this tick, in units.
    #[replicate(skip)]
    pub(super) moved: Vec2,
    #[replicate(skip)]
    pub(super) controls: Controls,
    /// Ticks that the shield lasts.
    #[replicate(skip)]
    pub(super) shield: u16,
    /// How many ticks it has flown since it came in.
    #[replicate(skip)]
    pub(super) flown: u16,
    /// How many ticks behind its own the ships of others are that its player sees.
    #[replicate(skip)]
    pub(super) sight: f32,
}

impl Ship {
    /// A ship that has yet to [`come_in`](Ship::come_in).
    #[must_use]
    pub fn new(player: PlayerId, name: &str) -> Ship {
        // Seven and sixteen share no factor: sixteen players in a row get all colours,
        // and neighbours get very different ones.
        let hue = (player.0.wrapping_mul(7) % u32::from(HUES)) as u8;
        let name = text::cut(name, MAX_NAME_GRAPHEMES, 16).to_owned();
        Ship { player: player.0, name, hue, ..Ship::default() }
    }

    /// Puts a whole, shielded ship at `pos`, pointing towards `look_at`.
    pub fn come_in(&mut self, pos: Vec2, look_at: Vec2, shield: u16) {
        self.pos = pos;
        self.heading = angle::snapped((look_at - pos).to_angle());
        self.velocity = Vec2::ZERO;
        self.moved = Vec2::ZERO;
        self.hp = HP_MAX;
        self.ammo = AMMO_START;
        self.energy = ENERGY_MAX;
        self.life = Life::Shielded;
        self.shield = shield;
        self.flown = 0;
    }

    /// Whether it is there to be hit.
    #[must_use]
    pub fn is_flying(&self) -> bool {
        self.life != Life::Wrecked
    }

    /// Flies on by a tick, as its player wants; the shot if that fired one.
    pub(super) fn fly(&mut self, map: &Map, rates: &Rates) -> Option<Shot> {
        self.wear_shield();
        self.flown = self.flown.saturating_add(1);
        let (start, mut flight) = (self.pos, Flight::of(self));
        let shot = flight.step(&self.controls, map, rates);
        flight.write_to(self);
        self.moved = self.pos - start;
        if shot.is_some() {
            self.drop_shield();
        }
        shot
    }

    fn wear_shield(&mut self) {
        self.shield = self.shield.saturating_sub(1);
        if self.life == Life::Shielded && self.shield == 0 {
            self.life = Life::Flying;
        }
    }

    /// Lets go of the shield: whoever shoots can be shot.
    pub(super) fn drop_shield(&mut self) {
        self.life = Life::Flying;
        self.shield = 0;
    }

    /// Fires at the double for `ticks`.
    pub(super) fn start_overdrive(&mut self, ticks: u16) {
        self.overdrive = true;
        self.overdrive_left = ticks;
    }

    /// Takes damage; true when that was the end of it.
    pub(super) fn hurt(&mut self, damage: u8, respawn: u16) -> bool {
        self.hp = self.hp.saturating_sub(damage);
        let destroyed = self.hp == 0;
        if destroyed {
            self.wreck(respawn);
        }
        destroyed
    }

    /// Everything that changes is set to rest, so that a wreck costs nothing on the wire.
    fn wreck(&mut self, respawn: u16) {
        self.life = Life::Wrecked;
        self.engine = Engine::Idle;
        self.respawn = respawn;
        self.velocity = Vec2::ZERO;
        self.moved = Vec2::ZERO;
        self.overdrive = false;
        self.overdrive_left = 0;
        self.cooldown = 0;
        self.reload = 0;
    }
}
