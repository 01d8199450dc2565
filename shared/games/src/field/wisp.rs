//! A player's wisp: what those near it see, what its player sees, what only the server knows.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{SlotMap, new_key_type};
use tickwire_shared::{PlayerId, Replicate, message::MAX_NAME_GRAPHEMES, text};

use super::{
    controls::Controls,
    overview::Beacon,
    tuning::{
        AGILITY, CALL_SECONDS, CALL_SHOWN_SECONDS, DASH_SPEED, ENERGY_MAX, ENERGY_TO_DASH, GRAIN,
        KNOCK_SPEED, LIGHT_MAX, LIGHT_SECONDS, RADIUS_A_SIZE, Rates, SIZE, SIZE_DRAG, SIZE_MAX,
        WISP_RADIUS, WISP_SPEED, to_grain, within,
    },
};

new_key_type! {
    /// Names a wisp.
    pub struct WispKey;
}

/// All the wisps of a room.
pub type Wisps = SlotMap<WispKey, Wisp>;

/// How many colours there are.
pub const HUES: u8 = 16;

/// What state of life a wisp is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub enum Life {
    /// It flies, and can be caught.
    #[default]
    Awake,
    /// It has just come in or was just caught, and cannot be harmed for a moment.
    Fresh,
    /// Its light is out; it comes in elsewhere in a moment.
    Faded,
}

/// A wisp.
#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Wisp {
    /// The number of its player: a client's own wisp is the one with its own number.
    pub player: u32,
    /// Its player's name.
    #[replicate(text = 16)]
    pub name: String,
    /// Its colour, in sixteenths of the colour circle.
    #[replicate(range = 0..=15)]
    pub hue: u8,
    /// Its centre, in units; always a multiple of [`GRAIN`].
    #[replicate(range = 0.0..=SIZE, step = GRAIN, linear)]
    pub pos: Vec2,
    /// Where it looks, in radians.
    #[replicate(angle = 6)]
    pub heading: f32,
    /// What it has gathered.
    pub score: u16,
    /// How large it is, which follows from the score.
    #[replicate(range = 0..=SIZE_MAX)]
    pub size: u8,
    /// Whether it is awake.
    pub life: Life,
    /// Whether it dashes.
    pub dashing: bool,
    /// Whether it calls.
    pub calling: bool,

    /// How many bites it stands.
    #[replicate(range = 0..=LIGHT_MAX, owner)]
    pub light: u8,
    /// Energy left, of 300.
    #[replicate(range = 0..=ENERGY_MAX, owner, linear)]
    pub energy: u16,
    /// Ticks until it can call again.
    #[replicate(range = 0..=4095, owner, linear)]
    pub cooldown: u16,
    /// Its place among all players, from 1; 0 before it is known.
    #[replicate(owner)]
    pub rank: u16,

    /// In units a second. A client sees it in the change of `pos`.
    #[replicate(skip)]
    pub(super) velocity: Vec2,
    #[replicate(skip)]
    pub(super) controls: Controls,
    /// Ticks until it is awake again.
    #[replicate(skip)]
    pub(super) wait: u16,
    /// Ticks since it last lost or regained a light.
    #[replicate(skip)]
    glow: u16,
    /// Where everybody is told that it is.
    #[replicate(skip)]
    pub(super) beacon: Beacon,
}

impl Wisp {
    /// A wisp that has yet to [`come_in`](Wisp::come_in).
    #[must_use]
    pub fn new(player: PlayerId, name: &str) -> Wisp {
        // Seven and sixteen share no factor: sixteen players in a row get all colours.
        let hue = (player.0.wrapping_mul(7) % u32::from(HUES)) as u8;
        let beacon = Beacon { hue, ..Beacon::default() };
        let name = text::cut(name, MAX_NAME_GRAPHEMES, 16).to_owned();
        Wisp { player: player.0, name, hue, life: Life::Faded, beacon, ..Wisp::default() }
    }

