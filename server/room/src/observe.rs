//! Observers: viewers of an operator, that see a room as one of its players sees it.
//!
//! An observer is subscribed to what the player whom it is *like* is subscribed to, its owner's and its
//! team's segments included, and is told what that player is told by the game; without one it sees what
//! a spectator sees. What is far is sent to it when the player is sent it, so soon after its first frame
//! its copies are of the same ticks, if its frames are polled after the player's. It gets frames like everybody, at a pace of its own, and has to acknowledge
//! them; it may say nothing else. It is among no players: the game and the others do not know of
//! it, it takes no seat, is never the host, has no session to come back to, and its frames are not
//! counted. What players are sent does not depend on whether somebody observes them.
//!
//! An observer ends when the player that it is like has left, when it is silent or too slow, and
//! when the room goes to sleep: nobody keeps a room awake by looking at it. The shell is told so by
//! [`RoomEvent::Ended`].

use std::collections::VecDeque;

use tickwire_shared::{
    Game, PlayerId,
    message::{self, ClientMessage, CloseCode, MessageError},
};

use crate::{
    budget::Budget,
    hosted::RoomEvent,
    incoming::Reply,
    interest::look,
    mail::Bulletin,
    room::{Player, Refusal, Room},
    segments::Segments,
    viewer::Viewer,
};

/// Their ids are from here on, so that those of players do not depend on them.
const FIRST_ID: u32 = 1 << 31;

/// A viewer that nobody in the room knows of.
#[derive(Debug)]
pub(crate) struct Observer {
    id: PlayerId,
    /// The player whose view it has; else it sees what spectators see.
    like: Option<PlayerId>,
    viewer: Viewer,
}

/// All observers of a room.
#[derive(Debug, Default)]
pub(crate) struct Observers {
    list: Vec<Observer>,
    /// How many there ever were.
    count: u32,
}

impl Observers {
    fn position(&self, id: PlayerId) -> Option<usize> {
        self.list.iter().position(|observer| observer.id == id)
    }

    /// Ends those for whom there is a reason.
    fn end(
        &mut self,
        segments: &mut Segments,
        events: &mut VecDeque<RoomEvent>,
        why: impl Fn(&Observer) -> Option<CloseCode>,
    ) {
        self.list.retain_mut(|observer| {
            let code = why(observer);
            if let Some(code) = code {
                observer.viewer.interest.end(segments);
                events.push_back(RoomEvent::Ended(observer.id, code));
            }
            code.is_none()
        });
    }

    /// The player that an observer is like.
    pub(crate) fn like(&self, index: usize) -> Option<PlayerId> {
        self.list[index].like
    }

    pub(crate) fn viewer_mut(&mut self, index: usize) -> &mut Viewer {
        &mut self.list[index].viewer
    }

    /// The game has said something to a player, and so to those who are like it.
    pub(crate) fn deliver(&mut self, bulletin: &Bulletin, to: PlayerId, bytes: &[u8]) {
        let receivers = self.list.iter_mut().filter(|observer| observer.like == Some(to));
        receivers.for_each(|observer| observer.viewer.mail.queue(bulletin, bytes));
    }

    /// Gives back memory.
    pub(crate) fn shrink(&mut self) {
        self.list.shrink_to_fit();
    }
}

/// Where a viewer is, among those who are in the room or among those who observe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seat {
    Player(usize),
    Observer(usize),
}

/// The viewer in a seat.
pub(crate) fn viewer_at<'a, I>(
    players: &'a mut [Player<I>],
    observers: &'a mut Observers,
    seat: Seat,
) -> &'a mut Viewer {
    match seat {
        Seat::Player(index) => &mut players[index].viewer,
        Seat::Observer(index) => observers.viewer_mut(index),
    }
}

impl<G: Game> Room<G> {
    /// The seat of a viewer.
    pub(crate) fn seat(&self, viewer: PlayerId) -> Option<Seat> {
        match viewer.0 < FIRST_ID {
            true => self.position(viewer).map(Seat::Player),
            false => self.observers.position(viewer).map(Seat::Observer),
        }
    }

    /// All viewers, those of observers last.
    pub(crate) fn viewers(&self) -> impl Iterator<Item = &Viewer> {
        let players = self.players.iter().map(|player| &player.viewer);
        players.chain(self.observers.list.iter().map(|observer| &observer.viewer))
    }

    /// All viewers, to be changed.
    pub(crate) fn viewers_mut(&mut self) -> impl Iterator<Item = &mut Viewer> {
        let players = self.players.iter_mut().map(|player| &mut player.viewer);
        players.chain(self.observers.list.iter_mut().map(|observer| &mut observer.viewer))
    }

