//! Whom to shoot at, and where they will be when the bullet gets there.

use glam::Vec2;

use super::{
    super::{
        Life, Ship,
        map::Map,
        physics::{angle, ray},
        tuning::{BULLET_SECONDS, BULLET_SPEED, SHIP_RADIUS},
    },
    Me,
};

/// The farthest that a pilot shoots, in units.
const RANGE: f32 = BULLET_SPEED * BULLET_SECONDS * 0.8;

/// A ship worth a pilot's attention.
#[derive(Clone, Copy, Debug)]
pub struct Foe<'a> {
    /// The ship.
    pub ship: &'a Ship,
    /// In units a second.
    pub velocity: Vec2,
    /// How far away it is, in units.
    pub distance: f32,
    /// Whether no wall is between.
    pub in_sight: bool,
}

/// The most tempting ship: near, weak, unshielded, and for preference the same
/// as before. How fast it flies is left for the pilot to fill in.
pub fn choose_foe<'a>(
    me: &Me<'_>,
    ships: &'a [Ship],
    map: &Map,
    last: Option<u32>,
) -> Option<Foe<'a>> {
    let others = ships.iter().filter(|ship| ship.is_flying() && ship.player != me.ship.player);
    let cost = |ship: &Ship| {
        let shield = if ship.life == Life::Shielded { 300.0 } else { 0.0 };
        let familiar = if last == Some(ship.player) { -150.0 } else { 0.0 };
        me.ship.pos.distance(ship.pos) + f32::from(ship.hp) * 2.0 + shield + familiar
    };
    let priced = others.map(|ship| (cost(ship), ship));
    let (_, ship) = priced.min_by(|(a, _), (b, _)| a.total_cmp(b))?;
    let in_sight = ray::first_wall(map, me.ship.pos, ship.pos).is_none();
    let distance = me.ship.pos.distance(ship.pos);
    Some(Foe { ship, velocity: Vec2::ZERO, distance, in_sight })
}

/// The direction in which to shoot so as to meet a ship that flies on as it does, in radians.
#[must_use]
pub fn lead(from: Vec2, foe: &Foe<'_>) -> f32 {
    // Each round takes the time to where the last one said it would be; three are plenty.
    let mut meeting = foe.ship.pos;
    for _ in 0..3 {
        let seconds = from.distance(meeting) / BULLET_SPEED;
        meeting = foe.ship.pos + foe.velocity * seconds;
    }
    (meeting - from).to_angle()
}

/// Whether a shot along the ship's heading could hit somebody who is to be met at `aim`.
#[must_use]
pub fn is_worth_a_shot(me: &Me<'_>, foe: &Foe<'_>, aim: f32) -> bool {
    let off = angle::difference(me.ship.heading, aim).abs();
    let width = SHIP_RADIUS * 1.5 / foe.distance.max(1.0);
    foe.in_sight && foe.distance < RANGE && off < width.max(0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_led_shot_meets_a_crossing_ship() {
        let ship = Ship { pos: Vec2::new(400.0, 0.0), ..Ship::default() };
        let velocity = Vec2::new(-40.0, 300.0);
        let foe = Foe { ship: &ship, velocity, distance: 400.0, in_sight: true };
        let shot = Vec2::from_angle(lead(Vec2::ZERO, &foe)) * BULLET_SPEED;
        let start = -foe.ship.pos;
        let closest = ray::first_touch(start, start + shot - foe.velocity, SHIP_RADIUS);
        assert!(closest.is_some());
    }
}
