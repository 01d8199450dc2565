//! The room: players, their inputs, the game, and the frames that follow.

use std::{collections::VecDeque, sync::Arc};

use thiserror::Error;
use tickwire_shared::{
    Game, PlayerId, Step, Tick,
    codec::BUILTIN,
    game::{Capture, Outbox, To, View},
    message::{self, CloseCode, MessageError, ServerMessage, Welcome},
    session::Token,
    tick::TICK_PARTS,
};

use crate::{
    capture::{Lives, TickCapture},
    config::RoomConfig,
    counters::RoomCounters,
    grid::Grid,
    hosted::{HostedRoom, Newcomer, RoomEvent},
    incoming::Reply,
    inputs::InputQueue,
    name::clean_name,
    outgoing::Poll,
    plan::Plan,
    segments::Segments,
    spec::Spec,
    viewer::Viewer,
    work::Work,
};

/// Why a player may not come in.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// The room takes no more players.
    #[error("the room is full")]
    Full,
    /// The client was built for another schema.
    #[error("the client was built for another schema of this game")]
    WrongSchema,
}

impl Refusal {
    /// The close code that says so.
    #[must_use]
    pub fn close_code(self) -> CloseCode {
        match self {
            Refusal::Full => CloseCode::RoomFull,
            Refusal::WrongSchema => CloseCode::WrongSchema,
        }
    }
}

/// A player: its inputs, and the viewer that its frames go to.
pub(crate) struct Player<I> {
    pub(crate) id: PlayerId,
    pub(crate) inputs: InputQueue<I>,
    pub(crate) viewer: Viewer,
}

/// A room that hosts one game.
pub struct Room<G: Game> {
    pub(crate) config: RoomConfig,
    pub(crate) game: G,
    pub(crate) spec: Arc<Spec>,
    pub(crate) segments: Segments,
    lives: Lives,
    grid: Option<Grid>,
    /// Working memory for what a player sees and for what its frame says; see [`Work`].
    view: View,
    pub(crate) plan: Plan,
    pub(crate) outbox: Outbox,
    pub(crate) now: Tick,
    /// In order of joining, which is the order of their ids.
    pub(crate) players: Vec<Player<G::Input>>,
    pub(crate) next_player: u32,
    pub(crate) evictions: VecDeque<(PlayerId, CloseCode)>,
    pub(crate) counters: RoomCounters,
}

impl<G: Game> Room<G> {
    /// A room with a fresh world.
    ///
    /// # Panics
    /// When the game breaks a limit: its schema, its priors, its setup, or the order of its entities.
    #[must_use]
    pub fn new(config: RoomConfig, game: &G::Config) -> Self {
        let spec = Arc::new(Spec::of::<G>(config.tick_hz));
        Self::with_spec(config, game, spec)
    }

    /// A room like [`Room::new`] makes it, which shares `spec` with others of its game.
    ///
    /// # Panics
    /// When the game breaks a limit, or `spec` is of another game or tick rate.
    #[must_use]
    pub fn with_spec(config: RoomConfig, game: &G::Config, spec: Arc<Spec>) -> Self {
        let same = spec.schema.game == G::NAME && spec.tick_hz == config.tick_hz;
        assert!(same, "the spec of {:?} is for other rooms", spec.schema.game);
        let game = G::init(game, config.seed);
        let mut room = Room {
            grid: game.grid().map(Grid::new),
            game,
            segments: Segments::new(Arc::clone(&spec), config.history_ticks, config.start_tick),
            spec,
            lives: Lives::default(),
            view: View::default(),
            plan: Plan::default(),
            outbox: Outbox::default(),
            now: config.start_tick,
            players: Vec::new(),
            next_player: 1,
            evictions: VecDeque::new(),
            counters: RoomCounters::default(),
            config,
        };
        let welcome = room.welcome(PlayerId(0), &Token([0; 16]));
        assert!(
            ServerMessage::read(&welcome).is_ok(),
            "the welcome of {:?} is too large for clients: its schema, priors or setup must be smaller",
            G::NAME
        );
        room.capture();
        room
    }

    /// The game, to look at.
    #[must_use]
    pub fn game(&self) -> &G {
        &self.game
    }

    /// Makes the next tick.
    pub fn tick(&mut self) {
        self.now = self.now.next();
        self.counters.ticks += 1;
        self.drain_inputs();
        self.step();
        self.subscribe();
        self.capture();
        self.deliver_messages();
        self.evict();
    }

    fn drain_inputs(&mut self) {
        for player in &mut self.players {
            let intent = player.inputs.take(self.now, self.config.repeat_ticks);
            let behind = intent.behind.min(self.config.rewind);
            self.game.sight(player.id, f32::from(behind) / TICK_PARTS as f32);
            self.game.input(player.id, &intent.input);
        }
    }

    fn step(&mut self) {
        self.outbox.clear();
        let time = (self.now, 1.0 / self.config.tick_hz as f32);
        let mut step =
            Step::new(time, &self.spec.schema, &self.spec.message_records, &mut self.outbox);
        self.game.step(&mut step);
    }

    /// Decides which segments each player sees from this tick on.
    fn subscribe(&mut self) {
        for Player { id, viewer, .. } in &mut self.players {
            self.view.eye = None;
            self.view.groups.clear();
            self.game.view(*id, &mut self.view);
            self.view.groups.sort_unstable();
            self.view.groups.dedup();
            let who = (*id, self.game.team(*id));
            viewer.interest.update(who, &self.view, self.grid.as_ref(), &mut self.segments);
        }
    }

