//! How creatures move: straight on between two decisions, by the same whole grains each tick.

use glam::Vec2;
use serde::{Deserialize, Serialize};

use super::tuning::{MARGIN, Rates, SIZE, THINK_TICKS, to_grain, within};

/// How far a creature comes in a tick.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Stride(Vec2);

impl Stride {
    /// Turns towards a direction at a speed in units a second.
    pub fn head(&mut self, heading: &mut f32, way: Vec2, speed: f32, rates: &Rates) {
        if way == Vec2::ZERO {
            return self.stop();
        }
        let way = way.normalize();
        *heading = way.to_angle();
        self.0 = to_grain(way * speed * rates.dt);
    }

    /// Stands still.
    pub fn stop(&mut self) {
        self.0 = Vec2::ZERO;
    }

    /// One tick on, within the world.
    pub fn advance(&self, pos: &mut Vec2) {
        *pos = within(*pos + self.0);
    }
}

/// A direction bent away from the edges of the world.
#[must_use]
pub fn off_edges(pos: Vec2, way: Vec2) -> Vec2 {
    let near = 4.0 * MARGIN;
    let push = |place: f32| match place {
        _ if place < near => 1.0,
        _ if place > SIZE - near => -1.0,
        _ => 0.0,
    };
    way.normalize_or_zero() + 1.5 * Vec2::new(push(pos.x), push(pos.y))
}

/// Whether it is a creature's turn to make up its mind.
#[must_use]
pub fn is_its_turn(key: impl slotmap::Key, tick: u32) -> bool {
    let slot = key.data().as_ffi() as u32;
    slot.wrapping_add(tick).is_multiple_of(u32::from(THINK_TICKS))
}
