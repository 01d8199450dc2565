//! The host: a player that may throw others out and lock the room.
//!
//! It is the one that made the room, or else the first that came. When it leaves (not while it is only away)
//! the one that has been there longest takes over. A room in which nobody plays has none, and is open.

use tickwire_shared::{
    Game, PlayerId,
    message::{CloseCode, Moderation},
    room_message::Departure,
};

use crate::{hosted::RoomEvent, room::Room};

impl<G: Game> Room<G> {
    /// Makes a player the host.
    pub(crate) fn appoint(&mut self, index: usize) {
        let before = self.roster.host.replace(self.players[index].id);
        let others = before.filter(|before| *before != self.players[index].id);
        for index in others.and_then(|id| self.position(id)).into_iter().chain([index]) {
            self.announce(index);
        }
    }

    /// Somebody else is the host from now on, if anybody plays; else there is nobody to unlock the room.
    pub(crate) fn pass_host(&mut self) {
        self.roster.host = None;
        let mut players = self.players.iter();
        let is_here = players.position(|player| !player.spectator && player.away.is_none());
        let next = is_here.or_else(|| self.players.iter().position(|player| !player.spectator));
        match next {
            Some(index) => self.appoint(index),
            None => self.set_locked(false),
        }
    }

    /// Does what the host asks for. Of others it is ignored, and so is what makes no sense.
    pub(crate) fn moderate(&mut self, by: PlayerId, moderation: Moderation) {
        if self.roster.host != Some(by) {
            self.counters.refused_messages += 1;
            return;
        }
        let other = |player: PlayerId| self.position(player).filter(|_| player != by);
        match moderation {
            Moderation::Kick(player) => {
                let Some(index) = other(player) else { return };
                self.kick(index);
            }
            Moderation::Ban(player) => {
                let Some(index) = other(player) else { return };
                self.ban(index);
            }
            Moderation::Lock => self.set_locked(true),
            Moderation::Unlock => self.set_locked(false),
            Moderation::Appoint(player) => {
                let index = other(player).filter(|index| !self.players[*index].spectator);
                index.into_iter().for_each(|index| self.appoint(index));
            }
        }
    }

    /// Throws a player out.
    pub(crate) fn kick(&mut self, index: usize) {
        self.counters.kicks += 1;
        self.events.push_back(RoomEvent::Ended(self.players[index].id, CloseCode::Kicked));
        self.leave(index, Departure::Kicked);
    }

    /// Throws a player out for good.
    pub(crate) fn ban(&mut self, index: usize) {
        self.counters.bans += 1;
        let player = &self.players[index];
        self.events.push_back(RoomEvent::Banned(player.id, player.name.clone()));
        self.leave(index, Departure::Banned);
    }

    pub(crate) fn set_locked(&mut self, is_locked: bool) {
        if self.roster.is_locked == is_locked {
            return;
        }
        self.roster.is_locked = is_locked;
        // Only the last word counts, so that these cannot pile up.
        self.events.retain(|event| !matches!(event, RoomEvent::Locked(_)));
        self.events.push_back(RoomEvent::Locked(is_locked));
        self.announce_state();
    }
}
