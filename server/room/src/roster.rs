//! Who is there, and how.
//!
//! Everybody is told of everybody. That is not a message for each and each, but a list of
//! what changed in order: a viewer is written what it was not told yet, as it then is. So who comes in is told
//! of all, who is away of nothing, and thousands who come or go at once overflow nobody's messages.
//! That somebody has gone comes last in a frame, after what it said.

use std::collections::VecDeque;

use tickwire_shared::{
    Game, PlayerId,
    room_message::{Departure, RoomMessage, RoomState, Standing},
};

use crate::{
    mail::Mail,
    observe::{Seat, viewer_at},
    room::{Player, Room},
};

/// A frame tells of no more after so many bytes; the next one goes on.
const MAX_BYTES_A_FRAME: usize = 16 * 1024;
/// How many bytes a departure takes.
const DEPARTURE_BYTES: usize = 7;
/// The list is tidied when it has become twice as long, and these.
const SLACK: usize = 16;
/// When the list is tidied, so many departures are kept for those who were not told of them: as many as a
/// kind of entity has slots. Who was not told of those before is given up.
const MAX_DEPARTURES: usize = 1 << 16;

/// A player is there, or is so in another way than before, or has gone.
#[derive(Clone, Copy, Debug)]
struct Change {
    number: u64,
    player: PlayerId,
    gone: Option<Departure>,
}

/// Which players changed, in order.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    /// Counts the changes.
    last: u64,
    /// By rising number. One is out of date when the player has a later one, and a departure when
    /// everybody knows of it.
    changes: VecDeque<Change>,
    /// How long the list may become before it is tidied.
    most: usize,
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
        (self.changes, self.most) = (VecDeque::new(), 0);
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
        let (player, number) = (&mut self.players[index], self.roster.last + 1);
        player.changed = number;
        let id = player.id;
        self.note_change(Change { number, player: id, gone: None });
    }

    fn note_change(&mut self, change: Change) {
        self.roster.last = change.number;
        self.roster.changes.push_back(change);
        if self.roster.changes.len() > self.roster.most {
            self.tidy_changes();
            self.roster.most = 2 * self.roster.changes.len() + SLACK;
        }
    }

    /// Drops what is out of date.
    fn tidy_changes(&mut self) {
        let mut changes = std::mem::take(&mut self.roster.changes);
        let known = self.viewers().map(|viewer| viewer.mail.known());
        let mut known = known.min().unwrap_or(u64::MAX);
        let is_missed = |change: &&Change| change.gone.is_some() && change.number > known;
        let missed = changes.iter().filter(is_missed);
        let oldest_kept = missed.rev().nth(MAX_DEPARTURES - 1).map(|change| change.number);
        if let Some(number) = oldest_kept {
            known = number - 1;
            let mails = self.viewers_mut().map(|viewer| &mut viewer.mail);
            mails.filter(|mail| mail.known() < known).for_each(Mail::give_up);
        }
        changes.retain(|change| match change.gone {
            None => self.changed(change).is_some(),
            Some(_) => change.number > known,
        });
        self.roster.changes = changes;
    }

    /// The player that changed so, unless it has changed again or gone.
    fn changed(&self, change: &Change) -> Option<&Player<G::Input>> {
        let player = &self.players[self.position(change.player)?];
        (player.changed == change.number).then_some(player)
    }

    fn standing(&self, player: &Player<G::Input>) -> Standing {
        let host = self.roster.host == Some(player.id);
        Standing { spectator: player.spectator, host, away: player.away.is_some() }
    }

    /// Appends who is there, and a viewer does not know it yet, to the messages of a frame; how many
    /// these are, with those of the [departures](Room::tell_departures) that are to follow.
    pub(crate) fn tell_presences(&mut self, seat: Seat, out: &mut Vec<u8>) -> u32 {
        let mail = &self.viewer(seat).mail;
        if mail.told() == self.roster.last {
            return 0;
        }
        let (mut count, mut departures, mut last) = (0, 0, self.roster.last);
        for change in self.changes_after(mail.told()) {
            if change.gone.is_none() {
                let Some(player) = self.changed(change) else { continue };
                RoomMessage::Presence(player.id, self.standing(player), &player.name).write(out);
            } else if mail.hears(change.number) {
                departures += DEPARTURE_BYTES;
            } else {
                continue;
            }
            count += 1;
            if out.len() + departures > MAX_BYTES_A_FRAME {
                last = change.number;
                break;
            }
        }
        self.viewer_mut(seat).mail.tell(last);
        count
    }

    /// Appends who has gone to the messages of a frame: of the changes after `before`, those that the
    /// viewer is told of with it.
    pub(crate) fn tell_departures(&self, seat: Seat, before: u64, out: &mut Vec<u8>) {
        let mail = &self.viewer(seat).mail;
        let told = self.changes_after(before).take_while(|change| change.number <= mail.told());
        for change in told.filter(|change| mail.hears(change.number)) {
            let gone = change.gone.map(|why| RoomMessage::Gone(change.player, why));
            gone.into_iter().for_each(|message| message.write(out));
        }
    }

    fn changes_after(&self, number: u64) -> impl Iterator<Item = &Change> {
        let first = self.roster.changes.partition_point(|change| change.number <= number);
        self.roster.changes.range(first..)
    }

    /// Everybody is told that somebody has gone; who that was is no longer among the players.
    pub(crate) fn announce_departure(&mut self, player: PlayerId, why: Departure) {
        self.note_change(Change { number: self.roster.last + 1, player, gone: Some(why) });
        if self.roster.host == Some(player) {
            self.pass_host();
        }
    }

    /// Everybody is told whether the room lets others in.
    pub(crate) fn announce_state(&mut self) {
        self.bulletin.post(&RoomMessage::State(self.roster.state()));
    }

    /// Who knows nothing yet is told of the room's state, if that is out of the ordinary, and not of
    /// those who have gone before.
    pub(crate) fn greet(&mut self, seat: Seat) {
        let mail = &mut viewer_at(&mut self.players, &mut self.observers, seat).mail;
        mail.begin(self.roster.last);
        let state = self.roster.state();
        if state != RoomState::Open {
            mail.post(&self.bulletin, &RoomMessage::State(state));
        }
    }
}
