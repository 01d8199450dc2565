//! Geometry that knows nothing of the rules: grains, angles, walls and crowds.
//!
//! Everything here is `+ - * /`, square roots and glam's own sine and
//! arctangent, so that it comes out bit for bit the same on every machine.

pub mod angle;
pub mod crowd;
pub mod ray;
pub mod sweep;

use glam::Vec2;

use super::tuning::GRAIN;

/// The nearest vector whose components are multiples of [`GRAIN`].
#[must_use]
pub fn to_grain(vector: Vec2) -> Vec2 {
    (vector / GRAIN).round() * GRAIN
}
