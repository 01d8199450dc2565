//! The gun: rounds, the wait between two shots, and the shot itself.

use glam::IVec2;

use super::{Flight, Rates, scaled, unit};
use crate::arena::Controls;

/// A shot that was fired in a tick. After that tick its bullet is at `pos + way`, and each tick
/// takes it on by `way`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// The ship's centre, in grains.
    pub pos: IVec2,
    /// How far the bullet comes in a tick, in grains.
    pub way: IVec2,
    /// How many ticks it flies.
    pub life: u16,
}

impl Flight {
    /// Counts down everything that runs out by itself.
    pub(super) fn pass_time(&mut self, rates: &Rates) {
        self.cooldown = self.cooldown.saturating_sub(1);
        self.overdrive_left = self.overdrive_left.saturating_sub(1);
        self.make_rounds(rates);
    }

    /// Makes a round now and then while there are few.
    fn make_rounds(&mut self, rates: &Rates) {
        if self.ammo >= rates.ammo_reserve {
            self.reload = rates.reload;
            return;
        }
        self.reload = self.reload.saturating_sub(1);
        if self.reload == 0 {
            self.ammo += 1;
            self.reload = rates.reload;
        }
    }

    /// The shot that is fired in this tick, if that is wanted and can be.
    pub(super) fn shoot(&mut self, controls: &Controls, rates: &Rates) -> Option<Shot> {
        if !controls.fire || self.cooldown > 0 || self.ammo == 0 {
            return None;
        }
        self.ammo -= 1;
        let overdrive = self.overdrive_left > 0;
        self.cooldown = if overdrive { rates.overdrive_cooldown } else { rates.cooldown };
        // From the ship's centre: its nose may be in a wall, its centre never is.
        let way = scaled(unit(self.heading), rates.bullet);
        Some(Shot { pos: self.pos, way, life: rates.bullet_life })
    }
}
