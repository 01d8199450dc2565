//! A shard's turns: its inbox, its rooms that are due, its connections that are closing.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use tickwire_shared::message::CloseCode;

use super::{
    Arrival, Command, Context, Entrance, Next, Post,
    agenda::Agenda,
    closing::{Closing, LOOK_AGAIN},
    host::{BROKEN, Broken, RoomHost},
    looks::Load,
    phase::{self, Ticks},
    socket::Socket,
};
use crate::{
    config::Config,
    directory::{Directory, RoomEntry},
    metrics::ShardMetrics,
    recorder::Recorder,
    ws::close::CloseReason,
};

/// A shard.
pub(crate) struct Shard<S> {
    /// Which one it is.
    index: usize,
    inbox: mpsc::Receiver<Command<S>>,
    /// Where commands for other shards go.
    pub(super) post: Post<S>,
    linger: Duration,
    pub(super) agenda: Agenda<S>,
    closing: Closing<S>,
    pub(super) cx: Context,
    epoch: Instant,
    load: Load,
    ends: Option<Instant>,
    /// How often a room was given a turn.
    #[cfg(test)]
    pub(super) visits: u64,
}

impl<S: Socket> Shard<S> {
    pub(crate) fn new(
        index: usize,
        (inbox, post): (mpsc::Receiver<Command<S>>, Post<S>),
        directory: Arc<Directory>,
        config: &Config,
        metrics: Arc<ShardMetrics>,
        now: Instant,
    ) -> Self {
        let limits = config.limits.clone();
        Shard {
            index,
            inbox,
            post,
            linger: config.linger,
            agenda: Agenda::new(),
            closing: Closing::new(limits.close_wait),
            cx: Context::new(limits, metrics, directory).with_nets(config, index),
            epoch: now,
            load: Load::new(now),
            ends: None,
            #[cfg(test)]
            visits: 0,
        }
    }

    /// Hands what is recorded over to this recorder.
    pub(crate) fn recorded_by(mut self, recorder: Recorder) -> Self {
        self.cx.recorder = recorder;
        self
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
        self.load.note(now, time(), std::mem::take(&mut self.cx.looking));
        self.cx.ladder = self.load.ladder();
        self.cx.metrics.heartbeat.end();
        next
    }

    fn read_inbox(&mut self, now: Instant) {
        loop {
            match self.inbox.try_recv() {
                Ok(command) => {
                    self.cx.metrics.commands[1].add(1);
                    self.obey(command, now);
                }
                Err(mpsc::TryRecvError::Empty) => return,
                Err(mpsc::TryRecvError::Disconnected) => return self.shut_down(now),
            }
        }
    }

    fn obey(&mut self, command: Command<S>, now: Instant) {
        match command {
            Command::Open(entry, room) => {
                self.agenda.put(RoomHost::new(entry, room, (now, self.linger)));
            }
            Command::Admit(arrival, entrance) => self.admit(arrival, entrance, now),
            Command::Answer(room, connection) => self.answer(room, connection, now),
            Command::Refuse(arrival, reason) => self.refuse(arrival, &reason, now),
            Command::Ask(room, ask) => self.ask(room, ask, now),
            Command::Drain => self.agenda.rooms_mut().for_each(RoomHost::drain),
            Command::Shutdown => self.shut_down(now),
        }
    }

    fn admit(&mut self, arrival: Arrival<S>, entrance: Entrance, now: Instant) {
        if self.ends.is_some() {
            return self.refuse(arrival, &going_away(), now);
        }
        if let Entrance::Window(room, like) = entrance {
            return self.open_window(arrival, room, like, now);
        }
        let room = Arc::clone(entrance.room());
        let Some(host) = self.agenda.get_mut(room.number) else {
            return self.forward(arrival, entrance, now);
        };
        if host.asleep() && self.moved_away(&room) {
            return self.forward(arrival, entrance, now);
        }
        let Some(host) = self.agenda.get_mut(room.number) else { return };
        host.admit(arrival, entrance, now, &self.cx);
        if host.asleep() {
            self.wake(room.number, now);
        }
    }

    /// Answers a connection that asks for a frame between two ticks.
    fn answer(&mut self, number: u64, connection: u64, now: Instant) {
        let Some(host) = self.agenda.get_mut(number) else { return };
        let before = host.next_turn();
        match host.answer(connection, now, &mut self.cx) {
            Ok(()) => self.agenda.plan(number, before),
            Err(Broken) => self.close_room(number, BROKEN, now),
        }
    }

    /// Passes an arrival on to the shard that its room has moved to, if it is still there.
    pub(super) fn forward(&mut self, arrival: Arrival<S>, entrance: Entrance, now: Instant) {
        if let Some(shard) = self.whereabouts(entrance.room()) {
            return (self.post)(shard, Command::Admit(arrival, entrance));
        }
        let reason = CloseReason::new(CloseCode::RoomClosed, "the room has closed");
        self.refuse(arrival, &reason, now);
    }

