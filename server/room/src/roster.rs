//! Who is there, and how.
//!
//! Everybody is told of everybody. That is not a message for each and each, but a list of
//! what changed in order: a viewer is written what it was not told yet, as it then is. So who comes in is told
//! of all, who is away of nothing, and thousands who come at once overflow nobody's messages.

use std::collections::VecDeque;

use tickwire_shared::{
    Game, PlayerId,
    room_message::{Departure, RoomMessage, RoomState, Standing},
};

use crate::room::{Player, Room};

/// A frame tells of no more after so many bytes; the next one goes on.
const MAX_BYTES_A_FRAME: usize = 16 * 1024;
/// Changes that are out of date are dropped when there are more than one for each player and these.
const SLACK: usize = 16;

/// Which players changed, in order.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    /// Counts the changes.
    last: u64,
    /// By rising number. One is out of date when the player has a later one, or has gone.
    changes: VecDeque<(u64, PlayerId)>,
    /// Who may throw others out.
    pub(crate) host: Option<PlayerId>,
    /// How many of those who are there only watch.
    pub(crate) spectators: u32,
    /// The host lets nobody in.
    pub(crate) is_locked: bool,
    /// The room ends soon.
    pub(crate) is_draining: bool,
}

impl Roster {
    /// Gives back memory.
    pub(crate) fn shrink(&mut self) {
        self.changes = VecDeque::new();
    }

    pub(crate) fn state(&self) -> RoomState {
        match (self.is_draining, self.is_locked) {
            (true, _) => RoomState::Draining,
            (_, true) => RoomState::Locked,
            _ => RoomState::Open,
        }
    }
}

impl<G: Game> Room<G> {
    /// A player is there, or is so in another way than before.
    pub(crate) fn announce(&mut self, index: usize) {
        let (player, roster) = (&mut self.players[index], &mut self.roster);
        roster.last += 1;
        player.changed = roster.last;
        roster.changes.push_back((roster.last, player.id));
        if roster.changes.len() > 2 * self.players.len() + SLACK {
            let mut changes = std::mem::take(&mut self.roster.changes);
            changes.retain(|change| self.changed(*change).is_some());
            self.roster.changes = changes;
        }
    }

    /// The player that changed so, unless it has changed again or gone.
    fn changed(&self, (number, id): (u64, PlayerId)) -> Option<&Player<G::Input>> {
        let player = &self.players[self.position(id)?];
        (player.changed == number).then_some(player)
    }

    fn standing(&self, player: &Player<G::Input>) -> Standing {
        let host = self.roster.host == Some(player.id);
        Standing { spectator: player.spectator, host, away: player.away.is_some() }
    }

    /// Appends what a viewer does not know yet of who is there to the messages of a frame; how many
    /// these are.
    pub(crate) fn tell_presences(&mut self, index: usize, out: &mut Vec<u8>) -> u32 {
        let told = self.players[index].viewer.mail.told();
        if told == self.roster.last {
            return 0;
        }
        let (mut count, mut last) = (0, self.roster.last);
        let first = self.roster.changes.partition_point(|(number, _)| *number <= told);
        for change in self.roster.changes.range(first..) {
            let Some(player) = self.changed(*change) else { continue };
            RoomMessage::Presence(player.id, self.standing(player), &player.name).write(out);
            count += 1;
            if out.len() > MAX_BYTES_A_FRAME {
                last = change.0;
                break;
            }
        }
        self.players[index].viewer.mail.tell(last);
        count
    }

    /// Everybody is told that somebody has gone; who that was is no longer among the players.
    pub(crate) fn announce_departure(&mut self, player: PlayerId, why: Departure) {
        self.bulletin.post(&RoomMessage::Gone(player, why));
        if self.roster.host == Some(player) {
            self.pass_host();
        }
    }

    /// Everybody is told whether the room lets others in.
    pub(crate) fn announce_state(&mut self) {
        self.bulletin.post(&RoomMessage::State(self.roster.state()));
    }

    /// Who knows nothing yet is told of the room's state, if that is out of the ordinary.
    pub(crate) fn greet(&mut self, index: usize) {
        let state = self.roster.state();
        if state != RoomState::Open {
            self.players[index].viewer.mail.post(&self.bulletin, &RoomMessage::State(state));
        }
    }
}
