//! A room with its clock and its connections.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use tickwire_recording::Incident;
use tickwire_room::HostedRoom;

use super::{
    Arrival, Context, Entrance,
    clock::{TickClock, phased_start},
    closing::Closing,
    connection::{Connection, End},
    cost::Cost,
    looks,
    phase::Ticks,
    sessions::Sessions,
    socket::Socket,
    transport::{Carrier, Transport},
};
use crate::{directory::RoomEntry, metrics::RoomGauges, ws::close::CloseReason};

mod departures;
mod exchange;
mod mending;
mod operator;
mod slow;
mod tape;
mod times;

use mending::Health;
pub(crate) use operator::Report;
use operator::Watched;
use slow::SlowLog;
use tape::Tape;
pub(crate) use times::TickTimes;

/// What the players are told of a game that panicked and cannot go on.
pub(super) const BROKEN: &str = "the game stopped because of an error";

/// How long a room goes on when everybody has left it, before it sleeps.
const AWAKE_WHEN_EMPTY: Duration = Duration::from_secs(1);
/// At most one slow tick of a room is logged in this time.
const LOG_SLOW_EVERY: Duration = Duration::from_secs(5);
/// At most one line about who came and went is logged in this time.
const LOG_PLAYERS_EVERY: Duration = Duration::from_secs(1);

/// A room on its shard.
pub(crate) struct RoomHost<S> {
    pub(crate) entry: Arc<RoomEntry>,
    room: Box<dyn HostedRoom>,
    /// In order of arrival, which is the order of their numbers.
    connections: Vec<Connection<S>>,
    /// How many there were.
    arrivals: u64,
    sessions: Sessions,
    /// None while the room sleeps.
    clock: Option<TickClock>,
    /// When the room next wants a turn.
    next_turn: Instant,
    /// When it next reads all sockets before the tick, if it does.
    look_at: Option<Instant>,
    /// When bad networks next want a turn, if a connection is on one.
    carry_at: Option<Instant>,
    cost: Cost,
    /// Of the last tick, or of the one that the game panicked in.
    times: TickTimes,
    empty_since: Instant,
    linger: Duration,
    slow_logged: Option<Instant>,
    /// How many players there were when that was last logged, and when it was.
    players_logged: (usize, Option<Instant>),
    slow_viewers: SlowLog,
    /// What is kept of it for the disk.
    tape: Tape,
    health: Health,
    /// The number of the connection whose messages are acted upon, while they are.
    at_hand: Option<u64>,
    /// What is counted as long as the operator looks.
    watched: Option<Box<Watched>>,
}