    /// Puts a whole wisp at `pos`, unharmed for `fresh` ticks. It keeps its score.
    pub fn come_in(&mut self, pos: Vec2, fresh: u16) {
        self.pos = to_grain(pos);
        self.beacon.pos = self.pos;
        self.velocity = Vec2::ZERO;
        self.light = LIGHT_MAX;
        self.energy = ENERGY_MAX;
        self.cooldown = 0;
        (self.life, self.wait) = (Life::Fresh, fresh);
    }

    /// Whether it is there at all.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.life != Life::Faded
    }

    /// Whether it can be harmed.
    #[must_use]
    pub fn is_awake(&self) -> bool {
        self.life == Life::Awake
    }

    /// Half its width, in units.
    #[must_use]
    pub fn radius(&self) -> f32 {
        WISP_RADIUS + RADIUS_A_SIZE * f32::from(self.size)
    }

    /// Counts down everything that runs out by itself.
    pub fn pass_time(&mut self, rates: &Rates) {
        self.cooldown = self.cooldown.saturating_sub(1);
        let shown = rates.ticks(CALL_SECONDS) - rates.ticks(CALL_SHOWN_SECONDS);
        self.calling &= self.cooldown > shown;
        self.wait = self.wait.saturating_sub(1);
        if self.life == Life::Fresh && self.wait == 0 {
            self.life = Life::Awake;
        }
        if self.light < LIGHT_MAX {
            self.glow += 1;
            if self.glow >= rates.ticks(LIGHT_SECONDS) {
                (self.light, self.glow) = (self.light + 1, 0);
            }
        }
    }

    /// Flies for a tick as its player wants.
    pub fn fly(&mut self, rates: &Rates) {
        let Controls { way, go, dash, .. } = self.controls;
        let needed = if self.dashing { 1 } else { ENERGY_TO_DASH };
        self.dashing = go && dash && self.energy >= needed;
        self.energy = match self.dashing {
            true => self.energy.saturating_sub(rates.energy_burn),
            false => ENERGY_MAX.min(self.energy + rates.energy_gain),
        };
        let top = if self.dashing { DASH_SPEED } else { WISP_SPEED };
        let speed = if go { top * (1.0 - SIZE_DRAG * f32::from(self.size)) } else { 0.0 };
        let missing = Vec2::from_angle(way) * speed - self.velocity;
        self.velocity += missing * (AGILITY * rates.dt).min(1.0);
        if go {
            self.heading = way;
        }
        // The way is rounded and not the place: at a steady speed the wisp then comes forward
        // by exactly as much each tick, which the wire predicts.
        self.pos = within(self.pos + to_grain(self.velocity * rates.dt));
    }

    /// Begins a call, if it wants to and can.
    pub fn begin_call(&mut self, rates: &Rates) -> bool {
        let calls = self.controls.call && self.cooldown == 0 && self.is_there();
        if calls {
            self.cooldown = rates.ticks(CALL_SECONDS);
            self.calling = true;
        }
        calls
    }

    /// Adds to the score, or takes from it.
    pub fn change_score(&mut self, by: i32) {
        self.score = (i32::from(self.score) + by).clamp(0, i32::from(u16::MAX)) as u16;
        let size = (f32::from(self.score) / 4.0).sqrt();
        self.size = SIZE_MAX.min(size as u8);
    }

    /// Is thrown away from a place, and then left alone for `grace` ticks.
    pub fn knock(&mut self, from: Vec2, grace: u16) {
        let away = (self.pos - from).normalize_or(Vec2::X);
        self.velocity = away * KNOCK_SPEED;
        (self.life, self.wait) = (Life::Fresh, grace);
    }

    /// Loses one light to a bite; true when that was the last one.
    pub fn dim(&mut self, faded: u16) -> bool {
        self.glow = 0;
        self.light = self.light.saturating_sub(1);
        let fades = self.light == 0;
        if fades {
            // Everything that changes is set to rest, so that it costs nothing on the wire.
            (self.life, self.wait) = (Life::Faded, faded);
            self.velocity = Vec2::ZERO;
            (self.dashing, self.calling) = (false, false);
        }
        fades
    }
}
