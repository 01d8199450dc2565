//! How long a room is there: it wakes, is left, sleeps when nobody is in it, and ends.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use super::{Broken, RoomHost};
use crate::{
    shard::{
        Context,
        clock::{TickClock, phased_start},
        closing::Closing,
        connection::{Connection, End},
        cost::Cost,
        sessions::Sessions,
        socket::Socket,
    },
    ws::close::CloseReason,
};

/// How long a room goes on when everybody has left it, before it sleeps.
const AWAKE_WHEN_EMPTY: Duration = Duration::from_secs(1);

impl<S: Socket> RoomHost<S> {
    pub(crate) fn asleep(&self) -> bool {
        self.clock.is_none()
    }

    /// Starts the clock at the first instant from `now` on that has this place within the tick,
    /// or at once.
    pub(crate) fn wake(&mut self, place: Option<u64>, epoch: Instant, now: Instant) {
        let hz = self.room.tick_hz();
        let start = place.map_or(now, |place| phased_start(epoch, now, hz, place));
        self.clock = Some(TickClock::new(start, hz));
        self.cost = Cost::default();
        self.entry.publish_cost(None);
        self.plan(now, 0);
    }

    /// Nobody is let in any more, and it is over soon: the room tells its players.
    pub(crate) fn drain(&mut self) {
        match self.health.is_mending() {
            true => self.health.drain_later(),
            false => self.room.handle_drain(),
        }
    }

    /// Whether nobody has been here for as long as a room stays.
    pub(crate) fn abandoned(&self, now: Instant) -> bool {
        self.empty_for(now).is_some_and(|time| time >= self.linger)
    }

    fn empty_for(&self, now: Instant) -> Option<Duration> {
        self.is_empty().then(|| now.saturating_duration_since(self.empty_since))
    }

    /// Whether nobody has a place here. Who only stands at the door has none, and keeps no room open.
    fn is_empty(&self) -> bool {
        self.sessions.is_empty() && !self.connections.iter().any(Connection::has_place)
    }

    /// Stays as if somebody had only just left.
    pub(crate) fn linger_on(&mut self, now: Instant) {
        self.empty_since = now;
        self.plan(now, 0);
    }

    /// Takes the connections that have ended out of the room.
    pub(super) fn sweep(&mut self, now: Instant, closing: &mut Closing<S>, cx: &Context) {
        for connection in self.connections.extract_if(.., |one| one.end.is_some()) {
            match connection.end.map(|end| *end) {
                Some(End::Close(reason) | End::Away(reason)) => {
                    closing.begin(connection.carrier, &reason, now, &cx.metrics);
                }
                Some(End::Gone(code, _)) => cx.metrics.closes.count(code),
                None => {}
            }
        }
        if !self.is_empty() {
            self.empty_since = now;
        }
    }

    /// Lets a room sleep in which nobody has been for a moment, and to which nobody may come back.
    pub(super) fn rest(&mut self, now: Instant, cx: &Context) -> Result<(), Broken> {
        let empty = self.empty_for(now).is_some_and(|time| time >= AWAKE_WHEN_EMPTY);
        if empty {
            self.end_observers();
        }
        // Who stands at the door has a few seconds to come in.
        if empty && self.connections.is_empty() {
            self.clock = None;
            self.watched = None;
            self.connections = Vec::new();
            self.sessions = Sessions::default();
            self.tape.sleep(self.room.as_mut(), &self.entry, &cx.recorder);
            // A game may have something of its own to give back.
            let sleep = AssertUnwindSafe(|| self.room.sleep());
            catch_unwind(sleep).map_err(|_| Broken)?;
            self.publish_counters();
            self.entry.publish_sleep();
        }
        Ok(())
    }

    /// Ends the room, telling everybody in it why.
    pub(crate) fn close(
        mut self,
        reason: &CloseReason,
        now: Instant,
        closing: &mut Closing<S>,
        cx: &Context,
    ) {
        for connection in self.connections.drain(..) {
            closing.begin(connection.carrier, reason, now, &cx.metrics);
        }
        self.tape.close(self.room.as_mut(), &self.entry, &cx.recorder);
        // The game's own clean-up is the game's code too, and may panic like the rest of it.
        let end = AssertUnwindSafe(|| drop(self.room));
        if catch_unwind(end).is_err() {
            tracing::error!(room = self.entry.code, "the game panicked while it was closed");
        }
    }
}