/// The earlier of two times that there may be.
fn sooner(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

/// What is left of a room whose game panicked and cannot go on.
pub(crate) struct Broken;

impl<S: Socket> RoomHost<S> {
    pub(crate) fn new(
        entry: Arc<RoomEntry>,
        room: Box<dyn HostedRoom>,
        (now, linger): (Instant, Duration),
    ) -> Self {
        RoomHost {
            entry,
            room,
            connections: Vec::new(),
            arrivals: 0,
            sessions: Sessions::default(),
            clock: None,
            next_turn: now + linger,
            look_at: None,
            carry_at: None,
            cost: Cost::default(),
            times: TickTimes::default(),
            empty_since: now,
            linger,
            slow_logged: None,
            players_logged: (0, None),
            slow_viewers: SlowLog::default(),
            tape: Tape::default(),
            health: Health::default(),
            at_hand: None,
            watched: None,
        }
    }

    /// Lets a connection in: it is read at the next tick.
    pub(crate) fn admit(
        &mut self,
        arrival: Arrival<S>,
        entrance: Entrance,
        now: Instant,
        cx: &Context,
    ) {
        if self.connections.len() == self.connections.capacity() {
            // Not for twice as many: they are large, and a room has few.
            self.connections.reserve_exact(8 + self.connections.len() / 8);
        }
        self.arrivals += 1;
        self.connections.push(Connection::new(self.arrivals, arrival, entrance, now, cx));
    }

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

    /// How many ticks a second it makes when it is awake.
    pub(crate) fn tick_hz(&self) -> u32 {
        self.room.tick_hz()
    }

    /// When its ticks are due and how long they take, if it is awake; before the first one is made
    /// that is not known.
    pub(crate) fn ticks(&self, epoch: Instant) -> Option<(Ticks, Option<u64>)> {
        let start = self.clock.as_ref()?.start().saturating_duration_since(epoch);
        let (at, cost) = (start.as_nanos() as u64, self.cost.of_tick());
        Some((Ticks { hz: self.room.tick_hz(), at, cost: cost.unwrap_or_default() }, cost))
    }

    /// Takes the room out of a host that sleeps.
    pub(crate) fn into_room(self) -> (Arc<RoomEntry>, Box<dyn HostedRoom>) {
        (self.entry, self.room)
    }

    /// When the room next wants a turn.
    pub(crate) fn next_turn(&self) -> Instant {
        self.next_turn
    }

    fn plan(&mut self, now: Instant, ladder: usize) {
        let deadline = self.clock.as_ref().map(TickClock::deadline);
        let connected = deadline.filter(|_| !self.connections.is_empty());
        self.look_at = connected.and_then(|deadline| looks::next(now, deadline, ladder));
        let earlier = sooner(self.look_at, self.carry_at.filter(|_| connected.is_some()));
        self.next_turn = match deadline {
            Some(deadline) => earlier.map_or(deadline, |at| at.min(deadline)),
            None => self.empty_since + self.linger,
        };
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

    /// Shows what the room counted and costs.
    fn publish(&mut self, now: Instant, cx: &Context) {
        let counters = self.room.counters();
        if counters.mismatches > 0 {
            let what = (Incident::Mismatch, "a client held something else than the server");
            self.tape.fly(what, self.room.as_ref(), &self.entry, &cx.recorder);
        }
        self.entry.publish_counters(&counters);
        self.entry.publish_gauges(&self.gauges());
        self.entry.publish_cost(self.cost.of_second(self.room.tick_hz()));
        self.slow_viewers.note(&self.entry.code, &counters, now);
    }

    /// What goes up and down.
    fn gauges(&self) -> RoomGauges {
        let (sessions, away) = self.sessions.count();
        let mut gauges = RoomGauges {
            sessions: sessions as u64,
            away: away as u64,
            rates: self.room.rates().map(u64::from),
            ..RoomGauges::default()
        };
        for connection in &self.connections {
            match &connection.carrier {
                Carrier::Socket(socket) => gauges.unsent_bytes += socket.unsent().len() as u64,
                Carrier::Link(link) => gauges.link_bytes += link.waiting() as u64,
            }
        }
        gauges
    }

    /// Takes the connections that have ended out of the room.
    fn sweep(&mut self, now: Instant, closing: &mut Closing<S>, cx: &Context) {
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

    /// Shows what the room counted.
    pub(crate) fn publish_counters(&self) {
        self.entry.publish_counters(&self.room.counters());
    }

    /// Sums up who came and went; each of them is a line of its own only for who debugs.
    fn note_players(&mut self, now: Instant) {
        let (players, (before, at)) = (self.room.player_count(), self.players_logged);
        let soon = at.is_some_and(|at| now.saturating_duration_since(at) < LOG_PLAYERS_EVERY);
        if players == before || soon {
            return;
        }
        self.players_logged = (players, Some(now));
        tracing::info!(room = self.entry.code, players, before, "players came or went");
    }

    fn note_duration(&mut self, now: Instant, took: Duration, period: Duration, cx: &Context) {
        cx.metrics.ticks.add(1);
        cx.metrics.duration.record(took);
        self.watch(now, took);
        if took <= period {
            return;
        }
        cx.metrics.overruns.add(1);
        let logged = |at: Instant| now.saturating_duration_since(at) < LOG_SLOW_EVERY;
        if !self.slow_logged.is_some_and(logged) {
            self.slow_logged = Some(now);
            let (room, players) = (&self.entry.code, self.room.player_count());
            let (took, may_take) = (took.as_micros() as u64, period.as_micros() as u64);
            tracing::warn!(room, players, took_us = took, may_take_us = may_take, "slow tick");
        }
        let what = format!("a tick took {} µs of {}", took.as_micros(), period.as_micros());
        self.tape.fly((Incident::Overrun, &what), self.room.as_ref(), &self.entry, &cx.recorder);
    }

    /// Lets a room sleep in which nobody has been for a moment, and to which nobody may come back.
    fn rest(&mut self, now: Instant, cx: &Context) -> Result<(), Broken> {
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

    /// The bytes that wait for each connection.
    #[cfg(test)]
    pub(crate) fn unsent(&self) -> impl Iterator<Item = usize> {
        self.connections.iter().map(|one| one.carrier.unsent().len())
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
