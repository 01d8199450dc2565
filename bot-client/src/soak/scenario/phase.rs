//! The parts of a scenario.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Deserializer, de::Error};

use super::{level::Level, persona::read_time};

/// A scenario with more parts than this is a slip of the pen.
const MOST_TIMES: u32 = 1000;

/// A part of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// What it is called.
    pub name: String,
    /// How long it takes, if nothing else is asked for; else in proportion.
    #[serde(deserialize_with = "duration")]
    pub time: Duration,
    /// How many bots there are.
    pub bots: Level,
    /// How many rooms they are in.
    #[serde(default = "one_room")]
    pub rooms: Level,
    /// How long a room stays open on average, until its bots leave and open another; to the end if absent.
    #[serde(default, deserialize_with = "maybe_duration")]
    pub room_life: Option<Duration>,
    /// How often it comes in a row.
    #[serde(default = "once")]
    pub times: u32,
    /// How many bots set out in a second at most; as in the whole scenario if absent.
    pub ramp: Option<f64>,
    /// Shares of personas, where they are not as in the whole scenario.
    #[serde(default)]
    pub shares: BTreeMap<String, f64>,
}

fn one_room() -> Level {
    Level::constant(1)
}

fn once() -> u32 {
    1
}

/// Reads a time such as `30s`.
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    read_time(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn maybe_duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}

impl Phase {
    pub(super) fn check(&self) -> Result<(), (String, String)> {
        let name = &self.name;
        if !(1..=MOST_TIMES).contains(&self.times) {
            let hint = format!("give 1 to {MOST_TIMES}");
            return Err((format!("phase {name:?} comes {} times", self.times), hint));
        }
        if self.bots.most() < self.rooms.most() {
            let what = format!("phase {name:?} has more rooms than bots");
            return Err((what, "each room needs a bot that opens it".to_owned()));
        }
        if self.bots.most() > 0.0 && self.rooms.most() < 1.0 {
            return Err((format!("phase {name:?} has bots and no room"), "give rooms".to_owned()));
        }
        if self.ramp.is_some_and(|ramp| !(0.1..=10_000.0).contains(&ramp)) {
            let what = format!("the ramp of phase {name:?} is out of range");
            return Err((what, "give 0.1 to 10000 bots a second".to_owned()));
        }
        match self.shares.values().find(|share| !(0.0..=1e6).contains(*share)) {
            Some(share) => {
                let what = format!("phase {name:?} has a share of {share}");
                Err((what, "give numbers from 0 on".to_owned()))
            }
            None => Ok(()),
        }
    }
}
