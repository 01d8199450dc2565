//! What a pilot needs, and where it lies.

use glam::Vec2;

use super::{
    super::{Pickup, Sort, tuning::HP_MAX},
    Me, Temper,
};

/// With fewer rounds than this a pilot goes for more.
const FEW_ROUNDS: u8 = 6;
/// With this many rounds it passes ammunition by.
const PLENTY_OF_ROUNDS: u8 = 40;
/// How far out of its way it goes for what it could do without, in units.
const DETOUR: f32 = 200.0;

/// The nearest pickup that is worth the way.
pub fn nearest(me: &Me<'_>, temper: &Temper, pickups: &[Pickup]) -> Option<Vec2> {
    let distance = |pickup: &Pickup| pickup.pos.distance(me.ship.pos);
    let is_worth_it = |pickup: &&Pickup| {
        let on_the_way = distance(pickup) < DETOUR && is_useful(pickup.sort, me);
        pickup.ready && (is_needed(pickup.sort, me, temper) || on_the_way)
    };
    let nearest =
        pickups.iter().filter(is_worth_it).min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.map(|pickup| pickup.pos)
}

fn is_needed(sort: Sort, me: &Me<'_>, temper: &Temper) -> bool {
    match sort {
        Sort::Health => me.ship.hp < temper.caution,
        Sort::Ammo => me.ship.ammo < FEW_ROUNDS,
        Sort::Overdrive => false,
    }
}

fn is_useful(sort: Sort, me: &Me<'_>) -> bool {
    match sort {
        Sort::Health => me.ship.hp < HP_MAX,
        Sort::Ammo => me.ship.ammo < PLENTY_OF_ROUNDS,
        Sort::Overdrive => !me.ship.overdrive,
    }
}
