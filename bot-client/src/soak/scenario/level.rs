//! How many there are over the time of a phase.

use std::{f64::consts::TAU, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// More than this of anything is a slip of the pen.
const MOST: u32 = 100_000;

/// How many there are over the time of a phase: `40`, `{ from = 10, to = 40 }`, which rises or falls
/// evenly, or `{ from = 10, to = 40, wave = true }`, which goes there and back like day and night.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    from: f64,
    to: f64,
    wave: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: u32,
    to: u32,
    #[serde(default)]
    wave: bool,
}

impl Level {
    /// The same all the time.
    #[must_use]
    pub fn constant(count: u32) -> Level {
        Level { from: count.into(), to: count.into(), wave: false }
    }

    /// How many there are when this share (0 to 1) of the phase is over.
    #[must_use]
    pub fn at(&self, share: f64) -> u32 {
        let way = if self.wave { 0.5 - 0.5 * (TAU * share).cos() } else { share };
        (self.from + (self.to - self.from) * way.clamp(0.0, 1.0)).round() as u32
    }

    /// The most that there ever are.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.from.max(self.to)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
        deserializer.deserialize_any(OneOrRange)
    }
}

struct OneOrRange;

impl<'de> Visitor<'de> for OneOrRange {
    type Value = Level;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number such as 40, or { from = 10, to = 40 }, or the same with wave = true")
    }

    fn visit_i64<E: Error>(self, count: i64) -> Result<Level, E> {
        let count = u32::try_from(count).ok().filter(|count| *count <= MOST);
        count.map(Level::constant).ok_or_else(|| E::custom(format!("give 0 to {MOST}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Level, A::Error> {
        let Range { from, to, wave } = Range::deserialize(MapAccessDeserializer::new(map))?;
        if from.max(to) > MOST {
            return Err(A::Error::custom(format!("give 0 to {MOST}")));
        }
        Ok(Level { from: from.into(), to: to.into(), wave })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_stays_rises_or_goes_there_and_back() {
        let read = |text: &str| {
            let table: toml::Table = format!("bots = {text}").parse().unwrap();
            Level::deserialize(table["bots"].clone()).unwrap()
        };
        let at = |level: Level| [0.0, 0.25, 0.5, 1.0].map(|share| level.at(share));
        assert_eq!(at(read("7")), [7; 4]);
        assert_eq!(at(read("{ from = 10, to = 50 }")), [10, 20, 30, 50]);
        assert_eq!(at(read("{ from = 10, to = 50, wave = true }")), [10, 30, 50, 10]);
        assert_eq!(read("{ from = 50, to = 10 }").most(), 50.0);
    }
}
