//! What a pilot does before it thinks: dodge, turn off before a collision, break loose.

use std::f32::consts::TAU;

use glam::Vec2;
use tickwire_shared::Tick;

use super::{
    super::{
        Bullet, Controls, Engine,
        physics::ray,
        tuning::{ENERGY_MAX, SHIP_RADIUS},
    },
    Me, Pilot, View,
    gunnery::Foe,
    route::is_free_lane,
};

/// Bullets farther away than this are nobody's concern, in units.
pub const BULLET_SIGHT: f32 = 320.0;
/// How long a dodge is flown, in seconds.
const DODGE_SECONDS: f32 = 0.25;
/// How far ahead a pilot sees a bullet's way, in seconds.
const DODGE_FORESIGHT: f32 = 0.5;
/// How long a pilot flies away from somebody it has come too close to, in seconds.
const TURN_OFF_SECONDS: f32 = 0.8;
/// How long it then stays and fights, in seconds, before it turns off again.
const STEADFAST_SECONDS: f32 = 3.0;
/// How far off the straight way to a foe it turns then, in radians: past, not back.
const TURN_OFF_ANGLE: f32 = 1.1;
/// How much free way a reflex must have ahead of it, in units.
const ELBOW_ROOM: f32 = 130.0;
/// Who comes less far than this in a second while pushing is stuck, in units.
const STUCK_DISTANCE: f32 = 12.0;
/// How long a stuck pilot tries another direction, in seconds.
const BREAK_LOOSE_SECONDS: f32 = 0.6;

impl Pilot {
    /// What it is doing without thinking, or has just begun to.
    pub(super) fn follow_reflex(&mut self, me: &Me<'_>, view: &View) -> Option<Controls> {
        if let Some((_, controls)) = self.reflex.filter(|(until, _)| until.is_after(view.tick)) {
            return Some(controls);
        }
        self.reflex = self.dodge(me, view).or_else(|| self.break_loose(me, view.tick));
        self.reflex.map(|(_, controls)| controls)
    }

    /// Gets out of the way of a bullet, to the side that it does not pass on.
    fn dodge(&self, me: &Me<'_>, view: &View) -> Option<(Tick, Controls)> {
        if !self.alert || me.ship.energy < ENERGY_MAX / 8 {
            return None;
        }
        let threat = |(number, bullet): &(u32, Bullet)| {
            let velocity = self.bullets.velocity(*number, bullet.pos, self.hz) * self.hz;
            let start = bullet.pos - me.ship.pos;
            let end = start + (velocity - me.velocity) * DODGE_FORESIGHT;
            let seen = start.length() < BULLET_SIGHT && velocity != Vec2::ZERO;
            let hits = seen && ray::first_touch(start, end, SHIP_RADIUS * 2.0).is_some();
            hits.then_some((start, velocity))
        };
        let (start, velocity) = view.bullets.iter().find_map(threat)?;
        let side = velocity.perp().normalize_or_zero();
        let away = if side.dot(start) > 0.0 { -side } else { side };
        let controls = Controls { aim: away.to_angle(), thrust: 1, boost: true, fire: false };
        let is_free = is_free_lane(&self.map, me.ship.pos, me.ship.pos + away * ELBOW_ROOM);
        is_free.then(|| (self.after(view.tick, DODGE_SECONDS), controls))
    }

    /// Flies past somebody it has come too close to, so that the next run can begin.
    pub(super) fn turn_off(&mut self, me: &Me<'_>, foe: &Foe<'_>, tick: Tick) -> Option<Controls> {
        if self.steadfast_until.is_after(tick) {
            return None;
        }
        let side = if self.rng.unit() < 0.5 { TURN_OFF_ANGLE } else { -TURN_OFF_ANGLE };
        let towards = (foe.ship.pos - me.ship.pos).normalize_or_zero();
        let ways = [side, -side].map(|angle| Vec2::from_angle(angle).rotate(towards));
        let is_free =
            |way: &Vec2| is_free_lane(&self.map, me.ship.pos, me.ship.pos + *way * ELBOW_ROOM);
        let way = ways.into_iter().find(is_free)?;
        let boost = self.temper.hasty;
        let controls = Controls { aim: way.to_angle(), thrust: 1, boost, fire: false };
        self.steadfast_until = self.after(tick, STEADFAST_SECONDS);
        self.reflex = Some((self.after(tick, TURN_OFF_SECONDS), controls));
        Some(controls)
    }

    /// Notices when it gets nowhere, and tries something else for a moment.
    fn break_loose(&mut self, me: &Me<'_>, tick: Tick) -> Option<(Tick, Controls)> {
        let (since, place) = self.milestone;
        if (0..self.hz as i32).contains(&tick.since(since)) {
            return None;
        }
        self.milestone = (tick, me.ship.pos);
        if me.ship.engine == Engine::Idle || place.distance(me.ship.pos) > STUCK_DISTANCE {
            return None;
        }
        let aim = self.rng.between(0.0, TAU);
        let controls = Controls { aim, thrust: 1, fire: false, boost: false };
        Some((self.after(tick, BREAK_LOOSE_SECONDS), controls))
    }

    /// The tick that is `seconds` later.
    pub(super) fn after(&self, tick: Tick, seconds: f32) -> Tick {
        tick.offset((seconds * self.hz).ceil() as i32)
    }
}