    /// The viewer in a seat.
    pub(crate) fn viewer(&self, seat: Seat) -> &Viewer {
        match seat {
            Seat::Player(index) => &self.players[index].viewer,
            Seat::Observer(index) => &self.observers.list[index].viewer,
        }
    }

    /// The viewer in a seat, to be changed.
    pub(crate) fn viewer_mut(&mut self, seat: Seat) -> &mut Viewer {
        viewer_at(&mut self.players, &mut self.observers, seat)
    }

    pub(crate) fn observe(&mut self, like: Option<PlayerId>) -> Result<PlayerId, Refusal> {
        if self.observers.list.len() >= self.config.max_observers as usize {
            return Err(Refusal::Full);
        }
        if like.is_some_and(|player| self.position(player).is_none()) {
            return Err(Refusal::NoSuchPlayer);
        }
        let id = PlayerId(FIRST_ID | self.observers.count);
        self.observers.count = (self.observers.count + 1) % FIRST_ID;
        let mut viewer = Viewer::new(self.now, &self.config, &self.bulletin);
        viewer.pace = viewer.pace.with_phase(id.0);
        // What the player's budget leaves out the observer does not get either.
        viewer.budget = Budget::new(u32::MAX, self.config.tick_hz, self.now);
        self.observers.list.push(Observer { id, like, viewer });
        self.greet(Seat::Observer(self.observers.list.len() - 1));
        Ok(id)
    }

    /// An observer has gone; others are ignored.
    pub(crate) fn leave_observer(&mut self, id: PlayerId) {
        let Some(index) = self.observers.position(id) else { return };
        self.observers.list.remove(index).viewer.interest.end(&mut self.segments);
    }

    /// Ends the observers of a player that has left.
    pub(crate) fn end_observers_like(&mut self, player: PlayerId) {
        self.observers.end(&mut self.segments, &mut self.events, |observer| {
            (observer.like == Some(player)).then_some(CloseCode::NoSession)
        });
    }

    /// Ends all observers, because the room goes to sleep.
    pub(crate) fn end_all_observers(&mut self) {
        let all = |_: &Observer| Some(CloseCode::NoSession);
        self.observers.end(&mut self.segments, &mut self.events, all);
    }

    /// Ends observers that are silent, acknowledge nothing, or lack what is no longer kept.
    pub(crate) fn evict_observers(&mut self) {
        let (now, silence, stall) = (self.now, self.config.silence_ticks, self.config.stall_ticks);
        self.observers.end(&mut self.segments, &mut self.events, |Observer { viewer, .. }| {
            let slow = viewer.pace.stalled_for(now) > stall || viewer.mail.overflowed();
            match slow || viewer.mail.lacks(&self.bulletin) {
                true => Some(CloseCode::TooSlow),
                false => (viewer.pace.silent_for(now) > silence).then_some(CloseCode::Idle),
            }
        });
    }

    /// Decides which segments observers see from this tick on, after that is known of the players.
    pub(crate) fn subscribe_observers(&mut self) {
        for index in 0..self.observers.list.len() {
            let like = self.observers.like(index).and_then(|id| self.position(id));
            let player = like.map(|index| &self.players[index]);
            let who = player.filter(|player| !player.spectator).map(|player| player.id);
            let interest = &mut self.observers.viewer_mut(index).interest;
            let (grid, segments) = (self.grid.as_ref(), &mut self.segments);
            match player.filter(|player| player.viewer.interest.is_set()) {
                // Which cell it is in depends on where it was before, so that is not asked anew.
                Some(player) => interest.follow(who, &player.viewer.interest, grid, segments),
                None => {
                    let team = look(&self.game, who, &mut self.view);
                    interest.update((who, team), &self.view, grid, segments);
                }
            }
        }
    }

    /// What an observer says.
    pub(crate) fn read_observed(
        &mut self,
        index: usize,
        bytes: &[u8],
    ) -> Result<Reply, MessageError> {
        let viewer = &mut self.observers.list[index].viewer;
        viewer.pace.heard(self.now);
        match ClientMessage::read(bytes)? {
            ClientMessage::Join(_) => return Err(MessageError::Kind(message::kind::JOIN)),
            ClientMessage::Resume(_) => return Err(MessageError::Kind(message::kind::RESUME)),
            ClientMessage::Ack(applied) => viewer.acknowledge(self.now, applied),
            ClientMessage::Leave => return Ok(Reply::Leave),
            ClientMessage::Ping(token) => return Ok(Reply::Pong(token)),
            ClientMessage::Mismatch(tick) => {
                return Ok(self.handle_mismatch(Seat::Observer(index), tick));
            }
            ClientMessage::Chat(_)
            | ClientMessage::Request { .. }
            | ClientMessage::Moderate(_)
            | ClientMessage::Input { .. }
            | ClientMessage::Net(_) => self.counters.refused_messages += 1,
        }
        Ok(Reply::Nothing)
    }
}
