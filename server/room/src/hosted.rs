//! A room of any game, as the shell that carries its bytes sees it.

use tickwire_shared::{
    PlayerId, Tick,
    message::{CloseCode, MessageError},
    session::Token,
};

use crate::{
    config::RoomConfig,
    counters::RoomCounters,
    incoming::Reply,
    ladder::RATES,
    ledger::Ledger,
    log::{LogError, RecentLog, Replayed, Restore, Unlogged},
    operator::{AdminAction, PlayerInfo},
    outgoing::Poll,
    room::Refusal,
    work::Work,
    world::{Unlike, World},
};

/// Somebody who wants in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Newcomer<'a> {
    /// The name, as the client sent it.
    pub name: &'a str,
    /// What its client was built for, if it insists on that.
    pub schema_hash: Option<u32>,
    /// It only watches.
    pub spectator: bool,
    /// It made the room. Without one, the first player is the host.
    pub host: bool,
    /// Who it is, as whoever signed its token says.
    pub identity: Option<&'a str>,
}

impl<'a> Newcomer<'a> {
    /// A player of this name.
    #[must_use]
    pub fn named(name: &'a str) -> Self {
        Newcomer { name, ..Newcomer::default() }
    }
}

/// What a room wants of its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomEvent {
    /// A player's connection is to be closed; it is away, and may come back. [`CloseCode::Idle`] when
    /// nothing was heard of it, [`CloseCode::TooSlow`] when it acknowledged nothing.
    Dropped(PlayerId, CloseCode),
    /// A player has left already, and its connection, if it has one, is to be closed:
    /// [`CloseCode::Kicked`], [`CloseCode::TooSlow`] when more messages waited
    /// for it than are kept (of one that is away, those for it alone), [`CloseCode::NoSession`] when it was away and did not come back in time.
    Ended(PlayerId, CloseCode),
    /// The same with [`CloseCode::Banned`]: whoever it is, and was called so, is not to come in again.
    Banned(PlayerId, Box<str>),
    /// The host lets nobody in any more, or does so again.
    Locked(bool),
    /// The room keeps no log any more; it goes on without.
    Unlogged(Unlogged),
}

