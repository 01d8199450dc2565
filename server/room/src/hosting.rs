//! A room as its shell sees it: what comes in is found its place, and what goes out is gathered.

use std::sync::Arc;

use tickwire_shared::{
    Game, PlayerId, Tick,
    codec::BUILTIN,
    message::{self, MessageError, Welcome},
    room_message::{Departure, RoomMessage},
    session::Token,
};

use crate::{
    capture::Lives,
    config::RoomConfig,
    counters::RoomCounters,
    hosted::{HostedRoom, Newcomer, RoomEvent},
    incoming::Reply,
    ladder::RATES,
    ledger::Ledger,
    log::{LogError, RecentLog, Replayed, Restore},
    observe::Seat,
    operator::{AdminAction, PlayerInfo},
    outgoing::Poll,
    room::{Refusal, Room},
    work::Work,
    world::{Unlike, World},
};

impl<G: Game> HostedRoom for Room<G> {
    fn handle_join(&mut self, newcomer: &Newcomer<'_>) -> Result<PlayerId, Refusal> {
        self.join(newcomer)
    }

    fn handle_leave(&mut self, player: PlayerId) {
        if let Some(index) = self.position(player) {
            self.leave(index, Departure::Left);
        }
        self.leave_observer(player);
    }

    fn handle_drop(&mut self, player: PlayerId) {
        if let Some(index) = self.position(player) {
            self.drop_session(index);
        }
        self.leave_observer(player);
    }

    fn handle_resume(&mut self, player: PlayerId, applied: Option<Tick>) -> bool {
        self.position(player).is_some_and(|index| self.resume_session(index, applied))
    }

    fn handle_drain(&mut self) {
        self.roster.is_draining = true;
        self.announce_state();
    }

    fn handle_announce(&mut self, line: &str) {
        self.bulletin.post(&RoomMessage::Chat(PlayerId(0), line));
    }

    fn handle_unasked(&mut self, player: PlayerId) {
        let (Some(seat), now) = (self.seat(player), self.now) else { return };
        self.viewer_mut(seat).pace.unasked(now);
    }

    fn handle_message_ahead(
        &mut self,
        player: PlayerId,
        bytes: &[u8],
        left: u16,
    ) -> Result<Reply, MessageError> {
        match self.seat(player) {
            Some(Seat::Player(index)) => self.read_message(index, bytes, left),
            Some(Seat::Observer(index)) => self.read_observed(index, bytes),
            None => Ok(Reply::Nothing),
        }
    }

    fn tick(&mut self) {
        Room::tick(self);
    }

    fn lend(&mut self, work: &mut Work) {
        self.segments.lend(&mut work.coding);
        std::mem::swap(&mut self.plan, &mut work.plan);
        std::mem::swap(&mut self.view, &mut work.view);
    }

    fn sleep(&mut self) {
        if !self.players.is_empty() {
            return;
        }
        self.end_all_observers();
        self.game.sleep();
        self.log.forget();
        self.segments.forget_all();
        // Nobody knows an entity by its id any more.
        self.lives = Lives::default();
        self.outbox.clear();
        self.outbox.shrink();
        self.players.shrink_to_fit();
        self.observers.shrink();
        self.bulletin.prune(u64::MAX);
        self.bulletin.shrink();
        self.roster.shrink();
        self.requests.clear();
        self.events.shrink_to_fit();
        self.lend(&mut Work::default());
    }

    fn poll_frame(&mut self, player: PlayerId, out: &mut Vec<u8>) -> Poll {
        let Some(seat) = self.seat(player) else { return Poll::Nothing };
        // Nothing is counted of observers.
        let counters = matches!(seat, Seat::Observer(_)).then_some(self.counters);
        let poll = self.write_frame(seat, out);
        if let Some(counters) = counters {
            self.counters = counters;
        }
        poll
    }

    fn handle_blocked(&mut self, player: PlayerId) {
        let (Some(seat), now) = (self.seat(player), self.now) else { return };
        self.viewer_mut(seat).pace.blocked(now);
    }

    fn handle_observe(&mut self, like: Option<PlayerId>) -> Result<PlayerId, Refusal> {
        self.observe(like)
    }

    fn handle_moderate(&mut self, action: AdminAction) -> bool {
        self.moderate_by_operator(action)
    }

    fn players(&self, each: &mut dyn FnMut(PlayerInfo<'_>)) {
        self.players.iter().for_each(|player| each(self.info(player)));
    }

    fn poll_event(&mut self) -> Option<RoomEvent> {
        self.events.pop_front()
    }

    fn log(&self) -> RecentLog<'_> {
        self.log.recent()
    }

    fn take_chunk(&mut self, out: &mut Vec<u8>) -> bool {
        self.log.take_fresh().map(|chunk| out.extend_from_slice(chunk)).is_some()
    }

    fn restore(&mut self, ticks: u32) -> Restore {
        self.restore_some(ticks)
    }

    fn load(&mut self, chunk: &[u8]) -> Result<Tick, LogError> {
        self.load_chunk(chunk)
    }

    fn replay(&mut self) -> Result<Option<Replayed>, LogError> {
        self.replay_tick()
    }

    fn ask(&mut self) {
        self.ask_all();
    }

    fn world(&self) -> World {
        World::of(&self.game, &self.spec.schema)
    }

    fn compare(&self, other: &World) -> Vec<Unlike> {
        World::of(&self.game, &self.spec.schema).unlike(other, &self.spec.schema)
    }

    fn config(&self) -> &RoomConfig {
        &self.config
    }

    fn schema_hash(&self) -> u32 {
        self.spec.schema_hash
    }

    fn meter(&mut self, ticks: u32) {
        let ledger = || Box::new(Ledger::new(Arc::clone(&self.spec), self.now, ticks));
        self.ledger = (ticks > 0).then(ledger);
    }

    fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_deref()
    }

    fn welcome(&self, player: PlayerId, token: &Token) -> Vec<u8> {
        let (player, spectator) = match self.seat(player) {
            Some(Seat::Player(index)) => (player, self.players[index].spectator),
            // A client is to take the player that it shows for its own.
            Some(Seat::Observer(index)) => (self.observers.like(index).unwrap_or(player), true),
            None => (player, false),
        };
        message::welcome(&Welcome {
            protocol: message::PROTOCOL,
            room: self.config.code.clone(),
            player,
            spectator,
            token: *token,
            grace_ticks: self.config.grace_ticks,
            tick_hz: self.config.tick_hz,
            hash_interval: self.config.hash_interval,
            schema: self.spec.schema.clone(),
            priors: G::priors().unwrap_or(BUILTIN).to_vec(),
            setup: self.game.setup(),
        })
    }

    fn code(&self) -> &str {
        &self.config.code
    }

    fn player_count(&self) -> usize {
        self.players.len() - self.spectator_count()
    }

    fn spectator_count(&self) -> usize {
        self.roster.spectators as usize
    }

    fn now(&self) -> Tick {
        self.now
    }

    fn tick_hz(&self) -> u32 {
        self.config.tick_hz
    }

    fn rates(&self) -> [u32; RATES] {
        let mut rates = [0; RATES];
        for player in self.players.iter().filter(|player| player.away.is_none()) {
            rates[player.viewer.pace.period().ilog2() as usize] += 1;
        }
        rates
    }

    fn counters(&self) -> RoomCounters {
        let counters = RoomCounters { dropped_messages: self.outbox.dropped(), ..self.counters };
        let players = self.players.iter().map(|player| player.inputs.counters());
        players.fold(counters, RoomCounters::with_inputs)
    }
}
