//! What a pilot goes by: the part of the state that a client holds, and nothing more.

use tickwire_shared::{PlayerId, Tick, replica::Replica};

use super::super::{Bullet, Pickup, Ship};

/// The world as one client sees it in one tick.
///
/// Filled from a replica by [`View::look`], again and again in the same memory.
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
    /// Sees what a replica of the arena holds, through the eyes of `player`.
    pub fn look(&mut self, replica: &Replica, player: PlayerId) {
        self.clear();
        self.tick = replica.tick().unwrap_or_default();
        for (_, ship) in replica.iter::<Ship>() {
            if ship.player == player.0 {
                self.me = Some(ship);
            } else {
                self.ships.push(ship);
            }
        }
        self.bullets.extend(replica.iter::<Bullet>().map(|(id, bullet)| (id.0, bullet)));
        self.pickups.extend(replica.iter::<Pickup>().map(|(_, pickup)| pickup));
    }

    /// Forgets everything but the memory.
    pub fn clear(&mut self) {
        self.me = None;
        self.ships.clear();
        self.bullets.clear();
        self.pickups.clear();
    }
}
