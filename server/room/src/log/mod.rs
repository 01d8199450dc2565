//! The log of a room's recent past: from it the world can be made again, and played again.
//!
//! A log is made of **chunks**. A chunk begins with a keyframe, which is the whole world as the game saves it,
//! and goes on with one record for each thing that the game was told since. Nothing else reaches a game, so
//! that is all that it takes: chat, connections and what viewers were sent are not in it. Two chunks are
//! kept, the last whole one and the one that is being written, each with at most
//! [1 MiB](tape::MAX_RECORD_BYTES) of records and the tick that exceeds it; beyond that a chunk ends early.
//!
//! ```text
//! chunk    := version:u8 head:u32 byte{head} world:u32 byte{world} record*
//! head     := schema hash, tick, next player's number, world hash, players   as shared::control saves them
//! record   := 1 JOIN    player flags:u8 text(name) [text(identity)]    flags: bit 0 spectator, bit 1 identity
//!             2 LEAVE   player
//!             3 REQUEST player kind:u8 packed
//!             4 INPUT   player behind:varint packed
//!             5 NEUTRAL player
//!             6 STEP
//!             7 HASH    hash:u64
//! player   := varint            text, packed := length:varint byte{length}
//! ```
//! Records stand in the order in which the game was told, each before it was told; so the records of a tick
//! in which it panicked lead up to the panic. STEP gives the game all players' inputs and makes the tick. INPUT and
//! NEUTRAL (the player does nothing) say what a player does from now on, and stand only where that is not what it did
//! in the tick before; at a keyframe everybody does nothing. HASH stands behind STEP in ticks that have one.
//!
//! **The world hash** covers all that was captured: each entity's kind, slot and version, whose and where it is,
//! and all its columns. It is a check of the game, and says nothing about what viewers hold.
//!
//! **At a keyframe the live game is replaced by what its saved bytes load to.** What saving leaves out, such
//! as the order in which free slots are used again, is then the same in the room and in whatever is made from
//! its log. A game that comes back with another world hash goes on as it was, and without a log.

mod asked;
mod hash;
mod keyframe;
mod playback;
mod record;
mod replay;
mod restore;
mod restore_error;
mod tape;
mod trial;

use thiserror::Error;
use tickwire_shared::{
    Game, PlayerId, Tick,
    control::{self, LoadError, SaveError},
    frame::{FrameError, Reader},
    schema::Schema,
};

pub use self::restore_error::RestoreError;
pub(crate) use self::{
    hash::WorldHash,
    playback::{Playback, sight},
    record::Record,
    restore::Restoring,
    tape::Log,
};
use self::{
    keyframe::{Head, Present},
    trial::Actor,
};
use crate::{hosted::RoomEvent, room::Room};

/// The log of a room's recent past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecentLog<'a> {
    /// The chunk before the one that is being written; empty when there is none.
    pub older: &'a [u8],
    /// The chunk that is being written, with what it has of a tick that is being made; empty when no
    /// log is kept.
    pub newer: &'a [u8],
    /// What `newer` has up to the last whole tick.
    pub whole: &'a [u8],
}

/// How far a room has been made again.
#[derive(Debug)]
pub enum Restore {
    /// It is as it was after its last whole tick.
    Done,
    /// There are more ticks to play.
    More,
    /// It cannot be made again, for this reason.
    Impossible(RestoreError),
}

/// A tick that was played again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Which one.
    pub tick: Tick,
    /// Whether it became what it was, in ticks that have a hash.
    pub check: Option<HashCheck>,
}

/// A world hash, then and now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCheck {
    /// The one in the log.
    pub recorded: u64,
    /// The one that the game came to when it was played again.
    pub computed: u64,
}

impl HashCheck {
    /// Whether they are the same.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.recorded == self.computed
    }
}

/// Why a room keeps no log any more.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unlogged {
    /// Its world takes more than 8 MiB.
    #[error("the world takes more than 8 MiB")]
    TooLarge,
    /// Its world cannot be saved, or not loaded.
    #[error("the world cannot be saved and loaded")]
    Unsaved,
    /// What its saved world loads to is not what it was: the game leaves out something that it needs.
    #[error("the world that was loaded is not the one that was saved")]
    Differs,
    /// What its saved world loads to does not go on as the game would: something that a later step depends on
    /// is not saved.
    #[error(
        "what was saved and loaded parts from the world after {ticks} ticks ({what}): \
         something that a step depends on is not saved"
    )]
    Strays {
        /// An entity, and what of it is otherwise.
        what: Box<str>,
        /// How long it took to show.
        ticks: u32,
    },
}

impl From<SaveError> for Unlogged {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::TooLarge => Unlogged::TooLarge,
            SaveError::Unsaved(_) => Unlogged::Unsaved,
        }
    }
}