    fn capture(&mut self) {
        self.segments.begin(self.now);
        let (segments, lives) = (&mut self.segments, &mut self.lives);
        let mut sink = TickCapture { segments, lives, grid: self.grid.as_ref(), tick: self.now };
        self.game.replicate(&mut Capture::new(&self.spec.schema, &mut sink));
        self.segments.end();
    }

    fn deliver_messages(&mut self) {
        for (to, bytes) in self.outbox.iter() {
            let wanted = |player: &&mut Player<_>| match to {
                To::All => true,
                To::Player(id) => player.id == id,
            };
            let receivers = self.players.iter_mut().filter(wanted);
            receivers.for_each(|player| player.viewer.queue_message(bytes));
        }
    }

    /// Gives up players that are silent, acknowledge nothing, or whose messages no longer fit.
    fn evict(&mut self) {
        for index in (0..self.players.len()).rev() {
            let Player { id, viewer, .. } = &self.players[index];
            let silent = viewer.pace.silent_for(self.now) > self.config.silence_ticks;
            let stalled = viewer.pace.stalled_for(self.now) > self.config.stall_ticks;
            let code = match (silent, stalled || viewer.overflowed()) {
                (true, _) => CloseCode::Idle,
                (_, true) => CloseCode::TooSlow,
                _ => continue,
            };
            self.counters.stalled_viewers += u64::from(!silent && stalled);
            self.counters.overflowed_viewers += u64::from(!silent && !stalled);
            self.evictions.push_back((*id, code));
            self.counters.evictions += 1;
            self.handle_leave(*id);
        }
    }

    /// Where a player is among the players: as many places behind the first as there are ids
    /// between, if nobody in between has left, else before that.
    pub(crate) fn position(&self, player: PlayerId) -> Option<usize> {
        let most = player.0.checked_sub(self.players.first()?.id.0)? as usize;
        if self.players.get(most).is_some_and(|there| there.id == player) {
            return Some(most);
        }
        let before = &self.players[..most.min(self.players.len())];
        before.binary_search_by_key(&player, |player| player.id).ok()
    }
}

impl<G: Game> HostedRoom for Room<G> {
    fn handle_join(&mut self, newcomer: &Newcomer<'_>) -> Result<PlayerId, Refusal> {
        if self.players.len() >= self.config.max_players as usize {
            return Err(Refusal::Full);
        }
        if newcomer.schema_hash.is_some_and(|hash| hash != self.spec.schema_hash) {
            return Err(Refusal::WrongSchema);
        }
        let id = PlayerId(self.next_player);
        self.next_player += 1;
        let mut viewer = Viewer::new(self.now, &self.config);
        viewer.pace = viewer.pace.with_phase(id.0);
        if self.players.len() == self.players.capacity() {
            // Players are large, so not for twice as many.
            self.players.reserve_exact(8 + self.players.len() / 8);
        }
        self.players.push(Player { id, inputs: InputQueue::default(), viewer });
        self.game.join(id, &clean_name(newcomer.name));
        Ok(id)
    }

    fn handle_leave(&mut self, player: PlayerId) {
        let Some(index) = self.position(player) else { return };
        let mut gone = self.players.remove(index);
        let counters = gone.inputs.counters();
        self.counters = self.counters.with_inputs(counters);
        gone.viewer.interest.end(&mut self.segments);
        self.game.leave(player);
    }

    fn handle_drop(&mut self, player: PlayerId) {
        self.handle_leave(player);
    }

    fn handle_resume(&mut self, player: PlayerId, _applied: Option<Tick>) -> bool {
        let Some(index) = self.position(player) else { return false };
        self.players[index].viewer.forget();
        true
    }

    fn handle_drain(&mut self) {}

    fn handle_unasked(&mut self, _player: PlayerId) {}

    fn handle_message_ahead(
        &mut self,
        player: PlayerId,
        bytes: &[u8],
        left: u16,
    ) -> Result<Reply, MessageError> {
        self.read_message(player, bytes, left)
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
        self.game.sleep();
        self.segments.forget_all();
        // Nobody knows an entity by its id any more.
        self.lives = Lives::default();
        self.outbox.clear();
        self.outbox.shrink();
        self.players.shrink_to_fit();
        self.evictions.shrink_to_fit();
        self.lend(&mut Work::default());
    }

    fn poll_frame(&mut self, player: PlayerId, out: &mut Vec<u8>) -> Poll {
        self.write_frame(player, out)
    }

    fn handle_blocked(&mut self, player: PlayerId) {
        self.note_blocked(player);
    }

    fn poll_event(&mut self) -> Option<RoomEvent> {
        self.evictions.pop_front().map(|(player, code)| RoomEvent::Ended(player, code))
    }

    fn welcome(&self, player: PlayerId, token: &Token) -> Vec<u8> {
        message::welcome(&Welcome {
            protocol: message::PROTOCOL,
            room: self.config.code.clone(),
            player,
            spectator: false,
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
        self.players.len()
    }

    fn now(&self) -> Tick {
        self.now
    }

    fn tick_hz(&self) -> u32 {
        self.config.tick_hz
    }

    fn counters(&self) -> RoomCounters {
        let counters = RoomCounters { dropped_messages: self.outbox.dropped(), ..self.counters };
        let players = self.players.iter().map(|player| player.inputs.counters());
        players.fold(counters, RoomCounters::with_inputs)
    }
}
