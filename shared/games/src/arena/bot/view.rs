//! What a pilot goes by: the part of the state that a client holds, and nothing more.

use tickwire_shared::Tick;

use super::super::{Bullet, Pickup, Ship};

/// The world as one client sees it in one tick.
///
/// A swarm fills one from its replica with `Ship::restore(columns)` and so on,
/// and keeps it to fill it again: [`View::clear`] keeps the memory.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The tick that this is the state of.
    pub tick: Tick,
    /// The pilot's own ship, once it is there.
    pub me: Option<Ship>,
    /// The ships of the others; wrecked ones and the pilot's own do no harm.
    pub ships: Vec<Ship>,
    /// The bullets, each with its number in the replica (`EntityId.0`), by which
    /// it is known again in the next view.
    pub bullets: Vec<(u32, Bullet)>,
    /// The pickups, ready or not.
    pub pickups: Vec<Pickup>,
}

impl View {
    /// Forgets everything but the memory.
    pub fn clear(&mut self) {
        self.me = None;
        self.ships.clear();
        self.bullets.clear();
        self.pickups.clear();
    }
}
