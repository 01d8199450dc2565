//! What a room's host asks for.

use crate::ids::PlayerId;

/// What a room's host may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moderation {
    /// Throw a player out, who may come again.
    Kick(PlayerId),
    /// Throw a player out for as long as the room lasts.
    Ban(PlayerId),
    /// Let nobody in any more.
    Lock,
    /// Let others in again.
    Unlock,
    /// Make another player the host.
    Appoint(PlayerId),
}

impl Moderation {
    pub(super) fn parts(self) -> (u8, u32) {
        match self {
            Moderation::Kick(player) => (0, player.0),
            Moderation::Ban(player) => (1, player.0),
            Moderation::Lock => (2, 0),
            Moderation::Unlock => (3, 0),
            Moderation::Appoint(player) => (4, player.0),
        }
    }

    pub(super) fn read(action: u8, player: u32) -> Option<Self> {
        match (action, player) {
            (0, player) => Some(Moderation::Kick(PlayerId(player))),
            (1, player) => Some(Moderation::Ban(PlayerId(player))),
            (2, 0) => Some(Moderation::Lock),
            (3, 0) => Some(Moderation::Unlock),
            (4, player) => Some(Moderation::Appoint(PlayerId(player))),
            _ => None,
        }
    }
}
