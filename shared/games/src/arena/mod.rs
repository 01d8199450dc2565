//! **Arena**: ships, walls, bullets, and a score, seen from above.
//!
//! Fly with inertia, shoot ahead of where they are going, slide round corners,
//! know where the health lies. A hit takes a fifth of a ship; a destroyed ship is
//! back after three seconds behind a shield that lasts until it fires.
//!
//! Where to look: [`tuning`] for every number, [`flight`] for how ships move and fire,
//! [`bullet`] for what becomes of shots, [`physics::past`] for what their shooters saw, [`pickup`],
//! [`map`] for the map format, [`bot`] for pilots.

pub mod bot;
pub mod bullet;
pub mod config;
pub mod controls;
mod damage;
pub mod flight;
pub mod map;
pub mod messages;
pub mod physics;
pub mod pickup;
pub mod setup;
pub mod ship;
mod spawn;
pub mod tuning;

#[cfg(test)]
mod harness;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use slotmap::SlotMap;
use tickwire_shared::{Belongs, Capture, Game, PlayerId, SchemaBuilder, Step, schema::Schema};

pub use self::{
    bullet::Bullet,
    config::Config,
    controls::Controls,
    map::Map,
    messages::{Hit, Kill, Taken},
    pickup::{Pickup, Sort},
    setup::Setup,
    ship::{Engine, Life, Ship},
};
use self::{
    bullet::{Bullets, Strike},
    flight::{Handling, Rates},
    physics::crowd::Crowd,
    pickup::PickupKey,
    ship::{ShipKey, Ships},
    tuning::{BULLETS_A_SHIP_MAX, BULLETS_MAX, OVERDRIVE_SECONDS, SHIELD_SECONDS, ticks},
};
use crate::common::rng::Rng;

/// The world of one room.
#[derive(Debug, Serialize, Deserialize)]
pub struct Arena {
    config: Config,
    #[serde(skip, default = "Handling::tuned")]
    handling: Handling,
    rng: Rng,
    ships: Ships,
    bullets: Bullets,
    pickups: SlotMap<PickupKey, Pickup>,
    players: BTreeMap<PlayerId, ShipKey>,
    /// Made anew each tick; kept for its memory.
    crowd: Crowd,
    #[serde(skip)]
    strikes: Vec<Strike>,
}

impl Game for Arena {
    const NAME: &'static str = "arena";
    /// Crowded beyond sixty, and still fair: enough for everybody at a party, or a swarm.
    const MAX_PLAYERS: u32 = 256;
    type Config = Config;
    type Input = Controls;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>()
            .kind::<Ship>()
            .kind::<Bullet>()
            .kind::<Pickup>()
            .message::<Kill>()
            .message::<Hit>()
            .message::<Taken>()
            .build()
    }

    fn priors() -> Option<&'static [u8]> {
        Some(include_bytes!("../../../../assets/priors/arena.bin"))
    }

    fn init(config: &Config, seed: u64) -> Self {
        let mut pickups = SlotMap::with_key();
        for (sort, pos) in config.map.pickups() {
            pickups.insert(Pickup::new(*sort, *pos));
        }
        Arena {
            config: config.clone(),
            handling: Handling::tuned(),
            rng: Rng::new(seed),
            ships: Ships::default(),
            bullets: Bullets::default(),
            pickups,
            players: BTreeMap::new(),
            crowd: Crowd::default(),
            strikes: Vec::new(),
        }
    }

    fn setup(&self) -> String {
        let config = &self.config;
        Setup::new(&config.map, config.respawn_seconds, config.pickup_seconds).to_json()
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        let mut ship = Ship::new(player, name);
        // Comes in with the next step, like any other ship whose wait is over.
        ship.life = Life::Wrecked;
        let key = self.ships.insert(ship);
        self.players.insert(player, key);
        self.make_room();
    }

    fn leave(&mut self, player: PlayerId) {
        if let Some(key) = self.players.remove(&player) {
            self.ships.remove(key);
            self.bullets.retain(|_, bullet| bullet.shooter != player.0);
        }
    }

    fn sight(&mut self, player: PlayerId, behind: f32) {
        if let Some(key) = self.players.get(&player) {
            self.ships[*key].sight = behind;
        }
    }

    fn input(&mut self, player: PlayerId, input: &Controls) {
        if let Some(key) = self.players.get(&player) {
            self.ships[*key].controls = *input;
        }
    }

    fn step(&mut self, step: &mut Step<'_>) {
        let tick_hz = (1.0 / step.dt).round() as u32;
        self.bring_in_ships(ticks(SHIELD_SECONDS, tick_hz));
        let rewind = self.config.rewind_ticks(tick_hz);
        self.fly_ships(&Rates::new(&self.handling, tick_hz), rewind);
        self.crowd.gather(&self.ships, self.config.map.size(), rewind);
        self.crowd.push_apart(&mut self.ships);
        bullet::fly_all(&mut self.bullets, &self.config.map, &self.crowd, &mut self.strikes);
        self.settle_strikes(ticks(f32::from(self.config.respawn_seconds), tick_hz), step);
        self.hand_out_pickups(tick_hz, step);
    }

    fn restored(&mut self, before: Option<&mut Self>) {
        if let Some(before) = before {
            self.config.share_map(&before.config);
            self.strikes = std::mem::take(&mut before.strikes);
            self.crowd.take_over(&mut before.crowd);
        }
        self.make_room();
    }

    fn sleep(&mut self) {
        if self.ships.is_empty() {
            self.ships = Ships::default();
        }
        if self.bullets.is_empty() {
            self.bullets = Bullets::default();
        }
        self.crowd = Crowd::default();
        self.strikes = Vec::new();
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (key, ship) in &self.ships {
            capture.put(key, Belongs::to(PlayerId(ship.player)), ship);
        }
        for (key, bullet) in &self.bullets {
            capture.put(key, Belongs::NOBODY, bullet);
        }
        for (key, pickup) in &self.pickups {
            capture.put(key, Belongs::NOBODY, pickup);
        }
    }
}

impl Arena {
    /// Moves the ships, and fires the guns of those that want to and can.
    fn fly_ships(&mut self, rates: &Rates, rewind: f32) {
        for ship in self.ships.values_mut().filter(|ship| ship.is_flying()) {
            let shot = ship.fly(&self.config.map, rates);
            // In a room that is full of bullets a round comes to nothing.
            if let Some(shot) = shot.filter(|_| self.bullets.len() < BULLETS_MAX) {
                self.bullets.insert(Bullet::new(shot, ship, rewind));
            }
        }
    }

    fn hand_out_pickups(&mut self, tick_hz: u32, step: &mut Step<'_>) {
        let wait = ticks(f32::from(self.config.pickup_seconds), tick_hz);
        let overdrive = ticks(OVERDRIVE_SECONDS, tick_hz);
        let Arena { pickups, ships, crowd, .. } = self;
        pickup::hand_out(pickups, ships, crowd, (overdrive, wait), step);
    }

    /// Takes all the memory that a step can come to need with these players, so that none allocates.
    fn make_room(&mut self) {
        let bullets = (self.ships.len() * BULLETS_A_SHIP_MAX).min(BULLETS_MAX);
        self.bullets.reserve(bullets.saturating_sub(self.bullets.len()));
        self.strikes.reserve_exact(bullets);
        self.crowd.make_room(self.ships.len());
    }
}
