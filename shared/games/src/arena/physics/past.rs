//! Where ships were a moment ago, for bullets that meet ships where their shooter sees them.

use glam::Vec2;
use serde::{Deserialize, Serialize};
use tickwire_shared::netcode::Rewind;

use super::super::ship::ShipKey;

/// The places of the last few ticks. Keeps its memory.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Past {
    places: Rewind<ShipKey, Vec2>,
    /// The farthest that any ship came along an axis in the newest tick, the newest two, and so on.
    strayed: Vec<f32>,
}

impl Past {
    /// Takes in a tick: where the ships are, in order of their keys, and the farthest that any of
    /// them came in it along an axis. Reaches `behind` ticks back, or keeps nothing if that is 0.
    pub fn record(
        &mut self,
        behind: f32,
        farthest: f32,
        places: impl Iterator<Item = (ShipKey, Vec2)>,
    ) {
        if behind <= 0.0 {
            return;
        }
        // Of a bullet's tick both ends are asked for, and the earlier one is a tick farther back.
        let reach = behind.ceil() as usize + 1;
        self.places.record(reach, places);
        self.strayed.resize(reach, 0.0);
        self.strayed.rotate_right(1);
        self.strayed[0] = 0.0;
        self.strayed.iter_mut().for_each(|way| *way += farthest);
    }

    /// Takes memory for as many ships.
    pub fn make_room(&mut self, ships: usize) {
        self.places.make_room(ships);
    }

    /// From where to where a ship came in the tick that is `behind` ticks behind the newest.
    pub fn way(&self, key: ShipKey, behind: f32) -> Option<(Vec2, Vec2)> {
        Some((self.places.at(key, behind + 1.0)?, self.places.at(key, behind)?))
    }

    /// The farthest along an axis that any ship is now from all of that way, in units.
    pub fn strayed(&self, behind: f32) -> f32 {
        let known = self.strayed.get(behind.ceil() as usize).or(self.strayed.last());
        known.copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use slotmap::KeyData;

    use super::*;

    fn key() -> ShipKey {
        KeyData::from_ffi((1 << 32) | 1).into()
    }

    #[test]
    fn no_ship_has_strayed_farther_than_is_said() {
        let (mut past, mut x) = (Past::default(), 0.0);
        for way in [3.0, 20.0, 1.0, 7.0, 12.0, 2.0, 9.0] {
            x += way;
            past.record(3.0, way, [(key(), Vec2::X * x)].into_iter());
        }
        for behind in [0.25, 1.0, 1.5, 2.0, 3.0] {
            let (from, to) = past.way(key(), behind).expect("it was there");
            assert!(from.x < to.x && x - from.x <= past.strayed(behind), "{behind}");
        }
        assert_eq!(past.strayed(1.0), 11.0);
        assert_eq!(past.way(key(), 3.5), None, "so far it does not reach");
    }
}
