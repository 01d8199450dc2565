//! What becomes of ships that bullets have met.

use tickwire_shared::{PlayerId, Step, To};

use super::{
    Arena, Life,
    bullet::Strike,
    messages::{Hit, Kill},
};

impl Arena {
    /// Hurts the struck ships, tells who should know, and counts the score.
    ///
    /// A destroyed one comes in again after `respawn` ticks.
    pub(super) fn settle_strikes(&mut self, respawn: u16, step: &mut Step<'_>) {
        for index in 0..self.strikes.len() {
            let Strike { shooter, victim } = self.strikes[index];
            let ship = &mut self.ships[victim];
            let (victim, shielded) = (ship.player, ship.life == Life::Shielded);
            step.send(To::Player(PlayerId(shooter)), &Hit { victim, shielded });
            // Of two bullets in one tick the first may have been enough.
            if ship.life == Life::Flying && ship.hurt(self.config.damage, respawn) {
                step.send(To::All, &Kill { killer: shooter, victim });
                self.add_to_score(PlayerId(shooter));
            }
        }
    }

    /// Counts a kill, unless the player has left since firing.
    fn add_to_score(&mut self, player: PlayerId) {
        if let Some(key) = self.players.get(&player) {
            let score = &mut self.ships[*key].score;
            *score = score.saturating_add(1);
        }
    }
}