/// A room whose game is not known: what a shell needs, and nothing else.
///
/// `handle_*` takes what happened, `poll_*` gives what follows from it and is
/// called until it has no more.
pub trait HostedRoom: Send {
    /// Somebody wants in.
    ///
    /// # Errors
    /// [`Refusal`] when the room is full or the schema is another.
    fn handle_join(&mut self, newcomer: &Newcomer<'_>) -> Result<PlayerId, Refusal>;

    /// A player is gone for good. Unknown players are ignored.
    fn handle_leave(&mut self, player: PlayerId);

    /// A player's connection is lost: it is away, gets no frames, and does nothing; what it sent and is
    /// not used yet is forgotten, and what comes late from its old connection ignored. It stays for
    /// [`RoomConfig::grace_ticks`](crate::RoomConfig), after which it has left.
    fn handle_drop(&mut self, player: PlayerId);

    /// A player is back on a new connection (whether or not the old one was known to be lost; what it
    /// sent over that and is not used yet is forgotten), and still holds the frame of `applied`. The next
    /// frame builds upon that if the history still has it, and else, or without one, stands alone;
    /// messages sent since then come again. Without one the player is told everything anew, and
    /// messages that are no longer kept are not missed. False when there is no such player any more, or it
    /// holds a frame and messages that it lacks since are no longer kept, in which case it has now left.
    fn handle_resume(&mut self, player: PlayerId, applied: Option<Tick>) -> bool;

    /// The room ends when the last one has left, or soon: players are told.
    fn handle_drain(&mut self);

    /// The server says something to everybody, as a line of chat.
    fn handle_announce(&mut self, line: &str);

    /// Frames go to this player over a transport that asks for each: those that it does not ask for are
    /// not owed to it, and say nothing about how fast it is. Nor is that a word from the player: heard
    /// is only a message of its own, so one whose frames nobody asks for is given up as silent.
    fn handle_unasked(&mut self, player: PlayerId);

    /// A message came from a player that has joined; `left` of 256 parts of a tick are left until
    /// the next one is made. Any message counts as heard, the mere acknowledgement too that whoever only
    /// watches sends for each frame; a request of a transport that brings no message does not.
    /// A player gets a frame a tick, or one in some on a lower rate, even if nothing moves, and so has
    /// something to acknowledge long before [`RoomConfig::silence_ticks`](crate::RoomConfig) have passed.
    ///
    /// # Errors
    /// When it is not a message of this protocol; the game is unchanged and the
    /// connection should be closed with [`CloseCode::BadMessage`].
    fn handle_message_ahead(
        &mut self,
        player: PlayerId,
        bytes: &[u8],
        left: u16,
    ) -> Result<Reply, MessageError>;

    /// A message came just before the next tick; see [`HostedRoom::handle_message_ahead`].
    ///
    /// # Errors
    /// Those of [`HostedRoom::handle_message_ahead`].
    fn handle_message(&mut self, player: PlayerId, bytes: &[u8]) -> Result<Reply, MessageError> {
        self.handle_message_ahead(player, bytes, 0)
    }

    /// A player's frame of the last tick is not polled: its connection has not yet taken
    /// all of an earlier one.
    fn handle_blocked(&mut self, player: PlayerId);

    /// An operator looks on. The observer sees what the player whom it is `like` sees, or without one
    /// what a spectator sees, and is told what that player is told by the game. It is not among the
    /// players: it is counted in no seats, nobody is told of it, what players are sent is the same with
    /// it, and the room goes to sleep as if it was not there. It gets [frames](HostedRoom::poll_frame),
    /// which should be polled after the player's,
    /// has to [acknowledge](HostedRoom::handle_message_ahead) them, and may say nothing else but that
    /// what it holds is not right; what it asks for is refused. Its [welcome](HostedRoom::welcome) names
    /// the player that it is like, as one who only watches.
    ///
    /// It ends with [`HostedRoom::handle_leave`], or by itself with [`RoomEvent::Ended`]:
    /// [`CloseCode::NoSession`] when its player has left or the room sleeps, [`CloseCode::Idle`] and
    /// [`CloseCode::TooSlow`] as for players. Its session cannot be resumed: a dropped one has left.
    ///
    /// # Errors
    /// [`Refusal::Full`] beyond as many as [`RoomConfig`](crate::RoomConfig) allows, [`Refusal::NoSuchPlayer`].
    fn handle_observe(&mut self, like: Option<PlayerId>) -> Result<PlayerId, Refusal>;

    /// The operator does what the host might. False when there is no such player.
    fn handle_moderate(&mut self, action: AdminAction) -> bool;

    /// Tells of each player, those included that only watch or are away, in order of joining.
    fn players(&self, each: &mut dyn FnMut(PlayerInfo<'_>));

    /// Counts where the bytes of the next so many ticks' frames go, in a new [ledger](HostedRoom::ledger).
    /// No frame is another for it, but each of its encodings is made twice. With 0 there is no ledger
    /// any more.
    fn meter(&mut self, ticks: u32);

    /// What was counted since the room was metered, also when those ticks are over.
    fn ledger(&self) -> Option<&Ledger>;

    /// Makes the next tick.
    fn tick(&mut self);

    /// Appends the player's frame for the last tick to `out`, if one is due. That may be asked at any time
    /// between two ticks, and again until there is [nothing](Poll::Nothing) more.
    fn poll_frame(&mut self, player: PlayerId, out: &mut Vec<u8>) -> Poll;

    /// Swaps the room's working memory with `work`: before a tick to lend it, and after the tick's
    /// frames to have it back. A room that nothing is lent to keeps memory of its own.
    fn lend(&mut self, work: &mut Work);

    /// Gives back all memory that can be made again. Does nothing while somebody is in, or watches; the next
    /// tick goes on where the last one ended.
    fn sleep(&mut self);

    /// What the room wants of its connections.
    fn poll_event(&mut self) -> Option<RoomEvent>;

    /// The log of the recent past. A room that sleeps, that has made no tick and let nobody in, or that
    /// keeps [none](RoomConfig::keyframe_ticks) has none. While the room is being
    /// [restored](HostedRoom::restore), the newer chunk is not there.
    fn log(&self) -> RecentLog<'_>;

    /// Appends the older chunk of the log if it has become whole since this was last asked. Whoever wants all of
    /// them asks after each tick, and after a panic before the room is restored; they follow each other
    /// without a gap for as long as the room is awake. What a room that falls asleep has of one is to be taken from
    /// [`HostedRoom::log`] before.
    fn take_chunk(&mut self, out: &mut Vec<u8>) -> bool;

    /// After a panic of the game, in whatever call that was: makes the world again from the log as it was after the
    /// last whole tick, playing at most `ticks` ticks in this call. Until it says anything else than
    /// [`Restore::More`], nothing else may be called but [`HostedRoom::log`]; should this panic, it is to be
    /// called again from the beginning, or the room given up. Then the room goes on: all viewers get a frame that stands
    /// alone, inputs and requests that waited are forgotten, and players are in who were, and who came in
    /// completely since. For who left since there is a [`RoomEvent::Ended`] once more.
    fn restore(&mut self, ticks: u32) -> Restore;

    /// Makes the room what a chunk's keyframe says, and gives its tick; [`HostedRoom::replay`] then plays
    /// the rest. The players are there without connections, as if they were away, and stay. When the chunk is the next
    /// one after the one that was played to its end, viewers go on, and else get a frame that
    /// stands alone. A room that has loaded a chunk makes no ticks of its own any more and keeps no log.
    ///
    /// # Errors
    /// See [`LogError`]. The room is then as before, but for its game's working memory.
    fn load(&mut self, chunk: &[u8]) -> Result<Tick, LogError>;

    /// Plays the next tick of the loaded chunk through the game, as a tick of its own is made; `None` when
    /// there is no other whole tick, after what is left of one has been told to the game. It panics where
    /// the game panicked.
    ///
    /// # Errors
    /// See [`LogError`]; the chunk cannot be played any further.
    fn replay(&mut self) -> Result<Option<Replayed>, LogError>;

    /// Asks the game all that a room asks it besides making ticks and telling it what is in the log: what each
    /// player sees and in which team it is, what spectators see, its setup, and to be saved and loaded. Nothing
    /// comes of that, but that it panics where the game does. It is for whoever has played a log to its end, and so
    /// may have come to a panic that is not in it.
    fn ask(&mut self);

    /// A copy of all that the game replicates at this moment.
    fn world(&self) -> World;

    /// What of all that the game replicates at this moment is otherwise in another room's world of the
    /// same game, in order of kinds and slots.
    fn compare(&self, other: &World) -> Vec<Unlike>;

    /// How the room runs.
    fn config(&self) -> &RoomConfig;

    /// The hash of the game's schema.
    fn schema_hash(&self) -> u32;

    /// The welcome message of a player, as a whole message; it resumes its session with `token`.
    fn welcome(&self, player: PlayerId, token: &Token) -> Vec<u8>;

    /// The join code.
    fn code(&self) -> &str;

    /// How many players are in, those included that are away.
    fn player_count(&self) -> usize;

    /// How many are in that only watch.
    fn spectator_count(&self) -> usize;

    /// The last tick made.
    fn now(&self) -> Tick;

    /// Ticks a second.
    fn tick_hz(&self) -> u32;

    /// How many viewers there are on each rate, but for who is away: those that get every tick, every 2nd, 4th
    /// and 8th.
    fn rates(&self) -> [u32; RATES];

    /// What was counted so far.
    fn counters(&self) -> RoomCounters;
}
