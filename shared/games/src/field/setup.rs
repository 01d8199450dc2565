//! What clients are told once, as JSON: the numbers that are needed to draw and to steer.

use serde::{Deserialize, Serialize};

use super::tuning;

/// The setup text's contents. Lengths are in units, times in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The side of the world.
    pub size: f32,
    /// Regions along a side.
    pub regions: usize,
    /// How far around it a player sees every tick.
    pub sight: f32,
    /// The radius of the smallest wisp.
    pub wisp_radius: f32,
    /// What each step of size adds to that.
    pub radius_a_size: f32,
    /// Full light.
    pub light_max: u8,
    /// Full energy.
    pub energy_max: u16,
    /// The time between two calls.
    pub call_seconds: f32,
    /// How far away predators are frightened by a call.
    pub scare_reach: f32,
    /// How far away foragers hear it.
    pub call_reach: f32,
}

impl Setup {
    /// The setup of every field.
    #[must_use]
    pub fn new() -> Setup {
        Setup {
            size: tuning::SIZE,
            regions: tuning::REGIONS,
            sight: tuning::SIGHT.reach[0],
            wisp_radius: tuning::WISP_RADIUS,
            radius_a_size: tuning::RADIUS_A_SIZE,
            light_max: tuning::LIGHT_MAX,
            energy_max: tuning::ENERGY_MAX,
            call_seconds: tuning::CALL_SECONDS,
            scare_reach: tuning::SCARE_REACH,
            call_reach: tuning::CALL_REACH,
        }
    }

    /// As text.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a setup is plain data")
    }
}

impl Default for Setup {
    fn default() -> Self {
        Setup::new()
    }
}
