//! Things that lie about the map: health, ammunition and overdrive.
//!
//! A taken pickup stays an entity and only stops being `ready`: one bit on the
//! wire, where despawning and respawning would send its place again.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use slotmap::{SlotMap, new_key_type};
use tickwire_shared::{PlayerId, Replicate, Step, To};

use super::{
    messages::Taken,
    physics::crowd::Crowd,
    ship::{Ship, Ships},
    tuning::{
        AMMO_MAX, AMMO_PICKUP_ROUNDS, GRAIN, HEALTH_PICKUP_HP, HP_MAX, PICKUP_RADIUS, SHIP_RADIUS,
        WORLD_MAX,
    },
};

new_key_type! {
    /// Names a pickup.
    pub struct PickupKey;
}

/// What a pickup is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate, Serialize, Deserialize)]
pub enum Sort {
    /// Restores 50 of 100 health.
    #[default]
    Health,
    /// Adds 25 rounds.
    Ammo,
    /// Doubles the rate of fire for eight seconds.
    Overdrive,
}

/// A thing to fly over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Replicate, Serialize, Deserialize)]
pub struct Pickup {
    /// Its centre, in units.
    #[replicate(range = 0.0..=WORLD_MAX, step = GRAIN)]
    pub pos: Vec2,
    /// What it is.
    pub sort: Sort,
    /// Whether it is there to be taken.
    pub ready: bool,
    /// Ticks until it is ready again.
    #[replicate(skip)]
    wait: u16,
}

impl Pickup {
    /// A pickup that lies ready.
    #[must_use]
    pub fn new(sort: Sort, pos: Vec2) -> Pickup {
        Pickup { pos, sort, ready: true, wait: 0 }
    }

    fn count_down(&mut self) {
        self.wait = self.wait.saturating_sub(1);
        self.ready = self.wait == 0;
    }

    fn take(&mut self, wait: u16) {
        self.ready = false;
        self.wait = wait;
    }
}

/// Lets ships take what they fly over; it is back after `wait` ticks, and overdrive lasts for
/// `overdrive` ticks.
pub fn hand_out(
    pickups: &mut SlotMap<PickupKey, Pickup>,
    ships: &mut Ships,
    crowd: &Crowd,
    (overdrive, wait): (u16, u16),
    step: &mut Step<'_>,
) {
    let reach = Vec2::splat(PICKUP_RADIUS + SHIP_RADIUS);
    for pickup in pickups.values_mut() {
        pickup.count_down();
        if !pickup.ready {
            continue;
        }
        let close = crowd.near(pickup.pos - reach, pickup.pos + reach);
        for body in close.filter(|body| body.pos.distance_squared(pickup.pos) < reach.x * reach.x) {
            let ship = &mut ships[body.key];
            // It may have been destroyed since the crowd was gathered.
            if ship.is_flying() && use_up(pickup.sort, ship, overdrive) {
                pickup.take(wait);
                step.send(To::Player(PlayerId(ship.player)), &Taken { sort: pickup.sort });
                break;
            }
        }
    }
}

/// Applies a pickup to a ship, unless it is of no use to it.
fn use_up(sort: Sort, ship: &mut Ship, overdrive: u16) -> bool {
    let useful = match sort {
        Sort::Health => ship.hp < HP_MAX,
        Sort::Ammo => ship.ammo < AMMO_MAX,
        Sort::Overdrive => !ship.overdrive,
    };
    match sort {
        _ if !useful => {}
        Sort::Health => ship.hp = HP_MAX.min(ship.hp + HEALTH_PICKUP_HP),
        Sort::Ammo => ship.ammo = AMMO_MAX.min(ship.ammo + AMMO_PICKUP_ROUNDS),
        Sort::Overdrive => ship.start_overdrive(overdrive),
    }
    useful
}