    /// The shard that a room has moved to, if it is still there. One that was given back to this shard
    /// comes before whatever is sent from now on.
    pub(super) fn whereabouts(&self, room: &Arc<RoomEntry>) -> Option<usize> {
        let shard = room.shard();
        (shard != self.index || self.cx.directory.lists(room)).then_some(shard)
    }

    /// Gives a room that is about to wake to a shard with much less to do, if there is one. It has
    /// no sockets, so that takes two commands.
    fn moved_away(&mut self, room: &Arc<RoomEntry>) -> bool {
        let shard = self.cx.directory.place_anew(room);
        if shard == self.index {
            return false;
        }
        let Some(host) = self.agenda.take(room.number) else { return false };
        let (entry, room) = host.into_room();
        (self.post)(shard, Command::Open(Arc::clone(&entry), room));
        // Only now, so that no arrival can be there before the room.
        entry.move_to(shard);
        true
    }

    /// Starts a room's clock where the other rooms leave most space within the tick; at once if
    /// all of them sleep.
    fn wake(&mut self, number: u64, now: Instant) {
        let epoch = self.epoch;
        let awake: Vec<_> = self.agenda.rooms().filter_map(|host| host.ticks(epoch)).collect();
        let known = awake.iter().filter_map(|(_, cost)| *cost);
        let usual = known.clone().sum::<u64>() / (known.count() as u64).max(1);
        let Some(host) = self.agenda.get_mut(number) else { return };
        let before = host.next_turn();
        let place = (!awake.is_empty()).then(|| {
            let others =
                awake.iter().map(|(ticks, cost)| Ticks { cost: cost.unwrap_or(usual), ..*ticks });
            phase::quietest(others, usual, host.tick_hz())
        });
        host.wake(place, epoch, now);
        self.agenda.plan(number, before);
    }

    pub(super) fn refuse(&mut self, arrival: Arrival<S>, reason: &CloseReason, now: Instant) {
        self.closing.begin(arrival.carrier, reason, now, &self.cx.metrics);
    }

    fn shut_down(&mut self, now: Instant) {
        if self.ends.is_some() {
            return;
        }
        self.ends = Some(now + self.cx.limits.shutdown_wait);
        self.cx.recorder.be_patient();
        for host in self.agenda.take_all() {
            host.publish_counters();
            self.cx.directory.close(&host.entry);
            host.close(&going_away(), now, &mut self.closing, &self.cx);
        }
    }

    /// Gives each room that is due one turn, the one that waits longest first. Others are not
    /// looked at.
    fn tick_rooms(&mut self, time: &dyn Fn() -> Instant) {
        let mut now = time();
        while let Some(number) = self.agenda.begin(now) {
            #[cfg(test)]
            (self.visits += 1);
            let Some(host) = self.agenda.get_mut(number) else { continue };
            match host.turn(now, time, &mut self.closing, &mut self.cx) {
                Err(Broken) => {
                    self.close_room(number, BROKEN, now);
                    now = time();
                }
                Ok(done) => {
                    if self.abandoned(number, now) {
                        self.close_room(number, "nobody was here", now);
                    }
                    now = done;
                }
            }
        }
        self.agenda.end();
    }

    /// Whether the room was closed to all because nobody has been there for long.
    fn abandoned(&mut self, number: u64, now: Instant) -> bool {
        let Some(host) = self.agenda.get_mut(number) else { return false };
        if !host.abandoned(now) {
            return false;
        }
        host.publish_counters();
        let closed = self.cx.directory.close_if_empty(&host.entry, now);
        if !closed {
            // Somebody has a seat and is on the way.
            host.linger_on(now);
        }
        closed
    }

    pub(super) fn close_room(&mut self, number: u64, why: &'static str, now: Instant) {
        let Some(host) = self.agenda.take(number) else { return };
        let entry = Arc::clone(&host.entry);
        // First the directory, so that nobody who hears of the end comes back to this room.
        host.publish_counters();
        self.cx.directory.close(&entry);
        host.close(&CloseReason::new(CloseCode::RoomClosed, why), now, &mut self.closing, &self.cx);
        tracing::info!(room = entry.code, game = entry.game, why, "room closed");
    }

    fn next(&self, now: Instant) -> Next {
        let over = self.ends.is_some_and(|ends| now >= ends || self.closing.is_empty());
        if over {
            return Next::Never;
        }
        let closing = (!self.closing.is_empty()).then_some(now + LOOK_AGAIN);
        self.agenda.next().into_iter().chain(closing).min().map_or(Next::Whenever, Next::At)
    }
}

fn going_away() -> CloseReason {
    CloseReason::new(CloseCode::GoingAway, "the server is shutting down")
}
