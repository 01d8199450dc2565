//! What an operator may set, in the `[field]` table of the configuration file.

use serde::{Deserialize, Serialize};

/// The most of each that there may be; a kind has 65,536 slots, and what is spilt needs some.
const MOST: u16 = 30_000;

/// The field's settings: how much lives in it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many plants grow.
    pub growth: u16,
    /// How many foragers the meadow feeds.
    pub foragers: u16,
    /// How many predators there are at most.
    pub predators: u16,
}

impl Default for Config {
    fn default() -> Self {
        Config { growth: 4800, foragers: 1400, predators: 360 }
    }
}

impl Config {
    /// The settings within what a room can hold.
    #[must_use]
    pub fn bounded(&self) -> Config {
        let [growth, foragers, predators] =
            [self.growth, self.foragers, self.predators].map(|count| count.min(MOST));
        Config { growth, foragers, predators }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_the_default() {
        let config: Config = serde_json::from_str(r#"{"predators": 7}"#).expect("it is one");
        assert_eq!((config.growth, config.predators), (4800, 7));
    }

    #[test]
    fn a_setting_that_nobody_knows_is_refused() {
        assert!(serde_json::from_str::<Config>(r#"{"wolves": 7}"#).is_err());
    }
}