/// A chunk that cannot be loaded or played.
#[derive(Debug, Error)]
pub enum LogError {
    /// Its bytes end within a keyframe or a record.
    #[error("the chunk ends too early")]
    Truncated,
    /// It is of another version.
    #[error("a chunk of version {0}; this is for version 1")]
    Version(u8),
    /// It is of another game, or of the game with another schema.
    #[error("a chunk of another game")]
    OtherGame,
    /// A record, or a part of one, has no meaning.
    #[error("record {0} has no meaning here")]
    Record(u8),
    /// A number or a text is malformed.
    #[error("a malformed number or text")]
    Malformed,
    /// A player is named that is not in, or comes in that is in or out of turn, or is one too many.
    #[error("player {} is not to be named here", .0.0)]
    Player(PlayerId),
    /// Its list of players cannot be loaded.
    #[error("the players: {0}")]
    Head(LoadError),
    /// Its world cannot be loaded.
    #[error("the world: {0}")]
    World(LoadError),
    /// Its world is not what it was when it was saved.
    #[error("the world's hash is {:#x}, not {:#x}", .0.computed, .0.recorded)]
    Differs(HashCheck),
    /// No chunk is loaded.
    #[error("no chunk is loaded")]
    NotLoaded,
}

impl From<FrameError> for LogError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Truncated => LogError::Truncated,
            _ => LogError::Malformed,
        }
    }
}

/// The ticks of a chunk's keyframe and of its last whole record of a tick.
///
/// # Errors
/// See [`LogError`].
pub fn log_span(chunk: &[u8]) -> Result<(Tick, Tick), LogError> {
    let (head, _, records) = keyframe::read(chunk)?;
    let mut reader = Reader(records);
    let mut last = head.tick;
    while !reader.0.is_empty() {
        if matches!(Record::read(&mut reader)?, Record::Step) {
            last = last.next();
        }
    }
    Ok((head.tick, last))
}

impl<G: Game> Room<G> {
    /// Begins the log, if one is to be kept and is not begun. The game stands as after a whole tick.
    pub(crate) fn begin_log(&mut self) {
        if self.log.wants_keyframe() {
            self.write_keyframe(self.presents(), None);
        }
    }

    /// Writes that something is about to be told to the game.
    pub(crate) fn log_record(&mut self, record: &Record<'_>) {
        if self.log.is_on() {
            self.log.write(record);
        }
    }

    /// A tick is whole.
    pub(crate) fn log_tick(&mut self) {
        self.log.note_whole(self.now);
        if self.log.is_full() {
            let trial = self.log.wants_trial().then(|| self.actors());
            self.write_keyframe(self.presents(), trial);
        }
    }

    fn presents(&self) -> Vec<Present> {
        let players = self.players.iter();
        let present = players.map(|player| Present {
            id: player.id,
            name: player.name.clone(),
            spectator: player.spectator,
        });
        present.collect()
    }

    /// What the players that the game knows do, as the log has it.
    fn actors(&self) -> Vec<Actor<G::Input>> {
        let players = self.players.iter().enumerate();
        let playing = players.filter(|(_, player)| !player.spectator);
        playing.map(|(index, player)| (player.id, self.log.held_input(index))).collect()
    }

    /// Begins a chunk, when these are the players that the game knows. With what they do, it is tried first
    /// whether the game can do without what is not saved.
    fn write_keyframe(&mut self, players: Vec<Present>, trial: Option<Vec<Actor<G::Input>>>) {
        let hash = WorldHash::of(&self.game, &self.spec.schema);
        let (schema, next_player) = (self.spec.schema_hash, self.next_player);
        let head = Head { schema, tick: self.now, next_player, hash, players };
        if let Err(why) = self.save_and_load(&head, trial) {
            self.log.end(why.clone());
            self.counters.unlogged += 1;
            self.events.push_back(RoomEvent::Unlogged(why));
        }
    }

    /// Saves the game, and goes on with what was saved.
    fn save_and_load(
        &mut self,
        head: &Head,
        trial: Option<Vec<Actor<G::Input>>>,
    ) -> Result<(), Unlogged> {
        let Room { log, game, spec, players, .. } = self;
        let world = log.begin(head, game, players.len())?;
        let Some(actors) = trial.filter(|_| world.len() <= trial::MOST_BYTES) else {
            return go_on_from(game, world, (head.hash, &spec.schema));
        };
        let twin = control::load(world).map_err(|_| Unlogged::Unsaved)?;
        let finding = trial::compare(game, twin, head, &actors, spec)?;
        let outcome = go_on_from(game, world, (head.hash, &spec.schema));
        if outcome.is_err() {
            // The game has gone on in the trial; what was loaded there was known to be as it was.
            *game = control::load(world).map_err(|_| Unlogged::Unsaved)?;
            game.restored(None);
        }
        outcome?;
        log.note_trial(finding)
    }
}

/// Makes a game what it was saved as, if that has the same hash as the game.
fn go_on_from<G: Game>(
    game: &mut G,
    world: &[u8],
    (hash, schema): (u64, &Schema),
) -> Result<(), Unlogged> {
    let loaded = control::load(world).map_err(|_| Unlogged::Unsaved)?;
    let mut before = std::mem::replace(game, loaded);
    game.restored(Some(&mut before));
    if WorldHash::of(game, schema) != hash {
        *game = before;
        return Err(Unlogged::Differs);
    }
    Ok(())
}
