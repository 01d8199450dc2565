//! From where a pilot wants to go to what its hands do.

use glam::Vec2;

use super::{
    super::{
        Controls,
        map::Map,
        physics::{angle, ray},
        tuning::{SHIP_RADIUS, THRUST},
    },
    Me,
};

/// How fast a pilot travels when nothing is in the way, in units a second.
const CRUISE: f32 = 320.0;
/// Within this angle of where it wants to push, in radians, a pilot opens the throttle.
const ON_COURSE: f32 = 0.9;
/// How far ahead in time a pilot looks for walls, in seconds.
const FORESIGHT: f32 = 0.45;
/// Feelers to the left and right of the way ahead, in radians, the straightest first.
const FEELERS: [f32; 7] = [0.0, 0.35, -0.35, 0.8, -0.8, 1.4, -1.4];

/// Controls that bring a ship to a point. It aims at the change of speed that it
/// needs and not at the point, and so flies curves instead of sliding past.
pub fn fly_to(me: &Me<'_>, map: &Map, point: Vec2, boost: bool) -> Controls {
    let gap = point - me.ship.pos;
    // Slower towards the end, so that it can still stop: v² = 2·a·s.
    let speed = (THRUST * gap.length()).sqrt().min(CRUISE);
    let course = clear_course(me, map, gap.normalize_or_zero());
    push(me, course * speed - me.velocity, boost)
}

/// Controls that change the ship's velocity by `change`, in units a second.
pub fn push(me: &Me<'_>, change: Vec2, boost: bool) -> Controls {
    if change.length() < 25.0 {
        return Controls { aim: me.ship.heading, ..Controls::default() };
    }
    let aim = change.to_angle();
    let off = angle::difference(me.ship.heading, aim).abs();
    let thrust = i8::from(off < ON_COURSE);
    Controls { aim, thrust, fire: false, boost: boost && thrust == 1 }
}

/// The direction nearest to `wanted` in which no wall is close.
fn clear_course(me: &Me<'_>, map: &Map, wanted: Vec2) -> Vec2 {
    let reach = SHIP_RADIUS + 20.0 + me.velocity.length() * FORESIGHT * 0.5;
    let feels_free =
        |course: &Vec2| ray::first_wall(map, me.ship.pos, me.ship.pos + *course * reach).is_none();
    let mut courses = FEELERS.iter().map(|turn| Vec2::from_angle(*turn).rotate(wanted));
    courses.find(feels_free).unwrap_or(wanted)
}

/// Whether the ship is about to fly into a wall, if it goes on like this.
pub fn heads_for_wall(me: &Me<'_>, map: &Map) -> bool {
    let ahead = me.velocity * FORESIGHT;
    ray::first_wall(map, me.ship.pos, me.ship.pos + ahead).is_some()
}
