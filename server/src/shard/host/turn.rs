//! A room's turns: the tick that is due, or a look at its sockets before it.

use std::time::Instant;

use super::{Broken, RoomHost, TickTimes, sooner};
use crate::shard::{Context, clock::TickClock, closing::Closing, looks, socket::Socket};

impl<S: Socket> RoomHost<S> {
    /// Makes the tick that is due, reading and writing all sockets of the room, or else only reads
    /// them; says when it was done.
    pub(crate) fn turn(
        &mut self,
        now: Instant,
        time: &dyn Fn() -> Instant,
        closing: &mut Closing<S>,
        cx: &mut Context,
    ) -> Result<Instant, Broken> {
        if self.health.is_mending() {
            return self.mend(now, time, cx);
        }
        match self.clock.as_ref().map(|clock| clock.lateness(now)) {
            None => Ok(now),
            Some(None) => {
                let all = self.look(now, cx)?;
                let done = time();
                // What bad networks take is not for others to make up for by looking less.
                if all {
                    cx.looking += done.saturating_duration_since(now);
                }
                Ok(done)
            }
            Some(Some(lateness)) => {
                cx.metrics.lateness.record(lateness);
                self.times = TickTimes::begin(lateness);
                self.tick(now, time, closing, cx)
            }
        }
    }

    /// Reads what has come since the last tick or look, or only what came by bad networks; true if
    /// it was all.
    fn look(&mut self, now: Instant, cx: &mut Context) -> Result<bool, Broken> {
        let all = self.look_at.is_some_and(|at| at <= now);
        if let Some(clock) = &self.clock {
            cx.left = clock.left(now);
            if !self.guarded(now, cx, |host, cx| host.read_early(now, all, cx))? {
                return Ok(false);
            }
        }
        self.plan(now, cx.ladder);
        Ok(all)
    }

    /// Answers the connection of this number, which asks for a frame between two ticks.
    pub(crate) fn answer(
        &mut self,
        number: u64,
        now: Instant,
        cx: &mut Context,
    ) -> Result<(), Broken> {
        let Some(clock) = self.clock.as_ref().filter(|_| !self.health.is_mending()) else {
            return Ok(());
        };
        let index = self.connections.binary_search_by_key(&number, |one| one.number);
        let alive = index.ok().filter(|index| self.connections[*index].end.is_none());
        // At the tick, which may be due, all are read and answered anyway.
        let Some(index) = alive.filter(|_| clock.lateness(now).is_none()) else { return Ok(()) };
        cx.left = clock.left(now);
        self.guarded(now, cx, |host, cx| host.exchange_one(index, now, cx)).map(|_| ())
    }

    fn tick(
        &mut self,
        now: Instant,
        time: &dyn Fn() -> Instant,
        closing: &mut Closing<S>,
        cx: &mut Context,
    ) -> Result<Instant, Broken> {
        let Some(clock) = &mut self.clock else { return Ok(now) };
        let due = clock.deadline();
        cx.metrics.slipped.add(clock.advance(now));
        cx.left = 0;
        let period = clock.period();
        if !self.guarded(now, cx, |host, cx| host.exchange(now, (due, time), cx))? {
            return Ok(time());
        }
        self.times.record(&cx.metrics);
        self.tape.time(self.room.as_ref(), self.times, &cx.recorder);
        self.tape.turn(self.room.as_mut(), &self.entry, &cx.recorder);
        self.sweep(now, closing, cx);
        self.note_players(now);
        let done = time();
        let took = done.saturating_duration_since(now);
        self.cost.note(took);
        // About twice a second: collecting them looks at every player.
        if self.room.now().0.is_multiple_of((self.room.tick_hz() / 2).max(1)) {
            self.publish(now, cx);
        }
        self.note_duration(now, took, period, cx);
        self.rest(now, cx)?;
        self.plan(done, cx.ladder);
        Ok(done)
    }

    pub(super) fn plan(&mut self, now: Instant, ladder: usize) {
        let deadline = self.clock.as_ref().map(TickClock::deadline);
        let connected = deadline.filter(|_| !self.connections.is_empty());
        self.look_at = connected.and_then(|deadline| looks::next(now, deadline, ladder));
        let earlier = sooner(self.look_at, self.carry_at.filter(|_| connected.is_some()));
        self.next_turn = match deadline {
            Some(deadline) => earlier.map_or(deadline, |at| at.min(deadline)),
            None => self.empty_since + self.linger,
        };
    }
}
