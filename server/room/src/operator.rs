//! What the operator of a server sees of a room's players, and does to them.

use tickwire_shared::{Game, PlayerId};

use crate::room::{Player, Room};

/// Something that the operator does, as the host of a room might.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminAction {
    /// Throws a player out, whoever it is.
    Kick(PlayerId),
    /// Throws a player out for good.
    Ban(PlayerId),
    /// Lets nobody in any more, or does so again. The host may undo it, and a room in which nobody plays
    /// is open.
    Lock(bool),
}

/// A player, as the operator sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerInfo<'a> {
    /// Its number.
    pub id: PlayerId,
    /// Its name. What it consists of was chosen by the player: it is text, and never markup.
    pub name: &'a str,
    /// It only watches.
    pub spectator: bool,
    /// It may throw others out.
    pub host: bool,
    /// For how many ticks its connection has been lost.
    pub away: Option<u32>,
    /// It gets one frame in so many ticks: 1, 2, 4 or 8.
    pub period: u32,
    /// Frames that it has not acknowledged.
    pub under_way: u32,
    /// How many ticks passed between the last frame that it acknowledged and its acknowledgement:
    /// the way there and back, with what waits on it. `None` before the first.
    pub round_trip: Option<u32>,
    /// How many ticks old the newest state is that it was sent; `None` when that was nothing yet.
    pub age: Option<u32>,
}

impl<G: Game> Room<G> {
    pub(crate) fn moderate_by_operator(&mut self, action: AdminAction) -> bool {
        let player = match action {
            AdminAction::Lock(is_locked) => {
                self.set_locked(is_locked);
                return true;
            }
            AdminAction::Kick(player) | AdminAction::Ban(player) => player,
        };
        let Some(index) = self.position(player) else { return false };
        match action {
            AdminAction::Ban(_) => self.ban(index),
            _ => self.kick(index),
        }
        true
    }

    pub(crate) fn info<'a>(&self, player: &'a Player<G::Input>) -> PlayerInfo<'a> {
        let ticks_since = |then| self.now.since(then).max(0) as u32;
        let pace = &player.viewer.pace;
        let (under_way, round_trip) = pace.under_way();
        PlayerInfo {
            id: player.id,
            name: &player.name,
            spectator: player.spectator,
            host: self.roster.host == Some(player.id),
            away: player.away.map(ticks_since),
            period: pace.period(),
            under_way: under_way as u32,
            round_trip,
            age: pace.last_sent().map(ticks_since),
        }
    }
}
