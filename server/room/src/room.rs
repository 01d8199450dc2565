//! The room: players, their inputs, the game, and the frames that follow.

use std::{collections::VecDeque, sync::Arc};

use thiserror::Error;
use tickwire_shared::{
    Game, PlayerId, Tick,
    game::{Capture, Outbox, To, View},
    message::{CloseCode, ServerMessage},
    session::Token,
};

use crate::{
    budget::Budget,
    capture::{Lives, TickCapture},
    chat::{self, Allowance},
    config::RoomConfig,
    counters::RoomCounters,
    grid::Grid,
    hosted::{HostedRoom, RoomEvent},
    inputs::InputQueue,
    interest::look,
    ledger::Ledger,
    log::{Log, Playback, Record, Restoring, WorldHash},
    mail::Bulletin,
    observe::Observers,
    plan::Plan,
    requests::Requests,
    roster::Roster,
    segments::Segments,
    spec::Spec,
    viewer::Viewer,
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
    /// The player who is to be observed is not in.
    #[error("there is no such player in the room")]
    NoSuchPlayer,
}

impl Refusal {
    /// The close code that says so.
    #[must_use]
    pub fn close_code(self) -> CloseCode {
        match self {
            Refusal::Full => CloseCode::RoomFull,
            Refusal::WrongSchema => CloseCode::WrongSchema,
            Refusal::NoSuchPlayer => CloseCode::NoSession,
        }
    }
}

/// A player: its inputs, and the viewer that its frames go to.
#[derive(Debug)]
pub(crate) struct Player<I> {
    pub(crate) id: PlayerId,
    /// Its name, clean and like nobody else's.
    pub(crate) name: Box<str>,
    /// It only watches, and the game does not know it.
    pub(crate) spectator: bool,
    pub(crate) inputs: InputQueue<I>,
    pub(crate) viewer: Viewer,
    /// Since when its connection is lost.
    pub(crate) away: Option<Tick>,
    /// The number of the last change of how it is there; see [`Roster`].
    pub(crate) changed: u64,
    pub(crate) allowance: Allowance,
    /// How many of its requests wait.
    pub(crate) requests: u8,
}

/// A room that hosts one game.
pub struct Room<G: Game> {
    pub(crate) config: RoomConfig,
    pub(crate) game: G,
    pub(crate) spec: Arc<Spec>,
    pub(crate) segments: Segments,
    pub(crate) lives: Lives,
    pub(crate) grid: Option<Grid>,
    /// Working memory for what a player sees and for what its frame says; see [`Work`].
    pub(crate) view: View,
    pub(crate) plan: Plan,
    pub(crate) outbox: Outbox,
    pub(crate) now: Tick,
    /// In order of joining, which is the order of their ids.
    pub(crate) players: Vec<Player<G::Input>>,
    pub(crate) next_player: u32,
    pub(crate) observers: Observers,
    /// What everybody is told.
    pub(crate) bulletin: Bulletin,
    pub(crate) roster: Roster,
    pub(crate) chat_budget: Budget,
    pub(crate) requests: Requests,
    pub(crate) events: VecDeque<RoomEvent>,
    pub(crate) ledger: Option<Box<Ledger>>,
    pub(crate) counters: RoomCounters,
    pub(crate) log: Log,
    /// The game is being made again.
    pub(crate) restoring: Option<Box<Restoring<G>>>,
    /// A chunk is being played.
    pub(crate) playing: Option<Box<Playback<G::Input>>>,
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
            observers: Observers::default(),
            bulletin: Bulletin::default(),
            roster: Roster::default(),
            chat_budget: chat::budget(config.tick_hz, config.start_tick),
            requests: Requests::default(),
            events: VecDeque::new(),
            ledger: None,
            counters: RoomCounters::default(),
            log: Log::new(config.keyframe_ticks, config.trials),
            restoring: None,
            playing: None,
            config,
        };
        let welcome = room.welcome(PlayerId(0), &Token([0; 16]));
        assert!(
            ServerMessage::read(&welcome).is_ok(),
            "the welcome of {:?} is too large for clients: its schema, priors or setup must be smaller",
            G::NAME
        );
        room.capture(false);
        room
    }

    /// The game, to look at.
    #[must_use]
    pub fn game(&self) -> &G {
        &self.game
    }

    /// Makes the next tick.
    pub fn tick(&mut self) {
        self.begin_log();
        self.now = self.now.next();
        self.counters.ticks += 1;
        self.expire_sessions();
        self.drain_requests();
        self.take_inputs();
        // Before the inputs are given too, so that a panic in one of them is one of this tick in the log.
        self.log_record(&Record::Step);
        self.give_inputs();
        self.step();
        self.subscribe();
        let hash = self.capture(self.log.is_on() && self.is_hash_due());
        hash.into_iter().for_each(|hash| self.log_record(&Record::Hash(hash)));
        self.deliver_messages();
        self.log_tick();
        self.evict();
    }

    fn is_hash_due(&self) -> bool {
        self.now.0.is_multiple_of(self.config.hash_interval)
    }

    pub(crate) fn step(&mut self) {
        self.spec.step(&mut self.game, self.now, &mut self.outbox);
    }

    /// Decides which segments each player sees from this tick on.
    pub(crate) fn subscribe(&mut self) {
        for Player { id, viewer, away, spectator, .. } in &mut self.players {
            // Who is away is shown nothing, but what it might come back to goes on being remembered.
            if away.is_some() && !viewer.interest.is_set() {
                continue;
            }
            let who = (!*spectator).then_some(*id);
            let team = look(&self.game, who, &mut self.view);
            let (grid, segments) = (self.grid.as_ref(), &mut self.segments);
            viewer.interest.update((who, team), &self.view, grid, segments);
        }
        self.subscribe_observers();
    }

    /// Takes in the state of the game, and gives its world hash if that is wanted.
    pub(crate) fn capture(&mut self, hashed: bool) -> Option<u64> {
        self.segments.begin(self.now);
        let (segments, lives) = (&mut self.segments, &mut self.lives);
        let (grid, hash) = (self.grid.as_ref(), hashed.then(WorldHash::default));
        let mut sink = TickCapture { segments, lives, grid, tick: self.now, hash };
        self.game.replicate(&mut Capture::new(&self.spec.schema, &mut sink));
        let hash = sink.hash.map(WorldHash::value);
        self.segments.end();
        hash
    }

    /// All that viewers hold is forgotten, and they are told everything anew.
    pub(crate) fn restart_viewers(&mut self) {
        self.viewers_mut().for_each(Viewer::restart);
        self.segments.forget_all();
        self.lives.forget_places();
    }

    pub(crate) fn deliver_messages(&mut self) {
        for (to, bytes) in self.outbox.iter() {
            let To::Player(id) = to else {
                self.bulletin.push(bytes);
                continue;
            };
            let receiver = self.players.iter_mut().find(|player| player.id == id);
            receiver.into_iter().for_each(|it| it.viewer.mail.queue(&self.bulletin, bytes));
            self.observers.deliver(&self.bulletin, id, bytes);
        }
        let needed = self.viewers().map(|viewer| viewer.mail.needed());
        let needed = needed.min().unwrap_or(u64::MAX);
        self.bulletin.prune(needed);
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
