//! What an operator may set, in the `[arena]` table of the configuration file.

use serde::{Deserialize, Serialize};

use super::map::Map;

/// The longest that shots are judged back, in milliseconds: a room tells of no longer.
const REWIND_MS_MAX: u16 = 250;

/// The arena's settings.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The map: `"yard"`, `"expanse"`, or the text of one (see [`Map`]).
    pub map: Map,
    /// What a hit takes, of a ship's 100.
    pub damage: u8,
    /// How long a destroyed ship is gone, in seconds.
    pub respawn_seconds: u8,
    /// How long a taken pickup is gone, in seconds.
    pub pickup_seconds: u8,
    /// How far back shots are judged at most, in milliseconds up to 250: bullets meet ships where
    /// the shooter saw them, no longer ago than this. 0 judges by where ships are.
    pub rewind_ms: u16,
}

impl Config {
    /// Uses another's map, if it is the same: it is large, and there are many rooms.
    pub fn share_map(&mut self, other: &Config) {
        if self.map == other.map {
            self.map = other.map.clone();
        }
    }

    /// How far back shots are judged at most, in ticks.
    #[must_use]
    pub fn rewind_ticks(&self, tick_hz: u32) -> f32 {
        f32::from(self.rewind_ms.min(REWIND_MS_MAX)) * tick_hz as f32 / 1000.0
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            map: Map::yard(),
            damage: 20,
            respawn_seconds: 3,
            pickup_seconds: 12,
            rewind_ms: 250,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_is_the_default() {
        let config: Config = serde_json::from_str("{}").expect("all settings have defaults");
        assert_eq!((config.damage, config.map.columns()), (20, 32));
    }

    #[test]
    fn a_map_is_given_by_name_or_as_text() {
        let named: Config = serde_json::from_str(r#"{"map": "expanse"}"#).expect("it ships");
        assert_eq!(named.map.columns(), 64);
        let drawn: Config =
            serde_json::from_str(r####"{"map": "###\n#S#\n###"}"####).expect("it is fine");
        assert_eq!(drawn.map.columns(), 3);
    }

    #[test]
    fn a_bad_map_is_refused_when_the_configuration_is_read() {
        let error = serde_json::from_str::<Config>(r####"{"map": "###\n#X#\n###"}"####);
        assert!(error.expect_err("X is no tile").to_string().contains("line 2, column 2"));
    }
}
