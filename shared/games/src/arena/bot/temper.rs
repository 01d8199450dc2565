//! What sort of pilot somebody is: drawn once from the seed, and never changed.

use crate::common::rng::Rng;

/// A pilot's temperament.
#[derive(Clone, Copy, Debug)]
pub struct Temper {
    /// The distance it likes to fight at, in units; at six tenths of that it turns off.
    pub distance: f32,
    /// How far off its aim may be, in radians.
    pub aim_error: f32,
    /// Below this health it looks for more before anything else.
    pub caution: u8,
    /// How likely it is to see a bullet coming in time, `0.0..=1.0`.
    pub alertness: f32,
    /// How far it goes out of its way for somebody to fight, in units.
    pub sight: f32,
    /// Whether it boosts to get somewhere, and not only out of trouble.
    pub hasty: bool,
}

impl Temper {
    /// Draws a temperament.
    pub fn draw(rng: &mut Rng) -> Temper {
        Temper {
            distance: rng.between(160.0, 360.0),
            aim_error: rng.between(0.05, 0.24),
            caution: rng.between(20.0, 65.0) as u8,
            alertness: rng.between(0.1, 0.8),
            sight: rng.between(500.0, 850.0),
            hasty: rng.unit() < 0.4,
        }
    }
}
