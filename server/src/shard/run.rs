//! A shard's turns: its inbox, its rooms that are due, its connections that are closing.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use tickwire_shared::message::CloseCode;

use super::{
    Arrival, Command, Context, Next, clock,
    closing::{Closing, LOOK_AGAIN},
    host::{Broken, RoomHost},
    pipe::Pipe,
    socket::Socket,
};
use crate::{
    config::Config,
    directory::{Directory, Seat},
    metrics::ShardMetrics,
    ws::close::CloseReason,
};

/// A shard.
pub(crate) struct Shard<S> {
    inbox: mpsc::Receiver<Command<S>>,
    directory: Arc<Directory>,
    linger: Duration,
    pub(super) rooms: Vec<RoomHost<S>>,
    closing: Closing<S>,
    cx: Context,
    epoch: Instant,
    opened: u64,
    ends: Option<Instant>,
}

impl<S: Socket> Shard<S> {
    pub(crate) fn new(
        inbox: mpsc::Receiver<Command<S>>,
        directory: Arc<Directory>,
        config: &Config,
        metrics: Arc<ShardMetrics>,
        now: Instant,
    ) -> Self {
        let limits = config.limits.clone();
        Shard {
            inbox,
            directory,
            linger: config.linger,
            rooms: Vec::new(),
            closing: Closing::new(limits.close_wait),
            cx: Context {
                incoming: vec![0; limits.bytes_per_tick],
                outgoing: Vec::new(),
                limits,
                metrics,
            },
            epoch: now,
            opened: 0,
            ends: None,
        }
    }

    /// Runs until it is told to shut down.
    pub(crate) fn run(mut self) {
        loop {
            match self.turn(&Instant::now) {
                Next::Never => return,
                Next::Whenever => thread::park(),
                Next::At(when) => {
                    let wait = when.saturating_duration_since(Instant::now());
                    if !wait.is_zero() {
                        thread::park_timeout(wait);
                    }
                }
            }
        }
    }

    /// Does all that is due, each room at most once.
    pub(crate) fn turn(&mut self, time: &dyn Fn() -> Instant) -> Next {
        let now = time();
        self.cx.metrics.heartbeat.begin(now.saturating_duration_since(self.epoch));
        self.read_inbox(now);
        self.tick_rooms(time);
        self.closing.turn(now, &self.cx.metrics);
        let next = self.next(now);
        self.cx.metrics.heartbeat.end();
        next
    }

    fn read_inbox(&mut self, now: Instant) {
        loop {
            match self.inbox.try_recv() {
                Ok(command) => self.obey(command, now),
                Err(mpsc::TryRecvError::Empty) => return,
                Err(mpsc::TryRecvError::Disconnected) => return self.shut_down(now),
            }
        }
    }

    fn obey(&mut self, command: Command<S>, now: Instant) {
        match command {
            Command::Open(entry, room) => {
                let phase = clock::phase(self.opened);
                self.opened += 1;
                self.rooms.push(RoomHost::new(entry, room, phase, (now, self.linger)));
            }
            Command::Admit(arrival, seat) => self.admit(arrival, seat, now),
            Command::Refuse(arrival, reason) => self.refuse(arrival, &reason, now),
            Command::Shutdown => self.shut_down(now),
        }
    }

    fn admit(&mut self, arrival: Arrival<S>, seat: Seat, now: Instant) {
        if self.ends.is_some() {
            return self.refuse(arrival, &going_away(), now);
        }
        let alone = self.rooms.iter().all(RoomHost::asleep);
        let host = self.rooms.iter_mut().find(|host| Arc::ptr_eq(&host.entry, seat.room()));
        let Some(host) = host else {
            let reason = CloseReason::new(CloseCode::RoomClosed, "the room has closed");
            return self.refuse(arrival, &reason, now);
        };
        host.admit(arrival, seat, now);
        if host.asleep() {
            host.wake(alone, self.epoch, now);
        }
    }

    fn refuse(&mut self, arrival: Arrival<S>, reason: &CloseReason, now: Instant) {
        let (pipe, _) = Pipe::new(arrival);
        self.closing.begin(pipe, reason, now, &self.cx.metrics);
    }

    fn shut_down(&mut self, now: Instant) {
        if self.ends.is_some() {
            return;
        }
        self.ends = Some(now + self.cx.limits.shutdown_wait);
        for host in self.rooms.drain(..) {
            host.publish_counters();
            self.directory.close(&host.entry);
            host.close(&going_away(), now, &mut self.closing, &self.cx);
        }
    }

    /// Gives each room that is due one turn, the one that waits longest first.
    fn tick_rooms(&mut self, time: &dyn Fn() -> Instant) {
        self.rooms.sort_by_key(RoomHost::next_turn);
        let mut index = 0;
        while let Some(host) = self.rooms.get_mut(index) {
            let now = time();
            if host.next_turn() > now {
                break;
            }
            let broken = host.tick(time, &mut self.closing, &mut self.cx);
            let reason = match broken {
                Err(Broken) => Some("the game stopped because of an error"),
                Ok(()) if self.abandoned(index, now) => Some("nobody was here"),
                Ok(()) => None,
            };
            match reason {
                Some(why) => self.close_room(index, why, broken.is_err(), now),
                None => index += 1,
            }
        }
    }

    /// Whether the room was closed to all because nobody has been there for long.
    fn abandoned(&mut self, index: usize, now: Instant) -> bool {
        let host = &mut self.rooms[index];
        if !host.abandoned(now) {
            return false;
        }
        host.publish_counters();
        let closed = self.directory.close_if_empty(&host.entry);
        if !closed {
            // Somebody has a seat and is on the way.
            host.linger_on(now);
        }
        closed
    }

    fn close_room(&mut self, index: usize, why: &'static str, broken: bool, now: Instant) {
        let host = self.rooms.remove(index);
        let entry = Arc::clone(&host.entry);
        if broken {
            self.cx.metrics.panics.add(1);
            tracing::error!(room = entry.code, game = entry.game, "the game panicked");
        }
        // First the directory, so that nobody who hears of the end comes back to this room.
        host.publish_counters();
        self.directory.close(&entry);
        host.close(&CloseReason::new(CloseCode::RoomClosed, why), now, &mut self.closing, &self.cx);
        tracing::info!(room = entry.code, game = entry.game, why, "room closed");
    }

    fn next(&self, now: Instant) -> Next {
        let over = self.ends.is_some_and(|ends| now >= ends || self.closing.is_empty());
        if over {
            return Next::Never;
        }
        let rooms = self.rooms.iter().map(RoomHost::next_turn);
        let closing = (!self.closing.is_empty()).then_some(now + LOOK_AGAIN);
        rooms.chain(closing).min().map_or(Next::Whenever, Next::At)
    }
}

fn going_away() -> CloseReason {
    CloseReason::new(CloseCode::GoingAway, "the server is shutting down")
}
