//! What the operator asks of a room, on the thread that has the room.

use std::{sync::Arc, time::Instant};

use tickwire_room::AdminAction;
use tickwire_shared::{PlayerId, message::CloseCode};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{
    Arrival, Command, Entrance,
    host::{BROKEN, Broken, Report},
    run::Shard,
    socket::Socket,
};
use crate::{directory::RoomEntry, ws::close::CloseReason};

/// What the operator wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To know how the room is.
    Report,
    /// To do what its host might.
    Moderate(AdminAction),
    /// That nobody else comes in.
    Drain,
    /// To know where bytes go, for so many ticks.
    Meter(u32),
}

/// What comes of a wish.
#[derive(Debug)]
pub(crate) enum Said {
    /// How the room is.
    Report(Box<Report>),
    /// It is done.
    Done,
    /// There is no such player.
    NoSuchPlayer,
    /// The room's game has panicked, and is being made again.
    NotNow,
}

/// A wish, and where the answer goes. When that is dropped there is no such room any more.
pub(crate) struct Ask {
    pub(crate) wish: Wish,
    pub(crate) answer: oneshot::Sender<Said>,
    /// Only so many may wait: a thread that is stuck answers nobody.
    pub(crate) _place: OwnedSemaphorePermit,
}

impl<S: Socket> Shard<S> {
    /// Does what the operator asks of a room, or passes it on to where the room is.
    pub(super) fn ask(&mut self, room: Arc<RoomEntry>, ask: Ask, now: Instant) {
        let Some(host) = self.agenda.get_mut(room.number) else {
            if let Some(shard) = self.whereabouts(&room) {
                (self.post)(shard, Command::Ask(room, ask));
            }
            return;
        };
        let before = host.next_turn();
        match host.obey_operator(ask.wish, now, &mut self.cx) {
            Ok(said) => {
                self.agenda.plan(room.number, before);
                // Whoever asked may have given up.
                drop(ask.answer.send(said));
            }
            Err(Broken) => self.close_room(room.number, BROKEN, now),
        }
    }

    /// Lets the operator look at a room that is awake and well.
    pub(super) fn open_window(
        &mut self,
        arrival: Arrival<S>,
        room: Arc<RoomEntry>,
        like: Option<PlayerId>,
        now: Instant,
    ) {
        match self.agenda.get_mut(room.number) {
            None => self.forward(arrival, Entrance::Window(room, like), now),
            Some(host) if host.asleep() => {
                let why = "nobody is in the room, and it sleeps";
                self.refuse(arrival, &CloseReason::new(CloseCode::NoSession, why), now);
            }
            Some(host) if host.is_mending() => {
                let why = "the room's game is being made again after an error; try again";
                self.refuse(arrival, &CloseReason::new(CloseCode::NoSession, why), now);
            }
            Some(host) => {
                let before = host.next_turn();
                match host.open_window(arrival, Arc::clone(&room), like, now, &mut self.cx) {
                    Ok(()) => self.agenda.plan(room.number, before),
                    Err(Broken) => self.close_room(room.number, BROKEN, now),
                }
            }
        }
    }
}
