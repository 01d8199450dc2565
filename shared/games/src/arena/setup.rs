//! What clients are told once, as JSON: the map, and the numbers needed to draw and predict.

use serde::{Deserialize, Serialize};

use super::{
    flight::Handling,
    map::{Map, MapError},
    tuning,
};

/// The setup text's contents. Lengths are in units, times in seconds, angles in radians.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The map's rows, from the top: `#` is wall, everything else is floor.
    pub rows: Vec<String>,
    /// The side of a tile.
    pub tile: f32,
    /// The world's width.
    pub width: f32,
    /// The world's height.
    pub height: f32,
    /// Half a ship's width.
    pub ship_radius: f32,
    /// A bullet's radius.
    pub bullet_radius: f32,
    /// A pickup's radius.
    pub pickup_radius: f32,
    /// Full health.
    pub hp_max: u8,
    /// The most rounds a ship carries.
    pub ammo_max: u8,
    /// Full boost energy.
    pub energy_max: u16,
    /// How fast a ship turns, in radians a second.
    pub turn_rate: f32,
    /// How fast bullets fly, in units a second.
    pub bullet_speed: f32,
    /// How long bullets fly.
    pub bullet_seconds: f32,
    /// How long a wrecked ship is gone.
    pub respawn_seconds: f32,
    /// How long a taken pickup is gone.
    pub pickup_seconds: f32,
    /// How ships handle, in whole numbers: all that it takes to predict one.
    pub handling: Handling,
}

impl Setup {
    /// The setup for a map and the two times that an operator may set.
    #[must_use]
    pub fn new(map: &Map, respawn_seconds: u8, pickup_seconds: u8) -> Setup {
        let size = map.size();
        Setup {
            rows: map.rows().to_vec(),
            tile: tuning::TILE,
            width: size.x,
            height: size.y,
            ship_radius: tuning::SHIP_RADIUS,
            bullet_radius: tuning::BULLET_RADIUS,
            pickup_radius: tuning::PICKUP_RADIUS,
            hp_max: tuning::HP_MAX,
            ammo_max: tuning::AMMO_MAX,
            energy_max: tuning::ENERGY_MAX,
            turn_rate: tuning::TURN_RATE,
            bullet_speed: tuning::BULLET_SPEED,
            bullet_seconds: tuning::BULLET_SECONDS,
            respawn_seconds: f32::from(respawn_seconds),
            pickup_seconds: f32::from(pickup_seconds),
            handling: Handling::tuned(),
        }
    }

    /// As text.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a setup is plain data")
    }

    /// Reads what a server sent.
    ///
    /// # Errors
    /// When it is not a setup of this game.
    pub fn from_json(text: &str) -> Result<Setup, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The map, for bots.
    ///
    /// # Errors
    /// When its rows are not a map.
    pub fn map(&self) -> Result<Map, MapError> {
        Map::parse(&self.rows.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_the_map_that_the_server_has() {
        let yard = Map::yard();
        let text = Setup::new(&yard, 3, 12).to_json();
        let setup = Setup::from_json(&text).expect("it was written here");
        assert_eq!(setup.map(), Ok(yard));
        assert_eq!((setup.width, setup.tile), (2048.0, 64.0));
    }
}
