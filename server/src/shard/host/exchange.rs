//! What happens between a room and its connections in one tick: everything that
//! may call the game, and so may panic. The working memory of a room that does is lost with it.

use std::time::Instant;

use super::{RoomHost, sooner, times::Laps};
use crate::shard::{Context, connection::Hall, socket::Socket};

impl<S: Socket> RoomHost<S> {
    /// Reads all connections before the time of the tick, or those on a bad network only.
    pub(super) fn read_early(&mut self, now: Instant, all: bool, cx: &mut Context) {
        let (room, game) = (self.room.as_mut(), self.entry.game);
        room.lend(cx.work(game));
        self.carry_at = None;
        let mut hall = Hall { room, sessions: &mut self.sessions, entry: &self.entry };
        for connection in self.connections.iter_mut().filter(|one| one.end.is_none()) {
            if connection.carrier.turn(now) || all {
                self.at_hand = Some(connection.number);
                connection.receive_early(now, &mut hall, cx);
            }
            self.carry_at = sooner(self.carry_at, connection.carrier.next_due());
        }
        self.at_hand = None;
        self.close_abandoned(cx);
        self.room.lend(cx.work(game));
    }

    /// Reads one connection that asks for a frame between two ticks, and sends it the last one if it
    /// has not had that.
    pub(super) fn exchange_one(&mut self, index: usize, now: Instant, cx: &mut Context) {
        let (room, game) = (self.room.as_mut(), self.entry.game);
        room.lend(cx.work(game));
        let connection = &mut self.connections[index];
        let mut hall = Hall { room, sessions: &mut self.sessions, entry: &self.entry };
        self.at_hand = Some(connection.number);
        connection.receive_early(now, &mut hall, cx);
        self.at_hand = None;
        if connection.end.is_none() {
            connection.send(hall.room, cx);
        }
        self.close_abandoned(cx);
        self.room.lend(cx.work(game));
    }

    /// Reads all connections, makes the tick, and writes all of them.
    pub(super) fn exchange(
        &mut self,
        now: Instant,
        (due, time): (Instant, &dyn Fn() -> Instant),
        cx: &mut Context,
    ) {
        let game = self.entry.game;
        let mut laps = Laps::begin(now, time);
        self.room.lend(cx.work(game));
        self.receive(now, cx);
        self.depart(cx);
        self.times.receive = laps.lap();
        self.room.tick();
        self.obey_room();
        self.times.step = laps.lap();
        // What a client sees is never ahead of what the directory shows.
        self.entry.publish(self.room.as_ref());
        self.carry_at = None;
        // Observers are the last ones: what they are sent follows from what players were.
        if self.send(false, (due, time), cx) {
            self.send(true, (due, time), cx);
        }
        self.depart(cx);
        self.room.lend(cx.work(game));
        self.times.send = laps.lap();
    }

    /// Writes all connections of players or of observers, and says whether there are others.
    fn send(
        &mut self,
        observers: bool,
        (due, time): (Instant, &dyn Fn() -> Instant),
        cx: &mut Context,
    ) -> bool {
        let mut others = false;
        for connection in self.connections.iter_mut().filter(|one| one.end.is_none()) {
            if connection.observes != observers {
                others = true;
                continue;
            }
            if connection.send(self.room.as_mut(), cx) && !observers {
                cx.metrics.written.record(time().saturating_duration_since(due));
            }
            self.carry_at = sooner(self.carry_at, connection.carrier.next_due());
        }
        others
    }

    fn receive(&mut self, now: Instant, cx: &mut Context) {
        let room = self.room.as_mut();
        let mut hall = Hall { room, sessions: &mut self.sessions, entry: &self.entry };
        // One that has ended between the ticks is heard no more, whatever else it had sent.
        for connection in self.connections.iter_mut().filter(|one| one.end.is_none()) {
            connection.carrier.turn(now);
            self.at_hand = Some(connection.number);
            connection.receive(now, &mut hall, cx);
        }
        self.at_hand = None;
    }
}
