//! The walls, and where things stand, drawn as text.
//!
//! ```text
//! ; lines that begin with a semicolon are comments
//! #####     # wall    . floor    S spawn
//! #S.H#     H health    A ammunition    O overdrive
//! #####
//! ```
//! All rows have the same length, and the outermost tiles are walls.

use std::sync::Arc;

use glam::Vec2;
use serde::{Deserialize, Serialize};

mod parse;

pub use self::parse::MapError;
use super::{pickup::Sort, tuning::TILE};

/// A map's walls, spawns and pickup spots. A clone is the same map: all rooms share one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Map(Arc<Drawn>);

/// What is drawn.
#[derive(Debug, Default, PartialEq)]
struct Drawn {
    rows: Vec<String>,
    columns: usize,
    walls: Vec<bool>,
    spawns: Vec<Vec2>,
    pickups: Vec<(Sort, Vec2)>,
}

impl Map {
    /// The map that is played by default.
    #[must_use]
    pub fn yard() -> Map {
        Map::parse(include_str!("../../../../../assets/maps/yard.txt")).expect("the yard is tested")
    }

    /// A map for hundreds of ships.
    #[must_use]
    pub fn expanse() -> Map {
        let text = include_str!("../../../../../assets/maps/expanse.txt");
        Map::parse(text).expect("the expanse is tested")
    }

    /// Its rows as text, without comments.
    #[must_use]
    pub fn rows(&self) -> &[String] {
        &self.0.rows
    }

    /// How many tiles wide it is.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.0.columns
    }

    /// Its width and height, in units.
    #[must_use]
    pub fn size(&self) -> Vec2 {
        Vec2::new(self.0.columns as f32, self.0.rows.len() as f32) * TILE
    }

    /// Where ships come in, in units.
    #[must_use]
    pub fn spawns(&self) -> &[Vec2] {
        &self.0.spawns
    }

    /// What can be picked up and where, in units.
    #[must_use]
    pub fn pickups(&self) -> &[(Sort, Vec2)] {
        &self.0.pickups
    }

    /// Whether a tile is a wall; all that lies outside is.
    #[must_use]
    pub fn is_wall(&self, column: i32, row: i32) -> bool {
        let (Ok(column), Ok(row)) = (usize::try_from(column), usize::try_from(row)) else {
            return true;
        };
        let tile = (column < self.0.columns).then_some(row * self.0.columns + column);
        tile.and_then(|tile| self.0.walls.get(tile).copied()).unwrap_or(true)
    }
}

impl TryFrom<String> for Map {
    type Error = MapError;

    /// A shipped map by its name, or else the text of one.
    fn try_from(text: String) -> Result<Map, MapError> {
        match text.as_str() {
            "yard" => Ok(Map::yard()),
            "expanse" => Ok(Map::expanse()),
            drawn if drawn.lines().count() < 2 => Err(MapError::Empty),
            drawn => Map::parse(drawn),
        }
    }
}

impl From<Map> for String {
    /// The text of the map, without comments.
    fn from(map: Map) -> String {
        map.rows().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_become_walls_spawns_and_pickups() {
        let map = Map::parse("; a comment\n#####\n#S.H#\n#####\n").expect("it is fine");
        assert_eq!(map.size(), Vec2::new(320.0, 192.0));
        assert_eq!(map.spawns(), [Vec2::new(96.0, 96.0)]);
        assert_eq!(map.pickups(), [(Sort::Health, Vec2::new(224.0, 96.0))]);
        assert!(map.is_wall(0, 1) && !map.is_wall(2, 1));
        assert!(map.is_wall(-1, 1) && map.is_wall(5, 1) && map.is_wall(1, 3));
    }

    #[test]
    fn all_floor_of_the_shipped_maps_can_be_reached() {
        for map in [Map::yard(), Map::expanse()] {
            let mut seen = map.0.walls.clone();
            let start = map.0.spawns[0] / TILE;
            let mut open = vec![(start.x as i32, start.y as i32)];
            while let Some((column, row)) = open.pop() {
                let tile = row as usize * map.0.columns + column as usize;
                if !std::mem::replace(&mut seen[tile], true) {
                    let (x, y) = (column, row);
                    open.extend([(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]);
                }
            }
            let unreached = seen.iter().position(|seen| !seen);
            assert_eq!(unreached, None, "a floor tile that nobody can get to");
        }
    }
}
