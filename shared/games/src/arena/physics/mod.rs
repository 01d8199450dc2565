//! Geometry that knows nothing of the rules: grains, angles, walls and crowds.
//!
//! Everything here is `+ - * /`, square roots and glam's own arctangent, so that
//! it comes out bit for bit the same on every machine.

pub mod angle;
pub mod crowd;
pub mod past;
pub mod ray;
pub mod sweep;
